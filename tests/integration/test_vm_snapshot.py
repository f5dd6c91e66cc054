# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm_snapshot over TLS: every state, and what is read back afterwards."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from changing import wait
from estates import Simulator, start_simulator
from plain_pyvmomi import connect, read
from pyVmomi import vim

from ansible_collections.estate.vmware.tests.integration.changing import change, journal, machines

TREE, CURRENT, POWER, TOOLS = "snapshot.rootSnapshotList", "snapshot.currentSnapshot", "runtime.powerState", "guest.toolsRunningStatus"
CREATE, REMOVE, REVERT = "CreateSnapshot_Task", "RemoveSnapshot_Task", "RevertToSnapshot_Task"
CHECK = {"_ansible_check_mode": True, "_ansible_diff": True}
DIFF = {"_ansible_diff": True}


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("snapshots"), ca=authority, vms=150, hosts=4, guest_delay=20) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def named(vcenter) -> dict[str, list[str]]:
    """Names of VMs by kind; those of a kind have no snapshots, but for the last one."""
    found = machines(vcenter, POWER, "config.template", "config.managedBy", "runtime.connectionState", TOOLS, TREE)
    kinds: dict[str, list[str]] = {name: [] for name in ("tools", "no tools", "off", "template", "system", "with snapshots")}
    for name, row in found.items():
        if name == "equal-name":
            continue
        if "config.managedBy" in row or name.startswith("vCLS"):
            kinds["system"].append(name)
        elif row.get("config.template"):
            kinds["template"].append(name)
        elif row.get("runtime.connectionState") == "connected" and "%" not in name and "*" not in name and "?" not in name:
            power = row[POWER] == "poweredOn"
            kind = "with snapshots" if TREE in row else "off" if not power else "tools" if row.get(TOOLS) == "guestToolsRunning" else "no tools"
            kinds[kind].append(name)
    return kinds


@pytest.fixture
def run(vcenter, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, vcenter, "vmware_vm_snapshot")
    vcenter.set_faults([])
    vcenter.set_tasks([])


@pytest.fixture
def vms(vcenter, named, run) -> Iterator[list[str]]:
    """Names of VMs that are on, with running Tools and without snapshots."""
    found = named["tools"][:4]
    _start(vcenter, found)
    yield found
    vcenter.set_faults([])
    vcenter.set_tasks([])
    rows = machines(vcenter)
    with witness(vcenter) as service:
        for name in found:
            wait(machine(service, rows, name).RemoveAllSnapshots())


def _start(simulator: Simulator, names: list[str]) -> None:
    """Power on VMs that another test has left off, and wait for their Tools."""
    rows = machines(simulator, POWER)
    with witness(simulator) as service:
        for name in names:
            if rows[name][POWER] != "poweredOn":
                wait(machine(service, rows, name).PowerOn())
    end = time.monotonic() + 20
    while any(row.get(TOOLS) != "guestToolsRunning" for name, row in machines(simulator, TOOLS).items() if name in names):
        assert time.monotonic() < end, names
        time.sleep(0.05)


def items(names, retention: Any = None, **snapshot: Any) -> list[dict[str, Any]]:
    return [{"name": name, **({"snapshot": snapshot} if snapshot else {}), **({"retention": retention} if retention else {})} for name in names]


@contextmanager
def witness(simulator: Simulator) -> Iterator[vim.ServiceInstance]:
    """A session of plain pyVmomi."""
    service = connect(simulator)
    yield service
    service.content.sessionManager.Logout()


def machine(service: vim.ServiceInstance, found: dict[str, Any], name: str) -> vim.VirtualMachine:
    return vim.VirtualMachine(found[name]["moid"], service._stub)


def take(simulator: Simulator, names: list[str], *snapshots: str, memory: bool = False) -> None:
    """What others do."""
    found = machines(simulator)
    with witness(simulator) as service:
        for snapshot in snapshots:
            for name in names:
                wait(machine(service, found, name).CreateSnapshot(snapshot, "", memory, False))


def nodes(simulator: Simulator, names: list[str]) -> list[list[Any]]:
    """The snapshots of VMs, parents first."""

    def walk(several: Any) -> list[Any]:
        return [one for node in several for one in (node, *walk(node.childSnapshotList))]

    with witness(simulator) as service:
        found = {row["name"]: walk(row.get(TREE, ())) for row in read(service, {vim.VirtualMachine: ["name", TREE]})[vim.VirtualMachine].values()}
    return [found[name] for name in names]


