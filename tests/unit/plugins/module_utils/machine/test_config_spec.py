# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.Version import IsChildVersion

from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec, later, upgrade
from ansible_collections.estate.vmware.plugins.module_utils.machine.device_specs import disk_locators
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.disks import with_datastores
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import SoapRequests, newest_version
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import API, GIB, LAN, NEW, read, wanted

EVERYTHING = {
    "cpu": {
        "count": 8, "cores_per_socket": 4, "hot_add": False, "hot_remove": True, "reservation_mhz": 500, "limit_mhz": "9000", "shares": "1234", "nested": True,
    },
    "memory": {"size": "16GiB", "hot_add": False, "reservation": "2GiB", "limit": "20GiB", "shares": "high"},
    "hardware": {
        "guest_id": "rhel9_64Guest", "firmware": "efi", "secure_boot": True, "time_sync": True,
        "boot": {"delay": 100, "retry": True, "retry_delay": 1000, "order": ["cdrom", "scsi0:0", "network"]},
    },
    "annotation": "new",
    "controllers": [{"at": "scsi1", "type": "lsilogic_sas"}],
    "disks": [
        {"at": "scsi0:0", "size": "50GiB", "sharing": "multi_writer"},
        {"at": "scsi1:0", "size": "10GiB", "provisioning": "eager_zeroed", "mode": "independent_persistent", "datastore": "ds2"},
        {"at": "sata0:3", "file": "[ds2] old/d.vmdk"},
    ],
    "cdroms": [{"at": "ide0:0", "iso": "[ds1]/b.iso", "connected": False}, {"at": "ide1:1"}],
    "networks": [{"network": "dmz2", "start_connected": False}, {"network": "nsx"}, {"network": "lan/1", "mac": "00:50:56:00:00:0A"}],
    "extra_config": {"disk.EnableUUID": None, "svga.autodetect": True},
    "user_data": "a: b",
    "properties": {"hostname": "web"},
}  # fmt: skip


def spec_of(item, current=None, change_version=""):
    return config_spec(differences(wanted(item), current or read(), API), change_version)


def device_of(spec, key):
    (found,) = (change for change in spec.deviceChange if change.device.key == key)
    return found


def body(spec, version=API):
    requests = SoapRequests()
    requests.use_newest_version(version)
    machine = requests.managed_object(MoRef("VirtualMachine", "vm-1"))
    return requests.serialize(machine, "Reconfigure", [spec]).decode()


def parts(spec):
    return re.search(r"<spec[^>]*>(.*)</spec>", body(spec))[1]


@pytest.mark.parametrize("version", [(6, 5), (7, 0, 3, 0), (8, 0, 2, 0)])
def test_everything_is_sent_in_every_version(version):
    text = body(spec_of(EVERYTHING, change_version="7"), version)
    for part in (
        "<changeVersion>7</changeVersion>", "<numCPUs>8</numCPUs>", "<numCoresPerSocket>4</numCoresPerSocket>", "<memoryMB>16384</memoryMB>",
        "<cpuHotAddEnabled>false</cpuHotAddEnabled>", "<cpuHotRemoveEnabled>true</cpuHotRemoveEnabled>", "<memoryHotAddEnabled>false</memoryHotAddEnabled>",
        "<nestedHVEnabled>true</nestedHVEnabled>", "<guestId>rhel9_64Guest</guestId>", "<firmware>efi</firmware>", "<annotation>new</annotation>",
        "<efiSecureBootEnabled>true</efiSecureBootEnabled>", "<bootDelay>100</bootDelay>", "<bootRetryEnabled>true</bootRetryEnabled>",
        "<bootRetryDelay>1000</bootRetryDelay>", "<syncTimeWithHost>true</syncTimeWithHost>", "<reservation>500</reservation>", "<limit>9000</limit>",
        "<shares><shares>1234</shares><level>custom</level></shares>", "<reservation>2048</reservation>", "<limit>20480</limit>",
        "<shares><shares>0</shares><level>high</level></shares>", "<key>svga.autodetect</key>", "<key>guestinfo.userdata</key>",
        "<capacityInKB>52428800</capacityInKB><capacityInBytes>53687091200</capacityInBytes>", "<eagerlyScrub>true</eagerlyScrub>",
        "<opaqueNetworkId>ls-1</opaqueNetworkId>", "<portgroupKey>dvportgroup-10</portgroupKey>", "<macAddress>00:50:56:00:00:0a</macAddress>",
    ):  # fmt: skip
        assert part in text, part


