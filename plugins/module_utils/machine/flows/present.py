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
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.tags import CUSTOM_VALUES
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current, unread
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import PROPERTIES, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import SPEC
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization_events import CustomizationEvents
from ansible_collections.estate.vmware.plugins.module_utils.machine.disk_users import spare_used_disks
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible, unplanned
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows import existing_vm, new_vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.backings import Backings, names_any
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.labels import Labels
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.placing import Placing
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import CUSTOMIZATION_SINCE, CUSTOMIZED
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import Context, WantedVm, wanted_vms
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, NAME
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import Answer, VmLookup, named_twice
from ansible_collections.estate.vmware.plugins.module_utils.machine.network_backings import network_name
from ansible_collections.estate.vmware.plugins.module_utils.machine.new_names import problem_of_name
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.protected import SAFETY_PATHS
from ansible_collections.estate.vmware.plugins.module_utils.machine.read_specifications import read_specifications
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import REMOVE_DISK
from ansible_collections.estate.vmware.plugins.module_utils.machine.transfers import Transfers
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.kinds import Sources
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import Place, Reading, Source
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import Wanted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

_UUIDS = ("config.instanceUuid", "config.uuid")


class PresentFlow(Flow):
    """Makes VMs and changes them."""

    doing = "make"

    def __init__(self, items: Sequence[Item], options: Mapping[str, Any]) -> None:
        super().__init__(items, options)
        problems: list[str] = []
        self._wanted = wanted_vms(items, problems)
        self._transfers = Transfers()
        if problems:
            raise InvalidOption(*problems)

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        labels = Labels(session, connection, self.closing)
        return _Planning(session, connection, self._wanted, self.options["wait"], labels, self._transfers).planned()

    @property
    def sent(self) -> int:
        return self._transfers.sent

    def conclude(self, session: Session, planned: Sequence[PlannedVm]) -> None:
        made = {one.ref: one.outcome for one in planned if one.ref and not one.outcome.instance_uuid}
        with suppress(VsphereError):
            for ref, item in (read_current(session, made, _UUIDS) if made else {}).items():
                made[ref].instance_uuid, made[ref].bios_uuid = (item.properties.get(path, "") for path in _UUIDS)


class _Planning:
    """Looks up and reads all that plans need, once for all VMs, and makes them."""

    def __init__(self, session: Session, connection: Connection, wanted: Sequence[WantedVm], waits: bool, labels: Labels, transfers: Transfers) -> None:
        self._session = session
        self._problems: list[str] = []
        self._lookup = VmLookup(session, connection, (*PROPERTIES, *existing_vm.PATHS, CUSTOM_VALUES, *SAFETY_PATHS))
        self._places = Places(session)
        self._placing = Placing(session, self._places, self._problems)
        self._sources = Sources(Reading(session, connection, self._lookup, self._places, self._problems, transfers))
        self._wanted = wanted
        self._waits = waits
        self._labels = labels

    def planned(self) -> list[PlannedVm]:
        """Every VM, with its plan or the reason why it has none."""
        found = self._find()
        new = [one for one, vms in found if vms is None]
        sources = self._sources.find(new)
        self._stop_at_problems()
        refs = {vm.ref for _one, vms in found for vm in vms or ()}
        current = self._lookup.current(sorted(refs))
        for one, _vms in found:
            self._problems += self._labels.check(one.where, one.options)
        self._labels.read([vm.ref for one, vms in found if one.options.get("tags") for vm in vms or ()])
        placed = {id(one): placed for one in new if (placed := self._placing.place(one, sources[id(one)]))}
        targets = {id(one): target for one, vms in found for vm in vms or () if (target := self._placing.target(one, vm))}
        self._stop_at_problems()
        self._sources.check_placed([(one, sources[id(one)], placed[id(one)]) for one in new])
        folders = {place.placement.folder for place in placed.values()}
        ready = self._at_their_places(new, sources, placed)
        self._stop_at_problems()
        new_vm.check_names([(one, placed[id(one)]) for one in new], {folder: self._lookup.names_in(folder) for folder in folders})
        networks = self._with_backings(found, placed)
        named = {one.customization.spec: f"{one.where}.customization.spec" for one in new if one.customization and one.customization.kind == SPEC}
        specifications = read_specifications(self._session, named)
        self._stop_at_problems()
        context = Context(self._session.version, partial(network_name, self._places), self._labels, self._waits, self._events())
        planned: list[PlannedVm] = []
        for one, vms in found:
            if vms is None:
                place = placed[id(one)]
                made = PlannedVm(one.where, False, None, VmOutcome(one.name, place.path))
                wanted, source = ready[id(one)]
                properties = wanted.wanted.properties
                wanted = replace(wanted, wanted=replace(networks[id(one), None], properties=properties))
                specification = specifications.get(one.customization.spec) if one.customization else None
                self._plan(made, partial(new_vm.plan, wanted, source, place, context, specification, made.is_over))
                planned.append(made)
            for vm in vms or ():
                there = unplanned(one.where, vm, one.identity.by == FILTERS)
                planned.append(there)
                there.properties = current[vm.ref].properties if vm.ref in current else {}
                if reason := unread(current.get(vm.ref)):
                    there.error = NotPossible(f"it {reason}")
                    continue
                wanted = replace(one, wanted=networks[id(one), self._scope(one, vm)])
                target = targets.get(id(one))
                self._plan(there, partial(existing_vm.plan, wanted, vm, there.properties, target, self._places, context))
        self._spare_used_disks(planned)
        return planned

    def _at_their_places(self, new: Sequence[WantedVm], sources: Mapping[int, Source], placed: Mapping[int, Place]) -> dict[int, tuple[WantedVm, Source]]:
        """The items of new VMs, and their sources, once it is known where the VMs go."""
        found = {}
        for one in new:
            try:
                found[id(one)] = sources[id(one)].at(one, placed[id(one)])
            except InvalidOption as error:
                self._problems += error.lines
        return found

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
            return
        if problem := problem_of_name(f"{one.where}.name", one.name):
            self._problems.append(problem)
        self._sources.check(one)

    def _events(self) -> CustomizationEvents | None:
        is_needed = self._session.version < CUSTOMIZATION_SINCE and any(CUSTOMIZED in one.waits for one in self._wanted)
        return CustomizationEvents(self._session.current_time()) if is_needed else None

    def _scope(self, one: WantedVm, vm: Vm) -> MoRef | None:
        """The datacenter in which an item's networks and datastores are looked up; None where it names none."""
        return self._placing.datacenter(vm) if names_any(one) else None

    def _with_backings(self, found: Sequence[tuple[WantedVm, list[Vm] | None]], placed: Mapping[int, Place]) -> dict[tuple[int, MoRef | None], Wanted]:
        """What VMs shall be, with their networks and datastores found: item and datacenter, None for a new VM, to it."""
        backings = Backings(self._session, self._places, self._problems)
        for one, vms in found:
            if vms is None:
                placement = placed[id(one)].placement
                target = placement.target
                backings.add(one, None, placement.datacenter, target)
            for datacenter in {self._scope(one, vm) for vm in vms or ()}:
                backings.add(one, datacenter, datacenter)
        return backings.read()
