# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import before_and_after, needs_power_off, refusals
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import API, NEW, applied, read, wanted

ON = {"runtime__powerState": "poweredOn"}
SNAPSHOT = {"snapshot__rootSnapshotList": [{"snapshot": ("VirtualMachineSnapshot", "snapshot-1")}]}
HASH = "sha256:"


def shown(item, **properties):
    """Path to before and after."""
    changes = differences(wanted(item), read(**properties), API)
    assert not refusals(changes, is_on=False)
    before, after = before_and_after(changes)
    return {path: (before[path], after[path]) for path in before}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({}, {}),
        ({"cpu": {"count": 4, "cores_per_socket": 2, "hot_add": True, "shares": "normal", "limit_mhz": "unlimited"}}, {}),
        ({"cpu": {"count": 8}}, {"cpu.count": (4, 8)}),
        ({"cpu": {"shares": "2000"}}, {"cpu.shares": ("normal", "2000")}),
        ({"cpu": {"shares": "high", "limit_mhz": "3000"}}, {"cpu.shares": ("normal", "high"), "cpu.limit_mhz": ("unlimited", 3000)}),
        ({"memory": {"size": "8192 MB", "reservation": "1GiB", "limit": "unlimited"}}, {}),
        ({"memory": {"size": "10GiB", "reserve_all": True}}, {"memory.size": ("8GiB", "10GiB"), "memory.reserve_all": (False, True)}),
        ({"hardware": {"guest_id": "ubuntu64Guest", "secure_boot": False, "time_sync": False}}, {}),
        ({"hardware": {"firmware": "efi", "secure_boot": True}}, {"hardware.firmware": ("bios", "efi"), "hardware.secure_boot": (False, True)}),
        ({"hardware": {"version": "19"}}, {"hardware.version": ("vmx-13", "vmx-19")}),
        ({"hardware": {"version": "vmx-13"}}, {}),
        ({"hardware": {"boot": {"delay": 5000}}}, {"hardware.boot.delay": (None, 5000)}),
        ({"hardware": {"boot": {"order": ["network", "disk"]}}}, {"hardware.boot.order": ([], ["network 0", "network 1", "scsi0:0"])}),
        ({"annotation": "made by hand"}, {}),
        ({"annotation": ""}, {"annotation": ("made by hand", "")}),
        ({"disks": [{"at": "scsi0:1"}, {"at": "scsi0:0", "size": "40GiB", "mode": "persistent", "sharing": "none", "provisioning": "thick"}]}, {}),
        ({"disks": [{"at": "scsi0:0", "datastore": "ds1"}, {"at": "scsi0:1", "file": "[ds1]/web/web_1.vmdk"}]}, {}),
        ({"disks": [{"at": "scsi0:1", "size": "10GiB"}]}, {"disks.scsi0:1.size": ("8GiB", "10GiB")}),
        ({"disks": [{"at": "scsi0:1", "mode": "independent_persistent"}]}, {"disks.scsi0:1.mode": ("persistent", "independent_persistent")}),
        ({"disks": [{"at": "scsi0:1", "sharing": "multi_writer"}]}, {"disks.scsi0:1.sharing": ("none", "multi_writer")}),
        ({"disks": [{"at": "scsi0:2", "size": "1GB"}]}, {"disks.scsi0:2": (None, {"size": "1GiB", "mode": "persistent"})}),
        (
            {"disks": [{"at": "sata1:3", "size": "1GB", "provisioning": "thin", "datastore": "ds2"}]},
            {"controllers.sata1": (None, "sata"), "disks.sata1:3": (None, {"size": "1GiB", "provisioning": "thin", "mode": "persistent", "file": "[ds2]"})},
        ),
        (
            {"controllers": [{"at": "scsi1", "type": "lsilogic_sas"}], "disks": [{"at": "scsi1:0", "file": "[ds2] old/d.vmdk"}]},
            {"controllers.scsi1": (None, "lsilogic_sas"), "disks.scsi1:0": (None, {"mode": "persistent", "file": "[ds2] old/d.vmdk"})},
        ),
        ({"disks": [{"at": "scsi0:9", "keep": True}]}, {}),
        (
            {"disks": [{"at": "scsi0:0"}], "exact": ["disks"]},
            {"disks.scsi0:1": ({"size": "8GiB", "mode": "persistent", "file": "[ds1] web/web_1.vmdk"}, "detached, its file stays")},
        ),
        (
            {"disks": [{"at": "scsi0:0"}], "exact": ["disks"], "destroy_disks": True},
            {"disks.scsi0:1": ({"size": "8GiB", "mode": "persistent", "file": "[ds1] web/web_1.vmdk"}, None)},
        ),
        ({"disks": [{"at": "scsi0:0", "keep": True}, {"at": "scsi0:1"}], "exact": ["disks"]}, {}),
        ({"cdroms": [{"at": "ide0:0", "iso": "[ds1]/iso/a.iso", "connected": True}]}, {}),
        ({"cdroms": [{"at": "ide0:0", "iso": "[ds1] iso/b.iso"}]}, {"cdroms.ide0:0.medium": ("[ds1] iso/a.iso", "[ds1] iso/b.iso")}),
        ({"cdroms": [{"at": "ide0:0", "client": True}]}, {"cdroms.ide0:0.medium": ("[ds1] iso/a.iso", "client")}),
        ({"cdroms": [{"at": "ide0:0", "connected": False}]}, {"cdroms.ide0:0.connected": (True, False)}),
        ({"cdroms": [{"at": "ide1:0"}]}, {"cdroms.ide1:0": (None, "client")}),
        ({"cdroms": [], "exact": ["cdroms"]}, {"cdroms.ide0:0": ("[ds1] iso/a.iso", None)}),
        ({"networks": [{"network": "lan/1", "adapter": "e1000e"}, {"network": "dmz"}]}, {}),
        ({"networks": [{"network": "dmz", "mac": "00-50-56-00-00-02"}, {"network": "lan/1"}]}, {}),
        ({"networks": [{"network": "dmz2"}]}, {"networks.0.network": ("lan/1", "dmz2")}),
        ({"networks": [{"network": "lan/1", "mac": "00:50:56:00:00:09"}]}, {"networks.0.mac": ("00:50:56:00:00:01", "00:50:56:00:00:09")}),
        ({"networks": [{}, {}, {"network": "nsx"}]}, {"networks.2": (None, {"network": "nsx", "adapter": "vmxnet3"})}),
        ({"networks": [{"network": "lan/1"}], "exact": ["networks"]},
         {"networks.00:50:56:00:00:02": ({"network": "dvportgroup-9", "adapter": "vmxnet3", "mac": "00:50:56:00:00:02"}, None)}),
        ({"networks": [{"start_connected": False}]}, {"networks.0.start_connected": (True, False)}),
        ({"networks": [{"connected": False}]}, {"networks.0.start_connected": (True, False)}),
        ({"extra_config": {"disk.enableuuid": True}}, {}),
        ({"extra_config": {"disk.EnableUUID": None, "svga.autodetect": "TRUE", "n": 3}},
         {"extra_config.disk.EnableUUID": ("TRUE", None), "extra_config.svga.autodetect": (None, "TRUE"), "extra_config.n": (None, "3")}),
        ({"properties": {"hostname": "web", "net.hostname": "web"}}, {"properties.hostname": ("old", "web"), "properties.net.hostname": ("old", "web")}),
        ({"properties": {"hostname": "old"}}, {}),
    ],
)  # fmt: skip
def test_what_changes(item, expected):
    assert shown(item) == expected


