# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scan files that somebody else may have made."""

from __future__ import annotations

import os
import sqlite3
import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.retention import keep_earlier_scans
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import BadScanFile, Scan
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "east.sqlite"
    estates.make_scan("east", {"vms": [estates.vm(1), estates.vm(2)]}, path=path).close()
    return str(path)


@pytest.fixture
def changed(path):
    """Change the scan with SQL."""

    def changed(*statements, values=()):
        database = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            database.execute(statement, values)
        database.close()

    return changed


def read(path):
    """Everything that anybody reads of a scan."""
    scan = Scan.open(path)
    try:
        scan.check()
        return [list(scan.rows(section, list(scan.fields(section)))) for section in scan.counts] + [scan.issues(), scan.tally("vms", "os_name")]
    finally:
        scan.close()


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        (["ALTER TABLE scan RENAME TO s2", f"CREATE VIEW scan AS SELECT s2.* FROM s2, ({ENDLESS})"], "its view scan"),
        (["ALTER TABLE vms RENAME TO v2", f"CREATE VIEW vms AS SELECT v2.* FROM v2 WHERE ({ENDLESS})"], "its view vms"),
        ([f"CREATE VIEW other AS {ENDLESS}"], "its view other"),
        (["CREATE TRIGGER t AFTER INSERT ON vms BEGIN SELECT 1; END"], "its trigger t"),
        (["CREATE INDEX i ON vms (name)"], "its index i"),
        (["CREATE INDEX i ON vms (abs(vcpu))"], "its index i"),
        (["CREATE TABLE g (a TEXT, b TEXT AS (upper(a)))"], "its table g"),
        (["CREATE TABLE g (a TEXT CHECK (a <> ''))"], "its table g"),
        (["CREATE TABLE g (a TEXT DEFAULT (upper('a')))"], "its table g"),
        (["CREATE TABLE g (a TEXT PRIMARY KEY) WITHOUT ROWID"], "its table g"),
        (["CREATE TABLE g AS SELECT 1 AS 'a\"b'"], "its table g"),
        (['CREATE TABLE "a""b" (c TEXT)'], 'its table a"b'),
        (["ANALYZE"], "sqlite_stat"),
        (["DROP TABLE issues"], "no table issues"),
        (["DROP TABLE fields", "DROP TABLE sections"], "no table fields, sections"),
        (["DROP TABLE vms"], "its table vms has no column"),
        (["ALTER TABLE vms DROP COLUMN vcpu"], "no column vcpu"),
        (["DELETE FROM scan"], "0 rows"),
        (["INSERT INTO scan SELECT * FROM scan"], "2 rows"),
        (["ALTER TABLE scan DROP COLUMN status"], "its status is None"),
        (["UPDATE scan SET status = 'OK'"], "its status is 'OK'"),
        (["UPDATE scan SET source = NULL"], "names no source"),
        (["UPDATE scan SET source = ''"], "names no source"),
        (["UPDATE scan SET source = x'00ff'"], "source is not a text"),
        (["UPDATE scan SET error = x'00ff'"], "error is not a text"),
        (["UPDATE scan SET error = CAST(x'ff' AS TEXT)"], "decode"),
        (["UPDATE scan SET started = '../../../ESCAPED'"], "started is not a time (got '../../../ESCAPED')"),
        (["UPDATE scan SET started = '2026-13-01T00:00:00Z'"], "does not match"),
        (["UPDATE scan SET finished = '٢٠٢٦-01-01T00:00:00Z'"], "finished is"),
        (["UPDATE scan SET finished = '2026-01-01T00:00:00Z' || char(10)"], "finished is"),
        (["UPDATE scan SET format = -1"], "its format is -1"),
        (["UPDATE scan SET format = 'new'"], "its format is 'new'"),
        (["UPDATE scan SET format = NULL"], "its format is None"),
        (["UPDATE scan SET format = 99"], "update the collection"),
        (["UPDATE scan SET seconds = 'long'"], "seconds is 'long'"),
        (["UPDATE scan SET seconds = 9e999"], "seconds is inf"),
        (["UPDATE scan SET calls = -1"], "calls is -1"),
        (["UPDATE scan SET about = '[]'"], "about is not a map"),
        (["UPDATE scan SET about = '{\"version\": 5}'"], "version of about is not a text"),
        (["UPDATE scan SET about = '{'"], "not a scan file"),
        (["UPDATE scan SET certificate = '[]'"], "certificate is not a map"),
        (["UPDATE scan SET certificate = '{\"issuer\": [1]}'"], "issuer of certificate is not a text"),
        (["UPDATE scan SET error = zeroblob(5000000)"], "longer than any scan's"),
        (
            ["INSERT INTO fields WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 10001) SELECT 'vms', 'f' || x, 'text', '', '' FROM c"],
            "its table fields has more than 10000 rows",
        ),
        (["UPDATE sections SET row_count = 'many'"], "row_count is 'many'"),
        (["UPDATE sections SET row_count = -5"], "row_count is -5"),
        (["UPDATE sections SET row_count = 3"], "2 rows of vms instead of 3"),
        (["UPDATE sections SET row_count = 2.5"], "row_count is 2.5"),
        (["UPDATE sections SET seconds = 'x'"], "seconds is 'x'"),
        (["INSERT INTO sections VALUES ('sqlite_master', '', 1, NULL)"], "a section named 'sqlite_master'"),
        (["INSERT INTO sections VALUES ('scan', '', 1, NULL)"], "a section named 'scan'"),
        (["INSERT INTO sections VALUES ('a\"b', '', 1, NULL)"], "a section named"),
        (["INSERT INTO sections VALUES (NULL, '', 1, NULL)"], "a section named None"),
        (["INSERT INTO sections VALUES ('hosts', '', 0, NULL)"], "its table hosts has no column"),
        (["INSERT INTO fields VALUES ('vms', 'a\"b', 'text', '', '')"], "a field named"),
        (["INSERT INTO fields VALUES ('vms', 'a..b', 'text', '', '')"], "a field named"),
        (["INSERT INTO fields VALUES ('vms', 'gone', 'text', '', '')"], "no column gone"),
        (["UPDATE fields SET kind = 'zzz'"], "of the kind zzz"),
        (["UPDATE fields SET kind = 'TEXT' WHERE field = 'name'"], "of the kind TEXT"),
        (["UPDATE fields SET kind = 'text' WHERE field = 'vcpu'"], "of the kind text, not integer"),
        (["UPDATE vms SET name = x'ff00fe'"], "its field name of vms has values that are not of kind text"),
        (["UPDATE vms SET name = x''"], "not of kind text"),
        (["UPDATE vms SET name = CAST(x'fffe' AS TEXT)"], "decode"),
        (["UPDATE vms SET vcpu = 'four'"], "its field vcpu of vms has values that are not of kind integer"),
        (["UPDATE vms SET vcpu = x'04'"], "not of kind integer"),
        (["UPDATE vms SET used_gb = 9e999"], "not of kind real"),
        (["UPDATE vms SET template = 'yes'"], "not of kind boolean"),
        (["UPDATE vms SET tags = '{'"], "JSON"),
        (["UPDATE vms SET tags = '{\"a\": [1]}'"], "not a map of texts"),
        (["UPDATE vms SET tags = '{\"a\": {}}'"], "not a map of texts"),
        (["UPDATE vms SET custom_attributes = '[1]'"], "not of kind map"),
        (["UPDATE vms SET mac_addresses = '{}'"], "not of kind list"),
        (["UPDATE vms SET mac_addresses = '[{}]'"], "not a list of texts"),
        (["UPDATE vms SET mac_addresses = '[\"' || hex(zeroblob(5000000)) || '\"]'"], "has a value of 10000004 bytes"),
    ],
)
def test_invalid_content_is_rejected(path, changed, statements, reason):
    changed(*statements)
    began = time.monotonic()
    with pytest.raises(BadScanFile) as error:
        read(path)
    assert reason in str(error.value) and "east.sqlite" in str(error.value) and "\n" not in str(error.value)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deeply_nested_json(path, changed, opening):
    deep = opening * 100_000
    for statement in ("UPDATE vms SET tags = ?", "UPDATE scan SET about = ?"):
        changed(statement, values=(deep,))
        with pytest.raises(BadScanFile, match="JSON"):
            read(path)


