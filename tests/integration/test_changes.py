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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.tests.integration.changing import Started, journal, machines
from ansible_collections.estate.vmware.tests.integration.running import run_module, run_playbook, source

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


def play(folder: Path, simulator: Simulator, variables: dict[str, Any], tasks: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Run vmware_vm_power as several tasks of a play for one source; what the job says, and the result of each task.

    :param tasks: name to options, and to what else the task has.
    """
    folder.mkdir()
    result, playbook = folder / "result.json", folder / "play.yml"
    mine = {name: f"{{{{ vmware_{name} }}}}" for name in ("hostname", "port", "username", "password", "ca_path")}
    further = ("check_mode", "diff")
    steps: list[dict[str, Any]] = [
        {
            "name": name,
            "estate.vmware.vmware_vm_power": {key: value for key, value in options.items() if key not in further},
            "register": name,
            "ignore_errors": True,
            **{key: options[key] for key in further if key in options},
        }
        for name, options in tasks.items()
    ]
    results = ", ".join(f"'{name}': {name}" for name in tasks)
    steps.append({"name": "Keep", "ansible.builtin.copy": {"content": "{{ {" + results + "} | to_json }}", "dest": str(result)}})
    defaults = {"group/estate.vmware.vmware": mine}
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "connection": "local", "module_defaults": defaults, "tasks": steps}]))
    host = {**source(simulator), "ansible_python_interpreter": sys.executable, **variables}
    job = run_playbook(folder / "run", playbook, {"vmware_sources": {"hosts": {"east": host}}}, "-vvvv")
    assert job.returncode == 0, job.stdout + job.stderr
    assert simulator.password not in job.stdout + result.read_text()
    return job.stdout, json.loads(result.read_text())


def test_tasks_of_a_job(tmp_path, vcenter, vms):
    """Progress, variables of the job, check mode and diff."""
    vcenter.set_tasks([{"operation": "PowerOff", "times": 0, "after_ms": 6500, "progress": [50]}])
    path = tmp_path / "journal.jsonl"
    variables = {"vmware_journal": str(path), "vmware_protected": [{"name": "{{ protected_name }}"}], "protected_name": vms[2]}
    tasks: dict[str, dict[str, Any]] = {
        "off": {"state": "off", "vms": [{"name": name} for name in vms[:2]]},
        "protected": {"state": "off", "vms": [{"name": vms[2]}]},
        "check": {"state": "reset", "vms": [{"name": vms[3]}], "check_mode": True, "diff": True},
    }
    vcenter.reset_calls()
    said, done = play(tmp_path / "job", vcenter, variables, tasks)
    assert done["off"]["counts"]["changed"] == 2, done
    assert re.search(r"^east: power_off 0 of 2 done, 2 running \(\d+ %\)$", said, re.MULTILINE), said[-3000:]
    assert "is protected (protected[0])" in done["protected"]["msg"]
    assert done["check"]["changed"] and '"power_state": "on (reset)"' in said
    assert [line["outcome"] for line in journal(path)] == ["intended", "intended", "done", "done"]
    assert "ResetVM_Task" not in vcenter.calls()
    assert vcenter.password not in path.read_text()


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("vmware_vm", {}),
        ("vmware_vm_power", {"state": "on"}),
        ("vmware_vm_snapshot", {"state": "pruned"}),
        ("vmware_template", {"state": "vm"}),
        ("vmware_host_service", {"hosts": [{"name": "esx-1"}], "services": [{"name": "SSH", "running": True}]}),
    ],
)
@pytest.mark.parametrize("is_check", [False, True], ids=["doing", "check mode"])
def test_relative_paths_are_refused(tmp_path, module, options, is_check):
    paths = {"journal": "journal.jsonl"} if "hosts" in options else {"journal": "journal.jsonl", "dest": "out/all.json"}
    given = {"vms": [{"name": "a"}], **options} if "hosts" not in options else options
    result = run_module(tmp_path, module, hostname="127.0.0.1:1", username="u", password="p4ssword", _ansible_check_mode=is_check, **given, **paths)
    for name, path in paths.items():
        assert f"{name} must be an absolute path (got '{path}')" in result["msg"]


@pytest.fixture
def endless(vcenter):
    vcenter.set_tasks([{"operation": "PowerOff", "times": 0, "after_ms": 600_000}])


def test_terminated_module_says_what_goes_on(tmp_path, vcenter, vms, endless):
    path = tmp_path / "journal"
    started = Started(tmp_path, vcenter, "vmware_vm_power", state="off", vms=[{"name": name} for name in vms[3:6]], concurrency=1, journal=str(path))
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
    started = Started(tmp_path, vcenter, "vmware_vm_power", state="off", vms=[{"name": vms[6]}], journal=str(path))
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
    started = Started(tmp_path, vcenter, "vmware_vm_power", state="off", vms=wanted, concurrency=1, journal=str(path), progress_pipe=str(pipe))
    os.close(job)
    done = started.result()
    assert [vm["error_kind"] for vm in done["vms"]] == ["cancelled", "not_started", "not_started"]
    assert [line["outcome"] for line in journal(path)] == ["intended", "running"]
    assert not any(vcenter.left().values())
