# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources that several jobs read at once into one folder, and one job that reports it."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.tests.integration.awx import Job, sliced
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_job, run_playbook, source

SLICES = 3
_READ = re.compile(r"read [\d-]+ [\d:]+ UTC")
REPORT = REPOSITORY / "playbooks" / "report.yml"


@pytest.fixture(scope="module")
def hosts(estate):
    """Four sources, one of which is a second name, in three slices: one slice has two."""
    return {f"{simulator.name}-a": source(simulator) for simulator in estate} | {f"{estate[-1].name}-b": source(estate[-1])}


@pytest.fixture(scope="module")
def scans(tmp_path_factory, hosts) -> Path:
    """The folder that all slices have filled at the same time."""
    folder = tmp_path_factory.mktemp("slices")
    shared = {"vmware_collect_dest": str(folder / "scans")}
    jobs = [Job(folder / f"slice-{number}", "collect", {"hosts": sliced(hosts, number, SLICES), "vars": shared}) for number in range(SLICES)]
    for job in jobs:
        job.start()
    for job in jobs:
        assert job.finish().status == "successful", job.output[-3000:]
    assert sorted(path.stem for path in (folder / "scans").iterdir()) == sorted(hosts)
    assert not list(folder.rglob("*.xlsx")), "a slice makes no workbook of its part"
    return folder / "scans"


def rows(path: Path) -> dict[str, list[str]]:
    """The rows of every sheet but the first, without when the sources were read, and how long each section took."""
    found: dict[str, list[str]] = {}
    for sheet in load_workbook(path, read_only=True).worksheets[1:]:
        reported = slice(-1) if sheet.title == "Coverage" else slice(None)
        found[sheet.title] = [_READ.sub("read", repr(row[reported])) for row in sheet.iter_rows(values_only=True)]
    return found


def test_report_has_the_rows_of_an_unsliced_job(tmp_path, hosts, scans):
    job = Job(tmp_path / "report", "report", {"hosts": hosts, "vars": {"vmware_collect_dest": str(scans)}}).run()
    assert job.status == "successful", job.output[-3000:]
    reported = job.artifacts()["vmware_report_result"]
    assert reported["sources"] == {name: "ok" if name.endswith("-a") else "partial" for name in hosts}, "second names do not count"
    assert run_job(tmp_path / "whole", hosts).returncode == 0
    (whole,) = (tmp_path / "whole").rglob("*.xlsx")
    found, expected = rows(Path(reported["workbook"])), rows(whole)
    assert found.keys() == expected.keys()
    for sheet, lines in expected.items():
        assert found[sheet] == lines, sheet
    assert len(found["All VMs"]) > 80


@pytest.fixture(scope="module")
def part(tmp_path_factory, hosts, scans):
    """A report of a part of the scans: one by another name, one that is too old, and one of a source that nobody has read."""
    folder = tmp_path_factory.mktemp("part")
    shutil.copytree(scans, folder / "scans")
    other, _left_out, second, old = sorted(hosts)
    before = time.time() - 7 * 3600
    os.utime(folder / "scans" / f"{old}.sqlite", (before, before))
    sources = {"other-name": {"vmware_collect_source": other}, second: {}, old: {}, "forgotten/one": {}}
    options = ["-e", f"vmware_collect_dest={folder / 'scans'}", "-e", "vmware_report_max_age=6h"]
    done = run_playbook(folder / "run", REPORT, {"vmware_sources": {"hosts": sources}}, *options)
    (path,) = (folder / "run").rglob("*_4sources_*.xlsx")
    return folder, done, load_workbook(path)


def test_source_without_a_scan_fails(part):
    folder, done, workbook = part
    recap = dict(re.findall(r"^(\S+) +: .*failed=(\d+)", done.stdout, re.MULTILINE))
    assert recap["forgotten/one"] == "1" and done.returncode == 2
    (row,) = [row for row in workbook["Summary"].iter_rows(values_only=True) if row[:2] == ("forgotten/one", "Error")]
    assert f"there is no scan of it in {folder / 'scans'} that is younger than 6h" in row


def test_names_of_the_inventory_decide(part, hosts):
    """Sources are looked for by the alias that they are read under, and others are left out."""
    assert {row[0] for row in part[2]["All VMs"].iter_rows(min_row=2, values_only=True)} == set(sorted(hosts)[0:3:2])


def test_old_scan_counts_as_missing_when_an_age_is_given(part, hosts):
    folder, done, _workbook = part
    old = sorted(hosts)[3]
    recap = dict(re.findall(r"^(\S+) +: .*failed=(\d+)", done.stdout, re.MULTILINE))
    assert {name for name, failed in recap.items() if failed != "0"} == {old, "forgotten/one"}
    assert f"2 of 4 sources could not be read: forgotten/one, {old}." in done.stdout
    assert Scan.open(str(folder / "scans" / f"{old}.sqlite")).head.status == "ok", "it is left as it is"


def test_inventory_without_sources_is_an_error(tmp_path):
    done = run_playbook(tmp_path / "run", REPORT, {"vmware_sources": {"hosts": {}}})
    assert done.returncode == 2
    assert "The inventory has no host in the group vmware_sources: add every vCenter" in done.stdout.replace("\n", " ")
