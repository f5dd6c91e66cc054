# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import ansible_options
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import Wanted, check_new, check_together, settings_argument_spec, wanted_state
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import options, problems_of, wanted


def test_an_empty_item_wants_nothing():
    assert wanted({}) == Wanted("vms[3]")


def test_values_become_those_of_vsphere():
    made = wanted({
        "cpu": {"count": "4", "shares": "low"}, "memory": {"size": "8GiB"}, "exact": ["disks"], "power_cycle": "guest", "destroy_disks": True,
        "disks": [{"at": "scsi0:1", "size": "40GiB", "sharing": "multi_writer"}], "extra_config": {"a": True, "b": 5, "c": None},
    })  # fmt: skip
    assert made.settings == {"cpu.count": 4, "cpu.shares": {"level": "low", "shares": 0}, "memory.size": 8192}
    (disk,) = made.disks
    assert (disk.option, str(disk.at), disk.size, disk.sharing, disk.mode) == ("vms[3].disks[0]", "scsi0:1", 40 << 30, "sharingMultiWriter", None)
    assert made.extra_config == {"a": "TRUE", "b": "5", "c": ""}
    assert (made.exact, made.power_cycle, made.destroy_disks) == ({"disks"}, "guest", True)


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        ({"cpu": {"count": 0}}, ["cpu.count must be 1 to 960 (got 0)"]),
        ({"cpu": {"count": 6, "cores_per_socket": 4}},
         ["cpu.count: 6 CPUs are no whole sockets of 4 cores: set cpu.count to a multiple of cpu.cores_per_socket"]),
        ({"cpu": {"reservation_mhz": 2000, "limit_mhz": "1000"}},
         ["cpu.reservation_mhz: cpu.reservation_mhz is greater than cpu.limit_mhz: lower one, or raise the other"]),
        ({"disks": [{"at": "scsi0:0", "file": "[ds] a/a.vmdk"}, {"at": "scsi0:1", "file": "[ds]a/a.vmdk"}]},
         ["disks[1].file is [ds] a/a.vmdk, as vms[3].disks[0].file: a VM has a disk once"]),
        ({"memory": {"size": 8}}, ["memory.size must be a size with its unit, such as 8GiB or 512MB (got '8')"]),
        ({"memory": {"size": "25TiB"}}, ["memory.size must be 4MiB to 24TiB, in whole KiB (got '25TiB')"]),
        ({"memory": {"size": "1GiB", "reservation": "2GiB"}}, ["memory.size: 2GiB of 1GiB memory cannot be reserved: lower memory.reservation"]),
        (
            {"memory": {"size": "4GiB", "reserve_all": True, "reservation": "1GiB"}},
            ["memory.size: memory.reserve_all reserves all of memory.size: leave memory.reservation out"],
        ),
        (
            {"hardware": {"firmware": "bios", "secure_boot": True}},
            ["hardware.firmware: secure boot needs EFI: set hardware.firmware to efi, or hardware.secure_boot to false"],
        ),
        ({"hardware": {"guest_id": "Debian"}},
         ["hardware.guest_id must be an identifier of vSphere such as ubuntu64Guest or windows2022srvNext_64Guest (got 'Debian')"]),
        ({"hardware": {"boot": {"order": ["usb"]}}},
         ["hardware.boot.order[0] must be disk, network, cdrom, floppy or the place of a disk, such as scsi0:0 (got 'usb')"]),
        ({"hardware": {"boot": {"order": ["disk", "disk"]}}}, ["hardware.boot.order names a device twice: name each once"]),
        ({"disks": [{"size": "1GiB"}]}, ["disks[0].at must be set"]),
        ({"disks": [{"at": "scsi0:7"}]}, ["disks[0].at: unit 7 is the controller's own; use another one (got 'scsi0:7')"]),
        ({"disks": [{"at": "scsi0:0", "size": "40"}]}, ["disks[0].size must be a size with its unit, such as 8GiB or 512MB (got '40')"]),
        ({"disks": [{"at": "scsi0:0", "mode": "nonpersistent"}]},
         ["disks[0].mode must be persistent, independent_persistent or independent_nonpersistent (got 'nonpersistent')"]),
        ({"disks": [{"at": "scsi0:0"}, {"at": "scsi0:0"}]}, ["disks[1].at is scsi0:0, as vms[3].disks[0].at: give each device a place of its own"]),
        ({"disks": [{"at": "ide0:0"}], "cdroms": [{"at": "ide0:0"}]}, ["cdroms[0].at is ide0:0, as vms[3].disks[0].at: give each device a place of its own"]),
        (
            {"disks": [{"at": "scsi0:0", "size": "1GiB", "file": "[a] b.vmdk"}]},
            ["disks[0]: give file to attach a disk, or size, provisioning and datastore to make one, not both"],
        ),
        ({"disks": [{"at": "scsi0:0", "keep": True, "size": "1GiB"}]}, ["disks[0]: keep leaves the disk as it is; leave size out"]),
        ({"controllers": [{"at": "scsi0", "type": "sata"}]}, ["controllers[0].type: scsi0 cannot be of type sata: use sata0, or another type"]),
        ({"controllers": [{"at": "scsi0", "type": "pvscsi"}] * 2}, ["controllers names scsi0 2 times: name each controller once"]),
        ({"cdroms": [{"at": "scsi0:0"}]}, ["cdroms[0].at: a CD-ROM drive has a place on ide or sata (got 'scsi0:0')"]),
        ({"cdroms": [{"at": "ide0:0", "iso": "[a] b.iso", "client": True}]}, ["cdroms[0]: give iso or client, not both"]),
        ({"cdroms": [{"at": "ide0:0", "iso": "b.iso"}]}, ["cdroms[0].iso must be a file on a datastore, such as [datastore] folder/file.iso (got 'b.iso')"]),
        ({"networks": [{"mac": "1"}]}, ["networks[0].mac must be a MAC address such as 00:50:56:12:34:56 (got '1')"]),
        ({"networks": [{"gateway": "10.0.0.1"}]}, ["networks[0].gateway needs address"]),
        ({"networks": [{"address": "10.0.0.5"}]}, ["networks[0].address[0] must be an address with its prefix, such as 10.0.0.5/24, or dhcp (got '10.0.0.5')"]),
        ({"extra_config": {"guestinfo.userdata": "x"}}, ["extra_config.guestinfo.userdata is written by the option user_data: use that"]),
        ({"extra_config": {"estate.vmware.retired_at": "2020-01-01T00:00:00Z", "Estate.VMware.retired_path": ""}},
         ["extra_config.estate.vmware.retired_at is written by this collection alone: give it no value to remove it, or leave it out"]),
        ({"extra_config": {"disk.EnableUUID": True, "disk.enableUUID": False}},
         ["extra_config.disk.enableUUID is the same key as disk.EnableUUID, upper and lower case do not count: leave one out"]),
        ({"extra_config": {"a\nb": "x"}}, ["extra_config must have texts as keys, without line breaks (got 'a\\nb')"]),
        ({"extra_config": {"a": ["x"]}}, ["extra_config.a must be a text, a number or a boolean (got a list)"]),
        ({"exact": ["networks", "disks"], "disks": []}, ["exact has networks, which is not given: give networks, [] for none"]),
        ({"exact": ["disk"]}, ["exact[0] must be disks, networks or cdroms (got 'disk')"]),
        (
            {"cpu": {"count": 0}, "memory": {"size": "8"}, "disks": [{"at": "ide0:2"}], "networks": [{"mac": "1"}]},
            ["cpu.count must be 1 to 960 (got 0)", "memory.size must be a size with its unit, such as 8GiB or 512MB (got '8')",
             "disks[0].at: IDE controllers have units 0 to 1 (got 'ide0:2')", "networks[0].mac must be a MAC address such as 00:50:56:12:34:56 (got '1')"],
        ),
    ],
)  # fmt: skip
def test_bad_input(item, lines):
    assert problems_of(item) == [f"vms[3].{line}" for line in lines]