def trees(simulator: Simulator, names: list[str]) -> list[list[str]]:
    """The names of the snapshots of VMs, parents first."""
    return [[node.name for node in several] for several in nodes(simulator, names)]


def results(done: dict[str, Any]) -> list[list[tuple[str, str]]]:
    return [[(one["name"], one["result"]) for one in vm["snapshots"]] for vm in done["vms"]]


def predicted(run: Any, sent: dict[str, int], **options: Any) -> dict[str, Any]:
    """Run in check mode, then for real; the result of the latter, which check mode has told exactly."""
    told = run(**CHECK, **options)
    assert not told["sent"] and not told["failed"], told
    done = run(**DIFF, **options)
    assert not done["failed"], done
    assert done["sent"] == sent
    assert (told["changed"], told["diff"], told["counts"]) == (done["changed"], done["diff"], done["counts"])
    assert [vm["actions"] for vm in told["vms"]] == [vm["actions"] for vm in done["vms"]]
    return done


def unchanged(run: Any, **options: Any) -> None:
    done = run(**DIFF, **options)
    assert (done["failed"], done["changed"], done["sent"], done["diff"]) == (False, False, {}, []), done
    assert not any(vm["tasks"] or vm["actions"] for vm in done["vms"])


def test_present(run, vcenter, vms):
    wanted = {"state": "present", "vms": items(vms, name="before", description="why", quiesce="required")}
    done = predicted(run, {CREATE: 4}, **wanted)
    assert trees(vcenter, vms) == [["before"]] * 4
    for vm in done["vms"]:
        (one,) = vm["snapshots"]
        ((node,),) = nodes(vcenter, [vm["name"]])
        assert (one["result"], one["quiesced"], one["current"], one["description"]) == ("taken", True, True, "why") and vm["tasks"]
        assert (one["id"], one["moid"], node.description) == (node.id, node.snapshot._GetMoId(), "why")
    unchanged(run, **wanted)


def test_memory_and_revert(run, vcenter, vms):
    take(vcenter, vms[:1], "running", memory=True)
    take(vcenter, vms[:1], "off")
    for snapshot, more, after in (
        ("off", {}, "poweredOff"),
        ("running", {}, "poweredOn"),
        ("running", {"power_after_revert": "off"}, "poweredOff"),
        ("off", {"power_after_revert": "on"}, "poweredOn"),
    ):
        sent = {REVERT: 1, **({"PowerOnVM_Task": 1} if more.get("power_after_revert") == "on" else {})}
        done = predicted(run, sent, state="reverted", vms=items(vms[:1], name=snapshot, **more))
        row = machines(vcenter, POWER, CURRENT)[vms[0]]
        (current,) = (one for one in done["vms"][0]["snapshots"] if one["current"])
        assert (row[POWER], row[CURRENT].moid, current["name"], current["result"]) == (after, current["moid"], snapshot, "reverted")
        assert done["diff"][0]["after"]["power_state"] == {"poweredOn": "on", "poweredOff": "off"}[after]


def test_absent(run, vcenter, vms):
    take(vcenter, vms[:2], "a", "b", "c", "d")
    done = predicted(run, {REMOVE: 2}, state="absent", vms=items(vms[:2], name="b"))
    assert results(done) == [[("a", "kept"), ("b", "removed"), ("c", "kept"), ("d", "kept")]] * 2
    assert trees(vcenter, vms[:2]) == [["a", "c", "d"]] * 2
    unchanged(run, state="absent", vms=items(vms[:2], name="b"))
    number = next(one["id"] for one in done["vms"][0]["snapshots"] if one["name"] == "c")
    done = predicted(run, {REMOVE: 2}, state="absent", vms=items(vms[:1], id=number, children=True))
    assert trees(vcenter, vms[:2]) == [["a"], ["a", "c", "d"]]
    done = predicted(run, {REMOVE: 2}, state="absent", vms=items(vms[:2], filters=[{"name": ["c", "D"], "age": {"at_most": "1h"}, "size": {"at_least": "0B"}}]))
    assert trees(vcenter, vms[:2]) == [["a"]] * 2
    unchanged(run, state="absent", vms=items(vms[:2], filters=[{"age": {"at_least": "1h"}}]))


