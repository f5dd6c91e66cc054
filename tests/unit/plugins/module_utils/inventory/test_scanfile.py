# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, LIST, TEXT, Field, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FORMAT, IN_MEMORY, LEFT_OUT, OK, Issue, ScanFileError, ScanHead, checksum

SHELVES = Section(
    key="shelves",
    managed_types=("Shelf",),
    description="Shelves",
    fields=(
        Field("name", "name", TEXT, "Name"),
        Field("height", "height", INTEGER, "Height", unit="mm"),
        Field("full", "full", BOOLEAN, "Whether it is full"),
        Field("books", "books", LIST, "Titles"),
    ),
)
HEAD = ScanHead(
    "east", "vc.example.com", "vCenter", {"version": "8.0.2"}, status=OK, started="2025-02-20T14:30:00Z", finished="2025-02-20T14:30:09Z", seconds=9.0
)
ROWS = [("b", 2, 1, '["x", "y"]'), ("a", None, 0, "[]"), ("🚀=cmd()", 0, None, None)]


def write(path: str) -> Scan:
    with ScanWriter(path) as writer:
        writer.add_section(SHELVES, SHELVES.fields)
        writer.add_rows("shelves", ROWS[:1])
        writer.add_issue(Issue("shelves", "c", "name", "no_permission", "Permission denied"))
        writer.add_rows("shelves", ROWS[1:])
        writer.finish(HEAD)
    return writer.reader()


@pytest.fixture(params=["file", "memory"])
def scan(request, tmp_path):
    found = write(str(tmp_path / "east.sqlite") if request.param == "file" else IN_MEMORY)
    yield found
    found.close()


def test_reader_returns_what_was_written(scan):
    assert scan.head == HEAD
    assert scan.counts == {"shelves": 3}
    assert scan.fields("shelves") == {"name": TEXT, "height": INTEGER, "full": BOOLEAN, "books": LIST}
    assert list(scan.rows("shelves", ["name", "books", "full", "height"])) == [
        ("b", ["x", "y"], True, 2),
        ("a", [], False, None),
        ("🚀=cmd()", None, None, 0),
    ]
    assert scan.issues() == [Issue("shelves", "c", "name", "no_permission", "Permission denied")]
    assert scan.issue_count() == 1


def test_seconds_of_sections(tmp_path):
    path = str(tmp_path / "east.sqlite")
    with ScanWriter(path) as writer:
        writer.add_section(SHELVES, SHELVES.fields)
        writer.add_seconds("shelves", 1.23456)
        writer.add_seconds("hosts", 1.0)
        writer.finish(HEAD)
    assert writer.reader().seconds == {"shelves": 1.235}
    assert write(IN_MEMORY).seconds == {}


def test_file_without_seconds_of_sections(tmp_path):
    path = str(tmp_path / "east.sqlite")
    write(path).close()
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE sections DROP COLUMN seconds")
    scan = Scan.open(path)
    assert scan.seconds == {} and scan.counts == {"shelves": 3}


def test_order_and_unknown_fields(scan):
    assert list(scan.rows("shelves", ["colour", "name"], order_by=["name", "colour"])) == [(None, "a"), (None, "b"), (None, "🚀=cmd()")]


def test_section_that_was_not_read(scan):
    assert list(scan.rows("hosts", ["name"])) == []
    assert scan.value("hosts", "count(*)") is None


def test_section_that_is_dropped_leaves_no_rows(tmp_path):
    path = str(tmp_path / "east.sqlite")
    with ScanWriter(path) as writer:
        writer.add_section(SHELVES, SHELVES.fields)
        writer.add_rows("shelves", ROWS)
        writer.drop_section("shelves")
        writer.finish(HEAD)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'shelves'").fetchone() == (0,)


def test_values_that_are_shown_instead_change_no_file(tmp_path):
    path = str(tmp_path / "east.sqlite")
    before = checksum(write(path).path)
    with closing(Scan.open(path)) as scan:
        scan.show("shelves", "name", {1: "words-1", 3: "words-3"})
        assert list(scan.rows("shelves", ["name"])) == [("words-1",), ("a",), ("words-3",)]
    assert checksum(path) == before


