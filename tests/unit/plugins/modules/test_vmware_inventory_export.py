# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module run for real, in a Python of its own, as Ansible runs it on a target."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import yaml

from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS, LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.modules import vmware_inventory_export
from ansible_collections.estate.vmware.tests import module_process
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

_NAME = "VMware_Inventory_3sources_20250220_1430.xlsx"


@pytest.fixture
def start(tmp_path):
    """Run the module with these options to its end, whatever that is."""

    def start(before="", **options):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        return module_process.run("vmware_inventory_export", options, tmp_path, environment, before)

    return start


@pytest.fixture
def run(start):
    """Run the module with these options; what it returned."""

    def run(before="", **options):
        done = start(before, **options)
        assert "Traceback" not in done.stderr, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def scans(tmp_path):
    """A folder with scans of three sources."""
    folder = tmp_path / "scans"
    folder.mkdir()
    estates.make_scan("madrid", estates.sections(), path=folder / "madrid.sqlite").close()
    estates.make_scan("lima", estates.sections(2, 1, 1, 1), status="partial", path=folder / "lima.sqlite").close()
    estates.make_scan("quito", status="failed", error="no route to host", path=folder / "quito.sqlite").close()
    return str(folder)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_a_workbook_with_the_standard_name(run, scans, out):
    result = run(scans=[scans], dest=str(out))
    assert result["changed"] and result["dest"] == str(out / _NAME)
    assert os.listdir(out) == [_NAME]
    assert [sheet["name"] for sheet in result["sheets"]] == openpyxl.load_workbook(out / _NAME).sheetnames
    assert result["sheets"][3] == {"name": "All VMs", "rows": 8}
    assert result["sources"][2] == {
        "source": "quito", "shown_as": "quito", "address": "quito.example.com", "status": "failed",
        "vms": None, "hosts": None, "datastores": None, "networks": None, "error": "no route to host",
        "last_read": "", "duplicate_of": "",
    }  # fmt: skip
    assert result["totals"] == {
        "sources": 3, "ok": 1, "partial": 1, "failed": 1, "vms": 8, "templates": 0, "hosts": 9, "datastores": 6, "networks": 5,
    }  # fmt: skip
    assert result["size"] == os.path.getsize(out / _NAME) and len(result["checksum"]) == 64


@pytest.fixture
def one_failed(scans):
    """The same folder after a night in which madrid could not be read, with a second name of lima besides."""
    folder = Path(scans)
    (folder / "failed").mkdir()
    head = {"status": "failed", "error": "no route to host", "finished": "2025-02-22T14:40:00Z"}
    estates.make_scan("madrid", path=folder / "failed" / "madrid.sqlite", **head).close()
    about = {**estates.HEAD["about"], "instance_uuid": "7e1bb6a5-0000-4000-8000-000000000001"}
    for source in ("lima", "lima-again"):
        estates.make_scan(source, estates.sections(2, 1, 1, 1), path=folder / f"{source}.sqlite", about=about).close()
    return scans


def summary(workbook):
    """Rows of the summary by source: status and error."""
    rows = list(workbook["Summary"].iter_rows(values_only=True))
    header = next(row for row in rows if "Status" in row)
    found = {}
    for row in rows[rows.index(header) + 1 :]:
        found.setdefault(row[0], (row[1], row[header.index("Error")]))
    return found


def test_source_that_failed_this_time_says_how_old_its_last_scan_is(run, one_failed, out):
    result = run(scans=[one_failed], dest=str(out / "estate.xlsx"))
    madrid = next(source for source in result["sources"] if source["source"] == "madrid")
    assert (madrid["status"], madrid["error"], madrid["vms"], madrid["last_read"]) == ("failed", "no route to host", None, estates.FINISHED)
    workbook = openpyxl.load_workbook(out / "estate.xlsx")
    assert summary(workbook)["madrid"] == ("Error", "no route to host; last read 2 days ago, at 2025-02-20 14:30 UTC")
    assert "madrid" not in workbook.sheetnames and "madrid" not in {row[0] for row in workbook["All VMs"].iter_rows(values_only=True)}
    assert not run(scans=[one_failed], dest=str(out / "estate.xlsx"))["changed"], "its age is that of when it failed"