def test_pruned(run, vcenter, vms):
    take(vcenter, vms[:2], "one", "VEEAM BACKUP", "two", "three", "keep-1", "four")
    wanted = {"state": "pruned", "vms": items(vms[:2], retention={"keep": 2, "never": ["*veeam*", "keep-*"]})}
    done = predicted(run, {REMOVE: 4}, **wanted)
    assert trees(vcenter, vms[:2]) == [["VEEAM BACKUP", "three", "keep-1", "four"]] * 2
    reasons = {one["name"]: one["reason"] for one in done["vms"][0]["snapshots"]}
    assert reasons == {
        **dict.fromkeys(("one", "two"), "not one of the newest 2"),
        **dict.fromkeys(("three", "four"), "new enough"),
        **dict.fromkeys(("VEEAM BACKUP", "keep-1"), "its name is in never"),
    }
    unchanged(run, **wanted)
    predicted(run, {REMOVE: 2}, state="pruned", vms=items(vms[:2], retention={"max_age": "0s", "only": ["keep-*"]}))
    unchanged(run, state="pruned", vms=items(vms[:2], retention={"max_age": "1d"}))


def test_what_is_there_from_the_start_is_pruned_by_age_oldest_first(run, vcenter, named, tmp_path):
    path = tmp_path / "journal"
    before = {name: len(tree) for name, tree in zip(named["with snapshots"], trees(vcenter, named["with snapshots"]))}
    wanted = {"state": "pruned", "vms": [{"filters": [{"name": named["with snapshots"][:8]}], "retention": {"max_age": "400d", "keep": 3}}], "at_most": 1000}
    done = run(**wanted, journal=str(path))
    assert not done["failed"] and done["sent"][REMOVE] == sum(vm["actions"].count("remove_snapshot") for vm in done["vms"]) > 3
    for vm, tree in zip(done["vms"], trees(vcenter, [vm["name"] for vm in done["vms"]])):
        kept = [one for one in vm["snapshots"] if one["result"] == "kept"]
        assert len(kept) == len(tree) == before[vm["name"]] - vm["actions"].count("remove_snapshot") <= 3
        gone = [one for one in vm["snapshots"] if one["result"] == "removed"]
        assert all(not kept or one["created"] <= min(other["created"] for other in kept) for one in gone)
        lines = [line for line in journal(path) if line["name"] == vm["name"]]
        assert [line["outcome"] for line in lines] == ["intended", "done"] * len(vm["actions"]), "one at a time"
    unchanged(run, **wanted)


def test_retention_after_present(run, vcenter, vms):
    take(vcenter, vms[:1], "p1", "p2", "p3", "other")
    wanted = {"state": "present", "vms": items(vms[:1], retention={"keep": 2, "only": ["p*"]}, name="p4")}
    done = predicted(run, {CREATE: 1, REMOVE: 2}, **wanted)
    assert done["vms"][0]["actions"] == ["take_snapshot", "remove_snapshot", "remove_snapshot"]
    assert trees(vcenter, vms[:1]) == [["p3", "other", "p4"]]
    unchanged(run, **wanted)


def test_retention_spares_the_snapshot_that_shall_be_present(run, vcenter, vms):
    take(vcenter, vms[:1], "first", "second", "third")
    done = run(state="present", vms=items(vms[:1], retention={"keep": 1, "max_age": "0s"}, name="first"))
    assert not done["failed"] and trees(vcenter, vms[:1]) == [["first"]], done
    unchanged(run, state="present", vms=items(vms[:1], retention={"keep": 1, "max_age": "0s"}, name="first"))


def test_several_of_one_name(run, vms, vcenter):
    take(vcenter, vms[:1], "same", "between", "same")
    unchanged(run, state="present", vms=items(vms[:1], name="same"))
    for state in ("absent", "reverted"):
        done = run(state=state, vms=items(vms[:1], name="same"))
        assert not done["sent"] and "vms[0].snapshot.name: " in done["msg"], done["msg"]
        assert re.search(r"has 2 snapshots 'same': same \(id \d+, 20\S+Z\), same \(id \d+, 20\S+Z\); give id$", done["msg"]), done["msg"]
    done = run(state="reverted", vms=items(vms[:1], name="sane"))
    assert f"{vms[0]} has no snapshot 'sane'; there are same (id " in done["msg"]


