# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from functools import partial

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.guests import GUEST_NICS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.computed.small_source import CONTEXT, GIB, HOST, LAN, NSX, OLD

DEVICES = [
    {"_type": "ParaVirtualSCSIController", "key": 1000},
    {
        "_type": "VirtualDisk",
        "key": 2000,
        "deviceInfo": {"label": "Hard disk 1"},
        "capacityInBytes": 40 * GIB,
        "capacityInKB": 40 << 20,
        "backing": {"fileName": "[ds one] web/web.vmdk", "thinProvisioned": True},
    },
    {
        "_type": "VirtualDisk",
        "key": 2001,
        "deviceInfo": {"label": "Hard disk 2"},
        "capacityInKB": 512 << 10,
        "backing": {"fileName": "[ds2] b.vmdk", "thinProvisioned": False},
    },
    {"_type": "VirtualDisk", "key": 2002, "deviceInfo": {"label": "Hard disk 3"}, "capacityInBytes": 0, "backing": {}},
    {"_type": "VirtualVmxnet3", "key": 4000, "macAddress": "00:50:56:00:00:01", "backing": {"port": {"portgroupKey": "dvportgroup-1"}}},
    {"_type": "VirtualE1000", "key": 4001, "macAddress": "00:50:56:00:00:02", "backing": {"network": OLD, "deviceName": "VM Network"}},
]


def test_devices():
    assert devices.disk_count(DEVICES) == 3
    assert devices.nic_count(DEVICES) == 2
    assert devices.mac_addresses(DEVICES) == ["00:50:56:00:00:01", "00:50:56:00:00:02"]
    assert devices.disk_capacity_gb(DEVICES) == 40.5
    assert devices.disks(CONTEXT, DEVICES) == "Hard disk 1: 40 GB thin [ds one]; Hard disk 2: 0.5 GB thick [ds2]; Hard disk 3: 0 GB"


@pytest.mark.parametrize("function", [devices.disk_count, devices.nic_count, devices.mac_addresses, devices.disk_capacity_gb, partial(devices.disks, CONTEXT)])
def test_unreadable_devices_are_unknown_and_not_zero(function):
    assert function(None) is None


def test_no_devices_is_zero():
    assert (devices.disk_count([]), devices.disk_capacity_gb([]), devices.disks(CONTEXT, [])) == (0, 0.0, "")


@pytest.mark.parametrize(
    ("hardware", "networks", "expected"),
    [
        (DEVICES, [OLD, LAN], "lan"),
        (DEVICES[-1:], [LAN], "VM Network"),
        ([{"macAddress": "x", "backing": {"deviceName": "gone %2f net"}}], [], "gone / net"),
        ([{"macAddress": "x", "backing": {"opaqueNetworkId": "7"}}, DEVICES[-1]], [OLD, NSX], "segment"),
        ([{"macAddress": "x", "backing": {}}], [LAN], "lan"),
        ([{"macAddress": "x", "backing": {"port": {"portgroupKey": "dvportgroup-99"}}}, DEVICES[-1]], [OLD], None),
        ([{"macAddress": "x", "backing": {"network": MoRef("Network", "network-99")}}, DEVICES[-1]], [OLD], None),
        ([], [], None),
        (None, [LAN], None),
    ],
)
def test_primary_network(hardware, networks, expected):
    assert devices.primary_network(CONTEXT, hardware, networks) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("[ds 1] a/b.vmx", "ds 1"),
        ("[a%2fb] x", "a/b"),
        ("[] x", ""),
        ("[ds", None),
        ("x", None),
        (None, None),
        ("[SAN [old] 01] web/web.vmx", "SAN [old] 01"),
        ("[SAN [old] 01]", "SAN [old] 01"),
        ("[SAN [old] web/web.vmx", "SAN [old"),
        ("[a%2f]b] web.vmx", "a/]b"),
        ("[odd] [one] web/web.vmx", "odd] [one"),
        ("[ends]] web/web.vmx", "ends]"),
        ("[ds1] a [b] c/x.vmx", "ds1"),
        ("[ds1] [b] c/x].vmx", "ds1"),
        # What follows is of datastores that are not known.
        ("[NAS [new] 7] a [b]/x.vmx", "NAS [new] 7"),
        ("[gone] a [b] c/x.vmx", "gone"),
        ("[gone [a] b/c].vmx", "gone [a] b/c"),
        ("[gone [ a] b]", "gone [ a] b"),
        ("[gone [ a] b.vmx", "gone [ a"),
        ("[gone [ a] b].vmx c] d", "gone [ a] b"),
    ],
)
def test_datastore_of_path(path, expected):
    assert devices.datastore_of_path(CONTEXT, path) == expected


def test_disk_has_its_controller():
    controller = {"_type": "ParaVirtualSCSIController", "key": 1000, "deviceInfo": {"label": "SCSI 0"}}
    disk = {"_type": "VirtualDisk", "key": 2000, "controllerKey": 1000}
    lost = {"_type": "VirtualDisk", "key": 2001, "controllerKey": 9}
    items = [item[devices.DEVICES] for item in devices.disk_items([disk, controller, lost])]
    assert [item[devices.CONTROLLER] for item in items] == [controller, {}]
    assert [devices.device_type(item[devices.CONTROLLER]) for item in items] == ["ParaVirtualSCSIController", None]


def test_addresses_are_matched_to_adapters_by_key():
    told = {-1: "172.17.0.1", 4001: "10.0.0.2", 4000: "10.0.0.1"}
    guests = [{"deviceConfigId": key, "ipAddress": [address]} for key, address in told.items()]
    assert addresses_of_rows(DEVICES, guests) == [["10.0.0.1"], ["10.0.0.2"]]
    assert addresses_of_rows(DEVICES, None) == [None, None]


