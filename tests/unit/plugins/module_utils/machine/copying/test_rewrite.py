# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.rewrite import check_vmx, nvram_name, rewritten
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible

#: As an ESXi 8 host writes it, shortened.
REAL = """.encoding = "UTF-8"
config.version = "8"
virtualHW.version = "19"
vmci0.present = "TRUE"
vmci0.id = "-1466210432"
floppy0.present = "FALSE"
floppy0.fileName = "off.flp"
svga.present = "TRUE"
vmotion.svga.vramSize = "8388608"
displayName = "golden"
extendedConfigFile = "golden.vmxf"
nvram = "golden.nvram"
uuid.bios = "56 4d 01 02 03 04 05 06-07 08 09 0a 0b 0c 0d 0e"
uuid.location = "56 4d 01 02 03 04 05 06-07 08 09 0a 0b 0c 0d 0e"
vc.uuid = "52 01 02 03 04 05 06 07-08 09 0a 0b 0c 0d 0e 0f"
vm.genid = "123"
vm.genidX = "456"
memSize = "2048"
numvcpus = "2"
scsi0.present = "TRUE"
scsi0.virtualDev = "pvscsi"
scsi0:0.present = "TRUE"
scsi0:0.deviceType = "scsi-hardDisk"
scsi0:0.fileName = "golden-000001.vmdk"
scsi0:0.redo = ""
scsi0:1.present = "TRUE"
scsi0:1.deviceType = "scsi-hardDisk"
scsi0:1.fileName = "/vmfs/volumes/5f1e-aa/data/golden_data.vmdk"
scsi0:1.mode = "independent-persistent"
scsi0:2.present = "FALSE"
scsi0:2.fileName = "gone.vmdk"
ide0:0.present = "TRUE"
ide0:0.deviceType = "cdrom-image"
ide0:0.fileName = "seed.iso"
ide0:1.present = "TRUE"
ide0:1.deviceType = "atapi-cdrom"
ide0:1.fileName = "emptyBackingString"
serial0.present = "TRUE"
serial0.fileType = "file"
serial0.fileName = "console.log"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "vmxnet3"
ethernet0.networkName = "VM Network"
ethernet0.addressType = "vpx"
ethernet0.generatedAddress = "00:50:56:aa:bb:cc"
ethernet0.generatedAddressOffset = "0"
ethernet1.present = "TRUE"
ethernet1.addressType = "static"
ethernet1.address = "00:50:56:01:02:03"
ethernet1.dvs.switchId = "50 1e"
ethernet1.dvs.portgroupId = "dvportgroup-7"
ethernet1.dvs.portId = "12"
ethernet1.dvs.connectionId = "99"
sched.swap.derivedName = "/vmfs/volumes/5f1e/golden/golden-1234.vswp"
sched.swap.dir = "/vmfs/volumes/swap"
migrate.hostLog = "golden-1234.hlog"
vmxstats.filename = "golden.scoreboard"
workingDir = "/vmfs/volumes/5f1e/golden"
log.fileName = "golden.log"
vmx.log.keepOld = "6"
guestinfo.role = "web"
estate.vmware.retired_at = "2026-01-01T00:00:00Z"
tools.syncTime = "FALSE"
"""
DISKS = {"scsi0:0": "web-1.vmdk", "scsi0:1": "web-1_1.vmdk"}


def vmx(text=REAL):
    return Vmx.parse(text.encode())


def test_copy_has_names_files_and_addresses_of_its_own_and_all_other_settings():
    source = vmx()
    check_vmx(source, DISKS)
    assert nvram_name(source) == "golden.nvram"
    copy = rewritten(source, "web-1", "web-1", "/vmfs/volumes/fast/golden", DISKS, {"estate.vmware.made_by": "abc"})
    before, after = ({key: one.get(key) for key in one.keys} for one in (source, copy))
    gone = {key for key in before if key not in after}
    assert gone == {
        "vmci0.id", "uuid.bios", "uuid.location", "vc.uuid", "vm.genid", "vm.genidx", "scsi0:0.redo", "ethernet0.generatedaddress",
        "ethernet0.generatedaddressoffset", "ethernet1.address", "ethernet1.dvs.portid", "ethernet1.dvs.connectionid", "sched.swap.derivedname",
        "migrate.hostlog", "vmxstats.filename", "workingdir", "log.filename", "estate.vmware.retired_at",
    }  # fmt: skip
    assert {key: value for key, value in after.items() if before.get(key) != value} == {
        "displayname": "web-1",
        "extendedconfigfile": "web-1.vmxf",
        "nvram": "web-1.nvram",
        "scsi0:0.filename": "web-1.vmdk",
        "scsi0:1.filename": "web-1_1.vmdk",
        "ide0:0.filename": "/vmfs/volumes/fast/golden/seed.iso",
        "ethernet0.addresstype": "generated",
        "ethernet1.addresstype": "generated",
        "estate.vmware.made_by": "abc",
        "uuid.action": "create",
    }


def test_old_answers_to_the_question_of_the_host_are_replaced():
    copy = rewritten(vmx('uuid.action = "keep"\n'), "a", "a", "", {}, {})
    assert copy.get("uuid.action") == "create" and copy.keys.count("uuid.action") == 1


@pytest.mark.parametrize(
    "line, text",
    [
        ('encryption.keySafe = "vmware:key/list"', "it is encrypted or has a virtual TPM"),
        ('dataFileKey = "x"', "it is encrypted"),
        ('vtpm.present = "TRUE"', "virtual TPM"),
        ('sata0:1.present = "TRUE"\nsata0:1.fileName = "more.vmdk"', r"do not say the same of its disks \(sata0:1\)"),
        ('scsi0:0.present = "FALSE"', r"\(scsi0:0\)"),
        ('nvram = "../other/other.nvram"', "NVRAM file is in another folder"),
    ],
)
def test_what_cannot_be_copied_is_refused(line, text):
    with pytest.raises(NotPossible, match=text):
        check_vmx(vmx(f"{line}\n{REAL}"), DISKS)


def test_a_vtpm_that_is_switched_off_is_none():
    check_vmx(vmx(REAL + 'vtpm.present = "FALSE"\n'), DISKS)