def test_old_rows_are_shown_and_marked(run, one_failed, out):
    result = run(scans=[one_failed], dest=str(out / "estate.xlsx"), stale_rows="show")
    madrid = next(source for source in result["sources"] if source["source"] == "madrid")
    assert (madrid["status"], madrid["vms"], result["totals"]["failed"]) == ("failed", 6, 2), "the job ends red all the same"
    workbook = openpyxl.load_workbook(out / "estate.xlsx")
    reason = "no route to host; last read 2 days ago, at 2025-02-20 14:30 UTC"
    assert summary(workbook)["madrid"] == ("Error, old data", reason)
    heading = " ".join(row[0] or "" for row in workbook["Summary"].iter_rows(max_row=4, values_only=True))
    assert "old rows in grey italics: madrid." in heading
    assert f"Error, old data: {reason}" in {row[0] for row in workbook["madrid"].iter_rows(max_row=5, values_only=True)}
    assert "Error, old data" in {row[2] for row in workbook["Coverage"].iter_rows(values_only=True) if row[0] == "madrid"}
    rules = [rule for area in workbook["All VMs"].conditional_formatting for rule in area.rules]
    assert [(rule.formula, rule.dxf.font.i) for rule in rules if rule.priority == 1] == [(['OR($A2="madrid")'], True)]


def test_second_name_of_a_vcenter_is_yellow_and_counted_once(run, one_failed, out):
    result = run(scans=[one_failed], dest=str(out / "estate.xlsx"))
    again = next(source for source in result["sources"] if source["source"] == "lima-again")
    assert (again["status"], again["vms"], again["duplicate_of"], result["totals"]["vms"]) == ("partial", None, "lima", 2)
    workbook = openpyxl.load_workbook(out / "estate.xlsx")
    said = "the same vCenter as lima: its rows are left out, remove one of the two sources"
    assert summary(workbook)["lima-again"] == ("Duplicate", said)
    assert ("lima-again", None, "Duplicate", None, None, said) in {row[:6] for row in workbook["Coverage"].iter_rows(values_only=True)}


def test_two_names_of_a_vcenter_can_be_refused(run, one_failed, out):
    result = run(scans=[one_failed], dest=str(out / "estate.xlsx"), duplicate_sources="refuse")
    assert result["failed"] and result["msg"].startswith("duplicate_sources: lima-again is the same vCenter as lima; remove one of each")
    assert not os.listdir(out)


def test_in_spanish(run, scans, out):
    result = run(scans=[scans], dest=str(out), language="es")
    assert os.listdir(out) == ["Inventario_VMware_3fuentes_20250220_1430.xlsx"]
    assert result["sheets"][0]["name"] == "Resumen"


