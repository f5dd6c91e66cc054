# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A VM that is copied file by file: what its copies are made of, and whether it can be copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.devices import DEVICES
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.rewrite import check_vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import MOST_BYTES, Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current, unread
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import PROPERTIES, CurrentState, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Disk
from ansible_collections.estate.vmware.plugins.module_utils.machine.disk_users import VMX
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import CONNECTION_STATE, NotPossible, check_reachable
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, POWER_STATE, SAID
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, read_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef

_KEY, _FAULT_TOLERANCE, _COMMITTED = "config.keyId", "config.ftInfo", "summary.storage.committed"
#: What is read of a VM that is to be copied.
PATHS = (*PROPERTIES, VMX, _KEY, _FAULT_TOLERANCE, _COMMITTED, CONNECTION_STATE)
_CLONE = "set source.method to clone"
#: vSphere types of backings whose content CopyVirtualDisk copies.
_COPYABLE = frozenset(("VirtualDiskFlatVer2BackingInfo", "VirtualDiskSeSparseBackingInfo", "VirtualDiskSparseVer2BackingInfo"))
_RAW = "VirtualDiskRawDisk"


@dataclass(frozen=True)
class CopySource:
    """A VM that can be copied.

    :ivar datacenter: its own. :ivar vmx_file: and ``vmx``: its configuration file. :ivar state: of the VM.
    :ivar used: bytes that it takes on its datastores.
    """

    datacenter: MoRef
    vmx_file: DatastoreFile
    vmx: Vmx
    state: CurrentState
    used: int

    @property
    def disks(self) -> list[Disk]:
        """Its disks, by place."""
        return [disk for _place, disk in sorted(self.state.disks.items())]

    def needs(self, keeps_format: bool) -> int:
        """Bytes that a copy takes on its datastore.

        :param keeps_format: disks that are thin stay so.
        """
        thin = sum(disk.size for disk in self.disks if keeps_format and disk.provisioning == "thin")
        return sum(disk.size for disk in self.disks) - thin + min(thin, self.used)


def as_copy(state: CurrentState, files: Mapping[str, str]) -> CurrentState:
    """What a copy of a VM is before anything of it is changed.

    :param files: place to the file of the copy's disk, such as ``[datastore] web-1/web-1.vmdk``.
    """
    clone = state.as_clone()
    disks = {place: replace(disk, files=(files[str(place)],) if str(place) in files else ()) for place, disk in clone.disks.items()}
    return replace(clone, is_clone=False, nics=[replace(nic, is_copied=False) for nic in clone.nics], disks=disks)


def load_source(session: Session, vm: MoRef, datacenter: MoRef, datacenter_path: str) -> CopySource:
    """Read a VM that is to be copied.

    :param datacenter_path: see DatastoreFile.
    :raises NotPossible: it cannot be copied. :raises VsphereError: it cannot be read.
    """
    read = read_current(session, [vm], PATHS)
    if reason := unread(read.get(vm)):
        raise NotPossible(f"it {reason}")
    return read_source(session, read[vm].properties, datacenter, datacenter_path)


def read_source(session: Session, properties: Mapping[str, Any], datacenter: MoRef, datacenter_path: str) -> CopySource:
    """The same, out of :data:`PATHS` of it, which were read before."""
    check_source(properties)
    datastore, path = _split(properties.get(VMX, ""))
    file = DatastoreFile(datacenter_path, datastore, path)
    vmx = Vmx.parse(session.call_with_retries(partial(read_text, session, file, MOST_BYTES)))
    state = current_state(properties)
    check_vmx(vmx, map(str, state.disks))
    return CopySource(datacenter, file, vmx, state, properties.get(_COMMITTED) or 0)


def check_source(properties: Mapping[str, Any]) -> None:
    """Check that a VM can be copied, as far as its properties say.

    :raises NotPossible: it cannot.
    """
    check_reachable(properties)
    power = properties.get(POWER_STATE, OFF)
    if power != OFF:
        raise NotPossible(f"it is {SAID.get(power, power)}, and its files change: power it off, or {_CLONE}")
    if properties.get(_KEY):
        raise NotPossible(f"it is encrypted, and its files cannot be copied: {_CLONE}")
    if properties.get(_FAULT_TOLERANCE):
        raise NotPossible("it has Fault Tolerance, and its files cannot be copied: turn Fault Tolerance off")
    disks = current_state(properties).disks
    for place, disk in sorted(disks.items()):
        if disk.backing_type.startswith(_RAW):
            raise NotPossible(f"its disk {place} is a raw device mapping, which cannot be copied: {_CLONE}, or detach it")
        if disk.backing_type not in _COPYABLE or not disk.files:
            raise NotPossible(f"its disk {place} is of a kind that cannot be copied ({disk.backing_type}): {_CLONE}")
    if len(disks) != sum(device.get(TYPE) == "VirtualDisk" for device in properties.get(DEVICES) or ()):
        raise NotPossible(f"it has disks on controllers that are not known here: {_CLONE}")


def _split(path: str) -> tuple[str, str]:
    """Datastore and path of ``[datastore] folder/file``."""
    datastore, _bracket, rest = path.removeprefix("[").partition("]")
    return datastore, rest.strip()