def test_what_is_not_said_is_not_sent():
    assert parts(spec_of({"cpu": {"count": 8}})) == "<numCPUs>8</numCPUs>"
    assert parts(spec_of({})) == ""


def test_order_of_the_device_changes():
    spec = spec_of({**EVERYTHING, "exact": ["disks", "networks", "cdroms"], "networks": []})
    assert [change.operation for change in spec.deviceChange] == ["remove"] * 3 + ["add"] * 2 + ["edit"] * 2 + ["add"] * 3


def test_a_disk_that_grows_keeps_its_file():
    change = device_of(spec_of(EVERYTHING), 2000)
    assert (change.operation, change.fileOperation) == ("edit", None)
    assert isinstance(change.device.backing, vim.vm.device.VirtualDisk.FlatVer2BackingInfo)
    assert change.device.backing.fileName == "[ds1] web/web.vmdk" and change.device.backing.diskMode == "persistent"
    assert (change.device.capacityInBytes, change.device.capacityInKB) == (50 * GIB, 50 << 20)
    assert change.device.backing.sharing == "sharingMultiWriter"
    assert change.device.backing.thinProvisioned is None


def test_new_disks_stand_on_new_controllers():
    spec = spec_of(EVERYTHING)
    added = {type(change.device).__name__: change for change in spec.deviceChange if change.operation == "add"}
    sas, sata = added["vim.vm.device.VirtualLsiLogicSASController"].device, added["vim.vm.device.VirtualAHCIController"].device
    assert sas.key < 0 and sata.key < 0 and sas.key != sata.key and (sas.busNumber, sas.sharedBus) == (1, "noSharing")
    disks = {change.device.controllerKey: change for change in spec.deviceChange if isinstance(change.device, vim.vm.device.VirtualDisk)}
    made, attached = disks[sas.key], disks[sata.key]
    assert (made.fileOperation, made.device.backing.fileName, made.device.backing.diskMode) == ("create", "[ds2]", "independent_persistent")
    assert (made.device.backing.thinProvisioned, made.device.backing.eagerlyScrub) == (False, True)
    assert (attached.fileOperation, attached.device.backing.fileName, attached.device.unitNumber) == (None, "[ds2] old/d.vmdk", 3)


def test_removed_disk_and_its_file():
    item = {"exact": ["disks"], "disks": [{"at": "scsi0:0"}]}
    assert [(change.operation, change.fileOperation) for change in spec_of(item).deviceChange] == [("remove", None)]
    assert [(change.operation, change.fileOperation) for change in spec_of({**item, "destroy_disks": True}).deviceChange] == [("remove", "destroy")]


def test_an_adapter_keeps_what_does_not_change():
    change = device_of(spec_of({"networks": [{}, {"start_connected": False}]}), 4001)
    port = change.device.backing.port
    assert (port.portgroupKey, port.switchUuid, port.portKey, port.connectionCookie) == ("dvportgroup-9", "50 2d", "12", 77)
    assert (change.device.macAddress, change.device.addressType, change.device.unitNumber) == ("00:50:56:00:00:02", "assigned", 8)
    assert change.device.connectable.startConnected is False and change.device.connectable.connected is True


def test_an_adapter_on_another_network():
    change = device_of(spec_of({"networks": [{}, {"network": "lan/1"}]}), 4001)
    assert (change.device.backing.deviceName, change.device.backing.network._moId) == ("lan/1", LAN.moid)


def test_a_backing_that_is_unknown_is_left_alone():
    drive = {"_type": "VirtualCdrom", "key": 3001, "controllerKey": 201, "unitNumber": 0, "backing": {"_type": "VirtualCdromAtapiBackingInfo"}}
    assert device_of(spec_of({"cdroms": [{"at": "ide1:0", "connected": True}]}, read(devices=[drive])), 3001).device.backing is None


def test_devices_of_newer_servers_can_be_removed():
    odd = [
        {"_type": "VirtualQuantumCard", "key": 4009, "macAddress": "00:50:56:00:00:09"},
        {"_type": "VirtualDisk", "key": 2009, "controllerKey": 1000, "unitNumber": 9,
         "backing": {"_type": "VirtualDiskQuantumBackingInfo", "fileName": "[a] b.vmdk"}},
    ]  # fmt: skip
    spec = spec_of({"exact": ["disks", "networks"], "disks": [{"at": "scsi0:0"}, {"at": "scsi0:1"}], "networks": [{}, {}]}, read(devices=odd))
    assert [(change.operation, change.device.key) for change in spec.deviceChange] == [("remove", 2009), ("remove", 4009)]
    assert body(spec)


