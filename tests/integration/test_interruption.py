# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job that ends in the middle of reading leaves nothing behind, and the next one goes on; two jobs at once do no harm."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from estates import Simulator, start_simulator
from openpyxl import load_workbook

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.tests.integration.running import run_job, source, start_job

VMS = 120
OPTIONS = ["-e", '{"vmware_collect_page_size": 20, "vmware_collect_max_age": "1h"}']


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """A vCenter that takes its time for each page."""
    with start_simulator(tmp_path_factory.mktemp("slow"), name="slow", vms=VMS, hosts=3, method_delays={"ContinueRetrievePropertiesEx": 500}) as simulator:
        yield simulator


def wait_for(condition, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.1)


def has_no_session(simulator: Simulator) -> bool:
    """Every session, of SOAP and of REST, has ended."""
    calls = simulator.calls() | simulator.rest_calls()
    session = "/rest/com/vmware/cis/session"
    return all(calls.get(begin) == calls.get(end) for begin, end in (("Login", "Logout"), (f"POST {session}", f"DELETE {session}")))


def modules_of(folder: Path) -> list[int]:
    """Processes that work for a job: those of its environment."""
    mark = f"ANSIBLE_HOME={folder / 'ansible'}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("ending", "whole_group"),
    [(signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGTERM, False), (signal.SIGKILL, False)],
    ids=["Ctrl-C", "terminated", "its parent terminated", "its parent killed"],
)
def test_interrupted_job_leaves_nothing_and_the_next_one_goes_on(tmp_path, slow, estate, ending, whole_group):
    """What a job leaves is the same however it ends, so one next job shows that it goes on."""
    folder, fast = tmp_path / "run", estate[-1]
    scans = folder / "vmware-inventory" / "scans"
    sources = {"fast": source(fast), "slow": source(slow)}
    slow.reset_calls()
    fast.reset_calls()
    job = start_job(folder, sources, *OPTIONS)
    try:
        wait_for(lambda: (scans / "fast.sqlite").exists() and slow.calls().get("ContinueRetrievePropertiesEx", 0) >= 4)
        os.killpg(job.pid, ending) if whole_group else job.send_signal(ending)
        assert job.wait(30) != 0
        wait_for(lambda: has_no_session(slow))
        wait_for(lambda: not modules_of(folder))
    finally:
        job.kill()
        job.wait()
    pages = slow.calls()["ContinueRetrievePropertiesEx"]
    assert pages < VMS / 20 + 6, "it did not read on to the end"
    assert [path.name for path in scans.iterdir()] == ["fast.sqlite"]
    left = [path for path in (folder / "ansible").rglob("*") if not path.is_dir() and "ansiballz_cache" not in path.parts]
    assert not left, "neither pipes nor modules with their options; Ansible's own cache holds none"
    if ending != signal.SIGKILL:
        return

    done = run_job(folder, sources, *OPTIONS)
    assert done.returncode == 0, done.stdout[-3000:]
    assert fast.calls()["Login"] == 1, "what was read is not read again"
    assert Scan.open(str(scans / "slow.sqlite")).counts["vms"] == VMS
    assert len(list(folder.rglob("*.xlsx"))) == 1


def test_two_jobs_at_once_in_one_folder(tmp_path, slow, estate):
    folder = tmp_path / "run"
    sources = {"fast": source(estate[-1]), "slow": source(slow)}
    options = ["-e", "vmware_collect_keep=2", "-e", "vmware_report_dest=vmware-inventory/estate.xlsx"]
    jobs = [start_job(folder, sources, *options) for _number in range(2)]
    assert [job.wait(120) for job in jobs] == [0, 0]
    made = folder / "vmware-inventory"
    assert sorted(path.name for path in made.iterdir()) in (["estate.xlsx", "scans"], ["earlier", "estate.xlsx", "scans"])
    for name, vms in (("fast", 4), ("slow", VMS)):
        assert Scan.open(str(made / "scans" / f"{name}.sqlite")).counts["vms"] == vms
    assert load_workbook(made / "estate.xlsx")["All VMs"].max_row == 1 + VMS + 4
    assert not list(made.rglob(".*"))
    assert has_no_session(slow)
