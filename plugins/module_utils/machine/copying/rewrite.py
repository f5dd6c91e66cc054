# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The VMX file of a copy, out of that of its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import OURS
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import listed

#: Keys, in lower case, that a copy must not have: what identifies the source, where its swap, logs and memory lie, and its ports and addresses.
_DROPPED = re.compile(
    r"uuid\.(bios|location|action)|vc\.uuid|vm\.genidx?|vmci0\.id|sched\.swap\.derivedname|migrate\.(hostlog|hostlogstate|migrationid)|workingdir"
    r"|(vmx\.)?log\.filename|vmxstats\.filename|checkpoint\.vmstate(\..*)?|(scsi|sata|ide|nvme)\d+:\d+\.redo"
    r"|ethernet\d+\.(generatedaddress|generatedaddressoffset|address|dvs\.(portid|connectionid))"
)
_DRIVE = re.compile(r"((?:scsi|sata|ide|nvme)\d+:\d+|floppy\d+)\.filename")
_DISK = re.compile(r"((?:scsi|sata|ide|nvme)\d+:\d+)\.filename")
_CARD = re.compile(r"(ethernet\d+)\.present")
_ENCRYPTED = re.compile(r"encryption\..*|datafilekey|vtpm\.present")
#: Types of drives whose file is an image.
_IMAGES = ("cdrom-image", "file")
_NVRAM, _EXTENDED = "nvram", "extendedconfigfile"


def check_vmx(vmx: Vmx, disks: Iterable[str]) -> None:
    """Check that a VM can be copied, as far as its VMX file says.

    :param disks: places of its disks, such as ``scsi0:1``, as the server has them.
    :raises NotPossible: it cannot.
    """
    if any(_ENCRYPTED.fullmatch(key) and vmx.get(key).upper() != "FALSE" for key in vmx.keys):
        raise NotPossible("it is encrypted or has a virtual TPM, and its files cannot be copied: set source.method to clone")
    if different := sorted(_disks(vmx).symmetric_difference(disks)):
        raise NotPossible(f"its VMX file and the server do not say the same of its disks ({listed(different)}): unregister and register it again")
    nvram = vmx.get(_NVRAM)
    if "/" in nvram or nvram in (".", ".."):
        raise NotPossible("its NVRAM file is in another folder than its VMX file, and cannot be copied: set source.method to clone")


def nvram_name(vmx: Vmx) -> str:
    """The name of the NVRAM file, which lies beside the VMX file; empty for none."""
    return vmx.get(_NVRAM)


def rewritten(vmx: Vmx, name: str, stem: str, folder: str, disks: Mapping[str, str], marks: Mapping[str, str]) -> Vmx:
    """The VMX file of a copy.

    :param name: of the copy. :param stem: that its files are called by. :param folder: of the source, such as ``/vmfs/volumes/ds/vm``.
    :param disks: place to the name of the file of the copy. :param marks: keys of ours and their values; other keys of ours go.
    """
    values = {f"{place}.fileName": file for place, file in disks.items()}
    values |= {f"{found[1]}.addressType": "generated" for key in vmx.keys if (found := _CARD.fullmatch(key)) and vmx.is_true(key)}
    values |= {key: f"{folder}/{vmx.get(key)}" for key in vmx.keys if _is_relative_image(vmx, key)}
    values |= {key: f"{stem}.{ending}" for key, ending in ((_NVRAM, "nvram"), (_EXTENDED, "vmxf")) if vmx.get(key)}
    # Without it the host asks at the first power on whether the VM was moved or copied.
    values |= {"displayName": name, **marks, "uuid.action": "create"}
    return vmx.changed(values, lambda key: bool(_DROPPED.fullmatch(key)) or key.startswith(OURS))


def _disks(vmx: Vmx) -> set[str]:
    """The places of disks."""
    places = {found[1] for key in vmx.keys if (found := _DISK.fullmatch(key))}
    return {place for place in places if vmx.is_true(f"{place}.present") and _is_disk(vmx, place)}


def _is_disk(vmx: Vmx, place: str) -> bool:
    kind = vmx.get(f"{place}.deviceType").lower()
    return "disk" in kind if kind else vmx.get(f"{place}.fileName").lower().endswith(".vmdk")


def _is_relative_image(vmx: Vmx, key: str) -> bool:
    found = _DRIVE.fullmatch(key)
    if not found or not vmx.get(key) or vmx.get(key).startswith(("/", "[")):
        return False
    return (vmx.get(f"{found[1]}.deviceType") or vmx.get(f"{found[1]}.fileType")).lower() in _IMAGES