@pytest.mark.parametrize(
    ("item", "properties", "reason"),
    [
        ({"cpu": {"count": 8}}, {}, ""),
        ({"cpu": {"count": 2}}, {}, "CPU hot remove is not enabled"),
        ({"cpu": {"count": 2}}, {"config__cpuHotRemoveEnabled": True}, ""),
        ({"cpu": {"count": 8}}, {"config__cpuHotAddEnabled": False}, "CPU hot add is not enabled"),
        ({"cpu": {"count": 8, "cores_per_socket": 4}}, {}, "vSphere changes it on VMs that are off"),
        ({"memory": {"size": "9GiB"}}, {}, ""),
        ({"memory": {"size": "8196MB"}}, {}, "memory hot add goes in steps of 256MiB"),
        ({"memory": {"size": "32GiB"}}, {}, "memory hot add ends at 16GiB"),
        ({"memory": {"size": "4GiB"}}, {}, "memory is taken away"),
        ({"memory": {"size": "9GiB"}}, {"config__memoryHotAddEnabled": False}, "memory hot add is not enabled"),
        ({"memory": {"reservation": "2GiB", "shares": "low"}, "cpu": {"shares": "low"}, "annotation": "x", "extra_config": {"a": "b"}}, {}, ""),
        ({"hardware": {"guest_id": "rhel9_64Guest"}}, {}, "vSphere changes it on VMs that are off"),
        ({"hardware": {"version": "19"}}, {}, "vSphere changes it on VMs that are off"),
        ({"disks": [{"at": "scsi0:1", "size": "10GiB"}, {"at": "scsi2:0", "size": "1GiB"}]}, {}, ""),
        ({"disks": [{"at": "ide0:1", "size": "1GiB"}]}, {}, "IDE disks come and go while it is off"),
        ({"disks": [{"at": "scsi0:0"}], "exact": ["disks"]}, {}, ""),
        ({"disks": [{"at": "scsi0:1", "mode": "independent_persistent"}]}, {}, "the mode of a disk changes while it is off"),
        ({"cdroms": [{"at": "ide0:0", "iso": "[ds1] b.iso", "connected": False}]}, {}, ""),
        ({"cdroms": [{"at": "ide0:1"}]}, {}, "IDE drives come and go while it is off"),
        ({"networks": [{"network": "dmz", "connected": False}, {}, {"network": "nsx"}]}, {}, ""),
        ({"networks": [{"mac": "00:50:56:00:00:09"}]}, {}, "a MAC address changes while it is off"),
    ],
)
def test_what_a_running_vm_has_to_be_off_for(item, properties, reason):
    changes = differences(wanted(item), read(**ON, **properties), API)
    assert changes and needs_power_off(changes) == bool(reason)
    lines = refusals(changes, is_on=True)
    assert len(lines) == bool(reason) and all(f"({reason})" in line and "power_cycle" in line for line in lines)
    assert refusals(changes, is_on=True, power_cycle="guest") == refusals(changes, is_on=False) == []


