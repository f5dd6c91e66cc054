# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""VMs that shall be there: made where they are missing, changed where they differ. What vmware_vm does with ``state: present``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.tags import CUSTOM_VALUES
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import PROPERTIES, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import SPEC
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization_events import CustomizationEvents
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import NetworkBacking
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.disks import with_datastores
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import with_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.disk_users import spare_used_disks
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows import existing_vm, new_vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.labels import Labels
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.new_vm import Place, SourceVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import CUSTOMIZATION_SINCE, CUSTOMIZED
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import Context, Source, WantedVm, wanted_vms
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, NAME
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import Answer, VmLookup, named_twice
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import NewFolder
from ansible_collections.estate.vmware.plugins.module_utils.machine.network_backings import backing_of, network_name, read_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.placement import Placements
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import DATASTORE, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.protected import SAFETY_PATHS
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import REMOVE_DISK
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import PATHS as SNAPSHOT_PATHS, snapshots_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.stored_customization import stored_shape, stored_specification
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import Wanted, check_new
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault, VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef

_SNAPSHOT = "VirtualMachineSnapshot"
_DATASTORES = "datastore"
_UUIDS = ("config.instanceUuid", "config.uuid")


class PresentFlow(Flow):
    """Makes VMs and changes them."""

    doing = "make"

    def __init__(self, items: Sequence[Item], options: Mapping[str, Any]) -> None:
        super().__init__(items, options)
        problems: list[str] = []
        self._wanted = wanted_vms(items, problems)
        if problems:
            raise InvalidOption(*problems)

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        return _Planning(session, connection, self._wanted, self.options["wait"], Labels(session, connection, self.closing)).planned()

    def conclude(self, session: Session, planned: Sequence[PlannedVm]) -> None:
        made = {one.ref: one.outcome for one in planned if one.ref and not one.outcome.instance_uuid}
        with suppress(VsphereError):
            for ref, item in (read_current(session, made, _UUIDS) if made else {}).items():
                made[ref].instance_uuid, made[ref].bios_uuid = (item.properties.get(path, "") for path in _UUIDS)


