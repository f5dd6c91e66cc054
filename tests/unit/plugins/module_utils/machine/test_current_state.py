# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import NEW, PROPERTIES, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import SETTINGS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import PROPERTY, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import parse
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import GIB, PROPERTIES as EXAMPLE, read

DEVICES = "config.hardware.device"


def places(mapping):
    return list(map(str, mapping))


def test_a_vm():
    current = read()
    assert (current.is_new, current.is_on, current.is_template, current.has_snapshots, current.hardware) == (False, False, False, False, 13)
    assert current.change_version == "2026-11-28T10:00:00Z"
    assert places(current.controllers) == ["ide0", "ide1", "scsi0"] and places(current.disks) == ["scsi0:0", "scsi0:1"]
    assert places(current.cdroms) == ["ide0:0"] and places(current.taken) == ["scsi0:5"]
    assert [nic.key for nic in current.nics] == [4000, 4001]
    assert current.nics[0].network.name == "lan/1" and current.nics[1].network.port == ("12", 77)
    assert [disk.provisioning for disk in current.disks.values()] == ["thin", None]


def test_old_disks_have_their_size_in_kib_alone():
    assert [disk.size for disk in read().disks.values()] == [40 * GIB, 8 * GIB]


def test_files_that_a_disk_depends_on():
    chain = {"fileName": "[ds1] a-000002.vmdk", "parent": {"fileName": "[ds1] a-000001.vmdk", "parent": {"fileName": "[ds1] a.vmdk"}}}
    disk = {"_type": "VirtualDisk", "key": 2002, "controllerKey": 1000, "unitNumber": 2, "backing": chain}
    assert list(read(devices=[disk]).disks.values())[-1].files == ("[ds1] a-000002.vmdk", "[ds1] a-000001.vmdk", "[ds1] a.vmdk")


def test_nothing_is_known_of_a_vm():
    current = current_state({})
    assert not current.disks and not current.controllers and not current.nics and current.hardware == 0 and not current.is_on
    assert current.settings.keys() >= {setting.path for setting in SETTINGS}
    assert current.settings["config.annotation"] == "" and current.settings["config.cpuAllocation.limit"] == -1


def test_odd_devices_are_left_out():
    odd = [
        "text", {}, {"key": 1}, {"_type": "VirtualDisk", "key": 2}, {"_type": "VirtualDisk", "key": 3, "controllerKey": 77, "unitNumber": 0},
        {"_type": "ParaVirtualSCSIController", "key": 1004}, {"_type": "VirtualVmxnet3", "key": 4004},
        {"_type": "VirtualVmxnet3", "key": 4005, "backing": "", "connectable": ""},
        {"_type": "VirtualCdrom", "key": 3004, "controllerKey": 201, "unitNumber": 1, "backing": {"_type": "VirtualCdromIsoBackingInfo"}},
        {"_type": "VirtualDisk", "key": 2009, "controllerKey": 1000, "unitNumber": 9, "backing": "?"},
    ]  # fmt: skip
    current = read(devices=odd)
    assert places(current.disks) == ["scsi0:0", "scsi0:1", "scsi0:9"] and current.disks.keys() - read().disks.keys()
    assert [nic.mac for nic in current.nics[2:]] == [None, None] and places(current.cdroms) == ["ide0:0", "ide1:1"]
    assert current_state({**EXAMPLE, "config.extraConfig": [{"value": "x"}, {"key": "a"}], "config.bootOptions.bootOrder": ["x"]}).extra_config == {"a": ""}


def test_a_new_vm_has_ide_controllers():
    assert {str(place): found.key for place, found in NEW.controllers.items()} == {"ide0": 200, "ide1": 201} and NEW.is_new


