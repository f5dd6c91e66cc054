# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules that change VMs share, as playbooks meet it: variables of the job, progress, signals, a job that is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.tests import module_process
from ansible_collections.estate.vmware.tests.integration.changing import connection, journal, machines
from ansible_collections.estate.vmware.tests.integration.running import COLLECTIONS, ansible_environment, run_playbook, source

ON, OFF = "poweredOn", "poweredOff"


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("changes"), ca=authority, vms=70) as simulator:
        yield simulator


@pytest.fixture
def vms(vcenter) -> Iterator[list[str]]:
    """Names of VMs that are on."""
    found = machines(vcenter, "runtime.powerState")
    yield [name for name, row in found.items() if row["runtime.powerState"] == ON and name.startswith(("web-", "app-"))]
    vcenter.set_tasks([])


def play(folder: Path, simulator: Simulator, variables: dict[str, Any], *arguments: str, **options: Any) -> Any:
    """Run vmware_vm_power in a play for one source; what the job says, and the result of the module."""
    folder.mkdir()
    result = folder / "result.json"
    mine = {name: f"{{{{ vmware_{name} }}}}" for name in ("hostname", "port", "username", "password", "ca_path")}
    playbook = folder / "play.yml"
    tasks = [
        {"name": "Power", "estate.vmware.vmware_vm_power": options, "register": "done", "ignore_errors": True},
        {"name": "Keep", "ansible.builtin.copy": {"content": "{{ done | to_json }}", "dest": str(result)}, "check_mode": False},
    ]
    defaults = {"group/estate.vmware.vmware": mine}
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "connection": "local", "module_defaults": defaults, "tasks": tasks}]))
    host = {**source(simulator), "ansible_python_interpreter": sys.executable, **variables}
    job = run_playbook(folder / "run", playbook, {"vmware_sources": {"hosts": {"east": host}}}, *arguments)
    assert job.returncode == 0, job.stdout + job.stderr
    assert simulator.password not in job.stdout + result.read_text() + "".join(path.read_text() for path in folder.glob("*.jsonl"))
    return job.stdout, json.loads(result.read_text())


def test_variables_of_the_job_and_progress(tmp_path, vcenter, vms):
    vcenter.set_tasks([{"operation": "PowerOff", "times": 0, "after_ms": 6500, "progress": [50]}])
    path = tmp_path / "journal.jsonl"
    variables = {"vmware_journal": str(path), "vmware_protected": [{"name": "{{ protected_name }}"}], "protected_name": vms[2]}
    said, done = play(tmp_path / "off", vcenter, variables, "-vvvv", state="off", vms=[{"name": name} for name in vms[:2]])
    assert done["counts"]["changed"] == 2, done
    assert re.search(r"^east: power_off 0 of 2 done, 2 running \(\d+ %\)$", said, re.MULTILINE), said[-3000:]
    assert [line["outcome"] for line in journal(path)] == ["intended", "intended", "done", "done"]
    said, done = play(tmp_path / "protected", vcenter, variables, state="off", vms=[{"name": vms[2]}])
    assert "is protected (protected[0])" in done["msg"]
    assert len(journal(path)) == 4


def test_check_mode_and_diff(tmp_path, vcenter, vms):
    vcenter.reset_calls()
    said, done = play(tmp_path / "check", vcenter, {}, "--check", "--diff", state="reset", vms=[{"name": name} for name in vms[:1]])
    assert done["changed"] and "ResetVM_Task" not in vcenter.calls()
    assert '"power_state": "on (reset)"' in said


class Started:
    """A module that runs beside the test, until its task has begun.

    :ivar finished: what it printed.
    """

    def __init__(self, folder: Path, simulator: Simulator, **options: Any) -> None:
        self._pid = folder / "pid"
        environment = ansible_environment(folder)
        before = f"import os; open({str(self._pid)!r}, 'w').write(str(os.getpid()))"
        options = {**connection(simulator), **options}
        simulator.reset_calls()

        def run() -> None:
            self.finished = module_process.run("vmware_vm_power", options, folder, {**environment, "PYTHONPATH": str(COLLECTIONS)}, before)

        self._thread = threading.Thread(target=run)
        self._thread.start()
        while simulator.calls().get("WaitForUpdatesEx", 0) < 1:
            assert self._thread.is_alive()

    def kill(self, number: int) -> None:
        os.kill(int(self._pid.read_text()), number)

    def result(self) -> dict[str, Any]:
        self._thread.join(30)
        return json.loads(self.finished.stdout)


@pytest.fixture
def endless(vcenter):
    vcenter.set_tasks([{"operation": "PowerOff", "times": 0, "after_ms": 600_000}])


def test_terminated_module_says_what_goes_on(tmp_path, vcenter, vms, endless):
    path = tmp_path / "journal"
    started = Started(tmp_path, vcenter, state="off", vms=[{"name": name} for name in vms[3:6]], concurrency=1, journal=str(path))
    started.kill(signal.SIGTERM)
    done = started.result()
    first, *others = done["vms"]
    assert done["failed"] and first["error"].startswith(f"power_off goes on as {first['tasks'][0]}: ")
    assert first["error_kind"] == "cancelled"
    assert [vm["error_kind"] for vm in others] == ["not_started", "not_started"]
    assert [(line["outcome"], line["task"]) for line in journal(path)] == [("intended", ""), ("running", first["tasks"][0])]
    assert not any(vcenter.left().values())
    assert vcenter.calls()["PowerOffVM_Task"] == 1


def test_killed_module_leaves_what_it_intended(tmp_path, vcenter, vms, endless):
    path = tmp_path / "journal"
    started = Started(tmp_path, vcenter, state="off", vms=[{"name": vms[6]}], journal=str(path))
    started.kill(signal.SIGKILL)
    with pytest.raises(json.JSONDecodeError):
        started.result()
    assert [line["outcome"] for line in journal(path)] == ["intended"]
    vcenter.end_sessions()


def test_nothing_is_started_once_the_job_has_gone(tmp_path, vcenter, vms, endless):
    path, pipe = tmp_path / "journal", tmp_path / "pipe"
    os.mkfifo(pipe)
    job = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    wanted = [{"name": name} for name in vms[7:10]]
    started = Started(tmp_path, vcenter, state="off", vms=wanted, concurrency=1, journal=str(path), progress_pipe=str(pipe))
    os.close(job)
    done = started.result()
    assert [vm["error_kind"] for vm in done["vms"]] == ["cancelled", "not_started", "not_started"]
    assert [line["outcome"] for line in journal(path)] == ["intended", "running"]
    assert not any(vcenter.left().values())
