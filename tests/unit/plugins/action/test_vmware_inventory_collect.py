# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Results that need no source; whole plays are in tests/integration."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.action import vmware_inventory_collect as action


@pytest.fixture
def run(tmp_path):
    """Runs the action on a host with variables of the role."""

    def run(arguments: dict[str, Any], **variables: Any) -> dict[str, Any]:
        task = SimpleNamespace(args=arguments, async_val=0, check_mode=False, diff=False, no_log=False, throttle=0, action="")
        templar = SimpleNamespace(template=lambda value: value)
        plugin = action.ActionModule(task, SimpleNamespace(_shell=SimpleNamespace(tmpdir=None)), SimpleNamespace(), None, templar, None)
        return plugin.run(task_vars={"inventory_hostname": "east", "vmware_collect_dest": str(tmp_path / "scans"), **variables})

    return run


@pytest.fixture
def scans(tmp_path):
    (tmp_path / "scans" / "failed").mkdir(parents=True)
    return tmp_path / "scans"


def test_scan_that_another_job_left(run, scans):
    (scans / "a%2Fb.sqlite").touch()
    found = run({"read": False}, vmware_collect_source="a/b")
    assert (found["source"], found["scan_file"], found["good_scan_file"]) == ("a/b", *[str(scans / "a%2Fb.sqlite")] * 2)


def test_failed_scan_is_newer_than_the_good_one(run, scans):
    for folder in (scans, scans / "failed"):
        (folder / "east.sqlite").touch()
    found = run({"read": False})
    assert (found["scan_file"], found["good_scan_file"]) == (str(scans / "failed" / "east.sqlite"), str(scans / "east.sqlite"))


def test_scan_that_is_too_old_is_missing(run, scans):
    (scans / "east.sqlite").touch()
    hours_ago = time.time() - 7 * 3600
    os.utime(scans / "east.sqlite", (hours_ago, hours_ago))
    assert run({"read": False, "max_age": "8h"})["scan_file"]
    found = run({"read": False, "max_age": "6h"})
    assert (found["status"], found["scan_file"]) == ("failed", "")
    assert found["error"] == f"there is no scan of it in {scans} that is younger than 6h"


def test_missing_folder(run, tmp_path):
    found = run({"read": False})
    assert (found["status"], found["error"]) == ("failed", f"there is no folder {tmp_path / 'scans'}: check vmware_collect_dest")


def test_invalid_options_fail_the_source_and_not_the_task(run, scans):
    found = run({}, vmware_collect_source="east", vmware_port=0, vmware_username="reader", vmware_password="s3cret")
    assert "failed" not in found and found["status"] == "failed"
    assert (found["error"], found["error_kind"]) == ("vmware_port must be 1 to 65535 (got 0)", "option")
    assert found["scan_file"] == str(scans / "failed" / "east.sqlite")


def test_invalid_age_fails_the_source(run, scans):
    found = run({"read": False, "max_age": "old"})
    assert (found["status"], found["error_kind"]) == ("failed", "option")
    assert found["error"].startswith("max_age must be seconds")