def test_ide_disk_grows_while_off():
    disk = {"_type": "VirtualDisk", "key": 3002, "controllerKey": 201, "unitNumber": 0, "capacityInKB": 1 << 20, "backing": {
        "_type": "VirtualDiskFlatVer2BackingInfo", "fileName": "[ds1] web/web_2.vmdk", "diskMode": "persistent"}}  # fmt: skip
    (change,) = differences(wanted({"disks": [{"at": "ide1:0", "size": "2GiB"}]}), read(**ON, devices=[disk]), API)
    assert change.needs_off == "IDE disks grow while it is off"


@pytest.mark.parametrize(
    ("item", "properties", "line"),
    [
        ({"cpu": {"count": 5}}, {}, "cpu.count: 5 CPUs are no whole sockets of 2 cores: set cpu.count to a multiple of cpu.cores_per_socket"),
        ({"hardware": {"secure_boot": True}}, {},
         "hardware.secure_boot: secure boot needs EFI: set hardware.firmware to efi, or hardware.secure_boot to false"),
        ({"hardware": {"version": "10"}}, {}, "hardware.version: the hardware of a VM is never made older (vmx-13): leave hardware.version out"),
        ({"memory": {"reservation": "9GiB"}}, {}, "memory.reservation: 9GiB of 8GiB memory cannot be reserved: lower memory.reservation"),
        ({"memory": {"size": "512MiB"}}, {}, "memory.size: 1GiB of 512MiB memory cannot be reserved: lower memory.reservation"),
        ({"disks": [{"at": "scsi0:0", "size": "39GiB"}]}, {}, "disks[0].size: a disk never shrinks, and this one has 40GiB: give that size or more"),
        ({"disks": [{"at": "scsi0:0", "size": "41GiB"}]}, SNAPSHOT,
         "disks[0].size: a disk does not grow below snapshots: remove the snapshots of the VM first"),
        ({"disks": [{"at": "scsi0:0", "mode": "independent_persistent"}]}, SNAPSHOT, "disks[0].mode: the VM has snapshots: remove them first"),
        ({"disks": [{"at": "scsi0:2"}]}, {}, "disks[0]: there is no disk at scsi0:2: give size to make one, or file to attach one"),
        ({"disks": [{"at": "scsi0:5", "size": "1GiB"}]}, {}, "disks[0]: another device is at scsi0:5: use another place"),
        ({"disks": [{"at": "ide0:0", "size": "1GiB"}]}, {}, "disks[0]: another device is at ide0:0: use another place"),
        ({"cdroms": [{"at": "ide1:0"}], "disks": [{"at": "scsi0:16", "size": "1GiB"}]}, {},
         "disks[0]: scsi0 (pvscsi) has units 0 to 15, 64 from hardware version vmx-14 on: use another place, or raise hardware.version"),
        ({"controllers": [{"at": "scsi1", "type": "lsilogic"}], "disks": [{"at": "scsi1:16", "size": "1GiB"}]}, {},
         "disks[0]: scsi1 (lsilogic) has units 0 to 15: use another place"),
        ({"disks": [{"at": "nvme0:0", "size": "1GiB"}]}, {},
         "disks[0]: the VM has no controller nvme0, and those of NVMe are not made: use another place"),
        ({"controllers": [{"at": "scsi0", "type": "lsilogic"}]}, {},
         "controllers[0]: scsi0 is pvscsi, and a controller never changes its type: use pvscsi, or another controller"),
        ({"disks": [{"at": "scsi0:0", "file": "[ds1] web/other.vmdk"}]}, {},
         "disks[0].file: another file is at scsi0:0, [ds1] web/web.vmdk: use another place, or remove that disk first"),
        ({"disks": [{"at": "scsi0:0", "datastore": "ds"}]}, {},
         "disks[0].datastore: the disk is [ds1] web/web.vmdk, and disks are moved with their VM: leave datastore out"),
        ({"exact": ["disks"], "destroy_disks": True, "disks": [{"at": "scsi0:0"}]}, SNAPSHOT,
         "exact: the file of scsi0:1 is part of snapshots: remove them first, or leave destroy_disks out"),
        ({"networks": [{"adapter": "vmxnet3"}]}, {},
         "networks[0].adapter: the adapter is e1000e, and never changes its type: leave adapter out, or remove it first"),
        ({"networks": [{}, {}, {"mac": "00:50:56:00:00:03"}]}, {}, "networks[2]: a new adapter needs a network: give network"),
        ({"properties": {"host": "x"}}, {}, "properties.host: the VM has no such vApp property; there are net.hostname, admin_password, fixed"),
        ({"properties": {"hostnam": "x"}}, {"config__vAppConfig__property": []}, "properties.hostnam: the VM has no vApp properties: leave it out"),
        ({"properties": {"fixed": "y"}}, {}, "properties.fixed: the vApp property is not configurable: leave it out"),
        ({"hardware": {"boot": {"order": ["cdrom", "scsi0:3"]}}}, {}, "hardware.boot.order[1]: the VM has no such device (scsi0:3): leave it out"),
    ],
)  # fmt: skip
def test_what_is_refused(item, properties, line):
    assert refusals(differences(wanted(item), read(**properties), API), is_on=False) == [f"vms[3].{line}"]


