# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job with what it can leave out, hide and keep."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import find_scans
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_job, run_playbook, source

KEY = "a-key-that-nobody-guesses-42"
DEST = "reports/estate.xlsx"
FILTERS = {"vmware_report_include_filters": {"vms": [{"power_state": "poweredOn"}]}, "vmware_report_exclude_filters": {"hosts": [{"name": "*"}]}}
REDACTED = {"vmware_report_redact": True, "vmware_report_redact_key": KEY}
PRIVATE = {
    "vms": ("name", "instance_uuid", "bios_uuid", "host", "cluster", "datacenter", "folder", "resource_pool", "dns_name", "domain", "ip_addresses",
            "mac_addresses", "networks", "datastores", "vmx_path", "annotation", "tags", "custom_attributes"),
    "hosts": ("name", "uuid", "ip", "serial"),
    "datastores": ("name", "url", "vmfs_uuid", "nfs_server", "nfs_path"),
    "networks": ("name", "switch", "folder"),
    "clusters": ("name",),
    "vm_disks": ("file", "uuid"),
    "vm_snapshots": ("name", "description"),
}  # fmt: skip
#: Words that headers and CPU models have too, and such as are so short that pseudonyms may have them by chance.
_COMMON = re.compile(r"\W*|.{1,3}|[0-9a-f]{1,7}|Environment|Templates|Gold|Silver", re.IGNORECASE)


def words(value) -> Iterator[str]:
    """All texts in a value of any kind, also those between slashes."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            yield from words(item)
    elif isinstance(value, str):
        yield value
        yield from value.split("/")


def private_words(folder) -> set[str]:
    found = set()
    for path in find_scans([str(folder)]):
        scan = Scan.open(path)
        found |= {scan.head.source, scan.head.address, scan.head.error, scan.head.about.get("instance_uuid", "")}
        for section, keys in PRIVATE.items():
            for row in scan.rows(section, keys):
                found.update(words(list(row)))
    return {word for word in found if not _COMMON.fullmatch(word)}


def options(**variables) -> list[str]:
    return ["--extra-vars", json.dumps({"vmware_report_dest": DEST, "vmware_report_backup": True, "vmware_collect_max_age": "1h", **variables})]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory, estate, dead_port):
    """The job run thrice: whole, filtered, and redacted as well, of sources that are read once, and one that cannot be read."""
    east, _west, esxi = estate
    dead = {"vmware_hostname": "127.0.0.1", "vmware_port": dead_port, "vmware_username": "reader", "vmware_password": "secret-of-nobody", "vmware_retries": 0}
    sources = {"esxi-lab-7": source(esxi), "vcenter-lab-7": source(east), "dead-lab-7": dead}
    folder = tmp_path_factory.mktemp("options") / "run"
    done = [run_job(folder, sources, "--diff", "-vvv", *options(**more)) for more in ({}, FILTERS, {**FILTERS, **REDACTED})]
    return folder, done


@pytest.fixture(scope="module")
def workbooks(jobs):
    """The three workbooks in the order in which they were made."""
    paths = [*jobs[0].glob("reports/estate.xlsx.*~"), jobs[0] / DEST]
    return sorted(paths, key=lambda path: path.stat().st_mtime_ns)


def test_workbooks_that_are_replaced_are_kept(workbooks, tmp_path):
    assert len(workbooks) == 3 and workbooks[-1].name == "estate.xlsx"
    assert all(zipfile.ZipFile(path).testzip() is None for path in workbooks)


def book(path, tmp_path):
    # openpyxl wants a file that is called a workbook.
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(path.read_bytes())
    return load_workbook(copy)


def test_filters_reach_the_workbook(jobs, workbooks, tmp_path):
    whole, filtered, _redacted = (book(path, tmp_path) for path in workbooks)

    def states(found):
        header, *rows = found["All VMs"].values
        return [row[header.index("State")] for row in rows]

    assert set(states(whole)) > {"Powered on"} == set(states(filtered))
    assert len(states(filtered)) == states(whole).count("Powered on")
    assert whole["All hosts"].max_row > 1 == filtered["All hosts"].max_row
    left_out = f"VMs {whole['All VMs'].max_row - filtered['All VMs'].max_row}, Hosts {whole['All hosts'].max_row - 1}, Disks "
    assert any(f"Filters leave out: {left_out}" in str(cell.value) for cell in filtered["Summary"]["A"])


def test_job_shows_the_difference_and_what_is_left_out(jobs, workbooks, tmp_path):
    whole, filtered, _redacted = (book(path, tmp_path) for path in workbooks)
    shown = jobs[1][1].stdout
    assert f"-All VMs: {whole['All VMs'].max_row} rows" in shown and f"+All VMs: {filtered['All VMs'].max_row} rows" in shown
    assert re.search(r"^Filters leave out: .*hosts \d+", shown, re.MULTILINE)


def test_nothing_private_is_in_the_redacted_workbook(jobs, workbooks):
    def texts(path):
        with zipfile.ZipFile(path) as archive:
            return "\n".join([*archive.namelist(), *(archive.read(name).decode() for name in archive.namelist())])

    private = private_words(jobs[0] / "vmware-inventory" / "scans")
    filtered, redacted = map(texts, workbooks[1:])
    assert sum(word in filtered for word in private) > 100, "the one that is not redacted has them"
    assert [word for word in private if word in redacted] == []


def test_redaction_does_not_hide_from_the_job_which_source_failed(jobs):
    for done in jobs[1]:
        assert done.returncode == 2
        assert "1 of 3 sources could not be read: dead-lab-7." in done.stdout.replace("\n", " ")
        recap = dict(re.findall(r"^(\S+) +: .*failed=(\d+)", done.stdout, re.MULTILINE))
        assert {name for name, failed in recap.items() if failed != "0"} == {"dead-lab-7"}


def test_redaction_key_is_nowhere(jobs):
    folder, done = jobs
    assert KEY not in done[2].stdout + done[2].stderr + (folder / "ansible.log").read_text()
    assert not [path for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_module_writes_the_same_with_a_python_of_its_own(jobs):
    folder, done = jobs
    # The same Python, called in another way.
    python = f"{Path(sys.executable).parent}/./{Path(sys.executable).name}"
    hosts = {name: {} for name in ("esxi-lab-7", "vcenter-lab-7", "dead-lab-7")}
    playbook = REPOSITORY / "playbooks" / "report.yml"
    again = run_playbook(folder, playbook, {"vmware_sources": {"hosts": hosts}}, "-vvv", *options(**FILTERS, **REDACTED, ansible_python_interpreter=python))
    assert (again.returncode, "vmware_inventory_export.py" in again.stdout) == (2, True)
    assert set(re.findall(r"changed=(\d+)", again.stdout)) == {"0"}, again.stdout[-3000:]
    assert "vmware_inventory_export.py" not in done[2].stdout
