# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Steps on the snapshots of one VM, and what results say of each snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.sizes import gb
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, ON, POWER_STATE, SAID
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import PATHS, Snapshot, named, oldest_first, snapshots_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import CONSOLIDATION
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitProperties, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

#: Results of a snapshot: those of a plan, and what becomes of them.
KEPT, TAKE, TAKEN, REMOVE, REMOVED, REVERT, REVERTED = "kept", "take", "taken", "remove", "removed", "revert", "reverted"
#: Seconds to wait for what the server says of a VM's disks.
_PATIENCE = 5.0


class NewSnapshot(NamedTuple):
    """A snapshot that is to be taken. ``quiesces``: the guest's file systems."""

    name: str
    description: str = ""
    memory: bool = False
    quiesces: bool = False


class SnapshotSteps:
    """The steps of one VM, in the order in which they are asked for.

    :ivar steps: made so far. :ivar rows: what results say of each snapshot; steps note in them what they have done.
    """

    def __init__(self, vm: MoRef, found: Sequence[Snapshot], power: str | None) -> None:
        self.steps: list[Step] = []
        self.rows = [result_row(one) for one in found]
        self._vm = vm
        self._found = found
        self._power = power
        self._row_of = {one.ref: row for one, row in zip(found, self.rows)}
        self._titles = {one.ref: one.title for one in found}

    def explain(self, reasons: Mapping[MoRef, str]) -> None:
        """Say of snapshots why they stay or go."""
        for ref, reason in reasons.items():
            self._row_of[ref]["reason"] = reason

    def take(self, wanted: NewSnapshot) -> None:
        """Take a snapshot."""
        row = {**_EMPTY_ROW, "name": wanted.name, "description": wanted.description, "quiesced": wanted.quiesces, "current": True, "result": TAKE}
        for other in self.rows:
            other["current"] = False
        self.rows.append(row)
        before = list(self._titles.values())
        self._titles[MoRef("", "")] = f"{wanted.name} (new{', with memory' if wanted.memory else ''}{', quiesced' if wanted.quiesces else ''})"
        known = frozenset(one.ref for one in self._found)
        self._add("take_snapshot", partial(_take, self._vm, wanted, known, row), {"snapshots": before}, {"snapshots": list(self._titles.values())})

    def remove(self, chosen: Sequence[Snapshot], consolidate: bool) -> None:
        """Remove snapshots, one after another.

        :param consolidate: merge their disks, and what is left to be merged afterwards.
        """
        ordered = oldest_first(chosen)
        for one in ordered:
            row = self._row_of[one.ref]
            row["result"] = REMOVE
            before = list(self._titles.values())
            self._titles.pop(one.ref)
            is_last = one is ordered[-1]
            work = partial(_remove, self._vm, one.ref, row, consolidate, consolidate and is_last)
            self._add("remove_snapshot", work, {"snapshots": before}, {"snapshots": list(self._titles.values())})

    def revert(self, snapshot: Snapshot, power: str | None) -> None:
        """Revert to a snapshot.

        :param power: on or off afterwards; None for as the snapshot has it.
        """
        row = self._row_of[snapshot.ref]
        for other in self.rows:
            other["current"] = other is row
        row["result"] = REVERT
        comes_on = snapshot.has_memory and snapshot.state == ON and power != "off"
        before = {
            "current_snapshot": next((one.title for one in self._found if one.is_current), None),
            "power_state": SAID.get(self._power or "", self._power),
        }
        after = {"current_snapshot": snapshot.title, "power_state": SAID[ON if comes_on else OFF]}
        self._add("revert_snapshot", partial(_revert, self._vm, snapshot.ref, power == "off", row), before, after)
        if power == "on" and not comes_on:
            self._add("power_on", partial(_power_on, self._vm), {"power_state": SAID[OFF]}, {"power_state": SAID[ON]})

    def consolidate(self) -> None:
        """Merge disks that earlier removals left."""
        self.steps.append(_consolidation(self._vm))

    def _add(self, action: str, work: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.steps.append(Step(action, work, before, after))


_EMPTY_ROW: dict[str, Any] = {
    **dict.fromkeys(("name", "id", "moid", "description", "created", "size_gb", "quiesced")),
    "current": False,
    "result": KEPT,
    "reason": "",
}


def result_row(one: Snapshot) -> dict[str, Any]:
    """What results say of a snapshot that is there."""
    values = {"name": one.name, "id": one.id, "moid": one.ref.moid, "description": one.description, "created": one.created_text}
    size = None if one.size is None else gb(one.size)
    return {**_EMPTY_ROW, **values, "size_gb": size, "quiesced": one.is_quiesced, "current": one.is_current}


def note_taken(row: dict[str, Any], found: Sequence[Snapshot]) -> None:
    """Complete the row of a snapshot that was taken, from the tree that has it now."""
    newest = next((one for one in found if one.ref.moid == row["moid"]), None)
    if newest:
        row.update({key: value for key, value in result_row(newest).items() if key not in ("result", "reason")})


def _take(vm: MoRef, wanted: NewSnapshot, known: frozenset[MoRef], row: dict[str, Any], _vm: MoRef | None) -> Work:
    def find_made(session: Session) -> MoRef | None:
        return _new_of_name(session, vm, wanted.name, known)

    arguments = (wanted.name, wanted.description, wanted.memory, wanted.quiesces)
    made = yield from perform(operations.TAKE_SNAPSHOT, vm, *arguments, vm=vm, find_made=find_made)
    row["result"] = TAKEN
    if isinstance(made, MoRef):
        row["moid"] = made.moid


def _new_of_name(session: Session, vm: MoRef, name: str, known: frozenset[MoRef]) -> MoRef | None:
    """The snapshot with a name that was not there before: where the answer to taking it was lost."""
    item = read_current(session, [vm], PATHS).get(vm)
    return next((one.ref for one in named(snapshots_of(item.properties), name) if one.ref not in known), None) if item else None


def _remove(vm: MoRef, snapshot: MoRef, row: dict[str, Any], consolidate: bool, then_consolidate: bool, _vm: MoRef | None) -> Work:
    """Remove a snapshot without those after it. Returns the step that merges its disks where the server has left that."""
    yield from perform(operations.REMOVE_SNAPSHOT, snapshot, False, consolidate, vm=vm)
    row["result"] = REMOVED
    if then_consolidate:
        # These are watched together with the task, so this costs no call.
        state = yield AwaitProperties(vm, lambda properties: POWER_STATE in properties, _PATIENCE)
        if state and state.get(CONSOLIDATION):
            return _consolidation(vm)
    return None


def _consolidation(vm: MoRef) -> Step:
    return Step("consolidate", partial(_consolidate, vm), {"consolidation_needed": True}, {"consolidation_needed": False})


def _consolidate(vm: MoRef, _vm: MoRef | None) -> Work:
    yield from perform(operations.CONSOLIDATE, vm, vm=vm)


def _revert(vm: MoRef, snapshot: MoRef, stays_off: bool, row: dict[str, Any], _vm: MoRef | None) -> Work:
    yield from perform(operations.REVERT_SNAPSHOT, snapshot, None, stays_off, vm=vm)
    row["result"] = REVERTED


def _power_on(vm: MoRef, _vm: MoRef | None) -> Work:
    yield from perform(operations.POWER_ON, vm, None, vm=vm)