def test_quiescing(run, named, vms):
    off, without = named["off"][0], named["no tools"][0]
    done = run(state="present", vms=items([without, *vms[:1]], name="q", quiesce="required"))
    assert done["failed"] and done["counts"]["changed"] == 1 and done["sent"] == {CREATE: 1}
    assert done["vms"][0]["error"].startswith("its guest cannot be quiesced, because VMware Tools do not run")
    done = predicted(run, {CREATE: 2}, state="present", vms=items([without, off], name="q", quiesce="wanted"))
    assert [vm["snapshots"][0]["quiesced"] for vm in done["vms"]] == [False, False]
    assert not run(state="absent", vms=items([without, off], name="q"))["failed"]


def test_disks_that_a_removal_leaves_are_consolidated(run, vcenter, vms):
    moid = machines(vcenter)[vms[0]]["moid"]
    _rename(vcenter, moid, "unmerged-1")
    try:
        take(vcenter, ["unmerged-1"], "x", "y")
        done = run(state="absent", vms=items(["unmerged-1"], name="x"))
        assert (done["vms"][0]["actions"], done["sent"]) == (["remove_snapshot", "consolidate"], {REMOVE: 1, "ConsolidateVMDisks_Task": 1})
        done = run(state="absent", vms=[{**item, "consolidate": False} for item in items(["unmerged-1"], name="y")])
        assert done["sent"] == {REMOVE: 1}
        predicted(run, {"ConsolidateVMDisks_Task": 1}, state="absent", vms=items(["unmerged-1"], name="y"))
        unchanged(run, state="absent", vms=items(["unmerged-1"], name="y"))
    finally:
        _rename(vcenter, moid, vms[0])


def _rename(simulator: Simulator, moid: str, name: str) -> None:
    with witness(simulator) as service:
        wait(vim.VirtualMachine(moid, service._stub).Rename(name))


def test_all_bad_input_is_told_before_anything_is_sent(run, vcenter):
    given = [
        {"name": "a", "snapshot": {"memory": True, "quiesce": "wanted"}, "retention": {"keep": 0, "max_age": "soon"}},
        {"name": "b", "snapshot": {"name": "x" * 81, "children": True, "id": 3}},
        {"name": "c", "snapshot": {"name": "x", "nmae": 1}},
    ]
    done = run(state="present", vms=given[:2], per_datastore=0)
    for part in (
        "per_datastore must be 1 or greater (got 0)",
        "vms[0].snapshot must have name with state present",
        "vms[0].snapshot has memory and quiesce, which exclude each other",
        "vms[0].retention.keep must be 1 or greater (got 0)",
        "vms[0].retention.max_age must be seconds",
        "vms[1].snapshot.name must have 1 to 80 characters (got 81)",
        "vms[1].snapshot.children does not go with state present",
        "vms[1].snapshot.id does not go with state present",
    ):
        assert part in done["msg"], done["msg"]
    assert "vms[2].snapshot.nmae is unknown; did you mean name?" in run(state="present", vms=given)["msg"]
    done = run(state="pruned", vms=[{"name": "a"}, {"name": "b", "retention": {"never": ["x"]}}])
    assert "vms[0].retention must be set with state pruned" in done["msg"] and "vms[1].retention must have keep or max_age" in done["msg"]
    done = run(state="absent", vms=items("ab", filters=[{"age": {"at_least": "old"}, "size": 7}, {"agee": 1}, {"name": []}]))
    for part in (
        "filters[0].age.at_least must be seconds",
        "filters[1]: snapshots have no field 'agee'; did you mean age?",
        "filters[2].name: the list is empty",
    ):
        assert f"vms[1].snapshot.{part}" in done["msg"], done["msg"]
    done = run(state="reverted", vms=[{"filters": [{"name": "x"}], "snapshot": {"name": "y"}}])
    assert "vms[0].filters cannot be used with state reverted" in done["msg"]
    assert not done["sent"] and not vcenter.calls()