def test_cores_that_the_server_chooses():
    changes = differences(wanted({"cpu": {"count": 5}}), read(config__hardware__autoCoresPerSocket=True), API)
    assert [change.refused for change in changes] == [""]


def test_64_units_of_newer_hardware():
    item = {"disks": [{"at": "scsi0:63", "size": "1GiB"}]}
    assert refusals(differences(wanted(item), read(), API), is_on=False)
    assert not refusals(differences(wanted(item), read(config__version="vmx-14"), API), is_on=False)
    assert not refusals(differences(wanted({**item, "hardware": {"version": "14"}}), read(), API), is_on=False)


def test_a_new_vm_gets_all_that_is_said():
    item = {
        "cpu": {"count": 1, "hot_add": False},
        "hardware": {"version": "17"},
        "disks": [{"at": "ide0:0", "size": "1GiB"}, {"at": "scsi0:0", "size": "1GiB"}],
    }
    changes = differences(wanted(item), NEW, API)
    before, after = before_and_after(changes)
    assert set(before.values()) == {None}
    assert list(after) == ["cpu.count", "cpu.hot_add", "hardware.version", "controllers.scsi0", "disks.ide0:0", "disks.scsi0:0"]
    assert refusals(differences(wanted({"hardware": {"secure_boot": True}}), NEW, API), is_on=False)