def addresses_of_rows(hardware, guests):
    return [item[GUEST_NICS].get("ipAddress") for item in devices.nic_items(hardware, guests)]


def test_adapter_has_the_addresses_of_all_its_interfaces():
    told = [["10.0.0.2", "10.0.0.1"], ["10.0.0.3", "10.0.0.2"], []]
    guests = [{"deviceConfigId": 4000, "ipAddress": addresses} for addresses in told]
    assert addresses_of_rows(DEVICES, guests) == [["10.0.0.2", "10.0.0.1", "10.0.0.3"], None]


@pytest.mark.parametrize(
    "adapter",
    [
        {"_type": "VirtualVmxnet3", "backing": {"deviceName": "VM Network"}},
        {"_type": "VirtualSriovEthernetCard"},
        {"_type": "VirtualCardToCome", "addressType": "manual"},
        {"_type": "VirtualCardToCome", "backing": {"port": {"portgroupKey": "dvportgroup-1"}}},
        {"_type": "VirtualCardToCome", "backing": {"opaqueNetworkId": "7"}},
        {"backing": {"network": OLD}},
        {"_type": "VirtualVmxnet3", "macAddress": ""},
    ],
)
def test_an_adapter_needs_no_mac_address(adapter):
    adapter = {"key": 4000, **adapter}
    hardware = [adapter, *DEVICES]
    assert devices.nic_count(hardware) == 3
    assert devices.mac_addresses(hardware) == ["00:50:56:00:00:01", "00:50:56:00:00:02"]
    assert next(devices.nic_items(hardware, None))[devices.DEVICES] is adapter


def test_adapter_before_the_first_power_on_has_the_primary_network():
    made_on_esxi = {"_type": "VirtualVmxnet3", "key": 4000, "backing": {"deviceName": "VM Network"}}
    assert devices.primary_network(CONTEXT, [made_on_esxi, DEVICES[-2]], [LAN]) == "VM Network"


def test_no_devices_no_rows():
    assert list(devices.disk_items(None)) == list(devices.nic_items(None, None)) == []


def test_switch_and_vlan_of_an_adapter_are_those_of_its_own_host():
    distributed, standard = DEVICES[-2:]
    assert (devices.nic_switch(CONTEXT, standard, HOST), devices.nic_vlan(CONTEXT, standard, HOST)) == ("vSwitch0", "12")
    assert (devices.nic_switch(CONTEXT, standard, None), devices.nic_vlan(CONTEXT, standard, None)) == (None, None)
    assert (devices.nic_switch(CONTEXT, distributed, HOST), devices.nic_vlan(CONTEXT, distributed, HOST)) == ("dvs", "77")
    assert devices.nic_vlan(CONTEXT, {"macAddress": "x"}, HOST) is None


def test_switch_of_an_opaque_network_is_that_of_the_host():
    topology = Topology([ManagedObject(HOST, {"name": "esx1", "config.network.opaqueSwitch": [{"name": "nvds-1"}]}, {})])
    topology.add([ManagedObject(NSX, {"name": "segment", "summary": {"opaqueNetworkId": "7"}}, {})])
    nic = {"macAddress": "x", "backing": {"opaqueNetworkId": "7"}}
    assert [devices.nic_switch(ScanContext(topology), nic, host) for host in (HOST, None)] == ["nvds-1", None]


@pytest.mark.parametrize(
    ("backing", "raw"), [({"_type": "VirtualDiskRawDiskMappingVer1BackingInfo"}, True), ({"_type": "VirtualDiskFlatVer2BackingInfo"}, False), ({}, False)]
)
def test_raw_device_mappings(backing, raw):
    assert devices.is_raw({"backing": backing}) is raw


def test_addresses_by_family():
    assert devices.ipv4(["10.0.0.1", "fe80::1"]) == ["10.0.0.1"]
    assert devices.ipv6(["10.0.0.1", "fe80::1"]) == ["fe80::1"]
    assert devices.ipv4(None) is None


@pytest.mark.parametrize("function", [devices.displays, devices.video_memory_kb])
def test_video_card(function):
    card = {TYPE: "VirtualMachineVideoCard"}
    assert function(None) is function([]) is function(DEVICES) is function([card]) is None


def test_parts_of_the_video_card():
    hardware = [*DEVICES, {TYPE: "VirtualMachineVideoCard", "numDisplays": 2, "videoRamSizeInKB": 16384}]
    assert devices.displays(hardware) == 2
    assert devices.video_memory_kb(hardware) == 16384


def test_networks_of_adapters_in_their_order():
    unattached = {TYPE: "VirtualVmxnet3", "macAddress": "", "backing": {}}
    attached = {TYPE: "VirtualVmxnet3", "backing": {"network": LAN}}
    assert devices.adapter_networks(CONTEXT, [attached, unattached, attached]) == ["lan", "", "lan"]
    assert devices.adapter_networks(CONTEXT, None) is None


def test_drives_and_usb_devices_have_rows():
    controller = {TYPE: "VirtualUSBController", "key": 7000, "busNumber": 1}
    hardware = [*DEVICES, controller, {TYPE: "VirtualUSB", "key": 7100, "controllerKey": 7000}, {TYPE: "VirtualUSB", "key": 7200, "controllerKey": 1}]
    first, second = (item[devices.DEVICES] for item in devices.usb_items(hardware))
    assert (first["key"], first[devices.CONTROLLER]) == (7100, controller)
    assert second[devices.CONTROLLER] == {}
    assert [item[devices.DEVICES]["key"] for item in devices.cdrom_items([*hardware, {TYPE: "VirtualCdrom", "key": 3000}])] == [3000]
    assert list(devices.cdrom_items(None)) == list(devices.usb_items(None)) == []
