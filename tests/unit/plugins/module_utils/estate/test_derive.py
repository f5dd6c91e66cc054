# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.estate import derive
from ansible_collections.estate.vmware.plugins.module_utils.estate.lookup import Lookup
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import ManagedObject, MoRef

GIB = 1 << 30
LAN = MoRef("DistributedVirtualPortgroup", "dvportgroup-1")
OLD = MoRef("Network", "network-2")
NSX = MoRef("OpaqueNetwork", "network-o3")
DVS = MoRef("VmwareDistributedVirtualSwitch", "dvs-4")
HOST = MoRef("HostSystem", "host-5")
LOOKUP = Lookup(
    [
        ManagedObject(LAN, {"name": "lan", "key": "dvportgroup-1"}, {}),
        ManagedObject(OLD, {"name": "VM Network"}, {}),
        ManagedObject(NSX, {"name": "segment", "summary": {"opaqueNetworkId": "7"}}, {}),
        ManagedObject(DVS, {"name": "dvs"}, {}),
        ManagedObject(HOST, {"name": "esx1", "config.network.portgroup": [{"spec": {"name": "VM Network", "vlanId": 12, "vswitchName": "vSwitch0"}}]}, {}),
    ]
)

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
    assert derive.disk_count(LOOKUP, DEVICES) == 3
    assert derive.nic_count(LOOKUP, DEVICES) == 2
    assert derive.mac_addresses(LOOKUP, DEVICES) == ["00:50:56:00:00:01", "00:50:56:00:00:02"]
    assert derive.disk_capacity_gb(LOOKUP, DEVICES) == 40.5
    assert derive.disks(LOOKUP, DEVICES) == "Hard disk 1: 40 GB thin [ds one]; Hard disk 2: 0.5 GB thick [ds2]; Hard disk 3: 0 GB"


@pytest.mark.parametrize("function", [derive.disk_count, derive.nic_count, derive.mac_addresses, derive.disk_capacity_gb, derive.disks])
def test_devices_that_could_not_be_read_are_unknown_and_not_zero(function):
    assert function(LOOKUP, None) is None


def test_no_devices_is_zero():
    assert (derive.disk_count(LOOKUP, []), derive.disk_capacity_gb(LOOKUP, []), derive.disks(LOOKUP, [])) == (0, 0.0, "")


@pytest.mark.parametrize(
    ("devices", "networks", "expected"),
    [
        (DEVICES, [OLD, LAN], "lan"),
        (DEVICES[-1:], [LAN], "VM Network"),
        ([{"macAddress": "x", "backing": {"deviceName": "gone %2f net"}}], [], "gone / net"),
        ([{"macAddress": "x", "backing": {"opaqueNetworkId": "7"}}, DEVICES[-1]], [OLD, NSX], "segment"),
        ([{"macAddress": "x", "backing": {}}], [LAN], "lan"),
        ([], [], None),
        (None, [LAN], None),
    ],
)
def test_primary_network(devices, networks, expected):
    assert derive.primary_network(LOOKUP, devices, networks) == expected


@pytest.mark.parametrize(("path", "expected"), [("[ds 1] a/b.vmx", "ds 1"), ("[a%2fb] x", "a/b"), ("[] x", ""), ("x", None), (None, None)])
def test_datastore_of_path(path, expected):
    assert derive.datastore_of_path(LOOKUP, path) == expected


def test_addresses_once_and_link_local_ones_last():
    nics = [{"ipAddress": ["fe80::1", "10.0.0.1"]}, {}, {"ipAddress": ["169.254.3.4", "2001:db8::1", "10.0.0.1"]}]
    assert derive.ip_addresses(LOOKUP, nics) == ["10.0.0.1", "2001:db8::1", "fe80::1", "169.254.3.4"]


@pytest.mark.parametrize(("host_name", "expected"), [("web1.example.com", "example.com"), ("web1", None), ("web1.", None), (None, None)])
def test_domain(host_name, expected):
    assert derive.domain(LOOKUP, host_name) == expected


@pytest.mark.parametrize(
    ("detailed", "expected"),
    [
        ("architecture='X86' bitness='64' prettyName='Debian GNU/Linux 12 (bookworm)' version='12'", "Debian GNU/Linux 12 (bookworm)"),
        ("architecture='X86' prettyName=''", "Debian 12"),
        (None, "Debian 12"),
    ],
)
def test_os_edition(detailed, expected):
    assert derive.os_edition(LOOKUP, "Debian 12", detailed) == expected


def test_snapshots_of_the_whole_tree():
    assert derive.snapshot_count(LOOKUP, [{"id": 1, "childSnapshotList": [{"id": 2}, {"id": 3, "childSnapshotList": [{"id": 4}]}]}, {"id": 5}]) == 5
    assert derive.snapshot_count(LOOKUP, None) == 0


