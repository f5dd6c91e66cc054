# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people see while a slow source is read, and that nothing of it is left."""

from __future__ import annotations

import json
import re

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.running import run_job, source

VMS = 40
PAGES = {"vmware_collect_page_size": 10}


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """A vCenter that takes its time for each page."""
    with start_simulator(tmp_path_factory.mktemp("slow"), name="slow", vms=VMS, hosts=3, method_delays={"ContinueRetrievePropertiesEx": 900}) as simulator:
        yield simulator


def lines_of(output: str) -> list[str]:
    return [line for line in output.splitlines() if re.match(r"slow(-\d+)?: ", line)]


def test_lines_while_the_source_is_read(tmp_path, slow):
    folder = tmp_path / "run"
    done = run_job(folder, {"slow": source(slow)}, "-e", json.dumps(PAGES))
    assert done.returncode == 0, done.stdout[-3000:]
    during, _task, after = done.stdout.partition("PLAY [Report all of them in one workbook]")
    lines = lines_of(during)
    assert lines, done.stdout
    for line in lines:
        assert re.fullmatch(r"slow: (hosts, datastores, networks|VMs \d+ of 40 \(\d+ %\), (\d+/s|waiting .* s)|waiting .* s)", line), line
    assert not lines_of(after)
    left = [path for path in (folder / "ansible").rglob("*") if not path.is_dir()]
    assert not left


def test_no_progress_when_switched_off(tmp_path, slow):
    done = run_job(tmp_path / "run", {"slow": source(slow)}, "-e", json.dumps({**PAGES, "vmware_collect_progress": False}))
    assert done.returncode == 0, done.stdout[-3000:]
    assert not lines_of(done.stdout)
