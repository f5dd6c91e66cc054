# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans of snapshots; tests/integration/test_vm_snapshot.py has what becomes of them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import existing_vms
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows import snapshots
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.snapshots import SnapshotFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties

NOW = datetime(2026, 2, 28, tzinfo=timezone.utc)
REF = MoRef("VirtualMachine", "vm-1")
ON: dict[str, Any] = {"runtime.powerState": "poweredOn", "guest.toolsRunningStatus": "guestToolsRunning", "datastore": [MoRef("Datastore", "datastore-1")]}
TREE = properties(node(1, "a", "2026-02-01T00:00:00Z", [node(2, "b", "2026-02-20T00:00:00Z", state="poweredOn")]), current=2)


class Session:
    """A session that knows the time."""

    def current_time(self) -> datetime:
        return NOW

    def call_with_retries(self, attempt):
        return attempt()


@pytest.fixture
def planned(monkeypatch):
    """The flow of one VM with these properties, and the VM with its plan."""

    def made(state, found, template=False, per_datastore=2, **item):
        vm = Vm(REF, "web", "/DC/web", "", "", "", template, None, None)
        monkeypatch.setattr(existing_vms.VmLookup, "require", lambda self, identities: [[vm]])
        monkeypatch.setattr(existing_vms.VmLookup, "current", lambda self, refs: {REF: ManagedObject(REF, found, {})})
        options = {"name": "web", "consolidate": True, **item}
        flow = SnapshotFlow([Item("vms[0]", options)], {"state": state, "per_datastore": per_datastore})
        (one,) = flow.plans(Session(), None)
        return flow, one

    return made


@pytest.mark.parametrize(
    ("state", "item", "problems"),
    [
        ("present", {}, ["vms[0].snapshot must have name with state present"]),
        ("present", {"snapshot": {"name": "", "id": 3}}, ["vms[0].snapshot.id does not go with state present", "vms[0].snapshot.name must have 1 to 80"]),
        ("present", {"snapshot": {"name": "x" * 81}}, ["vms[0].snapshot.name must have 1 to 80 characters (got 81)"]),
        ("present", {"snapshot": {"name": "a", "memory": True, "quiesce": "wanted"}}, ["vms[0].snapshot has memory and quiesce, which exclude each other"]),
        ("absent", {"snapshot": {"name": "a", "id": 1}}, ["vms[0].snapshot must have name or id or filters with state absent, one of them alone"]),
        ("absent", {"snapshot": {"filters": [{"nmae": "a"}]}}, ["vms[0].snapshot.filters"]),
        ("absent", {"snapshot": {"name": "a"}, "retention": {"keep": 1}}, ["vms[0].retention does not go with state absent"]),
        ("pruned", {}, ["vms[0].retention must be set with state pruned"]),
        ("pruned", {"retention": {}}, ["vms[0].retention"]),
        ("reverted", {"filters": [{"name": "a*"}], "name": None, "snapshot": {"id": 1}}, ["vms[0].filters cannot be used with state reverted"]),
    ],
)
def test_all_that_is_wrong_with_an_item(state, item, problems):
    with pytest.raises(InvalidOption) as caught:
        SnapshotFlow([Item("vms[0]", {"name": "web", "consolidate": True, **item})], {"state": state, "per_datastore": 0})
    assert "per_datastore must be" in caught.value.lines[0]
    assert len(caught.value.lines) == len(problems) + 1, caught.value.lines
    assert all(line.startswith(problem) for line, problem in zip(caught.value.lines[1:], problems)), caught.value.lines


def test_word_of_progress():
    assert SnapshotFlow([], {"state": "pruned", "per_datastore": 1}).doing == "prune"


def test_snapshots_that_filters_choose(planned):
    for filters, gone in (
        ([{"name": "a*"}], ["a"]),
        ([{"age": {"at_least": "7d"}}], ["a", "b"]),
        ([{"age": {"at_least": "10d"}}], ["a"]),
        ([{"name": "x"}], []),
    ):
        _flow, one = planned("absent", {**TREE, **ON}, snapshot={"filters": filters})
        rows = one.outcome.row["snapshots"]
        assert [row["name"] for row in rows if row["result"] == "remove"] == gone