def test_too_many_tables(path, changed):
    # They all have one page.
    changed(
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300000)"
        " SELECT 'table', 't' || x, 't' || x, 2, 'CREATE TABLE t' || x || ' (a TEXT)' FROM c",
    )
    began = time.monotonic()
    with pytest.raises(BadScanFile, match="too long for its size|more than 200 tables"):
        Scan.open(path)
    assert time.monotonic() - began < 20


def test_more_rows_than_the_file_can_have(path):
    """One page that is the child of another one ten thousand times."""
    # Many rows have the first page, which all others become; those have one each.
    vms = [{"name": str(number)} if number < 40 else estates.vm(number, annotation="x" * 3000) for number in range(400)]
    estates.make_scan("east", {"vms": vms}, path=path).close()
    with sqlite3.connect(path) as database:
        root, size = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'vms'").fetchone()[0], database.execute("PRAGMA page_size").fetchone()[0]
    with open(path, "r+b") as stream:
        page = bytearray(stream.seek((root - 1) * size) and stream.read(size) or b"")
        assert page[0] == 5, "an inner page"
        cells = int.from_bytes(page[3:5], "big")
        places = [int.from_bytes(page[12 + 2 * cell : 14 + 2 * cell], "big") for cell in range(cells)]
        for place in places:
            page[place : place + 4] = page[places[0] : places[0] + 4]
        stream.seek((root - 1) * size)
        stream.write(page)
    with pytest.raises(BadScanFile):
        read(path)