def test_aggregates_of_a_section(scan):
    assert scan.value("shelves", "sum(height)") == 2
    assert scan.value("shelves", "count(*)", where='"full" = 1') == 1


def test_tally():
    with ScanWriter(IN_MEMORY) as writer:
        writer.add_section(SHELVES, SHELVES.fields)
        writer.add_rows("shelves", [(name, 1, full, "[]") for name, full in (("b", 1), ("a", 1), ("b", 0), (None, 1), ("", 1))])
        writer.finish(HEAD)
        scan = writer.reader()
    assert scan.tally("shelves", "name") == {None: 2, "a": 1, "b": 2}
    assert scan.tally("shelves", "name", '"full" = 1') == {None: 2, "a": 1, "b": 1}
    assert scan.tally("hosts", "name") == {} == scan.tally("shelves", "colour")


def test_file_is_readable_by_its_owner_only_and_leaves_no_other_file(tmp_path):
    write(str(tmp_path / "east.sqlite"))
    assert stat.S_IMODE(os.stat(tmp_path / "east.sqlite").st_mode) == 0o600
    assert os.listdir(tmp_path) == ["east.sqlite"]


def test_file_appears_only_when_finished(tmp_path):
    path = tmp_path / "east.sqlite"
    path.write_text("the old one")
    with pytest.raises(RuntimeError), ScanWriter(str(path)) as writer:
        writer.add_section(SHELVES, SHELVES.fields)
        raise RuntimeError
    assert os.listdir(tmp_path) == ["east.sqlite"]
    assert path.read_text() == "the old one"


def test_checksum_is_that_of_sha256sum(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"hello\n")
    assert checksum(str(path)) == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"


def test_missing_folder(tmp_path):
    with pytest.raises(ScanFileError, match="nowhere/east.sqlite cannot be written: No such file or directory; give a folder"):
        ScanWriter(str(tmp_path / "nowhere" / "east.sqlite"))


def test_full_disk_leaves_nothing(tmp_path):
    path = str(tmp_path / "east.sqlite")
    with pytest.raises(ScanFileError, match="cannot be written: database or disk is full"), ScanWriter(path) as writer:
        writer.add_section(SHELVES, SHELVES.fields)
        # What SQLite says when the disk is full it also says at a limit of pages.
        writer._db.execute("PRAGMA max_page_count = 12")
        for _round in range(100):
            writer.add_rows("shelves", [("x" * 4000, 1, 1, "[]")])
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0" + b"\0" * 100])
def test_file_that_is_not_a_scan(tmp_path, content):
    path = tmp_path / "x.sqlite"
    path.write_bytes(content)
    with pytest.raises(ScanFileError, match="x.sqlite is not a scan file"):
        Scan.open(str(path))


def test_other_database(tmp_path):
    path = str(tmp_path / "x.sqlite")
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE scan (colour TEXT)")
    with pytest.raises(ScanFileError, match="is not a scan file"):
        Scan.open(path)


def test_file_of_a_later_release_is_refused(tmp_path):
    path = str(tmp_path / "x.sqlite")
    write(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE scan SET format = ?", (FORMAT + 1,))
    with pytest.raises(ScanFileError, match="update the collection"):
        Scan.open(path)


def test_missing_scan_file(tmp_path):
    with pytest.raises(ScanFileError, match="nothing.sqlite does not exist"):
        Scan.open(str(tmp_path / "nothing.sqlite"))


def test_name_with_uri_characters(tmp_path):
    scan = write(str(tmp_path / "a ?#%2f é.sqlite"))
    assert scan.head.source == "east"


def test_left_out_issues_are_no_gaps():
    with ScanWriter(IN_MEMORY) as writer:
        writer.add_section(SHELVES, SHELVES.fields)
        writer.add_issue(Issue("tags", "", "", LEFT_OUT, "no session"))
        assert writer.gap_count == 0
        writer.add_issue(Issue("shelves", "", "", "missing", "gone"))
        assert writer.gap_count == 1
        writer.clear_section("shelves")
        assert writer.gap_count == 0
        writer.finish(ScanHead("east", "vc"))
        assert writer.reader().issue_count() == 1
