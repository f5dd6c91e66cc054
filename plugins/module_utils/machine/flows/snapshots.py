# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Take, remove and prune snapshots, and revert to them: what vmware_vm_snapshot does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import SNAPSHOTS, read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import ExistingVmsFlow, NotPossible, check_reachable
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.new_names import problem_of_name
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, ON, POWER_STATE
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_filters import snapshot_filters
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_retention import RETENTION_OPTIONS, Retention
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_steps import TAKEN, NewSnapshot, SnapshotSteps, note_taken
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import (
    PATHS,
    Snapshot,
    matching,
    missing,
    named,
    snapshots_of,
    the_one,
    with_children,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import tools_run
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

PRESENT, ABSENT, REVERTED, PRUNED = "present", "absent", "reverted", "pruned"
_NAME, _ID, _CHOSEN = "name", "id", "filters"
REQUIRED, WISHED = "required", "wanted"
_REMOVE = "remove_snapshot"


class SnapshotState(NamedTuple):
    """What the option ``state`` may be.

    :ivar doing: word of progress. :ivar named_by: one of these suboptions of ``snapshot`` must be given. :ivar takes: other suboptions that it has.
    :ivar retention: whether it has this option; None: it must have it.
    """

    doing: str
    named_by: tuple[str, ...]
    takes: frozenset[str]
    retention: bool | None = False


STATES: dict[str, SnapshotState] = {
    PRESENT: SnapshotState("snapshot", (_NAME,), frozenset({"description", "memory", "quiesce"}), retention=True),
    ABSENT: SnapshotState("remove_snapshots", (_NAME, _ID, _CHOSEN), frozenset({"children"})),
    REVERTED: SnapshotState("revert", (_NAME, _ID), frozenset({"power_after_revert"})),
    PRUNED: SnapshotState("prune", (), frozenset(), retention=None),
}
SNAPSHOT_OPTIONS: dict[str, dict[str, Any]] = {
    _NAME: {"type": "str"},
    _ID: {"type": "int"},
    _CHOSEN: {"type": "list", "elements": "dict"},
    "description": {"type": "str"},
    "memory": {"type": "bool"},
    "quiesce": {"type": "str", "choices": [REQUIRED, WISHED]},
    "children": {"type": "bool"},
    "power_after_revert": {"type": "str", "choices": ["on", "off"]},
}
ITEM_OPTIONS: dict[str, dict[str, Any]] = {
    "snapshot": {"type": "dict", "options": SNAPSHOT_OPTIONS},
    "retention": {"type": "dict", "options": RETENTION_OPTIONS},
    "consolidate": {"type": "bool", "default": True},
}
MODULE_OPTIONS: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": list(STATES), "required": True},
    "per_datastore": {"type": "int", "default": 2},
}