@pytest.mark.parametrize("size", [0, 1, 100, 5000, 20_000])
def test_truncated_file(path, size):
    os.truncate(path, size)
    with pytest.raises(BadScanFile):
        read(path)


def test_path_that_is_not_a_file(tmp_path):
    os.mkfifo(tmp_path / "fifo.sqlite")
    (tmp_path / "folder.sqlite").mkdir()
    (tmp_path / "loop.sqlite").symlink_to("loop.sqlite")
    (tmp_path / "nowhere.sqlite").symlink_to("gone")
    for path in tmp_path.iterdir():
        with pytest.raises(BadScanFile, match="sqlite is not a file"):
            Scan.open(str(path))


def test_long_texts_are_cut(path, changed):
    changed("UPDATE vms SET annotation = replace(hex(zeroblob(10000000)), '00', '🚀'), name = char(0) || hex(zeroblob(10000000)) WHERE moid = 'vm-1'")
    scan = Scan.open(path)
    scan.check()
    rows = {moid: (len(note or ""), len(name)) for moid, note, name in scan.rows("vms", ["moid", "annotation", "name"])}
    assert rows["vm-1"] == (32767, 32767) and rows["vm-2"][1] < 20


def test_issues_with_invalid_values(path, changed):
    changed("ALTER TABLE issues ADD COLUMN zz", "INSERT INTO issues VALUES (NULL, 1, x'41', hex(zeroblob(1000000)), 'a', 1)")
    [issue] = Scan.open(path).issues()
    assert (issue.section, issue.object, issue.message) == ("", "1", "a") and len(issue.kind) <= 500


def test_file_in_wal_mode_is_read(path, changed):
    before = read(path)
    changed("PRAGMA journal_mode = WAL")
    assert read(path) == before


def test_unknown_columns_and_tables_are_ignored(path, changed):
    before = read(path)
    changed("ALTER TABLE scan ADD COLUMN colour TEXT", "CREATE TABLE later (a TEXT, b)", "ALTER TABLE vms ADD COLUMN zz TEXT")
    assert read(path) == before


def test_head_of_a_scan_is_never_used_as_a_path(path, changed, tmp_path):
    changed("UPDATE scan SET started = '../../../ESCAPED'")
    with keep_earlier_scans(path, 2):
        pass
    assert sorted(os.listdir(tmp_path)) == ["east.sqlite"] and "ESCAPED.sqlite" not in os.listdir(tmp_path.parent)


def test_scan_without_a_start_time_is_not_kept(path, changed, tmp_path):
    changed("UPDATE scan SET started = ''")
    with keep_earlier_scans(path, 2):
        pass
    assert sorted(os.listdir(tmp_path)) == ["east.sqlite"]
