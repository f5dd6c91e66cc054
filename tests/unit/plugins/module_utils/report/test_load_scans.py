# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import sqlite3

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import Pseudonyms
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.load_scans import filtered_scans, open_scans
from ansible_collections.estate.vmware.plugins.module_utils.report.scan_per_source import SHOW, STALE
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

FACTS = {"source": "a", "address": "a.example.com", "status": "ok", "sections": {}}


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def opened(warnings):
    return lambda *named: open_scans(named, warnings.append)


def test_files_and_folders(tmp_path, opened, warnings):
    for name in "ab":
        estates.make_scan(name, path=tmp_path / f"{name}.sqlite").close()
    assert [scan.head.source for scan in opened(str(tmp_path))] == ["a", "b"]
    assert [scan.head.source for scan in opened(str(tmp_path / "b.sqlite"))] == ["b"]
    assert not warnings


def test_facts_with_rows_say_the_same_as_their_scan(opened):
    told = {"seconds_of": {"vms": 9.5}, "certificate": estates.CERTIFICATE}
    scan = estates.make_scan("a", estates.sections(), status="partial", issues=[Issue("vms", "x", "y", "missing", "z")], **told)
    [inline] = opened(facts(scan, with_rows=True))
    assert inline.head == scan.head and inline.counts == scan.counts and inline.issues() == scan.issues()
    assert inline.seconds == scan.seconds == {"vms": 9.5}
    for section in scan.counts:
        keys = list(scan.fields(section))
        assert list(inline.rows(section, keys)) == list(scan.rows(section, keys))


def test_facts_of_a_scan_file_are_read_from_it(tmp_path, opened):
    scan = estates.make_scan("a", estates.sections(), path=tmp_path / "a.sqlite")
    [found] = opened(facts(scan, with_rows=False))
    assert found.path == scan.path and found.counts == scan.counts


def test_a_failed_source_needs_no_sections(opened):
    [scan] = opened({"source": "a", "address": "x", "status": "failed", "error": "no route"})
    assert (scan.head.status, scan.head.error, scan.counts) == ("failed", "no route", {})


def test_a_source_whose_rows_are_elsewhere_does_not_look_empty(opened, warnings):
    [scan] = opened({**FACTS, "sections": None, "scan_file": "/not/here.sqlite"})
    assert scan.head.status == "failed" and "/not/here.sqlite does not exist" in scan.head.error
    assert "counts as failed" in warnings[0]


def test_issues_that_facts_leave_out_are_counted(opened):
    [scan] = opened({**FACTS, "status": "partial", "issue_count": 25, "issues": [vars(Issue("vms", "x", "y", "missing", "z"))] * 20})
    assert len(scan.issues()) == 21 and "5" in scan.issues()[-1].message


def test_lone_surrogates_and_control_characters_in_facts(opened):
    [scan] = opened({**FACTS, "error": "\ud800", "sections": {"vms": [{"name": "a\ud800b\x00", "mac_addresses": ["\udfff"]}]}})
    assert list(scan.rows("vms", ["name", "mac_addresses"])) == [("a\ufffdb\ufffd", ["\ufffd"])]


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_scans_of_a_source_the_newer_one_is_used(opened, warnings, turn):
    both = [{**FACTS, "finished": f"2025-02-2{day}T00:00:00Z", "address": str(day)} for day in (0, 1)]
    [scan] = opened(*both[::turn])
    assert scan.head.address == "1"
    assert warnings == ["scans has two of the source a: the newer one is used, of 2025-02-21T00:00:00Z; the one of 2025-02-20T00:00:00Z is not"]


NIGHT = "2025-02-20T05:00:00Z"
NEXT_NIGHT = "2025-02-21T05:00:00Z"


@pytest.fixture
def folder(tmp_path):
    """Scans of a source that was read, and of which another night could not be."""
    failed = tmp_path / "failed"
    failed.mkdir()
    estates.make_scan("a", estates.sections(), path=tmp_path / "a.sqlite", finished=NIGHT).close()
    estates.make_scan("a", path=failed / "a.sqlite", status="failed", error="no route", finished=NEXT_NIGHT).close()
    return tmp_path


@pytest.mark.parametrize("named", [".", "a.sqlite"])
def test_failure_after_a_good_scan_says_when_the_source_was_last_read(folder, opened, warnings, named):
    [scan] = opened(str(folder / named))
    assert (scan.head.status, scan.head.error, scan.counts) == ("failed", "no route", {})
    assert (scan.standing.last_read, scan.standing.last_tried) == (NIGHT, NEXT_NIGHT)
    assert not warnings, "that is what every failure looks like"


def test_stale_rows_are_shown_where_somebody_wants_them(folder):
    [scan] = open_scans([str(folder)], pytest.fail, SHOW)
    assert (scan.head.status, scan.head.error, scan.head.finished) == (STALE, "no route", NIGHT)
    assert scan.counts["vms"] and (scan.standing.last_read, scan.standing.last_tried) == (NIGHT, NEXT_NIGHT)
    [view] = filtered_scans([scan], {}, Pseudonyms("k" * 16), pytest.fail)
    assert (view.head.status, view.standing.last_read) == (STALE, NIGHT), "also where names are private"


def test_failure_before_a_good_scan_counts_no_more(folder, opened, warnings):
    estates.make_scan("a", estates.sections(), path=folder / "a.sqlite", finished="2025-02-22T05:00:00Z").close()
    [scan] = opened(str(folder))
    assert (scan.head.status, scan.standing.last_read) == ("ok", "") and not warnings


