# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sources are read, when, and what is kept of earlier readings."""

from __future__ import annotations

import json
import re
import subprocess
from itertools import takewhile

from estates import start_simulator
from openpyxl import load_workbook

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.source_numbers import source_numbers
from ansible_collections.estate.vmware.tests.integration.running import run_job, source

WRONG = "wr0ng-passw0rd"
HEADER = ["source", "status", "VMs", "hosts", "datastores", "networks", "seconds", "calls"]


def table(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """The table of the job: source to the words of its line, without that name."""
    lines = done.stdout.splitlines()
    (first,) = (number for number, line in enumerate(lines) if line.split() == HEADER)
    rows = list(takewhile(lambda line: not re.match("ok: |changed: |The workbook|Filters|[0-9]+ of ", line), lines[first + 1 :]))
    good = [line for line in rows if line.split()[1] != "failed"]
    assert {len(line) for line in good} == {len(lines[first])}, "columns stand below each other"
    return {name: words for name, *words in map(str.split, rows)}


def logins(estate) -> list[int]:
    return [simulator.calls().get("Login", 0) for simulator in estate]


def test_sources_that_were_read_lately_are_not_read_again(tmp_path, estate):
    """What a job that stopped half way has read is taken up again, by the same question and no other."""
    folder, options = tmp_path / "run", {"vmware_collect_max_age": "1h", "vmware_collect_keep": 1, "vmware_report_on_source_error": "warn"}
    sources = {simulator.name: source(simulator) for simulator in estate}
    sources["intruder"] = source(estate[0], vmware_password=WRONG)

    def run(**changes):
        before = logins(estate)
        done = run_job(folder, sources, "-e", json.dumps({**options, **changes}))
        assert done.returncode == 0, done.stdout[-3000:]
        return table(done), [after - was for was, after in zip(before, logins(estate))]

    first, made = run()
    assert made == [2, 1, 1]
    for simulator in estate:
        status, vms, hosts, datastores, networks, seconds, calls = first[simulator.name]
        found = Scan.open(str(folder / "vmware-inventory" / "scans" / f"{simulator.name}.sqlite"))
        assert [status, vms, hosts, datastores, networks] == ["ok", *(str(source_numbers(found)[key]) for key in ("vms", "hosts", "datastores", "networks"))]
        assert float(seconds) > 0 and int(calls) == found.head.calls > 5
    assert first["intruder"][0] == "failed" and "is refused: check username" in " ".join(first["intruder"])

    second, made = run()
    assert made == [1, 0, 0], "only the one that failed is tried again"
    assert {name: words[0] for name, words in second.items()} == {**dict.fromkeys(first, "reused"), "intruder": "failed"}
    assert [words[1:] for name, words in second.items() if name != "intruder"] == [words[1:] for name, words in first.items() if name != "intruder"]

    third, made = run(vmware_collect_with_tags=False)
    assert made == [2, 1, 1]
    assert third[estate[0].name][0] == "ok"
    earlier = sorted(path.relative_to(folder).parts[-2] for path in folder.rglob("earlier/*/*.sqlite"))
    assert earlier == sorted(simulator.name for simulator in estate), "one earlier scan each, and none of the source that was never read"
    assert [path.name for path in folder.rglob("failed/*")] == ["intruder.sqlite"]


def test_source_that_fails_one_night(tmp_path, estate):
    """Its good scan stays, its row is red, says how old that is, and has the rows of then. The next good night ends that, and a second name counts once."""
    lab = estate[-1]
    scans = tmp_path / "run" / "vmware-inventory" / "scans"
    options = json.dumps({"vmware_report_dest": "estate.xlsx", "vmware_report_stale_rows": "show", "vmware_report_replace_when_all_failed": True})

    def night(**sources):
        done = run_job(tmp_path / "run", sources, "-e", options)
        book = load_workbook(tmp_path / "run" / "estate.xlsx")
        rows = {row[0]: row for row in book["Summary"].iter_rows(values_only=True, max_row=8)}
        vms = [row[0] for row in book["All VMs"].iter_rows(values_only=True)]
        return done, {name: (rows[name][1], str(rows[name][-1]), vms.count(name)) for name in sources}

    done, reported = night(lab=source(lab))
    status, _error, vms = reported["lab"]
    assert (done.returncode, status) == (0, "OK") and vms > 0, done.stdout[-3000:]
    good = (scans / "lab.sqlite").read_bytes()

    done, reported = night(lab=source(lab, vmware_password=WRONG))
    assert done.returncode == 2 and "1 of 1 sources could not be read: lab." in done.stdout.replace("\n", " "), done.stdout[-3000:]
    status, error, shown = reported["lab"]
    assert (status, shown) == ("Error, old data", vms)
    assert "is refused" in error and "last read less than 2 hours ago" in error
    assert (scans / "lab.sqlite").read_bytes() == good and Scan.open(str(scans / "failed" / "lab.sqlite")).head.status == "failed"

    done, reported = night(lab=source(lab), twin=source(lab))
    assert done.returncode == 0 and not list(scans.glob("failed/*")), done.stdout[-3000:]
    assert reported["lab"] == ("OK", "None", vms)
    assert reported["twin"][::2] == ("Duplicate", 0) and "the same ESXi host as lab" in reported["twin"][1]


def test_nothing_is_read_where_one_source_is_not_in_order(tmp_path, estate):
    views = [simulator.calls().get("CreateContainerView", 0) for simulator in estate]
    sources = {simulator.name: source(simulator) for simulator in estate}
    sources |= {"refused": source(estate[0], vmware_password=WRONG), "undefined": source(estate[0], vmware_password="{{ vault_typo }}")}
    done = run_job(tmp_path / "run", sources, "-e", "vmware_collect_check_connections=all")
    assert done.returncode == 2
    for name, reason in {"refused": "is refused: check username", "undefined": "vault_typo"}.items():
        assert re.search(rf'^        "{name} failed the connection check: .*{reason}', done.stdout, re.MULTILINE)
    assert [simulator.calls().get("CreateContainerView", 0) for simulator in estate] == views
    assert not [path for path in (tmp_path / "run" / "vmware-inventory").rglob("*") if path.is_file()]


def test_sources_are_checked_then_read_in_batches_strictly_one_after_another(tmp_path):
    with start_simulator(tmp_path / "simulator", name="lab", vms=2, method_delays={"RetrievePropertiesEx": 700}) as lab:
        sources = {f"lab-{number}": source(lab) for number in range(3)}
        options = {"vmware_collect_check_connections": "all", "vmware_collect_serial": 2, "vmware_collect_throttle": 1}
        done = run_job(tmp_path / "run", sources, "-e", json.dumps(options))
    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.count("Read the source]") == 2, "two batches"
    assert len(list((tmp_path / "run").rglob("*.xlsx"))) == 1, "one workbook"
    heads = sorted((Scan.open(str(path)).head for path in (tmp_path / "run").rglob("*.sqlite")), key=lambda head: head.started)
    assert len(heads) == 3
    assert all(head.seconds > 2 for head in heads)
    assert all(one.finished <= following.started for one, following in zip(heads, heads[1:]))
