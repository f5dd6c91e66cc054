# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Copies of templates and VMs, file by file (``CopyVirtualDisk_Task``, ``RegisterVM_Task``): what there is without CloneVM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.sizes import format_size
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.copying import Copying, Target
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.source import PATHS, CopySource, as_copy, read_source
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.targets import Targets, below_root
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current, unread
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.clone import named_vms, source_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import NewVm, Place, Reading, Source, SourceKind
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

_POOL, _HOST, _DATASTORES = "resourcePool", "runtime.host", "datastore"
_GIB = 1 << 30


class CopiedVm(Source):
    """A VM that is off."""

    needs_datastore = False
    can_change = False

    def __init__(self, vm: Vm, source: CopySource, properties: Mapping[str, Any]) -> None:
        super().__init__(as_copy(source.state, {}))
        self.path = vm.path
        self.source = source
        self.datacenter = source.datacenter
        self.pool: MoRef | None = None if vm.is_template or vm.vapp else properties.get(_POOL)
        self.host: MoRef | None = properties.get(_HOST)
        self.needs_pool = self.pool is None
        #: Path of a new VM to where its files go.
        self.targets: dict[str, Target] = {}

    def steps(self, new: NewVm) -> list[Step]:
        """As of Source."""
        target = self.targets[new.place.path]
        if lines := list(_refused_disks(new.wanted, self.source, target)):
            raise NotPossible("; ".join(lines))
        copying = Copying(new.making, target)
        step = Step("copy", lambda _vm: copying.work(self.source), after={"files": target.path}, ends_with_task=False, leaves=lambda: str(copying))
        return [step]


class Copies(SourceKind):
    """Items whose source is a template or VM, of which copies are made without CloneVM."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._targets = Targets(reading.session, reading.places)

    def check(self, one: WantedVm) -> None:
        """As of SourceKind."""
        self.reading.problems.extend(_refused(one, self.reading.session.is_vcenter))

    def find(self, new: Sequence[WantedVm]) -> list[Source | None]:
        """As of SourceKind."""
        vms = named_vms(self.reading, {source.identity.option: source for source in map(source_of, new)})
        read = read_current(self.reading.session, {vm.ref for vm in vms.values()}, (*PATHS, _POOL, _HOST, _DATASTORES))
        found: dict[str, Source] = {}
        for option, vm in vms.items():
            try:
                if reason := unread(read.get(vm.ref)):
                    raise NotPossible(f"it {reason}")
                found[option] = self._source(vm, read[vm.ref].properties)
            except NotPossible as error:
                self.reading.problems.append(f"{option}: {vm.path} cannot be copied: {error}")
        return [found.get(source_of(one).identity.option) for one in new]

    def _source(self, vm: Vm, properties: Mapping[str, Any]) -> CopiedVm:
        place, places = vm.parent or vm.vapp, self.reading.places
        datacenter = places.datacenter(place) if place else None
        if datacenter is None:
            raise NotPossible("the account does not see its datacenter: give it Read-only there")
        source = CopiedVm(vm, read_source(self.reading.session, properties, datacenter, below_root(places.path(datacenter))), properties)
        home = source.source.vmx_file.datastore
        # Copies go where the configuration of their source is.
        source.datastores = [ref for ref in properties.get(_DATASTORES) or () if stored(places.name(ref)) == home]
        return source

    def check_placed(self, placed: Sequence[tuple[WantedVm, Source, Place]]) -> None:
        """As of SourceKind."""
        copies = [(one, source, place, _datastore(source, place)) for one, source, place in placed if isinstance(source, CopiedVm)]
        needed: Counter[MoRef] = Counter()
        options: dict[MoRef, str] = {}
        for one, source, _place, datastore in copies:
            option = f"{one.where}.placement.datastore"
            if datastore is None:
                self.reading.problems.append(f"{option} must be set: the account does not see the datastore of {source.path}")
            elif reason := self._targets.refusal(datastore):
                self.reading.problems.append(f"{option}: {self.reading.places.name(datastore)} cannot take copies: {reason}")
            else:
                # Disks that are new, or grow.
                grown = max(0, source.disks_size(one) - sum(disk.size for disk in source.source.disks))
                options.setdefault(datastore, option)
                needed[datastore] += source.source.needs(self.reading.session.is_vcenter) + grown
        self._check_space(needed, options)
        if self.reading.problems:
            return
        for one, source, place, datastore in copies:
            pool = place.placement.pool or source.pool
            if datastore and pool:
                host = place.placement.host if place.placement.pool else source.host
                source.targets[place.path] = self._targets.target(one.name, place.placement.datacenter, datastore, pool, host)

    def _check_space(self, needed: Mapping[MoRef, int], options: Mapping[MoRef, str]) -> None:
        states = self.reading.places.datastore_states(needed)
        for ref, size in needed.items():
            if size > states[ref].free:
                name, free = self.reading.places.name(ref), format_size(states[ref].free // _GIB * _GIB)
                need = f"the copies need {format_size(-(-size // _GIB) * _GIB)} on {name}, which has {free} free"
                self.reading.problems.append(f"{options[ref]}: {need}: free space, or use another one")


def _refused(one: WantedVm, is_vcenter: bool) -> Iterator[str]:
    """What cannot be had of a copy, in words."""
    source, where = source_of(one), f"{one.where}.source"
    why = "with method copy" if is_vcenter else "on a standalone ESXi host, which copies files"
    if source.linked:
        yield f"{where}.clone: there are no linked clones {why}: leave it out"
    if source.snapshot:
        yield f"{where}.snapshot: a VM is copied as it is now {why}: leave it out, or revert to the snapshot first"
    if one.customization:
        yield f"{one.where}.customization: a guest cannot be customized {why}: leave it out, and use user_data and meta_data with cloud-init"


def _refused_disks(one: WantedVm, source: CopySource, target: Target) -> Iterator[str]:
    """What of its disks a copy cannot have at once."""
    for disk in one.wanted.disks:
        found = source.state.disks.get(disk.at)
        if found and disk.datastore and stored(disk.datastore) != target.datastore:
            yield f"{disk.option}.datastore: all disks of a copy go to one datastore: leave it out, and set placement.datastore"
        if found and disk.provisioning and not (target.keeps_format and disk.provisioning == found.provisioning):
            kept = f"a copy keeps that of its source ({found.provisioning})" if target.keeps_format else "an ESXi host copies disks as thick"
            yield f"{disk.option}.provisioning: {kept}: leave it out"


def _datastore(source: CopiedVm, place: Place) -> MoRef | None:
    return place.placement.datastore or next(iter(source.datastores), None)
