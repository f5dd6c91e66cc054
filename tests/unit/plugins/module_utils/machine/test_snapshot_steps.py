# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of snapshots carried out; which of them a module takes is in flows/test_snapshots.py."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_steps import NewSnapshot, SnapshotSteps, note_taken
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import snapshots_of
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, MethodFault, OutcomeUnknown
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out, refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties, ref

VM, POWER = MoRef("VirtualMachine", "vm-1"), "runtime.powerState"
TREE = properties(node(1, "a", "2026-02-01T00:00:00Z", [node(2, "b", "2026-02-20T00:00:00Z")]), current=2)


@pytest.fixture
def estate():
    snapshots = {f"VirtualMachineSnapshot:snapshot-{number}": {} for number in (1, 2)}
    return FakeEstate({"VirtualMachine:vm-1": {**TREE, POWER: "poweredOn"}, **snapshots})


@pytest.fixture
def steps():
    return SnapshotSteps(VM, snapshots_of(TREE), "poweredOn")


def results(steps):
    return [(row["name"], row["result"], row["current"]) for row in steps.rows]


def do(estate, steps, tasks=(), waits=()):
    return carry_out(Plan(steps.steps), VM, estate, tasks, waits)


def test_taken_snapshot_has_its_reference(estate, steps):
    steps.take(NewSnapshot("c", "before patching", memory=True))
    assert do(estate, steps, tasks=[ref(3)]) == ["CreateSnapshot"]
    assert estate.sent == [("CreateSnapshot", [VM, "c", "before patching", True, False])]
    assert results(steps) == [("a", "kept", False), ("b", "kept", False), ("c", "taken", True)] and steps.rows[2]["moid"] == "snapshot-3"


def test_snapshot_whose_answer_was_lost_is_found_by_its_name(estate, steps):
    """One of this name that was there before is another one."""
    steps.take(NewSnapshot("a"))

    def cut(request):
        if request == "CreateSnapshot":
            tree = properties(node(1, "a", below=[node(2, "b", below=[node(3, "a")])]), current=3)
            estate.objects[VM].update(tree)

    estate.before, estate.answers = cut, {"CreateSnapshot": ConnectionDropped("closed")}
    assert do(estate, steps) == ["CreateSnapshot"]
    assert steps.rows[-1]["moid"] == "snapshot-3" and steps.rows[-1]["result"] == "taken"


def test_lost_answer_of_a_vm_that_is_gone(estate, steps):
    steps.take(NewSnapshot("c"))
    del estate.objects[VM]
    estate.answers = {"CreateSnapshot": ConnectionDropped("closed")}
    with pytest.raises((OutcomeUnknown, ConnectionDropped)):
        do(estate, steps)
    assert estate.sent and steps.rows[-1]["result"] == "take"


def test_snapshots_are_removed_oldest_first_and_disks_merged_once(estate, steps):
    steps.remove(list(reversed(snapshots_of(TREE))), consolidate=True)
    assert [step.action for step in steps.steps] == ["remove_snapshot"] * 2
    assert do(estate, steps, waits=[{POWER: "poweredOn"}]) == ["Remove"] * 2
    assert [arguments for _method, arguments in estate.sent] == [[ref(1), False, True], [ref(2), False, True]], "never with those after them"
    assert [row["result"] for row in steps.rows] == ["removed"] * 2


def test_disks_that_the_server_has_not_merged_are_merged(estate, steps):
    steps.remove(snapshots_of(TREE)[:1], consolidate=True)
    found = {POWER: "poweredOn", "runtime.consolidationNeeded": True}
    assert do(estate, steps, waits=[found]) == ["Remove", "ConsolidateDisks"]


def test_disks_whose_state_is_not_told_in_time_are_left(estate, steps):
    steps.remove(snapshots_of(TREE)[:1], consolidate=True)
    assert do(estate, steps, waits=[None]) == ["Remove"]


def test_disks_are_left_where_they_are_not_to_be_merged(estate, steps):
    steps.remove(snapshots_of(TREE)[:1], consolidate=False)
    assert do(estate, steps) == ["Remove"] and estate.sent[0][1] == [ref(1), False, False]


def test_snapshot_that_is_gone_is_as_wanted(estate, steps):
    steps.remove(snapshots_of(TREE)[:1], consolidate=False)
    estate.answers = {"Remove": refusal("ManagedObjectNotFound")}
    do(estate, steps)
    assert steps.rows[0]["result"] == "removed"


def test_removal_that_fails_is_none(estate, steps):
    steps.remove(snapshots_of(TREE), consolidate=True)
    estate.answers = {"Remove": refusal("SnapshotFault")}
    with pytest.raises(MethodFault):
        do(estate, steps)
    assert [row["result"] for row in steps.rows] == ["remove"] * 2


@pytest.mark.parametrize(("power", "stays_off", "sent"), [("off", True, ["Revert"]), (None, False, ["Revert"]), ("on", False, ["Revert", "PowerOn"])])
def test_revert(estate, steps, power, stays_off, sent):
    steps.revert(snapshots_of(TREE)[0], power)
    assert do(estate, steps) == sent
    assert estate.sent[0][1] == [ref(1), None, stays_off]
    assert results(steps) == [("a", "reverted", True), ("b", "kept", False)]


def test_reasons_why_snapshots_stay_or_go(steps):
    steps.explain({ref(2): "new enough"})
    assert [row["reason"] for row in steps.rows] == ["", "new enough"]


def test_consolidation_alone(estate, steps):
    steps.consolidate()
    assert do(estate, steps) == ["ConsolidateDisks"]


def test_row_of_a_taken_snapshot_is_completed(steps):
    steps.take(NewSnapshot("c"))
    row = steps.rows[-1]
    row.update(result="taken", moid="snapshot-3", reason="r")
    note_taken(row, snapshots_of(TREE))
    assert row["id"] is None, "the tree does not have it"
    note_taken(row, snapshots_of(properties(node(3, "c", quiesced=True), current=3)))
    assert (row["id"], row["quiesced"], row["current"], row["result"], row["reason"]) == (3, True, True, "taken", "r")