@pytest.mark.parametrize(
    ("function", "values", "expected"),
    [
        (derive.gb, (1536 << 20,), 1.5),
        (derive.gb, (0,), 0.0),
        (derive.gb, (None,), None),
        (derive.gb_of_mb, (1536,), 1.5),
        (derive.sum_gb, (GIB, 2 * GIB), 3.0),
        (derive.sum_gb, (GIB, None), None),
        (derive.difference_gb, (3 * GIB, GIB), 2.0),
        (derive.used_percent, (4 * GIB, GIB), 75.0),
        (derive.used_percent, (0, 0), None),
        (derive.provisioned_gb, (4 * GIB, 3 * GIB, None), 1.0),
        (derive.provisioned_gb, (4 * GIB, 3 * GIB, 5 * GIB), 6.0),
        (derive.free_memory_gb, (4 * GIB, 1024), 3.0),
        (derive.memory_percent, (4 * GIB, 1024), 25.0),
        (derive.cpu_percent, (1000, 2000, 2), 25.0),
        (derive.cpu_percent, (1000, 2000, 0), None),
        (derive.first_set, (None, "", "x", "y"), "x"),
        (derive.first_set, (None, ""), None),
        (derive.not_zero, ("0",), None),
        (derive.not_zero, ("12345",), "12345"),
        (derive.one_line, ("a   b ",), "a b"),
        (derive.count, ([],), 0),
        (derive.count, (None,), None),
        (derive.names, ([OLD, LAN, MoRef("Network", "gone")],), ["VM Network", "lan"]),
    ],
)
def test_values(function, values, expected):
    assert function(LOOKUP, *values) == expected


def test_management_address_is_the_selected_one():
    def nic(key, address):
        return {"key": key, "spec": {"ip": {"ipAddress": address}}}

    configs = [
        {"nicType": "vmotion", "selectedVnic": ["vmotion.vmk1"], "candidateVnic": [nic("vmotion.vmk1", "10.0.9.1")]},
        {
            "nicType": "management",
            "selectedVnic": ["management.vmk2"],
            "candidateVnic": [nic("management.vmk0", "10.0.0.1"), nic("management.vmk2", "10.0.0.3")],
        },
    ]
    assert derive.management_ip(LOOKUP, configs) == "10.0.0.3"
    assert derive.management_ip(LOOKUP, configs[:1]) is None
    assert derive.management_ip(LOOKUP, None) is None


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ({"serialNumber": "ABC123 ", "otherIdentifyingInfo": []}, "ABC123"),
        ({"otherIdentifyingInfo": [{"identifierValue": "TAG9", "identifierType": {"key": "ServiceTag"}}]}, "TAG9"),
        (
            {
                "serialNumber": "",
                "otherIdentifyingInfo": [
                    {"identifierValue": "unknown", "identifierType": {"key": "AssetTag"}},
                    {"identifierValue": " ENC1", "identifierType": {"key": "EnclosureSerialNumberTag"}},
                ],
            },
            "ENC1",
        ),
        ({}, None),
        (None, None),
    ],
)
def test_serial(system, expected):
    assert derive.serial(LOOKUP, system) == expected


@pytest.mark.parametrize(
    ("ref", "tags", "expected"),
    [
        (OLD, None, "Standard"),
        (LAN, [], "Distributed"),
        (LAN, [{"key": "SYSTEM/DVS.UPLINKPG"}], "Uplink"),
        (NSX, None, "Opaque"),
    ],
)
def test_network_type(ref, tags, expected):
    assert derive.network_type(LOOKUP, ref, tags) == expected


@pytest.mark.parametrize(
    ("ref", "name", "config", "expected"),
    [
        (OLD, "VM Network", None, "12"),
        (OLD, "elsewhere", None, None),
        (LAN, "lan", {"vlan": {"vlanId": ["100"]}}, "100"),
        (LAN, "lan", {"vlan": {"vlanId": ["0"]}}, None),
        (LAN, "lan", {"vlan": {"vlanId": [{"start": 1, "end": 10}, {"start": 20, "end": 20}]}}, "trunk 1-10,20"),
        (LAN, "lan", {"vlan": {"pvlanId": 100}}, "pvlan 100"),
        (LAN, "lan", None, None),
        (NSX, "segment", None, None),
    ],
)
def test_vlan(ref, name, config, expected):
    assert derive.vlan(LOOKUP, ref, name, [HOST], config) == expected


@pytest.mark.parametrize(
    ("ref", "name", "distributed", "expected"),
    [(OLD, "VM Network", None, "vSwitch0"), (LAN, "lan", DVS, "dvs"), (NSX, "segment", None, None)],
)
def test_switch(ref, name, distributed, expected):
    assert derive.switch(LOOKUP, ref, name, [HOST], distributed) == expected


def test_hosts_of_mounts():
    assert derive.mount_hosts(LOOKUP, [{"key": HOST}, {"key": MoRef("HostSystem", "gone")}]) == ["esx1"]
