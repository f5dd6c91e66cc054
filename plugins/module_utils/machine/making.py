# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Make a VM in one call, known by a mark, and remove it again where the call cannot finish it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.devices import DEVICES
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import AddDevice, Change, RemoveDevice
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import EXTRA_CONFIG, PROPERTIES, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import Place
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Disk
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import vms_in_place
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import Operation
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import listed, spellings, stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send, Sleep, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

#: Key of extraConfig that tells a VM that a call has made: not ``guestinfo.``, which a guest can often write.
MARK = "estate.vmware.made_by"
#: All keys that the collection writes for itself: what they say of a VM is not true of its copy.
OURS = "estate.vmware."
#: Seconds between looks for a folder that another VM's work makes.
_PAUSE = 0.2


class NewFolder:
    """A folder for VMs that several of them may share: the work of the first makes it, the others wait for it.

    :param names: of folders to make, each below the one before; none for a folder that exists.
    """

    def __init__(self, folder: MoRef, names: tuple[str, ...] = ()) -> None:
        self._folder = folder
        self._left = list(names)
        self._is_busy = False

    def made(self) -> Work:
        """The folder, once it exists."""
        while self._is_busy:
            yield Sleep(_PAUSE)
        self._is_busy = True
        try:
            while self._left:
                self._folder = yield from _subfolder(self._folder, self._left[0])
                del self._left[0]
        finally:
            self._is_busy = False
        return self._folder


def _subfolder(parent: MoRef, name: str) -> Work:
    def find(session: Session) -> MoRef | None:
        found = retrieve_objects(session, [parent], {"Folder": ["childEntity"]}, {EVERY_TYPE: {"childEntity": [MoRef]}}).get(parent)
        children = [ref for ref in (found.properties.get("childEntity", ()) if found else ()) if ref.type == "Folder"]
        named = retrieve_objects(session, children, {"Folder": ["name"]}, {EVERY_TYPE: {"name": short_text}})
        return next((ref for ref, item in named.items() if item.properties.get("name") in (stored(name), *spellings(name))), None)

    try:
        return (yield from perform(operations.CREATE_FOLDER, parent, stored(name), find_made=find))
    except EstateError as error:
        # Somebody else was faster.
        if getattr(getattr(error, "fault", None), "type", "") != "DuplicateName":
            raise
        made = yield Send(find)
        if made is None:
            raise
        return made


def attached_disks(changes: Iterable[Change]) -> frozenset[Place]:
    """The places of the disks that some changes add with a file that is there already."""
    added = (change.edit.device for change in changes if isinstance(change.edit, AddDevice))
    return frozenset(device.place for device in added if isinstance(device, Disk) and not device.is_new)


class Beside(Protocol):
    """Files that the work of making a VM has made. Its text names them; it is empty while there are none."""

    def remove(self) -> Work:
        """Remove them."""


@dataclass
class Making:
    """A VM that is made.

    :ivar name: as people type it. :ivar mark: value of :data:`MARK`. :ivar removes: what cannot be finished is removed again.
    :ivar attached: places of disks whose files were there before. :ivar vm: once it exists. :ivar place: folder that it is made in.
    :ivar beside: files that are made for it before it exists; None for none.
    """

    name: str
    folder: NewFolder
    removes: bool
    attached: frozenset[Place] = frozenset()
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    vm: MoRef | None = None
    place: MoRef | None = None
    beside: Beside | None = None

    def marked(self, spec: Any, source: dict[str, str] | None = None) -> Any:
        """A ConfigSpec with the mark, and without marks that the source of a clone has. :param source: its extraConfig."""
        cleared = {key: "" for key, value in (source or {}).items() if value and key.startswith(OURS)}
        for key, value in {**cleared, MARK: self.mark}.items():
            spec.extraConfig.append(vim_type("OptionValue")(key=key, value=value))
        return spec

    def make(self, operation: Operation, ref: Callable[[MoRef], MoRef], arguments: Callable[[MoRef], tuple[Any, ...]]) -> Work:
        """Make it; returns its reference.

        :param ref: the object to call. :param arguments: of the call. Both get the folder.
        """
        self.place = yield from self.folder.made()
        made = yield from perform(operation, ref(self.place), *arguments(self.place), find_made=self.find)
        # A task that was found again may not say what it made.
        self.vm = made if isinstance(made, MoRef) and made.type == "VirtualMachine" else (yield Send(self.find))
        return self.vm

    def make_otherwise(self, make: Callable[[MoRef], Work]) -> Work:
        """The same where it is not one call. :param make: work that makes it in a folder, and returns it."""
        self.place = yield from self.folder.made()
        self.vm = yield from make(self.place)
        return self.vm

    def find(self, session: Session) -> MoRef | None:
        """The VM with this name and mark."""
        for item in vms_in_place(session, self.place, self.name, [EXTRA_CONFIG]) if self.place else ():
            if any(entry.get("key") == MARK and entry.get("value") == self.mark for entry in item.properties.get(EXTRA_CONFIG) or ()):
                return item.ref
        return None

    def guarded(self, step: Step) -> Step:
        """The step; if it fails, what was made so far is removed."""

        def run(vm: MoRef | None) -> Work:
            try:
                return (yield from step.run(vm))
            except EstateError as error:
                if error.kind == "unknown":
                    raise
                yield from self._give_up(error)
                raise

        return replace(step, run=run)

    def _give_up(self, error: EstateError) -> Work:
        vm, files = self.vm, str(self.beside or "")
        try:
            vm = self.vm = vm or (yield Send(self.find))
            made = listed([part for part in (vm and vm.moid, files) if part])
            if not made:
                return
            if not self.removes:
                error.args = (f"{error}; {made} was made and is kept unfinished",)
                return
            if vm:
                yield from self._remove(vm)
            if self.beside:
                yield from self.beside.remove()
            error.args = (f"{error}; {made}, which was made, is removed again",)
        except EstateError as further:
            left = listed([part for part in (vm.moid if vm else f"a VM {self.name}", files) if part])
            error.args = (f"{error}; {left} may be left unfinished ({further}): look at it, and remove it",)

    def _remove(self, vm: MoRef) -> Work:
        state = yield Send(lambda session: retrieve_objects(session, [vm], {vm.type: [operations.POWER_STATE]}, {}).get(vm))
        if state and state.properties.get(operations.POWER_STATE) != operations.OFF:
            yield from perform(operations.POWER_OFF, vm, vm=vm)
        if self.attached:
            yield from self._detach(vm)
        yield from perform(operations.DESTROY, vm, vm=vm)

    def _detach(self, vm: MoRef) -> Work:
        """Detach the disks whose files were there before: the server would delete them together with the VM."""
        read = yield Send(lambda session: read_current(session, [vm], PROPERTIES).get(vm))
        if read and DEVICES not in read.properties:
            raise NotPossible("its disks cannot be read, and files of some were there before")
        disks = current_state(read.properties).disks if read else {}
        changes = [Change(f"disks.{at}", "", None, None, RemoveDevice(disks[at])) for at in sorted(self.attached) if at in disks]
        if changes:
            yield from perform(operations.RECONFIGURE, vm, config_spec(changes), vm=vm)