def test_nothing_changes_until_a_scan_does(run, scans, out):
    dest = str(out / "estate.xlsx")
    assert run(scans=[scans], dest=dest)["changed"]
    before = os.stat(dest)
    assert not run(scans=[scans], dest=dest)["changed"]
    assert (os.stat(dest).st_ino, os.stat(dest).st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    estates.make_scan("madrid", estates.sections(7), path=os.path.join(scans, "madrid.sqlite")).close()
    assert run(scans=[scans], dest=dest)["changed"]
    assert os.listdir(out) == ["estate.xlsx"]


def test_two_jobs_of_one_minute_leave_a_workbook_each(run, scans, out):
    first = run(scans=[scans], dest=str(out))
    estates.make_scan("madrid", estates.sections(7), path=os.path.join(scans, "madrid.sqlite")).close()
    checked = run(scans=[scans], dest=str(out), _ansible_check_mode=True)
    second = run(scans=[scans], dest=str(out))
    assert checked["dest"] == second["dest"] == str(out / _NAME.replace(".xlsx", "-2.xlsx")) and second["changed"]
    assert hashlib.sha256((out / _NAME).read_bytes()).hexdigest() == first["checksum"], "the one before stays"
    again = run(scans=[scans], dest=str(out))
    assert not again["changed"] and again["dest"] == second["dest"] and len(os.listdir(out)) == 2


def test_a_name_that_is_taken_at_the_last_moment_is_not_replaced(run, scans, out):
    """Another job puts its workbook there while this one looks the other way."""
    before = """
from ansible_collections.estate.vmware.plugins.module_utils.report.destination import Destination
looked = Destination.beside_others
def late(self, digest):
    Destination.beside_others = looked
    open(self.path, "w").write("of another job")
    return self
Destination.beside_others = late
Destination.checksum = lambda self, known=Destination.checksum: "" if Destination.beside_others is not looked else known(self)
"""
    result = run(before, scans=[scans], dest=str(out))
    assert result["dest"].endswith("-2.xlsx") and (out / _NAME).read_text() == "of another job"
    assert openpyxl.load_workbook(result["dest"]).sheetnames


def test_an_older_workbook_stays_when_no_source_was_read(run, scans, out):
    dest = out / "estate.xlsx"
    failed = {"scans": [{"source": "madrid", "status": "failed", "error": "no route to host"}], "dest": str(dest)}
    told = run(**failed)
    assert told["changed"] and not told["kept"], "where there is none, one that says why is better than nothing"
    assert not run(**failed)["kept"], "it is the same"
    assert run(scans=[scans], dest=str(dest))["changed"]
    older = dest.read_bytes()
    for more in ({}, {"_ansible_check_mode": True}, {"_ansible_diff": True}):
        told = run(**failed, **more)
        assert told["kept"] and not told["changed"] and "diff" not in told
        assert told["sources"][0]["error"] == "no route to host" and told["totals"]["failed"] == 1
        assert f"no source could be read: {dest} stays as it is" in str(told["warnings"])
        assert dest.read_bytes() == older and os.listdir(out) == ["estate.xlsx"]
    told = run(**failed, replace_when_all_failed=True)
    assert told["changed"] and not told["kept"] and dest.read_bytes() != older


def test_check_mode_tells_the_same_and_writes_nothing(run, scans, out):
    told = run(scans=[scans], dest=str(out), _ansible_check_mode=True)
    assert told["changed"] and not os.listdir(out)
    done = run(scans=[scans], dest=str(out))
    assert {key: told[key] for key in ("checksum", "size", "sheets", "dest")} == {key: done[key] for key in ("checksum", "size", "sheets", "dest")}
    assert not run(scans=[scans], dest=str(out), _ansible_check_mode=True)["changed"]


def test_modes(run, scans, out):
    dest = out / "estate.xlsx"

    def mode():
        return dest.stat().st_mode & 0o777

    run(scans=[scans], dest=str(dest))
    assert mode() == 0o600
    assert run(scans=[scans], dest=str(dest), mode="0640")["changed"] and mode() == 0o640
    assert run(scans=[scans], dest=str(dest), language="es")["changed"] and mode() == 0o640


def test_modes_in_check_mode(run, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    for options in ({"mode": "0640"}, {"mode": "0640", "language": "es"}):
        told = run(scans=[scans], dest=str(dest), _ansible_check_mode=True, _ansible_diff=True, **options)
        assert told["changed"] and told["diff"][1] == {"before": {"mode": "0600"}, "after": {"mode": "0640"}}
        assert dest.stat().st_mode & 0o777 == 0o600 and dest.read_bytes() == before
    assert not run(scans=[scans], dest=str(dest), mode="0600", _ansible_check_mode=True)["changed"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_owner_and_group(run, scans, out):
    dest = out / "estate.xlsx"
    owned = {"owner": "1234", "group": "2345", "mode": "0640"}

    def state():
        found = dest.stat()
        return found.st_uid, found.st_gid, found.st_mode & 0o777

    run(scans=[scans], dest=str(dest))
    assert run(scans=[scans], dest=str(dest), _ansible_check_mode=True, **owned)["changed"] and state() == (0, os.getgid(), 0o600)
    assert run(scans=[scans], dest=str(dest), **owned)["changed"] and state() == (1234, 2345, 0o640)
    assert not run(scans=[scans], dest=str(dest), **owned)["changed"]
    assert run(scans=[scans], dest=str(dest), language="es")["changed"] and state() == (1234, 2345, 0o640), "another content keeps them"
    assert run(scans=[scans], dest=str(dest), **{**owned, "owner": "1235"})["changed"] and state() == (1235, 2345, 0o640)


def test_difference_of_sheets_and_rows(run, scans, out):
    dest = str(out / "estate.xlsx")
    first = run(scans=[scans], dest=dest, _ansible_diff=True)
    [told] = first["diff"]
    assert told["before"] == "" and "All VMs: 9 rows\n" in told["after"] and told["after"].endswith(f"SHA-256: {first['checksum']}\n")
    assert told["before_header"] == told["after_header"] == dest
    [told] = run(scans=[scans], dest=dest, _ansible_diff=True)["diff"]
    assert told["before"] == told["after"]
    estates.make_scan("madrid", estates.sections(7), path=os.path.join(scans, "madrid.sqlite")).close()
    for check_mode in (True, False):
        [told] = run(scans=[scans], dest=dest, _ansible_diff=True, _ansible_check_mode=check_mode)["diff"]
        assert "All VMs: 9 rows\n" in told["before"] and "All VMs: 10 rows\n" in told["after"]
    assert "diff" not in run(scans=[scans], dest=dest, language="es")


def test_difference_from_a_file_that_is_no_workbook(run, scans, out):
    dest = out / "estate.xlsx"
    dest.write_text("my notes")
    [told] = run(scans=[scans], dest=str(dest), _ansible_diff=True, _ansible_check_mode=True)["diff"]
    assert told["before"].startswith("Not a workbook.\nSHA-256: ") and "All VMs: 9 rows\n" in told["after"]
    assert dest.read_text() == "my notes"


def test_backup_of_what_is_replaced(run, scans, out):
    dest = out / "estate.xlsx"
    options = {"scans": [scans], "dest": str(dest), "backup": True}
    assert "backup_file" not in run(**options), "there was nothing to keep"
    assert "backup_file" not in run(**options), "nothing was replaced"
    before = dest.read_bytes()
    told = run(**options, language="es", _ansible_check_mode=True)
    assert told["changed"] and "backup_file" not in told and os.listdir(out) == ["estate.xlsx"]
    kept = run(**options, language="es")["backup_file"]
    assert sorted(os.listdir(out)) == ["estate.xlsx", os.path.basename(kept)] and os.path.basename(kept).startswith("estate.xlsx.")
    with open(kept, "rb") as stream:
        assert stream.read() == before != dest.read_bytes()
    assert os.stat(kept).st_mode & 0o777 == 0o600


def test_filters_are_in_every_number_and_named(run, scans, out):
    dest = out / "estate.xlsx"
    filters = {"include_filters": {"vms": [{"power_state": "poweredOn"}]}, "exclude_filters": {"hosts": [{"name": "*"}]}}
    result = run(scans=[scans], dest=str(dest), **filters)
    assert result["left_out"] == {"vms": 2, "hosts": 9}
    assert (result["totals"]["vms"], result["totals"]["hosts"], result["totals"]["datastores"]) == (6, 0, 6)
    assert {source["source"]: source["vms"] for source in result["sources"]} == {"lima": 2, "madrid": 4, "quito": None}
    book = openpyxl.load_workbook(dest)
    assert book["All VMs"].max_row == 7 and book["All hosts"].max_row == 1
    assert "Filters leave out: VMs 2, Hosts 9." in book["Summary"]["A3"].value


def test_filter_for_what_a_scan_does_not_have_is_warned_of(run, scans, out):
    _drop(os.path.join(scans, "madrid.sqlite"), "vms", "firmware")
    result = run(scans=[scans], dest=str(out), include_filters={"vms": [{"firmware": {"set": False}}]})
    assert "filters: the scan of madrid lacks firmware of vms: treated as unknown" in str(result["warnings"])
    assert result["totals"]["vms"] == 8


def _drop(path, section, field):
    """Make a scan file one that lacks a field, as those of older releases do."""
    with sqlite3.connect(path) as database:
        database.execute(f"ALTER TABLE {section} DROP COLUMN {field}")
        database.execute("DELETE FROM fields WHERE section = ? AND field = ?", (section, field))


KEY = "correct horse battery staple"


def test_redacted_workbooks_are_the_same_each_time_and_results_tell_the_truth(run, scans, out):
    dest = out / "estate.xlsx"
    result = run(scans=[scans], dest=str(dest), redact=True, redact_key=KEY)
    assert [(source["source"], source["error"]) for source in result["sources"]] == [("lima", ""), ("madrid", ""), ("quito", "no route to host")]
    assert result["totals"]["vms"] == 8 and KEY not in json.dumps(result)
    assert not run(scans=[scans], dest=str(dest), redact=True, redact_key=KEY)["changed"]
    assert run(scans=[scans], dest=str(dest), redact=True, redact_key=KEY + "!")["changed"]


@pytest.mark.parametrize("option", [{}, {"redact_key": ""}, {"redact_key": "sh0rt"}])
def test_redaction_needs_a_good_key(run, scans, out, option):
    result = run(scans=[scans], dest=str(out), redact=True, **option)
    assert result["failed"] and "redact_key" in result["msg"] and "sh0rt" not in json.dumps(result) and not os.listdir(out)


def test_charts_can_be_left_out(run, scans, out):
    run(scans=[scans], dest=str(out / "with.xlsx"))
    run(scans=[scans], dest=str(out / "without.xlsx"), charts=False)
    drawn = [len(openpyxl.load_workbook(out / name)["Summary"]._charts) for name in ("with.xlsx", "without.xlsx")]
    assert drawn[0] > 0 and drawn[1] == 0


def test_facts_given_inline(run, scans, out):
    facts = {
        "source": "lab",
        "address": "esxi.example.com",
        "status": "ok",
        "finished": "2025-02-20T14:30:00Z",
        "sections": {"vms": [{"name": "=1+1\ud800", "vcpu": 2, "template": False}]},
    }
    run(scans=[scans, facts], dest=str(out / "estate.xlsx"))
    assert openpyxl.load_workbook(out / "estate.xlsx")["lab"]["C5"].value == "=1+1\ufffd"


def test_of_two_scans_of_a_source_the_newer_wins_with_a_warning(run, scans, out):
    newer = {"source": "lima", "address": "x", "status": "ok", "finished": "2999-03-01T00:00:00Z", "sections": {}}
    result = run(scans=[scans, newer], dest=str(out))
    assert "two of the source lima: the newer one is used, of 2999" in str(result["warnings"])
    assert result["totals"]["partial"] == 0


@pytest.mark.parametrize(
    "options, message",
    [
        ({"dest": "{out}/missing/a.xlsx"}, "the folder {out}/missing does not exist: create it"),
        ({"dest": "{out}/missing"}, "must end in .xlsx or be an existing folder (got {out}/"),
        ({"dest": "{out}/a.csv"}, "must end in .xlsx or be an existing folder (got {out}/"),
        ({"scans": []}, "scans names no scan: give"),
        ({"scans": ["{out}"]}, "scans names no scan: give"),
        ({"scans": ["{out}/none.sqlite"]}, "{out}/none.sqlite does not exist: give"),
        ({"scans": ["{scans}", 7]}, "scans[1] is 7: give"),
        ({"scans": [{"vms": []}]}, "scans[0] lacks source, status"),
        ({"include_filters": {"pods": []}}, "include_filters: there is no section pods; there are vms, hosts"),
        ({"exclude_filters": {"vms": [{"nme": "a"}]}}, "exclude_filters.vms[0]: vms has no field nme; did you mean name?"),
        ({"include_filters": {"vms": [{"vcpu": "many"}]}}, "include_filters.vms[0].vcpu must be a number (got 'many')"),
        ({"language": "tlh"}, "value of language must be one of: en, es, fr, zh"),
        ({"layout": "round"}, "value of layout must be one of: consolidated, single"),
        ({"layout": "single"}, "layout single shows one source and scans has 3, lima, madrid, quito: give one of them"),
        ({"extra_sheets": ["pods"]}, "value of extra_sheets must be one or more of: clusters, snapshots, disks, nics, partitions, ip_addresses"),
    ],
)
def test_bad_options_are_one_line_that_says_what_to_do(run, scans, out, options, message):
    def filled(value):
        return value.format(out=out, scans=scans) if isinstance(value, str) else value

    options = {key: [filled(item) for item in value] if isinstance(value, list) else filled(value) for key, value in options.items()}
    result = run(**{"scans": [scans], "dest": str(out), **options})
    assert result["failed"] and filled(message) in result["msg"] and "\n" not in result["msg"]
    assert not os.listdir(out)


def test_a_folder_that_cannot_be_written(run, scans, out):
    # Root may write anywhere, so the answer of the system is given instead.
    result = run("import os; os.access = lambda *_: False", scans=[scans], dest=str(out))
    assert result["failed"] and f"the folder {out} is not writable" in result["msg"]


def test_a_full_disk_leaves_the_old_workbook_whole(run, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (12000, 12000))"
    result = run(small, scans=[scans], dest=str(dest), language="es")
    assert result["failed"] and "File too large; choose a folder" in result["msg"] and "\n" not in result["msg"]
    assert dest.read_bytes() == before and os.listdir(out) == ["estate.xlsx"]


def test_a_move_that_fails_leaves_the_old_workbook_whole(run, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    refuse = "def refuse(*_): raise OSError(16, 'busy')\nimport os; os.rename = refuse"
    result = run(refuse, scans=[scans], dest=str(dest), language="es")
    assert result["failed"]
    assert dest.read_bytes() == before and os.listdir(out) == ["estate.xlsx"]


_KILLED = """
import os
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.rows import RowWriter
pieces = RowWriter.pieces
def killed(writer, worksheet):
    # In the middle of the rows: those before are on their way to the disk.
    for count, piece in enumerate(pieces(writer, worksheet)):
        if count == 6:
            os.kill(os.getpid(), {number})
        yield piece
RowWriter.pieces = killed
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_terminated_in_the_middle_it_leaves_the_old_workbook_and_nothing_else(start, scans, out, number):
    dest = out / "estate.xlsx"
    before = b"an older one"
    dest.write_bytes(before)
    done = start(_KILLED.format(number=int(number)), scans=[scans], dest=str(dest), language="es")
    result = json.loads(done.stdout)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert result["failed"] and result["msg"] == "the export was terminated"
    assert dest.read_bytes() == before and os.listdir(out) == ["estate.xlsx"]


def test_a_bad_scan_file_costs_its_source_alone(run, scans, out):
    """One that cannot be opened, and one of which only a value that is written shows that it is none."""
    for name, statement in (("lima", "ALTER TABLE scan RENAME TO other"), ("madrid", "UPDATE vms SET custom_attributes = '{\"a\": [1]}'")):
        with sqlite3.connect(os.path.join(scans, f"{name}.sqlite")) as database:
            database.execute(statement)
    estates.make_scan("bern", estates.sections(2), path=os.path.join(scans, "bern.sqlite")).close()
    result = run(scans=[scans], dest=str(out / "estate.xlsx"), include_filters={"vms": [{"name": "*"}]})
    told = {source["source"]: (source["status"], source["error"]) for source in result["sources"]}
    assert {source: status for source, (status, _error) in told.items()} == {"bern": "ok", "lima": "failed", "madrid": "failed", "quito": "failed"}
    assert "lima.sqlite is not a scan file" in told["lima"][1] and "madrid.sqlite is damaged: it is not a map of texts" in told["madrid"][1]
    assert result["totals"]["vms"] == 2 and (out / "estate.xlsx").exists()


def test_killed_in_the_middle_it_leaves_the_old_workbook_whole(run, start, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    done = start(_KILLED.format(number=int(signal.SIGKILL)), scans=[scans], dest=str(dest), language="es")
    assert done.returncode == -signal.SIGKILL
    assert dest.read_bytes() == before
    result = run(scans=[scans], dest=str(dest), language="es")
    assert result["changed"] and openpyxl.load_workbook(dest).sheetnames[0] == "Resumen"
    assert os.listdir(out) == ["estate.xlsx"], "what the killed one left is removed"


def test_who_has_the_old_workbook_open_goes_on_reading_it(run, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    with open(dest, "rb") as reader:
        beginning = reader.read(100)
        assert run(scans=[scans], dest=str(dest), language="es")["changed"]
        assert beginning + reader.read() == before != dest.read_bytes()


def test_a_folder_that_is_a_link(run, scans, out):
    os.symlink(out, out.parent / "link")
    result = run(scans=[scans], dest=str(out.parent / "link"))
    assert result["dest"] == str(out.parent / "link" / _NAME) and os.listdir(out) == [_NAME]
    assert not run(scans=[scans], dest=str(out))["changed"]


def test_a_folder_that_takes_no_new_files(run, scans, out):
    dest = out / "estate.xlsx"
    run(scans=[scans], dest=str(dest))
    before = dest.read_bytes()
    refuse = "def refuse(*_, **__): raise OSError(30, 'Read-only file system')\nimport tempfile; tempfile.mkstemp = refuse"
    result = run(refuse, scans=[scans], dest=str(dest), language="es")
    assert result["failed"] and f"no workbook can be written in {out}: Read-only file system; choose a folder" in result["msg"]
    assert dest.read_bytes() == before


def test_a_scan_of_a_later_release_is_a_source_that_could_not_be_read(run, scans, out):
    path = os.path.join(scans, "lima.sqlite")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE scan SET format = format + 1")
    result = run(scans=[scans], dest=str(out))
    (lima,) = (one for one in result["sources"] if one["source"] == "lima")
    assert lima["status"] == "failed" and "has scan format" in lima["error"] and "update the collection" in lima["error"]
    assert "lima" in str(list(openpyxl.load_workbook(result["dest"])["Summary"].values))


def test_a_file_that_is_no_scan_is_a_source_that_could_not_be_read(run, scans, out):
    result = run(scans=[scans, __file__], dest=str(out))
    (one,) = (one for one in result["sources"] if one["source"] == os.path.basename(__file__))
    assert one["status"] == "failed" and "is not a scan file" in one["error"]


def test_a_scan_of_an_older_release_leaves_columns_empty(run, scans, out):
    _drop(os.path.join(scans, "madrid.sqlite"), "vms", "power_state")
    result = run(scans=[scans], dest=str(out))
    header, *rows = openpyxl.load_workbook(result["dest"])["All VMs"].values
    state = {(row[header.index("Source")], row[header.index("State")]) for row in rows}
    assert {found for source, found in state if source == "madrid"} == {None} and ("lima", "Powered on") in state
    assert result["totals"]["vms"] == 8


_WITHOUT_OPENPYXL = """
import sys
for name in [name for name in sys.modules if ".module_utils.report." in name or name.endswith(".vmware_inventory_export")]:
    del sys.modules[name]
sys.modules["openpyxl"] = None
"""


def test_without_openpyxl(run, scans, out):
    result = run(_WITHOUT_OPENPYXL, scans=[scans], dest=str(out))
    assert result["failed"] and "openpyxl" in result["msg"] and os.path.basename(sys.executable) in result["msg"]


def test_options_and_documentation_are_the_same():
    documented = yaml.safe_load(vmware_inventory_export.DOCUMENTATION)["options"]
    # Described by a fragment of Ansible's own.
    documented["backup"] = {"type": "bool", "default": False}
    documented["redact_key"]["no_log"] = True
    seen = vmware_inventory_export.ARGUMENT_SPEC
    assert {name: {key: value for key, value in option.items() if key != "description"} for name, option in documented.items()} == seen
    assert seen["layout"]["choices"] == list(LAYOUTS) and seen["language"]["choices"] == list(LANGUAGES)
    assert seen["extra_sheets"]["choices"] == list(EXTRA_SHEETS)


def test_the_role_has_the_same_choices():
    collection = Path(vmware_inventory_export.__file__).resolve().parents[2]
    role = yaml.safe_load((collection / "roles" / "vmware_report" / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    module = yaml.safe_load(vmware_inventory_export.DOCUMENTATION)["options"]
    for option in ("layout", "language", "extra_sheets"):
        assert role[f"vmware_report_{option}"]["choices"] == module[option]["choices"]


@pytest.mark.parametrize("language, name", [
    ("en", "VMware_Inventory_1source"), ("es", "Inventario_VMware_1fuente"), ("fr", "Inventaire_VMware_1source"), ("zh", "VMware清单_1个来源"),
])  # fmt: skip
def test_one_source_in_every_language(run, scans, out, language, name):
    result = run(scans=[os.path.join(scans, "madrid.sqlite")], dest=str(out), language=language, layout="single", extra_sheets=["snapshots", "clusters"])
    assert os.listdir(out) == [f"{name}_20250220_1430.xlsx"]
    names = openpyxl.load_workbook(result["dest"]).sheetnames
    assert [sheet["name"] for sheet in result["sheets"]] == names
    assert names[5:7] == [LANGUAGES[language]["sheet.clusters"], LANGUAGES[language]["sheet.snapshots"]]


def test_missing_sources_are_said(run, scans, out):
    run(scans=[scans], dest=str(out / "estate.xlsx"), missing_sources=["bogota", "lima"])
    assert "Sources missing: 1." in openpyxl.load_workbook(out / "estate.xlsx")["Coverage"]["A2"].value


def test_missing_sources_have_pseudonyms_too(run, scans, out):
    run(scans=[scans], dest=str(out / "estate.xlsx"), missing_sources=["bogota", "lima"], redact=True, redact_key="correct horse battery staple")
    sheet = openpyxl.load_workbook(out / "estate.xlsx")["Coverage"]
    assert "Sources missing: 1." in sheet["A2"].value
    [missing] = [row[0].value for row in sheet.iter_rows() if "not in the workbook" in str(row[2].value)]
    assert re.fullmatch("source-[0-9a-f]{12}", missing)


def test_through_ansible_itself(scans, out, tmp_path):
    """All that the module imports must be in the archive that Ansible makes of it."""
    program = shutil.which("ansible", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
    if program is None:
        pytest.skip("the program ansible is not installed")
    collections = os.path.dirname(vmware_inventory_export.__file__).split("/ansible_collections/")[0]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment.update(ANSIBLE_COLLECTIONS_PATH=collections, ANSIBLE_LOCAL_TEMP=str(tmp_path / "local"), ANSIBLE_REMOTE_TEMP=str(tmp_path / "remote"))
    done = subprocess.run(
        [
            program, "localhost", "-c", "local", "-e", f"ansible_python_interpreter={sys.executable}",
            "-m", "estate.vmware.vmware_inventory_export", "-a", json.dumps({"scans": [scans], "dest": str(out)}),
        ],
        capture_output=True, text=True, env=environment, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert os.listdir(out) == [_NAME]