class SnapshotFlow(ExistingVmsFlow):
    """Works on snapshots."""

    paths = SNAPSHOTS

    def check(self, problems: list[str]) -> None:
        self._state = STATES[self.options["state"]]
        self._retentions: dict[str, Retention | None] = {}
        self._steps: dict[MoRef, SnapshotSteps] = {}
        try:
            in_range("per_datastore", self.options["per_datastore"], 1)
        except InvalidOption as error:
            problems += error.lines
        for where, options in self.items:
            if self._state is STATES[REVERTED] and options.get(FILTERS):
                problems.append(f"{where}.{FILTERS} cannot be used with state {REVERTED}, which cannot be taken back: name each VM")
            self._check_snapshot(f"{where}.snapshot", options.get("snapshot") or {}, problems)
            self._check_retention(where, options.get("retention"), problems)

    def _check_snapshot(self, option: str, given: Mapping[str, Any], problems: list[str]) -> None:
        state, names = self.options["state"], [name for name in (_NAME, _ID, _CHOSEN) if given.get(name) is not None]
        for name in given:
            if given[name] is not None and name not in (*self._state.named_by, *self._state.takes):
                problems.append(f"{option}.{name} does not go with state {state}: leave it out")
        if self._state.named_by and len([name for name in names if name in self._state.named_by]) != 1:
            problems.append(f"{option} must have {' or '.join(self._state.named_by)} with state {state}, one of them alone")
        if _NAME in names and state == PRESENT:
            problems += filter(None, [problem_of_name(f"{option}.{_NAME}", given[_NAME])])
        if given.get("memory") and given.get("quiesce"):
            problems.append(f"{option} has memory and quiesce, which exclude each other: leave one of them out")
        if _CHOSEN in names:
            try:
                snapshot_filters(f"{option}.{_CHOSEN}", given[_CHOSEN])
            except InvalidOption as error:
                problems += error.lines

    def _check_retention(self, where: str, given: Mapping[str, Any] | None, problems: list[str]) -> None:
        option = f"{where}.retention"
        if given is None:
            self._retentions[where] = None
            if self._state.retention is None:
                problems.append(f"{option} must be set with state {self.options['state']}")
        elif self._state.retention is False:
            problems.append(f"{option} does not go with state {self.options['state']}: leave it out")
        else:
            # The snapshot that is taken stays.
            self._retentions[where] = Retention.of(option, given, 1 if self._state is STATES[PRESENT] else 0, problems)

    @property
    def doing(self) -> str:
        return self._state.doing

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        if any(self._retentions.values()) or any((options.get("snapshot") or {}).get(_CHOSEN) is not None for _where, options in self.items):
            # Only these may ask for ages.
            self._now = session.call_with_retries(session.current_time)
        planned = super().plans(session, connection)
        problems = [line for one in planned if isinstance(one.error, InvalidOption) for line in one.error.lines]
        if problems:
            raise InvalidOption(*problems)
        for one in planned:
            made = self._steps.get(one.ref) if one.ref else None
            one.outcome.further = {"snapshots": made.rows if made else []}
            if _REMOVE in one.plan.actions:
                one.limits = {("datastore", ref.moid): self.options["per_datastore"] for ref in one.properties.get("datastore") or ()}
        return planned

    def plan(self, item: Item, vm: Vm, properties: Mapping[str, Any]) -> Plan:
        found = snapshots_of(properties)
        steps = self._steps[vm.ref] = SnapshotSteps(vm.ref, found, properties.get(POWER_STATE))
        _PLANNERS[self.options["state"]](self, item, vm, properties, found, steps)
        if steps.steps:
            _check_possible(vm, properties)
        return Plan(steps.steps)

    def _present(self, item: Item, vm: Vm, properties: Mapping[str, Any], found: list[Snapshot], steps: SnapshotSteps) -> None:
        wanted = item.options["snapshot"]
        retention, made = self._retentions[item.where], 0
        if not named(found, wanted[_NAME]):
            quiesces = _quiesces(wanted.get("quiesce"), properties)
            steps.take(NewSnapshot(wanted[_NAME], wanted.get("description") or "", bool(wanted.get("memory")), quiesces))
            made = int(retention is not None and retention.counts(wanted[_NAME]))
        if retention:
            self._prune(item, retention, found, steps, made, wanted[_NAME])

    def _absent(self, item: Item, vm: Vm, properties: Mapping[str, Any], found: list[Snapshot], steps: SnapshotSteps) -> None:
        wanted, option = item.options["snapshot"], f"{item.where}.snapshot"
        if wanted.get(_CHOSEN) is not None:
            chosen = matching(found, snapshot_filters(f"{option}.{_CHOSEN}", wanted[_CHOSEN], self._now))
        else:
            one = the_one(option, vm.path, found, wanted.get(_NAME), wanted.get(_ID))
            chosen = [one] if one else []
        self._remove(item, properties, with_children(chosen, found) if wanted.get("children") else chosen, steps)

    def _pruned(self, item: Item, vm: Vm, properties: Mapping[str, Any], found: list[Snapshot], steps: SnapshotSteps) -> None:
        retention = self._retentions[item.where]
        if retention:
            self._prune(item, retention, found, steps)
        if not steps.steps:
            self._remove(item, properties, [], steps)

    def _reverted(self, item: Item, vm: Vm, properties: Mapping[str, Any], found: list[Snapshot], steps: SnapshotSteps) -> None:
        wanted, option = item.options["snapshot"], f"{item.where}.snapshot"
        one = the_one(option, vm.path, found, wanted.get(_NAME), wanted.get(_ID))
        if one is None:
            raise missing(option, vm.path, found, wanted.get(_NAME), wanted.get(_ID))
        steps.revert(one, wanted.get("power_after_revert"))

    def _prune(self, item: Item, retention: Retention, found: list[Snapshot], steps: SnapshotSteps, made: int = 0, wanted: str | None = None) -> None:
        verdicts = retention.verdicts(found, self._now, made, wanted)
        steps.explain({ref: reason for ref, (_goes, reason) in verdicts.items()})
        steps.remove([one for one in found if verdicts[one.ref][0]], item.options["consolidate"])

    def _remove(self, item: Item, properties: Mapping[str, Any], chosen: Sequence[Snapshot], steps: SnapshotSteps) -> None:
        steps.remove(chosen, item.options["consolidate"])
        if not chosen and item.options["consolidate"] and properties.get("runtime.consolidationNeeded"):
            # An earlier removal was not carried through.
            steps.consolidate()

    def conclude(self, session: Session, planned: Sequence[PlannedVm]) -> None:
        """Read what the server says of the snapshots that were taken: ids, times, and whether they are quiesced."""
        taken = {one.ref: one for one in planned if one.ref and any(row["result"] == TAKEN for row in self._steps[one.ref].rows)}
        quiesce = {item.where: (item.options.get("snapshot") or {}).get("quiesce") for item in self.items}
        for ref, item in (read_current(session, taken, PATHS) if taken else {}).items():
            one, found = taken[ref], snapshots_of(item.properties)
            for row in (row for row in self._steps[ref].rows if row["result"] == TAKEN):
                asked = row["quiesced"]
                note_taken(row, found)
                if asked and not row["quiesced"] and quiesce[one.where] == REQUIRED and not one.error:
                    one.error = NotPossible(f"its snapshot {row['name']} was taken, but the server says that it is not quiesced: see the log of VMware Tools")


_PLANNERS = {PRESENT: SnapshotFlow._present, ABSENT: SnapshotFlow._absent, REVERTED: SnapshotFlow._reverted, PRUNED: SnapshotFlow._pruned}


def _quiesces(wanted: str | None, properties: Mapping[str, Any]) -> bool:
    """Whether to quiesce the guest. The disks of a VM that is off are at rest.

    :raises NotPossible: it is required, and VMware Tools do not run.
    """
    power = properties.get(POWER_STATE)
    if wanted is None or power == OFF:
        return False
    can = power == ON and tools_run(properties)
    if wanted == REQUIRED and not can:
        raise NotPossible("its guest cannot be quiesced, because VMware Tools do not run: start them, or set quiesce to wanted")
    return can


def _check_possible(vm: Vm, properties: Mapping[str, Any]) -> None:
    """Check that there can be work on snapshots of a VM.

    :raises NotPossible: there cannot, in words that say why.
    """
    if vm.is_template:
        raise NotPossible("it is a template, whose snapshots cannot be changed: convert it to a VM first")
    check_reachable(properties)