def test_protected_and_system_vms_and_limits(run, named, vms):
    done = run(state="present", vms=items(vms, name="x"), protected=[{"name": vms[0]}])
    assert "is protected (protected[0]): leave it out" in done["msg"] and not done["sent"]
    chosen = run(state="present", vms=[{"filters": [{"name": vms}], "snapshot": {"name": "x"}}], protected=[{"name": vms[0]}])
    assert chosen["counts"] == {"changed": 3, "unchanged": 1, "failed": 0, "not_started": 0}
    done = run(state="present", vms=items(named["system"][:1], name="x"))
    assert "is protected (a system VM" in done["msg"] and not done["sent"]
    done = run(state="reverted", vms=items(vms[1:], name="x"), at_most=2)
    assert "at_most is 2, and this call would revert 3 VMs to snapshots" in done["msg"] and not done["sent"]
    done = run(state="absent", vms=items(vms[1:], name="x"), at_most=2)
    assert "at_most is 2, and this call would remove 3 snapshots" in done["msg"] and not done["sent"]
    done = run(state="present", vms=items(named["template"][:1], name="x"))
    assert "it is a template" in done["vms"][0]["error"] and not done["sent"]


def test_calls_grow_with_the_vms_alone(run, named):
    several = named["tools"][4:34]
    assert len(several) == 30
    done = run(state="present", vms=items(several, name="bulk"))
    assert done["counts"]["changed"] == 30 and done["calls"] <= 20 + 1 + 1.1 * 30
    assert run(state="present", vms=items(several, name="bulk"))["calls"] <= 20 + 2
    done = run(state="absent", vms=items(several, name="bulk"), per_datastore=8)
    assert done["counts"]["changed"] == 30 and done["calls"] <= 20 + 1 + 1.1 * 30
    assert run(state="absent", vms=items(several, name="bulk"))["calls"] <= 20 + 2


def test_few_removals_at_a_time_on_one_datastore(run, vcenter, named):
    """With one at a time the tasks follow each other, with several they overlap."""
    rows = machines(vcenter, "datastore")
    by_store: dict[str, list[str]] = {}
    for name in named["tools"]:
        if len(rows[name]["datastore"]) == 1:
            by_store.setdefault(rows[name]["datastore"][0].moid, []).append(name)
    several = max(by_store.values(), key=len)[:3]
    assert len(several) == 3
    take(vcenter, several, "slow")
    vcenter.set_tasks([{"operation": "RemoveSnapshot", "times": 0, "after_ms": 300}])
    done = run(state="absent", vms=items(several, name="slow"), per_datastore=1)
    assert not done["failed"] and done["seconds"] >= 0.9


def fault(state: str, method: str, kind: str = "", **effect: Any) -> Any:
    is_quick = effect.keys() & {"truncate"} or (effect.keys() & {"status"} and not kind)
    return pytest.param(state, method, effect, kind, id=f"{state}-{method}-{'-'.join(map(str, effect))}", marks=[] if is_quick else [pytest.mark.all_only])


@pytest.mark.parametrize(
    ("state", "method", "effect", "kind"),
    [
        *(
            fault(state, method, **{effect: True})
            for state, method in (("present", CREATE), ("absent", REMOVE), ("reverted", REVERT))
            for effect in ("truncate", "reset_after", "end_session")
        ),
        # The server may still take the snapshot: it is not sent again.
        fault("present", CREATE, "unknown", reset=True),
        fault("absent", REMOVE, reset=True),
        fault("reverted", REVERT, "unknown", reset=True),
        *(fault(state, method, fault="NotAuthenticated") for state, method in (("present", CREATE), ("absent", REMOVE))),
        fault("present", CREATE, "unknown", status=503),
        fault("absent", REMOVE, status=503),
        fault("present", CREATE, "permission", fault="NoPermission"),
        fault("absent", REMOVE, "permission", fault="NoPermission"),
        # Carried out long after the connection was cut.
        *(
            fault(state, method, reset_after=True, late_ms=late)
            for state, method in (("present", CREATE), ("absent", REMOVE), ("reverted", REVERT))
            for late in (4_000, 12_000)
        ),
    ],
)
def test_faults(run, vcenter, tmp_path, vms, state, method, effect, kind):
    """Nothing happens twice, nothing is left, and all other VMs are done."""
    take(vcenter, vms[:3], "old")
    path = tmp_path / "journal"
    vcenter.set_faults([{"method": method, **effect}])
    name = "new" if state == "present" else "old"
    done = run(state=state, vms=items(vms[:3], name=name), journal=str(path))
    assert sorted(vm["error_kind"] for vm in done["vms"]) == sorted([kind, "", ""]), done["vms"]
    assert sum(line["outcome"] == "done" for line in journal(path)) == 3 - bool(kind)
    after = {"present": ["old", "new"], "absent": [], "reverted": ["old"]}[state]
    before = ["old"]
    assert sorted(trees(vcenter, vms[:3])) == sorted([after, after, before if kind else after])