def test_retention_straight_after_taking_one(planned):
    _flow, one = planned("present", {**TREE, **ON}, snapshot={"name": "c"}, retention={"keep": 2})
    assert one.plan.actions == ["take_snapshot", "remove_snapshot"]
    assert [(row["name"], row["result"]) for row in one.outcome.row["snapshots"]] == [("a", "remove"), ("b", "kept"), ("c", "take")]
    # The one that is there already is never removed.
    _flow, one = planned("present", {**TREE, **ON}, snapshot={"name": "a"}, retention={"keep": 1})
    assert not one.plan.changed and [row["result"] for row in one.outcome.row["snapshots"]] == ["kept", "kept"]


def test_work_of_each_step(planned):
    vcenter = FakeEstate({})
    made = MoRef("VirtualMachineSnapshot", "snapshot-9")
    flow, one = planned("present", ON, snapshot={"name": "x", "description": "d", "memory": True})
    carry_out(one.plan, REF, vcenter, tasks=[made])
    assert vcenter.sent.pop() == ("CreateSnapshot", [REF, "x", "d", True, False])
    assert (one.outcome.row["snapshots"][0]["result"], one.outcome.row["snapshots"][0]["moid"]) == ("taken", "snapshot-9")
    _flow, one = planned("absent", {**TREE, **ON}, snapshot={"name": "a", "children": True})
    # After the last one the server says whether disks are left to be merged.
    done = {"runtime.powerState": "poweredOn", "runtime.consolidationNeeded": True}
    assert carry_out(one.plan, REF, vcenter, waits=[done]) == ["Remove", "Remove", "ConsolidateDisks"]
    assert [arguments[1:] for _method, arguments in vcenter.sent[:2]] == [[False, True]] * 2
    vcenter.sent.clear()
    _flow, one = planned("absent", {**TREE, **ON}, snapshot={"id": 2}, consolidate=False)
    assert carry_out(one.plan, REF, vcenter) == ["Remove"] and vcenter.sent.pop()[1][1:] == [False, False]
    _flow, one = planned("reverted", {**TREE, **ON}, snapshot={"name": "a", "power_after_revert": "on"})
    assert carry_out(one.plan, REF, vcenter) == ["Revert", "PowerOn"]
    assert vcenter.sent[0] == ("Revert", [MoRef("VirtualMachineSnapshot", "snapshot-1"), None, False])
    assert [row["result"] for row in one.outcome.row["snapshots"]] == ["reverted", "kept"]


def test_snapshot_whose_answer_was_lost_is_found_by_its_name(planned):
    vcenter = FakeEstate({"VirtualMachine:vm-1": {"snapshot.rootSnapshotList": [node(1, "x"), node(9, "x")]}})
    vcenter.answers["CreateSnapshot"] = ConnectionDropped("connection closed")
    _flow, one = planned("present", {**properties(node(1, "y")), **ON}, snapshot={"name": "x"})
    vcenter.objects[REF] = {"snapshot.rootSnapshotList": [node(1, "y"), node(9, "x")]}
    assert carry_out(one.plan, REF, vcenter) == ["CreateSnapshot"]
    assert one.outcome.row["snapshots"][-1]["moid"] == "snapshot-9"


def test_snapshot_with_memory_that_is_reverted_to(planned):
    memory = {"layoutEx.file": [], "layoutEx.snapshot": [{"key": node(2, "b")["snapshot"], "dataKey": 1, "memoryKey": 5}]}
    for more, after, actions in (
        ({}, "on", ["revert_snapshot"]),
        ({"power_after_revert": "on"}, "on", ["revert_snapshot"]),
        ({"power_after_revert": "off"}, "off", ["revert_snapshot"]),
    ):
        _flow, one = planned("reverted", {**TREE, **ON, **memory}, snapshot={"id": 2, **more})
        assert (one.plan.diff["after"]["power_state"], one.plan.actions) == (after, actions)
    _flow, one = planned("reverted", {**TREE, **ON}, snapshot={"name": "a", "power_after_revert": "on"})
    assert one.plan.actions == ["revert_snapshot", "power_on"]
    assert one.plan.diff["before"]["current_snapshot"].startswith("b (id 2") and one.plan.diff["after"]["current_snapshot"].startswith("a (id 1")


