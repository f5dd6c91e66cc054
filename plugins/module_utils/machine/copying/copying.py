# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Copy a VM file by file into a directory of its own, and register the copy: where there is no CloneVM, as on a standalone ESXi host."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.names import disk_files, free_directory
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.rewrite import nvram_name, rewritten
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.source import CopySource, load_source
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Disk
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import MARK, Making
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send, Sleep, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, NoSuchFile, read_text, size_of, write
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_folders import folder_names
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

_EXISTS = "FileAlreadyExists"
#: How often another directory is tried: others may take a name at the same moment.
_MOST_DIRECTORIES = 5
#: What the descriptor of a disk says that depends on no other.
_ALONE = re.compile(rb"(?im)^\s*parentCID\s*=\s*ffffffff\s*$")
_MOST_DESCRIPTOR = 1 << 16
#: vSphere's diskType of a copy on a vCenter, for the provisioning of its source.
_FORMATS = {"thin": "thin", "eager_zeroed": "eagerZeroedThick"}
#: Seconds between looks whether it is the turn of a copy, at first and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class Turns:
    """So many copies at a time write to a datastore; the others wait."""

    def __init__(self, most: int) -> None:
        self._free = most

    def take(self) -> Work:
        """Wait for a turn. :meth:`give` it back."""
        pause = _FIRST_PAUSE
        while not self._free:
            yield Sleep(pause, frees_place=True)
            pause = min(2 * pause, _LONGEST_PAUSE)
        self._free -= 1

    def give(self) -> None:
        """Let another one have its turn."""
        self._free += 1


@dataclass(frozen=True)
class Target:
    """Where a copy goes.

    :ivar datacenter: and ``datacenter_path``, see DatastoreFile. :ivar datastore: its name as vSphere has it. :ivar browser: of the datastore.
    :ivar directory: name of a directory that was not there a moment ago. :ivar taken: that one and others, also of other copies: it grows.
    :ivar files: the manager of files. :ivar disks: that of disks.
    :ivar pool: to register the copy in. :ivar host: None for the server to choose. :ivar keeps_format: thin disks stay thin, which only a vCenter does.
    """

    datacenter: MoRef
    datacenter_path: str
    datastore: str
    browser: MoRef
    directory: str
    files: MoRef
    disks: MoRef
    pool: MoRef
    host: MoRef | None
    keeps_format: bool
    turns: Turns
    taken: set[str]

    @property
    def path(self) -> str:
        """Of the directory."""
        return f"[{self.datastore}] {self.directory}"

    def file(self, name: str) -> DatastoreFile:
        """A file in the directory."""
        return DatastoreFile(self.datacenter_path, self.datastore, f"{self.directory}/{name}")


@dataclass
class Copying:
    """The work of copying one VM.

    :ivar making: the copy. :ivar target: with another directory, if somebody took that one. :ivar has_directory: it was made.
    """

    making: Making
    target: Target
    has_directory: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.making.beside = self

    def work(self, source: CopySource) -> Work:
        """Copy a VM that is off; returns the copy. Whatever fails, :meth:`Making.guarded` removes what there is by then.

        :raises EstateError: it cannot be copied.
        """
        try:
            yield from self.target.turns.take()
            try:
                yield from self._copy_files(source)
            finally:
                self.target.turns.give()
            arguments = (str(self._vmx), stored(self.making.name), False, self.target.pool, self.target.host)
            return (yield from self.making.make(operations.REGISTER, lambda folder: folder, lambda _folder: arguments))
        except EstateError as error:
            if error.kind == "unknown":
                error.args = (f"{error}; look for its files in {self.target.path}",)
            raise

    def work_of(self, vm: MoRef) -> Work:
        """The same of a VM in the same datacenter that was not read yet, such as one that the call has made before."""
        source = yield Send(partial(load_source, vm=vm, datacenter=self.target.datacenter, datacenter_path=self.target.datacenter_path))
        return (yield from self.work(source))

    def __str__(self) -> str:
        return f"the directory {self.target.path}" if self.has_directory else ""

    def remove(self) -> Work:
        """Remove the directory that was made, with all that is in it."""
        if self.has_directory:
            target = self.target
            yield from perform(operations.DELETE_DIRECTORY, target.files, target.path, target.datacenter, find_made=self._is_gone)
            self.has_directory = False

    @property
    def _vmx(self) -> DatastoreFile:
        return self.target.file(f"{self.target.directory}.vmx")

    def _copy_files(self, source: CopySource) -> Work:
        yield from self._make_directory()
        files = disk_files(self.target.directory, source.disks)
        for disk in source.disks:
            yield from self._copy_disk(source, disk, files[str(disk.place)])
        yield Send(partial(self._write_configuration, source, files))

    def _make_directory(self) -> Work:
        for _number in range(_MOST_DIRECTORIES):
            target = self.target
            try:
                yield from perform(operations.MAKE_DIRECTORY, target.files, target.path, target.datacenter, False, find_made=self._is_there)
            except MethodFault as error:
                if error.fault.type != _EXISTS:
                    raise
                # Whose it is, is not known: leave it alone.
                taken = yield Send(partial(folder_names, browser=target.browser, datastore=target.datastore))
                target.taken.update(taken)
                self.target = replace(target, directory=free_directory(self.making.name, target.taken))
            else:
                self.has_directory = True
                return
        raise NotPossible(f"others make directories such as {self.target.path} at the same time: run again")

    def _copy_disk(self, source: CopySource, disk: Disk, name: str) -> Work:
        target, file = self.target, self.target.file(name)
        spec = None
        if target.keeps_format:
            adapter = "ide" if disk.place.controller.bus == "ide" else "lsiLogic"
            spec = vim_type("VirtualDiskSpec")(diskType=_FORMATS.get(disk.provisioning or "", "preallocated"), adapterType=adapter)
        arguments = (disk.files[0], source.datacenter, str(file), target.datacenter, spec, False)
        yield from perform(operations.COPY_DISK, target.disks, *arguments, find_made=lambda session: size_of(session, file))
        if len(disk.files) > 1:
            yield Send(partial(_check_alone, file, disk))

    def _write_configuration(self, source: CopySource, files: dict[str, str], session: Session) -> None:
        """Write the VMX file and, where there is one, the NVRAM file. A second time does no harm."""
        target, origin = self.target, source.vmx_file
        folder = origin.path.rpartition("/")[0]
        vmx = rewritten(source.vmx, self.making.name, target.directory, f"/vmfs/volumes/{origin.datastore}/{folder}", files, {MARK: self.making.mark})
        if nvram := nvram_name(source.vmx):
            with suppress(NoSuchFile):
                content = session.call_with_retries(partial(read_text, session, replace(origin, path=f"{folder}/{nvram}" if folder else nvram)))
                session.call_with_retries(partial(write, session, target.file(f"{target.directory}.nvram"), content))
        session.call_with_retries(partial(write, session, self._vmx, vmx.render()))

    def _is_there(self, session: Session) -> bool | None:
        return self.target.directory in folder_names(session, self.target.browser, self.target.datastore) or None

    def _is_gone(self, session: Session) -> bool | None:
        return self.target.directory not in folder_names(session, self.target.browser, self.target.datastore) or None


def _check_alone(file: DatastoreFile, disk: Disk, session: Session) -> None:
    """Check that the copy of a disk that depends on others, as below a snapshot, depends on none."""
    descriptor = session.call_with_retries(partial(read_text, session, file, _MOST_DESCRIPTOR))
    if not _ALONE.search(descriptor):
        raise NotPossible(f"the copy of its disk {disk.place} still depends on other disks: remove its snapshots, or set source.method to clone")
