# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Disks. A disk is its place; the order of a list means nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.sizes import format_size
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import AddDevice, Change, EditDevice, RemoveDevice
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import BUSES, PLACE, Place
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.controllers import Controllers, NewKeys
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Disk
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import BYTES, FLAG, TEXT, VMDK
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

_MODES = {name: name for name in ("persistent", "independent_persistent", "independent_nonpersistent")}
_SHARING = {"none": "sharingNone", "multi_writer": "sharingMultiWriter"}
_PROVISIONING = {name: name for name in ("thin", "thick", "eager_zeroed")}
MODE = Option("mode", TEXT, "Whether snapshots hold it, and whether it keeps what is written", words=_MODES, path="backing.diskMode")
SHARING = Option("sharing", TEXT, "Whether several VMs may write to it at the same time", words=_SHARING, path="backing.sharing")
DISK_OPTIONS = (
    Option("at", PLACE, "Its place: scsi0:1 is unit 1 of SCSI controller 0", is_required=True, path="unitNumber"),
    Option("size", BYTES, "Its size with the unit, such as 40GiB; that of an existing disk can only grow", bounds=(1 << 20, 62 << 40), path="capacityInBytes"),
    Option("provisioning", TEXT, "How its file is made; of an existing disk it is not compared", words=_PROVISIONING, path="backing.thinProvisioned"),
    MODE,
    SHARING,
    Option("datastore", TEXT, "Name or path of the datastore for its file; by default that of the VM", bounds=(1, 4000), path="backing.fileName"),
    Option("file", VMDK, "Existing file to attach, such as [datastore] folder/disk.vmdk", path="backing.fileName"),
    Option("keep", FLAG, "Whatever is at this place stays as it is, also with exact; nothing is made there"),
)
_FLAT = "VirtualDiskFlatVer2BackingInfo"
#: vSphere types of backings that may be edited.
_EDITABLE = frozenset((_FLAT, "VirtualDiskSeSparseBackingInfo", "VirtualDiskSparseVer2BackingInfo"))


@dataclass(frozen=True)
class WantedDisk:
    """An item of ``disks``; None for what is left as it is.

    :ivar option: as the user wrote it. :ivar mode: vSphere's. :ivar sharing: vSphere's.
    :ivar datastore: name; first as the user wrote it. :ivar store: the datastore itself, once it is found, see :func:`with_datastores`.
    """

    option: str
    at: Place
    size: int | None = None
    provisioning: str | None = None
    mode: str | None = None
    sharing: str | None = None
    datastore: str | None = None
    file: str | None = None
    keep: bool = False
    store: MoRef | None = None


def with_datastores(wanted: Sequence[WantedDisk], find: Callable[[str, str], tuple[MoRef | None, str]]) -> tuple[WantedDisk, ...]:
    """The disks with their datastores found.

    :param find: called with the option as the user wrote it and the datastore as it is written there; returns the datastore, None if
        there is none, and its name.
    """
    found = [find(f"{disk.option}.datastore", disk.datastore) if disk.datastore else (None, None) for disk in wanted]
    return tuple(replace(disk, store=store, datastore=name) for disk, (store, name) in zip(wanted, found))


def disk_changes(wanted: tuple[WantedDisk, ...], exact: str, destroy: bool, current: CurrentState, controllers: Controllers, keys: NewKeys) -> Iterator[Change]:
    """What is to be done about the disks.

    :param exact: the option, as the user wrote it, by which disks that are not named are removed; empty to keep them.
    :param destroy: and their files with them.
    """
    for disk in wanted:
        found = current.disks.get(disk.at)
        if disk.keep:
            continue
        if found is None:
            yield _addition(disk, current, controllers, keys)
        else:
            yield from _edits(disk, found, current)
    if exact:
        named = {disk.at for disk in wanted}
        yield from (_removal(exact, disk, destroy, current) for place, disk in sorted(current.disks.items()) if place not in named)


def _addition(wanted: WantedDisk, current: CurrentState, controllers: Controllers, keys: NewKeys) -> Change:
    path = f"disks.{wanted.at}"
    bus = BUSES[wanted.at.controller.bus]
    reason = ""
    if wanted.at in current.cdroms or wanted.at in current.taken:
        reason = f"another device is at {wanted.at}: use another place"
    elif wanted.size is None and wanted.file is None:
        reason = f"there is no disk at {wanted.at}: give size to make one, or file to attach one"
    key = 0 if reason else controllers.key_for(wanted.at)
    if isinstance(key, str):
        reason = key
    if reason or isinstance(key, str):
        return Change(path, wanted.option, None, str(wanted.at), None, refused=reason)
    disk = Disk(
        key=keys.next(),
        controller_key=key,
        place=wanted.at,
        size=wanted.size or 0,
        provisioning=wanted.provisioning,
        mode=wanted.mode or "persistent",
        sharing=wanted.sharing,
        files=(wanted.file,) if wanted.file else (f"[{wanted.datastore}]",) if wanted.datastore else (),
        is_new=wanted.file is None,
    )
    return Change(path, wanted.option, None, shown(disk), AddDevice(disk), "" if bus.hot else f"{bus.name} disks come and go while it is off")