def test_messages_do_not_repeat_user_data():
    assert problems_of({"user_data": "s3cret" * 200_000}) == ["vms[3].user_data must have 0 to 1048576 characters (got 1200000)"]
    assert "s3cret" not in str(problems_of({"user_data": ["s3cret"]}))


def test_one_mac_address_for_two_vms():
    problems = []
    items = [wanted_state(f"vms[{number}]", options({"networks": [{}, {"mac": "00:50:56:00:00:01"}]}), problems) for number in range(2)]
    check_together(items, problems)
    assert problems == ["vms[1].networks[1].mac is 00:50:56:00:00:01, as vms[0].networks[1].mac: give each adapter an address of its own"]


def test_one_address_for_two_vms():
    problems = []
    items = [wanted_state(f"vms[{number}]", options({"networks": [{"address": ["10.0.0.5/24", "fd00::1/64"]}]}), problems) for number in range(2)]
    check_together(items, problems)
    assert problems == [
        f"vms[1].networks[0].address is {address}, as vms[0].networks[0].address: give each adapter an address of its own"
        for address in ("10.0.0.5/24", "fd00::1/64")
    ]


def test_a_vm_from_scratch_needs_its_size_and_guest():
    problems = []
    check_new(wanted({"properties": {"a": "b"}}), problems)
    assert problems == [
        "vms[3].memory.size is missing: a VM from scratch needs it",
        "vms[3].hardware.guest_id is missing: a VM from scratch needs it",
        "vms[3].properties: a VM from scratch has no vApp properties; leave it out",
    ]


def test_spec_for_ansible():
    spec = ansible_options(settings_argument_spec())
    assert spec["cpu"]["options"]["count"] == {"type": "int"}
    assert spec["hardware"]["options"]["boot"]["options"]["order"] == {"type": "list", "elements": "str"}
    assert spec["disks"]["options"]["sharing"] == {"type": "str", "choices": ["none", "multi_writer"]}
    assert spec["user_data"]["no_log"] and spec["power_cycle"]["default"] == "never"