def test_only_removals_are_limited_on_a_datastore(planned):
    _flow, one = planned("absent", {**TREE, **ON}, snapshot={"name": "a", "children": True}, per_datastore=3)
    assert one.plan.actions == ["remove_snapshot"] * 2 and one.limits == {("datastore", "datastore-1"): 3}
    _flow, one = planned("present", ON, snapshot={"name": "x"})
    assert one.plan.actions == ["take_snapshot"] and not one.limits


def test_diff_and_results_of_pruning(planned):
    _flow, one = planned("pruned", {**TREE, **ON}, retention={"keep": 1})
    assert one.plan.diff == {
        "before": {"snapshots": ["a (id 1, 2026-02-01T00:00:00Z)", "b (id 2, 2026-02-20T00:00:00Z)"]},
        "after": {"snapshots": ["b (id 2, 2026-02-20T00:00:00Z)"]},
    }
    rows = one.outcome.row["snapshots"]
    assert [(row["name"], row["result"], row["reason"]) for row in rows] == [("a", "remove", "not one of the newest 1"), ("b", "kept", "new enough")]


def test_leftovers_of_an_earlier_removal_are_consolidated(planned):
    found = {**ON, "runtime.consolidationNeeded": True}
    assert planned("pruned", found, retention={"keep": 1})[1].plan.actions == ["consolidate"]
    assert planned("absent", found, snapshot={"name": "x"})[1].plan.actions == ["consolidate"]
    assert not planned("absent", found, snapshot={"name": "x"}, consolidate=False)[1].plan.changed
    assert not planned("present", {**found, **TREE}, snapshot={"name": "a"})[1].plan.changed


@pytest.mark.parametrize(
    ("found", "quiesce", "expected"),
    [
        (ON, "required", True),
        ({**ON, "guest.toolsRunningStatus": "guestToolsNotRunning"}, "wanted", False),
        ({**ON, "guest.toolsRunningStatus": "guestToolsNotRunning"}, "required", None),
        ({"runtime.powerState": "poweredOff"}, "required", False),
        ({"runtime.powerState": "suspended"}, "required", None),
        ({"runtime.powerState": "suspended"}, "wanted", False),
        (ON, None, False),
    ],
)
def test_quiescing(planned, found, quiesce, expected):
    """None: refused."""
    _flow, one = planned("present", found, snapshot={"name": "x", "quiesce": quiesce})
    if expected is None:
        assert "VMware Tools do not run" in str(one.error) and not one.plan.changed
    else:
        assert not one.error and one.outcome.further["snapshots"][0]["quiesced"] is expected


@pytest.mark.parametrize(("quiesce", "fails"), [("required", True), ("wanted", False)])
def test_snapshot_that_the_server_did_not_quiesce(planned, monkeypatch, quiesce, fails):
    flow, one = planned("present", ON, snapshot={"name": "x", "quiesce": quiesce})
    (row,) = one.outcome.further["snapshots"]
    row.update(result="taken", moid="snapshot-9")
    after = properties(node(9, "x", quiesced=False), current=9)
    monkeypatch.setattr(snapshots, "read_current", lambda session, refs, paths: {REF: ManagedObject(REF, after, {})})
    flow.conclude(Session(), [one])
    assert (row["id"], row["quiesced"], row["result"]) == (9, False, "taken")
    assert bool(one.error) == fails


@pytest.mark.parametrize(("template", "found", "message"), [(True, {}, "it is a template"), (False, {"runtime.connectionState": "orphaned"}, "it is orphaned")])
def test_vm_whose_snapshots_cannot_be_changed(planned, template, found, message):
    _flow, one = planned("present", {**ON, **found}, template=template, snapshot={"name": "x"})
    assert message in str(one.error)
    _flow, one = planned("absent", {**ON, **found}, template=template, snapshot={"name": "x"})
    assert not one.error and not one.plan.changed


def test_ambiguous_and_unknown_names_end_the_call(planned):
    twins = properties(node(1, "same", below=[node(2, "same")]))
    for state in ("absent", "reverted"):
        with pytest.raises(InvalidOption, match="vms\\[0\\].snapshot.name: /DC/web has 2 snapshots 'same'"):
            planned(state, {**ON, **twins}, snapshot={"name": "same"})
    with pytest.raises(InvalidOption, match="has no snapshot 7; it has none"):
        planned("reverted", ON, snapshot={"id": 7})
    assert not planned("present", {**ON, **twins}, snapshot={"name": "same"})[1].plan.changed
