# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules and playbooks that end while VMs are made, cloned or pruned: the tasks go on, what runs is named, and the next run makes nothing twice."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.tests.integration.changing import change, connection, journal, machines
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_playbook, source, start_job, start_module

POWER = "runtime.powerState"
VM_COUNT = 3
#: Milliseconds that tasks take: longer than the module needs to begin them all.
SLOW = 8000
CREATE, CLONE, REMOVE = "CreateVM_Task", "CloneVM_Task", "RemoveSnapshot_Task"
_WRITE_NUMBER = "import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))"


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("ending"), name="vcenter", ca=authority, vms=4, plain=True, guest_delay=20) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def _tasks_as_usual(vcenter: Simulator) -> Iterator[None]:
    yield
    vcenter.set_tasks([])
    vcenter.end_sessions()


def items(kind: str, name: str) -> list[dict[str, Any]]:
    """Items that make three VMs which are on."""
    made = {
        "create": {"memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}},
        "clone": {"source": {"vm": "DC0_H0_VM0"}, "cpu": {"count": 2}},
    }[kind]
    placement = {"host": "DC0_H0", "datastore": "LocalDS_0"}
    return [{"name": f"{name}-{{n}}", "count": VM_COUNT, "placement": placement, "power": "on", **made}]


def until(holds: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + 240
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def made(vcenter: Simulator, name: str) -> dict[str, Any]:
    return {other: row for other, row in machines(vcenter, POWER).items() if other.startswith(f"{name}-")}


def ended(vcenter: Simulator, method: str, end: Callable[[], Any]) -> None:
    """End something once all tasks have begun."""
    until(lambda: vcenter.calls().get(method, 0) == VM_COUNT, f"{method} is not called")
    time.sleep(0.3)
    end()


def completed(run: Callable[..., dict[str, Any]], vcenter: Simulator, kind: str, name: str) -> None:
    """Run again: what is there is taken as it is, and nothing is there twice."""
    until(lambda: len(made(vcenter, name)) == VM_COUNT, "the tasks do not end")
    vcenter.set_tasks([])
    done = run(vms=items(kind, name))
    assert not done["failed"] and not done["sent"].keys() & {CREATE, CLONE}, done
    assert [row[POWER] for row in made(vcenter, name).values()] == ["poweredOn"] * VM_COUNT


def case(kind: str, ending: str) -> Any:
    is_quick = (kind, ending) in (("clone", "SIGTERM"), ("create", "SIGKILL"))
    return pytest.param(kind, ending, id=f"{kind}-{ending}", marks=[] if is_quick else [pytest.mark.all_only])


@pytest.mark.parametrize(("kind", "ending"), [case(kind, ending) for kind in ("create", "clone") for ending in ("SIGTERM", "SIGKILL")])
def test_module_that_gets_a_signal(vcenter, tmp_path, kind, ending):
    """Of one that is killed the journal alone tells, and the server ends its session."""
    name, method = f"{kind}-{ending.lower()}", {"create": CREATE, "clone": CLONE}[kind]
    vcenter.set_tasks([{"operation": method, "times": 0, "after_ms": SLOW}])
    vcenter.reset_calls()
    path = tmp_path / "journal"
    options = {**connection(vcenter), "vms": items(kind, name), "journal": str(path)}
    with ThreadPoolExecutor(1) as pool:
        module = pool.submit(start_module, tmp_path, "vmware_vm", options, _WRITE_NUMBER)
        ended(vcenter, method, lambda: os.kill(int((tmp_path / "pid").read_text()), signal.Signals[ending]))
        done = module.result()
    lines = journal(path)
    if ending == "SIGTERM":
        result = json.loads(done.stdout)
        assert [vm["error_kind"] for vm in result["vms"]] == ["cancelled"] * VM_COUNT
        assert all(vm["tasks"][0] in vm["error"] and f"{kind} goes on as " in vm["error"] for vm in result["vms"])
        assert sorted(line["outcome"] for line in lines) == ["intended"] * VM_COUNT + ["running"] * VM_COUNT
        assert not any(vcenter.left().values())
    else:
        assert not done.stdout
        assert [line["outcome"] for line in lines] == ["intended"] * VM_COUNT
        vcenter.end_sessions()
    completed(partial(change, tmp_path, vcenter, "vmware_vm"), vcenter, kind, name)


@pytest.mark.all_only
@pytest.mark.parametrize("kind", ["create", "clone"])
def test_module_whose_deadline_passes(vcenter, tmp_path, kind):
    name, method = f"{kind}-deadline", {"create": CREATE, "clone": CLONE}[kind]
    vcenter.set_tasks([{"operation": method, "times": 0, "after_ms": 9000}])
    path = tmp_path / "journal"
    run = partial(change, tmp_path, vcenter, "vmware_vm")
    done = run(vms=items(kind, name), deadline=5, concurrency=2, journal=str(path))
    assert [vm["error_kind"] for vm in done["vms"]] == ["unknown", "unknown", "deadline"], done["vms"]
    assert all(vm["tasks"][0] in vm["error"] for vm in done["vms"][:2]) and not done["vms"][2]["tasks"]
    until(lambda: len(made(vcenter, name)) == 2, "the tasks do not end")
    vcenter.set_tasks([])
    assert run(vms=items(kind, name))["sent"][method] == 1
    assert [row[POWER] for row in made(vcenter, name).values()] == ["poweredOn"] * VM_COUNT


@pytest.mark.all_only
@pytest.mark.parametrize("kind", ["create", "clone"])
def test_module_whose_session_ends(vcenter, tmp_path, kind):
    """It logs in again, and awaits the same tasks."""
    name, method = f"{kind}-session", {"create": CREATE, "clone": CLONE}[kind]
    vcenter.set_tasks([{"operation": method, "times": 0, "after_ms": SLOW}])
    run = partial(change, tmp_path, vcenter, "vmware_vm")
    vcenter.reset_calls()
    with ThreadPoolExecutor(1) as pool:
        module = pool.submit(run, vms=items(kind, name))
        ended(vcenter, method, vcenter.end_sessions)
        done = module.result()
    assert not done["failed"] and done["sent"][method] == VM_COUNT and vcenter.calls()["Login"] == 2, done
    completed(run, vcenter, kind, name)


def job(playbook: str, ending: str) -> Any:
    is_quick = (playbook, ending) == ("clone_vms", "SIGTERM")
    return pytest.param(playbook, ending, id=f"{playbook}-{ending}", marks=[] if is_quick else [pytest.mark.all_only])


@pytest.mark.parametrize(
    ("playbook", "ending"),
    [job(playbook, ending) for playbook in ("create_vms", "clone_vms", "prune_snapshots") for ending in ("SIGTERM", "SIGKILL", "session")],
)
def test_playbook_that_is_ended(vcenter, tmp_path, playbook, ending):
    """Its modules end with it. A session that ends is replaced."""
    name, folder = f"{playbook}-{ending.lower()}".replace("_", "-"), tmp_path / "job"
    path = REPOSITORY / "playbooks" / f"{playbook}.yml"
    method = {"create_vms": CREATE, "clone_vms": CLONE, "prune_snapshots": REMOVE}[playbook]
    kind = "clone" if playbook == "clone_vms" else "create"
    if playbook == "prune_snapshots":
        run = partial(change, tmp_path, vcenter)
        run("vmware_vm", vms=items(kind, name))
        for snapshot in ("old", "new"):
            run("vmware_vm_snapshot", state="present", vms=[{"filters": [{"name": f"{name}-*"}], "snapshot": {"name": snapshot}}])
        variables = {
            "vmware_prune_filters": [{"name": f"{name}-*"}],
            "vmware_prune_retention": {"keep": 1},
            "vmware_prune_remove": True,
            "vmware_prune_per_datastore": VM_COUNT,
        }
    else:
        variables = {"vmware_vms": items(kind, name)}
    vcenter.set_tasks([{"operation": method, "times": 0, "after_ms": SLOW}])
    vcenter.reset_calls()
    arguments = ("--extra-vars", json.dumps(variables))
    with_journal = {"vcenter": source(vcenter, vmware_journal=str(tmp_path / "journal"))}
    process = start_job(folder, with_journal, *arguments, playbook=path)
    try:
        end = vcenter.end_sessions if ending == "session" else lambda: os.killpg(process.pid, signal.Signals[ending])
        ended(vcenter, method, end)
        code = process.wait(120)
    finally:
        process.kill()
        process.wait()
    said = folder.with_name("job.output").read_text()
    assert (code == 0) == (ending == "session"), said
    assert "Traceback" not in said and vcenter.password not in said
    if ending == "SIGKILL":
        vcenter.end_sessions()
    else:
        until(lambda: not any(vcenter.left().values()), f"left: {vcenter.left()}")
    if ending == "SIGTERM":
        outcomes = [line["outcome"] for line in journal(tmp_path / "journal")]
        assert outcomes.count("running") + outcomes.count("done") == VM_COUNT, outcomes
    if playbook == "prune_snapshots":
        until(lambda: all("childSnapshotList" not in str(row.get("snapshot")) for row in _trees(vcenter, name)), "the tasks do not end")
    else:
        until(lambda: len(made(vcenter, name)) == VM_COUNT, "the tasks do not end")
    vcenter.set_tasks([])
    vcenter.reset_calls()
    done = run_playbook(folder, path, {"vmware_sources": {"hosts": with_journal}}, *arguments)
    assert done.returncode == 0 and not vcenter.calls().get(method), done.stdout + done.stderr
    assert [row[POWER] for row in made(vcenter, name).values()] == ["poweredOn"] * VM_COUNT


def _trees(vcenter: Simulator, name: str) -> list[dict[str, Any]]:
    return [row for other, row in machines(vcenter, "snapshot").items() if other.startswith(f"{name}-")]