def test_a_clone_has_files_and_addresses_of_its_own():
    clone = read(runtime__powerState="poweredOn").as_clone()
    assert not clone.is_on and clone.change_version == ""
    assert [(nic.mac, nic.address_type, nic.is_copied) for nic in clone.nics] == [(None, "generated", True), (None, "generated", False)]
    assert clone.nics[1].network.port is None and all(len(disk.files) == 1 for disk in clone.disks.values())
    assert all(len(disk.files) == 2 for disk in read().as_clone(linked=True).disks.values())


def test_what_a_server_sends():
    xml = """
    <returnval xmlns:xsi="x"><obj type="VirtualMachine">vm-1</obj>
     <propSet><name>config.hardware.device</name><val xsi:type="ArrayOfVirtualDevice">
      <VirtualDevice xsi:type="VirtualAHCIController"><key>15000</key><deviceInfo><label>x</label></deviceInfo>
       <busNumber>0</busNumber><device>16000</device></VirtualDevice>
      <VirtualDevice xsi:type="VirtualKeyboard"><key>600</key></VirtualDevice>
      <VirtualDevice xsi:type="VirtualDisk"><key>16000</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[ds] a-1.vmdk</fileName>
       <datastore type="Datastore">ds-1</datastore><diskMode>persistent</diskMode><thinProvisioned>true</thinProvisioned>
       <parent><fileName>[ds] a.vmdk</fileName><diskMode>persistent</diskMode></parent></backing>
       <controllerKey>15000</controllerKey><unitNumber>4</unitNumber><capacityInKB>1024</capacityInKB><capacityInBytes>1048576</capacityInBytes></VirtualDevice>
      <VirtualDevice xsi:type="VirtualSriovEthernetCard"><key>4000</key><backing xsi:type="VirtualEthernetCardOpaqueNetworkBackingInfo">
       <opaqueNetworkId>ls-1</opaqueNetworkId><opaqueNetworkType>nsx.LogicalSwitch</opaqueNetworkType></backing>
       <connectable><startConnected>true</startConnected><allowGuestControl>false</allowGuestControl><connected>true</connected></connectable>
       <addressType>assigned</addressType><macAddress>00:50:56:AA:00:01</macAddress></VirtualDevice>
     </val></propSet>
     <propSet><name>snapshot.rootSnapshotList</name><val xsi:type="ArrayOfVirtualMachineSnapshotTree"><VirtualMachineSnapshotTree>
      <snapshot type="VirtualMachineSnapshot">snapshot-1</snapshot><name>s</name></VirtualMachineSnapshotTree></val></propSet>
     <propSet><name>config.bootOptions.bootOrder</name><val xsi:type="ArrayOfVirtualMachineBootOptionsBootableDevice">
      <VirtualMachineBootOptionsBootableDevice xsi:type="VirtualMachineBootOptionsBootableDiskDevice">
       <deviceKey>16000</deviceKey></VirtualMachineBootOptionsBootableDevice>
      <VirtualMachineBootOptionsBootableDevice xsi:type="VirtualMachineBootOptionsBootableCdromDevice"/></val></propSet>
    </returnval>"""
    shape = {"returnval": {"obj": MoRef, "propSet": [{"name": str, "val": PROPERTY}]}}
    found = parse(xml.encode(), shape, {"VirtualMachine": PROPERTIES})["returnval"]
    current = current_state({item["name"]: item["val"] for item in found["propSet"]})
    (disk,) = current.disks.values()
    assert (str(disk.place), disk.size, disk.files, disk.provisioning) == ("sata0:4", 1 << 20, ("[ds] a-1.vmdk", "[ds] a.vmdk"), "thin")
    (nic,) = current.nics
    assert (nic.adapter, nic.mac, nic.network.key, nic.connectable) == ("VirtualSriovEthernetCard", "00:50:56:aa:00:01", "ls-1", (True, True, False))
    assert current.has_snapshots and current.boot_order == (
        ("VirtualMachineBootOptionsBootableDiskDevice", 16000), ("VirtualMachineBootOptionsBootableCdromDevice", None),
    )  # fmt: skip