def _edits(wanted: WantedDisk, found: Disk, current: CurrentState) -> Iterator[Change]:
    where = f"disks.{wanted.at}"
    # vSphere has no option for a disk that was made before there was one.
    sharing = found.sharing or "sharingNone"
    if wanted.file and wanted.file not in found.files:
        reason = f"another file is at {wanted.at}, {', '.join(found.files[:1])}: use another place, or remove that disk first"
        yield Change(f"{where}.file", f"{wanted.option}.file", next(iter(found.files), None), wanted.file, None, refused=reason)
    # Files of a clone go where its disk locators say, see device_specs.py.
    if wanted.datastore and not current.is_clone and found.files and not found.files[0].startswith(f"[{wanted.datastore}] "):
        reason = f"the disk is {found.files[0]}, and disks are moved with their VM: leave datastore out"
        yield Change(f"{where}.datastore", f"{wanted.option}.datastore", found.files[0], wanted.datastore, None, refused=reason)
    if wanted.size is not None and wanted.size != found.size:
        reason = _not_editable(found) or _no_growth(wanted.size, found, current)
        off = "" if BUSES[wanted.at.controller.bus].hot else "IDE disks grow while it is off"
        yield _edit(where, wanted, found, "size", format_size(found.size), format_size(wanted.size), off, reason)
    if wanted.mode is not None and wanted.mode != found.mode:
        reason = _not_editable(found) or ("the VM has snapshots: remove them first" if current.has_snapshots else "")
        yield _edit(where, wanted, found, "mode", MODE.shown(found.mode), MODE.shown(wanted.mode), "the mode of a disk changes while it is off", reason)
    if wanted.sharing is not None and wanted.sharing != sharing:
        off = "sharing of a disk changes while it is off"
        reason = _not_editable(found) or ("" if found.backing_type == _FLAT else "a disk of snapshots is not shared: remove the snapshots first")
        yield _edit(where, wanted, found, "sharing", SHARING.shown(sharing), SHARING.shown(wanted.sharing), off, reason)


def _edit(where: str, wanted: WantedDisk, found: Disk, attribute: str, before: Any, after: Any, needs_off: str, refused: str) -> Change:
    edit = None if refused else EditDevice(found, {attribute: getattr(wanted, attribute)})
    return Change(f"{where}.{attribute}", f"{wanted.option}.{attribute}", before, after, edit, "" if refused else needs_off, refused)


def _not_editable(disk: Disk) -> str:
    return "" if disk.backing_type in _EDITABLE else "the disk is a raw device mapping or of another kind that is not changed: leave it out"


def _no_growth(size: int, found: Disk, current: CurrentState) -> str:
    if size < found.size:
        return f"a disk never shrinks, and this one has {format_size(found.size)}: give that size or more"
    if current.has_snapshots:
        return "a disk does not grow below snapshots: remove the snapshots of the VM first"
    if len(found.files) > 1:
        return "the disk of a linked clone keeps the size of its parent: make a full clone"
    return ""


def _removal(option: str, disk: Disk, destroy: bool, current: CurrentState) -> Change:
    path = f"disks.{disk.place}"
    bus = BUSES[disk.place.controller.bus]
    reason = ""
    if destroy and current.has_snapshots:
        reason = f"the file of {disk.place} is part of snapshots: remove them first, or leave destroy_disks out"
    elif destroy and disk.sharing == "sharingMultiWriter":
        reason = f"other VMs may use the file of {disk.place} (multi_writer): leave destroy_disks out"
    after = None if destroy else "detached, its file stays"
    edit = None if reason else RemoveDevice(disk, destroy)
    return Change(path, option, shown(disk), after, edit, "" if bus.hot or reason else f"{bus.name} disks come and go while it is off", reason)


def shown(disk: Disk) -> dict[str, Any]:
    """A disk as diffs show it."""
    found = {
        "size": format_size(disk.size) if disk.size else None,
        "provisioning": disk.provisioning,
        "mode": MODE.shown(disk.mode),
        "sharing": SHARING.shown(disk.sharing) if disk.sharing else None,
        "file": next(iter(disk.files), None),
    }
    return {name: value for name, value in found.items() if value is not None}