class _Planning:
    """Looks up and reads all that plans need, once for all VMs, and makes them."""

    def __init__(self, session: Session, connection: Connection, wanted: Sequence[WantedVm], waits: bool, labels: Labels) -> None:
        self._session = session
        self._lookup = VmLookup(session, connection)
        self._places = Places(session)
        self._placements = Placements(session, self._places)
        self._wanted = wanted
        self._waits = waits
        self._labels = labels
        self._problems: list[str] = []
        self._new_folders: dict[tuple[MoRef, tuple[str, ...]], NewFolder] = {}

    def planned(self) -> list[PlannedVm]:
        """Every VM, with its plan or the reason why it has none."""
        found = self._find()
        new = [one for one, vms in found if vms is None]
        sources = self._sources(new)
        refs = {vm.ref for _one, vms in found for vm in vms or ()}
        current = read_current(self._session, sorted(refs), (*PROPERTIES, *existing_vm.PATHS, CUSTOM_VALUES, *SAFETY_PATHS))
        for one, _vms in found:
            self._problems += self._labels.check(one.where, one.options)
        self._labels.read([vm.ref for one, vms in found if one.options.get("tags") for vm in vms or ()])
        placed = {id(one): placed for one in new if (placed := self._place(one, sources))}
        targets = {id(one): target for one, vms in found for vm in vms or () if (target := self._target(one, vm))}
        self._stop_at_problems()
        folders = {place.placement.folder for place in placed.values()}
        new_vm.check_names([(one, placed[id(one)]) for one in new], {folder: self._lookup.names_in(folder) for folder in folders})
        networks = self._networks(found, placed)
        specifications = self._specifications(new)
        self._stop_at_problems()
        context = Context(self._session.version, partial(network_name, self._places), self._labels, self._waits, self._events())
        planned: list[PlannedVm] = []
        for one, vms in found:
            if vms is None:
                place = placed[id(one)]
                made = PlannedVm(one.where, False, None, VmOutcome(one.name, place.path))
                ready = replace(one, wanted=networks[id(one), None])
                source = sources.get(one.source.identity.option + one.source.snapshot) if one.source else None
                specification = specifications.get(one.customization.spec) if one.customization else None
                self._plan(made, partial(new_vm.plan, ready, source, place, context, specification))
                planned.append(made)
            for vm in vms or ():
                there = PlannedVm(one.where, one.identity.by == FILTERS, vm.ref, VmOutcome(vm.name, vm.path, vm.ref.moid, vm.instance_uuid, vm.bios_uuid))
                planned.append(there)
                if vm.ref not in current:
                    there.error = NotPossible("it was removed while the module ran: look it up again")
                    continue
                there.properties = current[vm.ref].properties
                ready = replace(one, wanted=networks[id(one), self._scope(one, vm)])
                target = targets.get(id(one))
                self._plan(
                    there,
                    partial(existing_vm.plan, ready, vm, there.properties, target, self._places, context),
                )
        self._spare_used_disks(planned)
        return planned

    def _spare_used_disks(self, planned: Sequence[PlannedVm]) -> None:
        """Leave VMs alone that would lose disk files which others use."""
        doomed = {}
        for one in planned:
            removed = {path for step in one.plan.steps if step.action == REMOVE_DISK for path in step.before}
            if one.ref and removed:
                disks = current_state(one.properties).disks
                doomed[one.ref] = (one, "", {disk.key for place, disk in disks.items() if f"disks.{place}" not in removed})
        spare_used_disks(self._session, doomed, "leave destroy_disks out, then files stay")

    @staticmethod
    def _plan(planned: PlannedVm, make: Callable[[], Any]) -> None:
        try:
            planned.plan = make()
        except EstateError as error:
            planned.error = error

    def _stop_at_problems(self) -> None:
        if self._problems:
            raise InvalidOption(*dict.fromkeys(self._problems))

    def _find(self) -> list[tuple[WantedVm, list[Vm] | None]]:
        """The VMs of each item; None for one that is to be made."""
        identities = [one.identity for one in self._wanted]
        answers = self._lookup.find(identities)
        self._problems += [answer.ambiguous for answer in answers if answer.ambiguous]
        # With count, several identities have the same option, and different names.
        self._problems += [line for line in named_twice(identities, answers) if line not in self._problems]
        found: list[tuple[WantedVm, list[Vm] | None]] = []
        for one, answer in zip(self._wanted, answers):
            if answer.missing:
                self._check_can_be_made(one, answer)
            found.append((one, None if answer.missing else list(answer.vms)))
        self._stop_at_problems()
        return found

    def _check_can_be_made(self, one: WantedVm, answer: Answer) -> None:
        if one.identity.by != NAME:
            self._problems.append(f"{answer.missing}; a VM that is to be made is given by name")
        elif one.source is None:
            check_new(one.wanted, self._problems)
            if one.customization:
                self._problems.append(f"{one.where}.customization needs source: a VM from scratch has no guest")
        if one.source and not self._session.is_vcenter:
            self._problems.append(f"{one.where}.source: a standalone ESXi host cannot clone: leave it out")

    def _events(self) -> CustomizationEvents | None:
        is_needed = self._session.version < CUSTOMIZATION_SINCE and any(CUSTOMIZED in one.waits for one in self._wanted)
        return CustomizationEvents(self._session.current_time()) if is_needed else None

    def _sources(self, new: Sequence[WantedVm]) -> dict[str, SourceVm]:
        """What VMs are cloned from, by option and snapshot."""
        wanted = {one.source.identity.option + one.source.snapshot: one.source for one in new if one.source}
        if not wanted:
            return {}
        answers = dict(zip(wanted, self._lookup.find([source.identity for source in wanted.values()])))
        for key, answer in answers.items():
            named = wanted[key].identity
            if text := answer.ambiguous or answer.missing:
                self._problems.append(text.replace(f"{named.option}.{named.by}", named.option, 1))
        vms = {key: answer.vms[0] for key, answer in answers.items() if answer.vms}
        for key, vm in vms.items():
            if wanted[key].is_template and not vm.is_template:
                self._problems.append(f"{wanted[key].identity.option}: {vm.path} is no template: name it as source.vm")
        self._stop_at_problems()
        with_snapshots = any(source.linked or source.snapshot for source in wanted.values())
        paths = [*PROPERTIES, _DATASTORES, *(SNAPSHOT_PATHS if with_snapshots else ())]
        read = read_current(self._session, {vm.ref for vm in vms.values()}, paths)
        found = {}
        for key, vm in vms.items():
            properties = read[vm.ref].properties if vm.ref in read else {}
            snapshot = self._snapshot(wanted[key], vm, properties)
            found[key] = SourceVm(vm, current_state(properties), snapshot, properties.get(_DATASTORES) or ())
        self._stop_at_problems()
        frozen = [source.snapshot for source in found.values() if source.snapshot]
        paths = [path for path in PROPERTIES if path.startswith("config.")]
        states = retrieve_objects(self._session, frozen, {_SNAPSHOT: paths}, {EVERY_TYPE: PROPERTIES}) if frozen else {}
        return {
            key: replace(source, state=current_state(states[source.snapshot].properties)) if source.snapshot in states else source
            for key, source in found.items()
        }

    def _snapshot(self, source: Source, vm: Vm, properties: Mapping[str, Any]) -> MoRef | None:
        if not (source.linked or source.snapshot):
            return None
        snapshots = snapshots_of(properties)
        chosen = [one for one in snapshots if (one.name == source.snapshot if source.snapshot else one.is_current)]
        if len(chosen) == 1:
            return chosen[0].ref
        option = source.identity.option.rpartition(".")[0]
        if not snapshots:
            self._problems.append(f"{option}: {vm.path} has no snapshot{', which a linked clone stands on' if source.linked else ''}: take one first")
        elif chosen:
            self._problems.append(f"{option}.snapshot: {len(chosen)} snapshots of {vm.path} are called {quoted(source.snapshot)}: rename one")
        else:
            names = [one.name for one in snapshots]
            self._problems.append(f"{option}.snapshot: {vm.path} has no snapshot {quoted(source.snapshot)}{suggestion(source.snapshot, names)}")
        return None

    def _place(self, one: WantedVm, sources: Mapping[str, SourceVm]) -> Place | None:
        given = {name: value for name, value in (one.options.get("placement") or {}).items() if value is not None}
        for name in ("folder", "datacenter"):
            if one.options.get(name) and not given.get(name):
                given[name] = one.options[name]
        source = sources.get(one.source.identity.option + one.source.snapshot) if one.source else None
        try:
            # A clone of a VM goes where that is, unless something else is said.
            near = self._datacenter(source.vm) if source else None
            needs_pool = source is None or source.vm.is_template
            placement = self._placements.find(one.where, given, needs_pool, source is None, near)
            if placement.pool is None and placement.datacenter != near:
                placement = self._placements.find(one.where, given, True, True, near)
            placement = self._placements.with_datastore(one.where, placement, new_vm.disks_size(one, source))
            if source and not placement.datastore:
                self._placements.check_reached(f"{one.where}.placement.datastore", placement, source.datastores)
        except InvalidOption as error:
            self._problems += error.lines
            return None
        places = self._places
        key = (placement.folder, placement.new_folders)
        folder = self._new_folders.setdefault(key, NewFolder(*key))
        top = placement.folder == places.vm_folder(placement.datacenter)
        above = places.path(placement.datacenter if top else placement.folder)
        path = "/".join([above, *(name.replace("/", "%2f") for name in (*placement.new_folders, one.name))])
        return Place(placement, folder, path, places.name(placement.datastore) if placement.datastore else "")

    def _target(self, one: WantedVm, vm: Vm) -> existing_vm.Target | None:
        """Where an existing VM is to be moved."""
        given = {name: value for name, value in (one.options.get("placement") or {}).items() if value is not None}
        try:
            if one.options["relocate"]:
                placement = self._placements.find(one.where, given, False, False, self._datacenter(vm))
                placement = self._placements.with_datastore(one.where, placement, 0)
                if placement.new_folders:
                    raise InvalidOption(f"{one.where}.placement.create_folder does not make folders for VMs that are there: make it first")
                return existing_vm.Target(placement, given)
            if one.identity.by == NAME and not one.identity.folder and not one.identity.datacenter:
                self._check_is_meant(one, vm, given)
        except InvalidOption as error:
            self._problems += error.lines
        return None

    def _check_is_meant(self, one: WantedVm, vm: Vm, given: Mapping[str, Any]) -> None:
        """Check that a VM that is named by its name alone lies where its placement says: else it may be another one."""
        if not given.get("folder") or vm.parent is None:
            return
        placement = self._placements.find(one.where, {name: given[name] for name in ("datacenter", "folder", "create_folder") if name in given}, False, False)
        if placement.new_folders or placement.folder != vm.parent:
            self._problems.append(
                f"{one.where}.name: {vm.path} is not in placement.folder: set relocate to move it, folder to leave it where it is, "
                "or folder to that of placement to make another one"
            )

    def _datacenter(self, vm: Vm) -> MoRef | None:
        place = vm.parent or vm.vapp
        return self._places.datacenter(place) if place else None

    def _scope(self, one: WantedVm, vm: Vm) -> MoRef | None:
        """The datacenter in which an item's networks and datastores are looked up; None where it names none, so that places are not read."""
        wanted = one.wanted
        return self._datacenter(vm) if any(nic.network for nic in wanted.networks) or any(disk.datastore for disk in wanted.disks) else None

    def _networks(self, found: Sequence[tuple[WantedVm, list[Vm] | None]], placed: Mapping[int, Place]) -> dict[tuple[int, MoRef | None], Wanted]:
        """What VMs shall be, with their networks and datastores found: item and datacenter, None for a new VM, to it."""
        named: dict[tuple[int, MoRef | None], tuple[WantedVm, dict[str, MoRef]]] = {}
        for one, vms in found:
            if vms is None:
                placement = placed[id(one)].placement
                target = placement.host or (self._places.compute(placement.pool) if placement.pool else None)
                named[id(one), None] = self._with_datastores(one, placement.datacenter, target), self._named_networks(one, placement.datacenter, target)
            for datacenter in {self._scope(one, vm) for vm in vms or ()}:
                named[id(one), datacenter] = self._with_datastores(one, datacenter, None), self._named_networks(one, datacenter, None)
        refs = {ref for _one, networks in named.values() for ref in networks.values()}
        backings = read_backings(self._session, refs) if refs else {}
        ready = {}
        for key, (one, networks) in named.items():
            try:
                known = {option: backing_of(option, ref, backings) for option, ref in networks.items()}
            except InvalidOption as error:
                self._problems += error.lines
                continue
            # What was not found has its line already.
            nics = [nic for nic in one.wanted.networks if not nic.network or f"{nic.option}.network" in known]
            ready[key] = replace(one.wanted, networks=with_backings(nics, partial(_known, known)))
        return ready

    def _named_networks(self, one: WantedVm, datacenter: MoRef | None, target: MoRef | None) -> dict[str, MoRef]:
        """Option to network. :param target: host or cluster that must have it."""
        found = {}
        for nic in one.wanted.networks:
            option = f"{nic.option}.network"
            try:
                if nic.network:
                    found[option] = self._places.find(option, NETWORK, nic.network, datacenter)
                    if target:
                        self._places.check_reach(option, found[option], target)
            except InvalidOption as error:
                self._problems += error.lines
        return found

    def _with_datastores(self, one: WantedVm, datacenter: MoRef | None, target: MoRef | None) -> WantedVm:
        """An item with the datastores of its disks found. :param target: host or cluster that must have them."""

        def find(option: str, written: str) -> tuple[MoRef | None, str]:
            try:
                found = self._places.find(option, DATASTORE, written, datacenter)
                if target:
                    self._places.check_reach(option, found, target)
                return found, self._places.name(found)
            except InvalidOption as error:
                self._problems += error.lines
                return None, written

        return replace(one, wanted=replace(one.wanted, disks=with_datastores(one.wanted.disks, find)))

    def _specifications(self, new: Sequence[WantedVm]) -> dict[str, Callable[[], Any]]:
        """Name of a customization specification of vCenter to a function that makes it."""
        options = {one.customization.spec: one.where for one in new if one.customization and one.customization.kind == SPEC}
        found: dict[str, Callable[[], Any]] = {}
        for name, where in options.items():
            item = self._session.call_with_retries(partial(self._specification, f"{where}.customization.spec", name))
            found[name] = partial(stored_specification, item)
        return found

    def _specification(self, option: str, name: str) -> Any:
        try:
            return self._session.invoke(self._session.manager("customizationSpecManager"), "Get", name, shape=stored_shape())
        except MethodFault as error:
            if error.fault.type != "NotFound":
                raise
            raise InvalidOption(f"{option}: vCenter has no customization specification {quoted(name)}: check its name under Policies and Profiles") from error


def _known(backings: Mapping[str, NetworkBacking], option: str, _name: str) -> NetworkBacking:
    return backings[option]