def test_parts_that_a_backing_does_not_have():
    backing = {"_type": "VirtualDiskSeSparseBackingInfo", "fileName": "[a] b-000001.vmdk", "diskMode": "persistent", "sharing": "sharingNone", "uuid": "x"}
    disk = {"_type": "VirtualDisk", "key": 2009, "controllerKey": 1000, "unitNumber": 9, "capacityInKB": 1 << 20, "backing": backing}
    change = device_of(spec_of({"disks": [{"at": "scsi0:9", "mode": "independent_persistent"}]}, read(devices=[disk])), 2009)
    assert isinstance(change.device.backing, vim.vm.device.VirtualDisk.SeSparseBackingInfo) and change.device.backing.uuid == "x"


def test_a_clone_generates_the_addresses_that_were_set():
    change = device_of(spec_of({"networks": [{"network": "dmz"}]}, read().as_clone()), 4000)
    assert (change.device.addressType, change.device.macAddress, change.device.backing.port.portgroupKey) == ("generated", None, "dvportgroup-9")


def test_datastores_and_formats_of_the_disks_of_a_clone():
    item = wanted({"disks": [{"at": "scsi0:0", "datastore": "ds2"}, {"at": "scsi0:1", "provisioning": "eager_zeroed"}, {"at": "scsi0:2", "size": "1GiB"}]})
    assert [change.path for change in differences(item, read().as_clone(), API) if "mac" not in change.path] == ["disks.scsi0:2"]
    store = MoRef("Datastore", "ds-2")
    disks = with_datastores(item.disks, lambda option, name: (store, name))
    moved, inflated = disk_locators(disks, read(), MoRef("Datastore", "ds-own"))
    assert (moved.diskId, moved.datastore._moId, moved.diskBackingInfo) == (2000, "ds-2", None)
    assert (inflated.diskId, inflated.datastore._moId) == (2001, "ds-own")
    # Without a datastore for the clone, its disks stay with those of the source.
    assert [locator.diskId for locator in disk_locators(disks, read(), None)] == [2000]
    assert [locator.diskId for locator in disk_locators(disks, read(), MoRef("Datastore", "ds-own"), is_linked=True)] == [2000]
    (thin,) = disk_locators(wanted({"disks": [{"at": "scsi0:0", "provisioning": "thick"}]}).disks, read(), None)
    assert thin.datastore._moId == "datastore-1" and thin.diskBackingInfo.thinProvisioned is False
    assert (inflated.diskBackingInfo.thinProvisioned, inflated.diskBackingInfo.eagerlyScrub) == (False, True)


def members(structure):
    """The members that are set in a structure, at any depth."""
    for info in structure._GetPropertyList():
        value = getattr(structure, info.name)
        several = value if isinstance(value, list) else [value]
        if value is not None and several:
            yield info
        for one in several:
            if isinstance(one, vmodl.DynamicData):
                yield from members(one)


def test_nothing_is_younger_than_the_oldest_version():
    """pyVmomi leaves out what a version does not have, without a word."""
    found = list(members(spec_of(EVERYTHING)))
    assert len(found) > 100
    assert [info.name for info in found if not IsChildVersion(newest_version((6, 5))[1], info.version)] == []


def test_hardware_version():
    item = {"hardware": {"version": "19"}}
    changes = differences(wanted(item), read(), API)
    assert upgrade(changes) == "vmx-19" and later(changes) == changes and parts(config_spec(changes)) == ""
    changes = differences(wanted(item), NEW, API)
    assert upgrade(changes) == "" and later(changes) == [] and config_spec(changes).version == "vmx-19"


def test_boot_order():
    changes = differences(wanted({"hardware": {"boot": {"order": ["cdrom", "scsi0:1", "network"]}}}), read(), API)
    order = config_spec(changes).bootOptions.bootOrder
    assert [type(device).__name__.rpartition(".")[2] for device in order] == ["BootableCdromDevice", "BootableDiskDevice"] + ["BootableEthernetDevice"] * 2
    assert [device.deviceKey for device in order[1:]] == [2001, 4000, 4001]


def test_boot_order_of_new_devices_comes_later():
    item = {"hardware": {"boot": {"order": ["scsi0:4"]}}, "disks": [{"at": "scsi0:4", "size": "1GiB"}]}
    changes = differences(wanted(item), read(), API)
    assert [change.path for change in later(changes)] == ["hardware.boot.order"] and config_spec(changes).bootOptions is None


def test_vapp_properties():
    (change,) = spec_of({"properties": {"net.hostname": "web"}}).vAppConfig.property
    assert (change.operation, change.info.key, change.info.id, change.info.value) == ("edit", 0, "hostname", "web")
