# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""How VMs of an OVF package are made: the first one of an item is uploaded, the others are clones of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.copying import Copying
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.targets import Targets
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.import_state import state_of_import
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.importer import import_vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.transfers import Transfer
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.first_of_several import FirstOfSeveral
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import NewVm, Reading, Source
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import SendLong, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.ovf_import import ImportFile, ImportSpec
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.upload import LeaseUploads, UploadFailed


class Uploaded(Source):
    """A package whose files are sent: the first VM of an item."""

    can_change = False

    def __init__(self, reading: Reading, path: str, made: ImportSpec, files: Mapping[ImportFile, Body], is_alone: bool, first: FirstOfSeveral) -> None:
        super().__init__(state_of_import(made.config))
        self.path = path
        self._reading = reading
        self._made = made
        self._files = files
        self._is_alone = is_alone
        self._first = first

    def steps(self, new: NewVm) -> list[Step]:
        """As of Source."""
        self._first.be_first(new.is_over)
        new.making.marked(self._made.spec.configSpec)

        def run(_vm: MoRef | None) -> Work:
            self._first.vm = yield from new.making.make_otherwise(lambda folder: self._upload(new, folder))
            return self._first.vm

        steps = [Step("import", run)]
        if not self._is_alone:
            steps.append(Step("wait_for_clones", lambda _vm: self._first.await_further(), is_change=False))
        return steps

    def _upload(self, new: NewVm, folder: MoRef) -> Work:
        transfer = Transfer(self._reading.transfers, sum(body.length for body in self._files.values()))
        placement = new.place.placement

        def send(session: Session) -> MoRef:
            if placement.pool is None:
                raise NotPossible("it has no resource pool to go to")
            with closing(LeaseUploads(self._reading.connection, session.transport)) as uploads:
                try:
                    place = (placement.pool, folder, placement.host)
                    return import_vm(session, uploads, self._made.spec, self._files, place, transfer.count)
                except EstateError as error:
                    if transfer.is_stopped and error.kind != "unknown":
                        raise Cancelled("the call has ended: the import was ended, and the server has removed its VM") from error
                    if transfer.is_stopped:
                        raise
                    # Whatever is left of it is looked for by its mark, and removed.
                    failed = UploadFailed(f"cannot {operations.IMPORT.name}: {error.__cause__ or error if error.kind == 'unknown' else error}")
                    failed.kind = UploadFailed.kind if error.kind == "unknown" else error.kind
                    raise failed from error

        return (yield SendLong(send, transfer.percent, transfer.stop))


class MadeOfFirst(Source):
    """The first VM of an item, before it is changed: the further ones are clones of it, or copies on a standalone ESXi host."""

    can_change = False

    def __init__(self, path: str, state: CurrentState, first: FirstOfSeveral, targets: Targets | None) -> None:
        """:param targets: of copies; None to clone."""
        super().__init__(state)
        self.path = path
        self._first = first
        self._targets = targets

    def steps(self, new: NewVm) -> list[Step]:
        """As of Source."""
        return [self._copy(new, self._targets) if self._targets else self._clone(new)]

    def _clone(self, new: NewVm) -> Step:
        placement = new.place.placement
        location = vim_type("VirtualMachineRelocateSpec")()
        for name, ref in (("pool", placement.pool), ("host", placement.host), ("datastore", placement.datastore)):
            if ref:
                setattr(location, name, vim_type(ref.type)(ref.moid))
        config = new.making.marked(vim_type("VirtualMachineConfigSpec")())
        spec = vim_type("VirtualMachineCloneSpec")(location=location, template=False, powerOn=False, config=config)
        name = stored(new.wanted.name)

        def clone(first: MoRef) -> Work:
            return (yield from new.making.make(operations.CLONE, lambda _folder: first, lambda folder: (folder, name, spec)))

        work = self._first.made_of_it(new.is_over, clone)
        return Step("clone", lambda _vm: work(), ends_with_task=False)

    def _copy(self, new: NewVm, targets: Targets) -> Step:
        placement = new.place.placement
        if placement.datastore is None or placement.pool is None:
            raise NotPossible("it has no resource pool and datastore to go to")
        target = targets.target(new.wanted.name, placement.datacenter, placement.datastore, placement.pool, placement.host)
        copying = Copying(new.making, target)
        work = self._first.made_of_it(new.is_over, copying.work_of)
        return Step("copy", lambda _vm: work(), after={"files": target.path}, ends_with_task=False, leaves=lambda: str(copying))