@pytest.mark.parametrize("scan_file, tried", [("failed/a.sqlite", NEXT_NIGHT), ("", ""), ("failed/gone.sqlite", "")])
def test_facts_of_a_failure_know_the_last_good_scan(folder, opened, scan_file, tried):
    facts_of_play = {"source": "a", "status": "failed", "error": "no route", "scan_file": str(folder / scan_file), "good_scan_file": str(folder / "a.sqlite")}
    [scan] = opened(facts_of_play)
    assert (scan.head.status, scan.head.error, scan.standing.last_read, scan.standing.last_tried) == ("failed", "no route", NIGHT, tried)


def test_facts_of_a_scan_that_was_used_again_stand_by_it(folder, opened):
    """With max_age the good scan counts, whatever failed since."""
    [scan] = opened({"source": "a", "status": "ok", "scan_file": str(folder / "a.sqlite"), "good_scan_file": str(folder / "a.sqlite")})
    assert scan.head.status == "ok" and scan.counts["vms"]


def test_two_vcenters_of_one_name_are_not_one_source(opened):
    both = [{**FACTS, "about": {"instance_uuid": uuid}} for uuid in ("1", "2")]
    with pytest.raises(ReportError, match="two vCenters called a"):
        opened(*both)


def test_failed_source_without_a_reason_gets_one(opened):
    [scan] = opened({"source": "a", "status": "failed"})
    assert (scan.head.status, scan.head.error) == ("failed", "not read: see the job output")


@pytest.mark.parametrize(
    "bad, message",
    [
        (3, r"scans\[0\] is 3: give the path"),
        ("", r"scans\[0\] is ''"),
        ([], r"scans\[0\] is \[\]"),
        ({"a": 1}, r"scans\[0\] lacks source, status: give the facts"),
        ({**FACTS, "status": "fine"}, "status 'fine'"),
        ({**FACTS, "sections": []}, None),
        ({**FACTS, "sections": [1]}, "facts of a cannot be used"),
        ({**FACTS, "sections": {"pods": []}}, "section pods is unknown"),
        ({**FACTS, "sections": {"vms": [1]}}, "facts of a cannot be used"),
        ({**FACTS, "sections": {"vms": [{"vcpu": "many"}]}}, "vcpu is 'many'"),
        ({**FACTS, "sections": {"vms": [{"vcpu": 2**70}]}}, "facts of a cannot be used"),
        ({**FACTS, "sections": {"vms": [{"mac_addresses": "00:50"}]}}, "mac_addresses is '00:50'"),
        ({**FACTS, "sections": {"vms": [{"tags": {"a": [1]}}]}}, "tags is {'a': .1.}: it is not a map of texts; give"),
        ({**FACTS, "started": "../.."}, r"cannot be used: started is not a time \(got '../..'\); give"),
        ({**FACTS, "seconds": "long"}, "facts of a cannot be used"),
        ({**FACTS, "about": "x"}, "facts of a cannot be used"),
    ],
)
def test_bad_elements_are_named_in_one_line(opened, bad, message):
    if message is None:
        assert opened(bad)[0].counts == {}
        return
    with pytest.raises(ReportError, match=message) as raised:
        opened(bad)
    assert "\n" not in str(raised.value)


def test_no_scan_at_all(tmp_path, opened):
    with pytest.raises(ReportError, match="scans names no scan: give"):
        opened(str(tmp_path))
    with pytest.raises(ScanFileError, match="does not exist"):
        opened(str(tmp_path / "missing"))


def test_a_file_that_is_no_scan_is_a_source_that_could_not_be_read(tmp_path, opened):
    (tmp_path / "zürich.sqlite").write_text("no database")
    (tmp_path / "a%2Fb.sqlite").mkdir()
    estates.make_scan("c", path=tmp_path / "c.sqlite").close()
    scans = {scan.head.source: scan.head for scan in opened(str(tmp_path))}
    assert {source: head.status for source, head in scans.items()} == {"a/b": "failed", "c": "ok", "zürich": "failed"}
    assert "zürich.sqlite is not a scan file" in scans["zürich"].error and "a%2Fb.sqlite is not a file" in scans["a/b"].error


def test_a_damaged_scan_is_known_by_what_it_says_of_itself(tmp_path, opened):
    path = tmp_path / "x.sqlite"
    estates.make_scan("a", estates.sections(2), path=path, address="a.example.com").close()
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM vms WHERE rowid = 1")
    [scan] = opened(str(path))
    assert (scan.head.source, scan.head.address, scan.head.status, scan.counts) == ("a", "a.example.com", "failed", {})
    assert "it has 1 rows of vms instead of 2; scan its source again" in scan.head.error


def test_a_bad_file_that_facts_name_is_of_their_source(tmp_path, opened):
    path = tmp_path / "x.sqlite"
    path.write_text("no database")
    [scan] = opened({**FACTS, "scan_file": str(path)})
    assert (scan.head.source, scan.head.status) == ("a", "failed") and "not a scan file" in scan.head.error


def test_home_and_variables_in_paths(tmp_path, opened, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    estates.make_scan("a", path=os.path.join(tmp_path, "a.sqlite")).close()
    assert len(opened("~/a.sqlite")) == len(opened("$HOME/a.sqlite")) == 1
