# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module that runs in a child process returns what it returns in one of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants

from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import run_module
from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_module import run_in_child, would_run_here
from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_process import ChildFailed

NAME = "estate.vmware.example"
SPEC = {"path": {"type": "path", "required": True}, "size": {"type": "int", "default": 3}, "key": {"type": "str", "no_log": True}}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs work as a module in a child process; what it returns."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))

    def run(work, internal: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        def main(make) -> None:
            # The module changes its own copy.
            run_module(work, {name: dict(spec) for name, spec in SPEC.items()}, what="work", make=make, add_file_common_args=True)

        action = SimpleNamespace(_update_module_args=lambda name, arguments, task_vars: arguments.update(internal or {}, _ansible_module_name=name))
        return run_in_child(action, NAME, main, options, {})

    return run


def test_result_has_options_as_the_module_got_them(run, tmp_path):
    text = type("Text", (str,), {})
    found = run(lambda module: {"changed": False, "found": module.params["path"], "size": (module.params["size"], 1)}, path=text("~/x"), size="4")
    assert (found["changed"], found["found"], found["size"]) == (False, os.path.expanduser("~/x"), [4, 1])
    assert found["invocation"]["module_args"]["size"] == 4
    assert "warnings" not in found and "failed" not in found
    assert list(tmp_path.iterdir()) == []


def test_options_that_are_wrong(run):
    found = run(lambda module: {}, size="many")
    assert found["failed"] and "path" in found["msg"]
    found = run(lambda module: {}, path="/", sise=1)
    assert found["msg"].startswith(f"Unsupported parameters for ({NAME}) module: sise.")


def test_check_mode_diff_and_temporary_folder(run, tmp_path):
    def work(module):
        (Path(module.tmpdir) / "file").touch()
        return {"check": module.check_mode, "is_diff": module._diff, "folder": module.tmpdir}

    found = run(work, {"_ansible_check_mode": True, "_ansible_diff": True, "_ansible_remote_tmp": "/nonexistent"}, path="/")
    assert (found["check"], found["is_diff"], Path(found["folder"]).parent) == (True, True, tmp_path)
    assert list(tmp_path.iterdir()) == [], "its temporary folder is removed"


def test_warnings_and_what_is_said_of_a_path(run, tmp_path):
    def work(module):
        module.warn("beware")
        return {"dest": module.params["path"]}

    file = tmp_path / "file"
    file.write_text("12345")
    file.chmod(0o640)
    found = run(work, path=str(file))
    assert (found["warnings"], found["mode"], found["size"]) == (["beware"], "0640", 5)


def test_secrets_are_masked(run):
    found = run(lambda module: {"said": f"it is {module.params['key']}", "ok": True}, path="/", key="s3cret-key")
    assert "s3cret-key" not in str(found)
    assert found["ok"] is True


def test_invocation_is_left_out_where_ansible_wants_none(run):
    assert "invocation" not in run(lambda module: {}, {"_ansible_inject_invocation": False}, path="/")


def test_what_it_raises_is_reported_with_its_place(run):
    def fail(module):
        raise KeyError("odd")

    with pytest.raises(ChildFailed, match="KeyError: 'odd'") as caught:
        run(fail, path="/")
    assert "in fail" in caught.value.trace


def test_module_that_is_terminated_cleans_up_and_says_so(run, tmp_path):
    def work(module):
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            (tmp_path / "clean").touch()

    found = run(work, path="/")
    assert (found["failed"], found["msg"]) == (True, "the work was terminated")
    assert (tmp_path / "clean").exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"environment": [{}]}, True),
        ({"environment": [{"LANG": "C"}]}, False),
        ({"transport": "ssh"}, False),
        ({"become": object()}, False),
        ({"interpreter": "/usr/bin/another"}, False),
        ({"interpreter": None}, False),
        ({"async_val": 60}, False),
        ({"delegate_to": "localhost"}, True),
        ({"delegate_to": "other"}, False),
    ],
)
def test_only_what_would_run_in_the_same_way_runs_here(changes, expected):
    given = {"transport": "local", "become": None, "environment": [], "interpreter": sys.executable, "async_val": 0, "delegate_to": None, **changes}
    action = SimpleNamespace(
        _connection=SimpleNamespace(transport=given["transport"], become=given["become"]),
        _task=SimpleNamespace(**{name: given[name] for name in ("environment", "async_val", "delegate_to")}),
        _templar=SimpleNamespace(template=lambda value: value),
    )
    delegated = {"localhost": {"ansible_python_interpreter": sys.executable}, "other": {"ansible_python_interpreter": "/usr/bin/another"}}
    assert would_run_here(action, {"ansible_python_interpreter": given["interpreter"], "ansible_delegated_vars": delegated}) is expected
