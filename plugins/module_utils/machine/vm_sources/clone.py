# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Clones of templates, VMs and their snapshots (``CloneVM_Task``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current, unread
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import PROPERTIES, CurrentState, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.device_specs import disk_locators
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import PATHS as SNAPSHOT_PATHS, snapshots_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import CloneOf
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import NewVm, Reading, Source, SourceKind
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

_SNAPSHOT = "VirtualMachineSnapshot"
_DATASTORES = "datastore"


class ClonedVm(Source):
    """A VM, or a snapshot of it."""

    needs_datastore = False
    can_power_on = True
    can_customize = True

    def __init__(self, vm: Vm, wanted: CloneOf, original: CurrentState, snapshot: MoRef | None) -> None:
        """:param original: of the VM, or of its snapshot. :param snapshot: None for its current state."""
        super().__init__(original.as_clone(wanted.linked))
        self.path = vm.path
        self.needs_pool = vm.is_template
        self._vm = vm
        self._linked = wanted.linked
        self._original = original
        self._snapshot = snapshot

    def disks_size(self, one: WantedVm) -> int:
        """As of Source."""
        return sum(disk.size for disk in one.wanted.disks if disk.size) if self._linked else super().disks_size(one)

    def steps(self, new: NewVm) -> list[Step]:
        """As of Source."""
        placement = new.place.placement
        location = vim_type("VirtualMachineRelocateSpec")()
        for name, ref in (("pool", placement.pool), ("host", placement.host), ("datastore", placement.datastore)):
            if ref:
                setattr(location, name, _object(ref))
        config = new.making.marked(config_spec(new.changes), dict(self._original.extra_config))
        spec = vim_type("VirtualMachineCloneSpec")(location=location, template=False, powerOn=new.powers_on, config=config)
        if locators := disk_locators(new.wanted.wanted.disks, self._original, placement.datastore, self._linked):
            location.disk = locators
        if self._snapshot:
            spec.snapshot = _object(self._snapshot)
        if self._linked:
            location.diskMoveType = "createNewChildDiskBacking"
        if new.customization:
            spec.customization = new.customization
        name = stored(new.wanted.name)
        return [Step("clone", lambda _vm: new.making.make(operations.CLONE, lambda _folder: self._vm.ref, lambda folder: (folder, name, spec)))]


class Clones(SourceKind):
    """Items whose source is a template or VM."""

    def check(self, one: WantedVm) -> None:
        """As of SourceKind."""
        if not self.reading.session.is_vcenter:
            self.reading.problems.append(f"{one.where}.source.method: a standalone ESXi host cannot clone: leave it out, then files are copied")

    def find(self, new: Sequence[WantedVm]) -> list[Source | None]:
        """As of SourceKind."""
        # The VMs of one item have the same.
        wanted = {source.identity.option: source for source in map(source_of, new)}
        vms = named_vms(self.reading, wanted)
        with_snapshots = any(source.linked or source.snapshot for source in wanted.values())
        paths = [*PROPERTIES, _DATASTORES, *(SNAPSHOT_PATHS if with_snapshots else ())]
        read = read_current(self.reading.session, {vm.ref for vm in vms.values()}, paths)
        properties: dict[str, Mapping[str, Any]] = {}
        snapshots: dict[str, MoRef | None] = {}
        for option, vm in vms.items():
            if reason := unread(read.get(vm.ref)):
                self.reading.problems.append(f"{option}: {vm.path} {reason}")
                continue
            properties[option] = read[vm.ref].properties
            snapshots[option] = self._snapshot(wanted[option], vm, properties[option])
        states = self._snapshot_states([snapshot for snapshot in snapshots.values() if snapshot])
        found: dict[str, Source] = {}
        for option, snapshot in snapshots.items():
            original = states.get(snapshot) if snapshot else None
            source = ClonedVm(vms[option], wanted[option], original or current_state(properties[option]), snapshot)
            place = vms[option].parent or vms[option].vapp
            source.datacenter = self.reading.places.datacenter(place) if place else None
            source.datastores = properties[option].get(_DATASTORES) or ()
            found[option] = source
        return [found.get(source_of(one).identity.option) for one in new]

    def _snapshot(self, source: CloneOf, vm: Vm, properties: Mapping[str, Any]) -> MoRef | None:
        if not (source.linked or source.snapshot):
            return None
        snapshots = snapshots_of(properties)
        chosen = [one for one in snapshots if (one.name == source.snapshot if source.snapshot else one.is_current)]
        if len(chosen) == 1:
            return chosen[0].ref
        option, problems = source.identity.option.rpartition(".")[0], self.reading.problems
        if not snapshots:
            problems.append(f"{option}: {vm.path} has no snapshot{', which a linked clone stands on' if source.linked else ''}: take one first")
        elif chosen:
            problems.append(f"{option}.snapshot: {len(chosen)} snapshots of {vm.path} are called {quoted(source.snapshot)}: rename one")
        else:
            names = [one.name for one in snapshots]
            problems.append(f"{option}.snapshot: {vm.path} has no snapshot {quoted(source.snapshot)}{suggestion(source.snapshot, names)}")
        return None

    def _snapshot_states(self, snapshots: Sequence[MoRef]) -> dict[MoRef, CurrentState]:
        """What VMs were when snapshots of them were taken."""
        paths = [path for path in PROPERTIES if path.startswith("config.")]
        states = retrieve_objects(self.reading.session, snapshots, {_SNAPSHOT: paths}, {EVERY_TYPE: PROPERTIES}) if snapshots else {}
        return {ref: current_state(state.properties) for ref, state in states.items()}


def named_vms(reading: Reading, wanted: Mapping[str, CloneOf]) -> dict[str, Vm]:
    """Option to the VM that it names. One that is not found becomes a problem."""
    found = {}
    for (option, source), answer in zip(wanted.items(), reading.lookup.find([source.identity for source in wanted.values()])):
        if text := answer.ambiguous or answer.missing:
            reading.problems.append(text.replace(f"{option}.{source.identity.by}", option, 1))
        elif source.is_template and not answer.vms[0].is_template:
            reading.problems.append(f"{option}: {answer.vms[0].path} is no template: name it as source.vm")
        else:
            found[option] = answer.vms[0]
    return found


def source_of(one: WantedVm) -> CloneOf:
    """What an item is cloned from."""
    if not isinstance(one.source, CloneOf):
        raise TypeError("an item of another source has nothing to clone")
    return one.source


def _object(ref: MoRef) -> Any:
    return vim_type(ref.type)(ref.moid)
