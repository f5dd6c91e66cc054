# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that change VMs are given beside their options; whole plays are in tests/integration/test_changes.py."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.plugin_utils.job import followed_module, progress
from ansible_collections.estate.vmware.plugins.plugin_utils.job.followed_module import ChangingModule


def evaluate(value: Any) -> Any:
    if value == "{{ typo }}":
        raise ValueError("typo is undefined")
    return value


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the action; its result, and the options of the module."""
    monkeypatch.setattr(progress.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    given: dict[str, Any] = {}

    def execute(_self: Any, module_args: dict[str, Any], **_options: Any) -> dict[str, Any]:
        given.update(module_args)
        return {"changed": True}

    monkeypatch.setattr(ChangingModule, "_execute_module", execute)
    monkeypatch.setattr(ChangingModule, "_remove_tmp_path", lambda *_arguments: None)

    def run(task_vars: dict[str, Any], **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        task = SimpleNamespace(args=options, async_val=0, check_mode=False, diff=False, no_log=False, throttle=0, action="")
        connection = SimpleNamespace(transport="local", _shell=SimpleNamespace(tmpdir=None))
        result = ChangingModule(task, connection, SimpleNamespace(), None, SimpleNamespace(template=evaluate), None).run(task_vars=task_vars)
        given.pop("progress_pipe", None)
        return result, given

    return run


def test_task_without_variables_of_the_job(run):
    assert run({}, vms=[])[1] == {"vms": []}


def test_variables_of_the_job(run):
    variables = {"vmware_journal": "/var/journal", "vmware_protected": [{"name": "db-*"}]}
    assert run(variables, vms=[])[1] == {"vms": [], "journal": "/var/journal", "protected": [{"name": "db-*"}]}


def test_relative_journal_of_the_job_begins_where_the_job_was_started(run):
    assert run({"vmware_journal": "changes/journal"})[1] == {"journal": os.path.realpath("changes/journal")}


def test_filters_add_up_and_the_journal_of_the_task_wins(run):
    variables = {"vmware_journal": "/var/journal", "vmware_protected": {"name": "db-*"}}
    given = run(variables, journal="mine", protected=[{"name": "a"}])[1]
    assert given == {"journal": "mine", "protected": [{"name": "a"}, {"name": "db-*"}]}


def test_variable_that_cannot_be_evaluated_runs_nothing(run):
    result, given = run({"vmware_protected": "{{ typo }}"}, vms=[])
    assert result["failed"] and result["msg"].startswith("vmware_protected cannot be evaluated: ")
    assert not given


def test_vcenters_of_the_play_are_protected(run):
    hosts = {"east": {"vmware_hostname": "vc-east"}, "west": {"vmware_hostname": "vc-west"}, "web-1": {}}
    variables = {"ansible_play_hosts_all": [*hosts, "gone"], "hostvars": hosts}
    assert run(variables, protected_servers=["192.0.2.9"])[1]["protected_servers"] == ["192.0.2.9", "vc-east", "vc-west"]


@pytest.mark.parametrize(
    ("host", "options", "expected"), [("east", {"hostname": "vc"}, "east"), ("localhost", {"hostname": "vc"}, "vc"), ("localhost", {}, "localhost")]
)
def test_name_of_the_source_in_lines(run, monkeypatch, host, options, expected):
    names = []
    monkeypatch.setattr(followed_module, "follower", lambda name, *_arguments: names.append(name))
    run({"inventory_hostname": host}, **options)
    assert names == [expected]