def test_a_clone_gets_its_own_addresses():
    source = read(**ON, **SNAPSHOT)
    changes = differences(wanted({}), source.as_clone(), API)
    assert before_and_after(changes) == ({"networks.0.mac": "that of the source"}, {"networks.0.mac": "generated"})
    item = {"networks": [{"mac": "00:50:56:00:00:07"}], "disks": [{"at": "scsi0:0", "size": "50GiB"}], "cpu": {"count": 2}}
    changes = differences(wanted(item), source.as_clone(), API)
    assert refusals(changes, is_on=False) == [] and [change.path for change in changes] == ["cpu.count", "disks.scsi0:0.size", "networks.0.mac"]
    assert refusals(differences(wanted(item), source.as_clone(linked=True), API), is_on=False) == [
        "vms[3].disks[0].size: the disk of a linked clone keeps the size of its parent: make a full clone"
    ]


def test_diffs_hold_no_secrets():
    item = {
        "user_data": "#cloud-config\npassword: s3cret",
        "meta_data": "local-hostname: web",
        "properties": {"admin_password": "s3cret2"},
        "extra_config": {"guestinfo.data": "s3cret", "my.Token": "s3cret"},
    }
    changes = shown(item)
    assert set(changes) == {
        "user_data",
        "user_data.encoding",
        "meta_data",
        "meta_data.encoding",
        "properties.admin_password",
        "extra_config.guestinfo.data",
        "extra_config.my.Token",
    }
    assert "s3cret" not in str(changes) and changes["user_data"][1].startswith(HASH)


def test_user_data_is_compared_decoded():
    current = applied(read(), differences(wanted({"user_data": "a: b"}), read(), API))
    assert current.extra_config["guestinfo.userdata"] == "YTogYg==" and current.extra_config["guestinfo.userdata.encoding"] == "base64"
    assert differences(wanted({"user_data": "a: b"}), current, API) == []
    zipped = [
        {"key": "guestinfo.userdata", "value": "H4sIAAAAAAACA0u0UkgCALVTgGgEAAAA"},
        {"key": "guestinfo.userdata.encoding", "value": "gzip+base64"},
    ]
    assert [change.path for change in differences(wanted({"user_data": "c"}), read(config__extraConfig=zipped), API)] == ["user_data", "user_data.encoding"]
