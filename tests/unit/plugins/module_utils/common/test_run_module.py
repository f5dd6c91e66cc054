# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import signal

import pytest
from ansible.module_utils import basic

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import ModuleFailure, run_module

SPEC = {"password": {"type": "str", "no_log": True}}


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a module with a password, and returns what it prints."""
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": {"password": "s3cret"}}).encode())
    # Newer releases of Ansible choose a profile.
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)

    def run(work, **settings):
        with pytest.raises(SystemExit):
            run_module(work, SPEC, **settings)
        return json.loads(capsys.readouterr().out)

    return run


def fail(error):
    raise error


def test_result(run):
    found = run(lambda module: {"changed": module.check_mode, "text": f"it is {module.params['password']}"})
    assert (found["changed"], found["text"]) == (False, "it is ********")


@pytest.mark.parametrize("error", [EstateError("no s3cret here"), ModuleFailure("no s3cret here", source="east")])
def test_errors_fail_the_module(run, error):
    found = run(lambda module: fail(error))
    assert found["failed"] and found["msg"] == "no ******** here"
    assert found.get("source") == getattr(error, "result", {}).get("source")


def test_missing_library(run):
    found = run(fail, library=("pyvmomi", ImportError("no module")))
    assert found["failed"] and "pyvmomi" in found["msg"]
    assert "failed" not in run(lambda module: {}, library=("pyvmomi", None))


def test_other_errors_are_raised(run):
    with pytest.raises(ZeroDivisionError):
        run(lambda module: 1 / 0)


def test_signal(run):
    before = signal.getsignal(signal.SIGTERM)
    try:
        found = run(lambda module: os.kill(os.getpid(), signal.SIGTERM) or {}, what="scan")
    finally:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, before if number == signal.SIGTERM else signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    assert found["msg"] == "the scan was terminated"