@pytest.mark.all_only
@pytest.mark.parametrize(("state", "method"), [("present", CREATE), ("absent", REMOVE)])
@pytest.mark.parametrize(("effect", "kind"), [("hang_after", ""), ("hang", "unknown")])
def test_answer_that_never_comes(run, vcenter, vms, state, method, effect, kind):
    """What has happened is found; of what has not, it may still happen."""
    take(vcenter, vms[:3], "old")
    vcenter.set_faults([{"method": method, effect: True}])
    done = run(state=state, vms=items(vms[:3], name="new" if state == "present" else "old"), timeout=2)
    assert sorted(vm["error_kind"] for vm in done["vms"]) == sorted([kind, "", ""]), done["vms"]
    after = {"present": ["old", "new"], "absent": []}[state]
    assert sorted(trees(vcenter, vms[:3])) == sorted([after, after, ["old"] if kind else after])


@pytest.mark.all_only
@pytest.mark.parametrize(("state", "method"), [("present", CREATE), ("absent", REMOVE), ("reverted", REVERT)])
def test_vm_or_snapshot_that_is_gone_meanwhile(run, vcenter, vms, state, method):
    """That a snapshot which is to be removed is gone already is no error."""
    take(vcenter, vms[:3], "old")
    vcenter.set_faults([{"method": method, "fault": "ManagedObjectNotFound"}])
    done = run(state=state, vms=items(vms[:3], name="new" if state == "present" else "old"))
    assert sorted(vm["error_kind"] for vm in done["vms"]) == ["", "", "" if state == "absent" else "gone"], done["vms"]


@pytest.mark.parametrize(("state", "operation"), [("present", "CreateSnapshot"), ("absent", "RemoveSnapshot"), ("reverted", "RevertToSnapshot")])
def test_task_that_fails(run, vcenter, vms, state, operation):
    take(vcenter, vms[:3], "old")
    vcenter.set_tasks([{"operation": operation, "after_ms": 50, "fault": "FileFault", "parts": {"file": "[x] y.vmdk"}}])
    done = run(state=state, vms=items(vms[:3], name="new" if state == "present" else "old"))
    assert sorted(vm["error_kind"] for vm in done["vms"]) == ["", "", "refused"]
    assert "FileFault" in done["msg"] and len(done["vms"]) == 3
    assert sum(one["result"] in ("take", "remove", "revert") for vm in done["vms"] for one in vm["snapshots"]) == 1


def test_task_that_is_not_awaited(run, vcenter, vms):
    vcenter.set_tasks([{"operation": "CreateSnapshot", "times": 0, "after_ms": 500}])
    done = run(state="present", vms=items(vms[:1], name="later"), wait=False)
    assert done["changed"] and done["vms"][0]["tasks"] and results(done) == [[("later", "take")]]
    for _attempt in range(300):
        if trees(vcenter, vms[:1]) == [["later"]]:
            return
    raise AssertionError("the task has not ended")


def test_standalone_host(tmp_path, authority):
    with start_simulator(tmp_path, ca=authority, kind="esxi", vms=12, guest_delay=20) as host:
        run = partial(change, tmp_path, host, "vmware_vm_snapshot")
        vms = [name for name, row in machines(host, POWER, TREE).items() if row[POWER] == "poweredOn" and TREE not in row][:2]
        wanted = {"state": "present", "vms": items(vms, name="before")}
        predicted(run, {CREATE: 2}, **wanted)
        unchanged(run, **wanted)
        host.set_faults([{"method": CREATE, "truncate": True}])
        predicted(run, {CREATE: 2, REMOVE: 2}, state="present", vms=items(vms, retention={"keep": 1}, name="after"))
        assert trees(host, vms) == [["after"]] * 2
