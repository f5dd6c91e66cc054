# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import zipfile

import openpyxl
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx import workbook_diff
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook_diff import workbook_text
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


def lines(path):
    *sheets, digest, end = workbook_text(str(path), "abc").split("\n")
    assert digest == "SHA-256: abc" and end == ""
    return sheets


@pytest.fixture
def other(tmp_path):
    """A workbook that another program made."""
    book = openpyxl.Workbook()
    book.active.title = "One & <two>"
    for number in range(1200):
        book.active.append([number, "<row r='1'>", "x" * (number % 7)])
    book.create_sheet("empty")
    path = tmp_path / "other.xlsx"
    book.save(path)
    return path


def test_our_workbooks(tmp_path):
    path = tmp_path / "ours.xlsx"
    os.replace(estates.write_workbook(estates.estate(), tmp_path), path)
    book = openpyxl.load_workbook(path)
    assert lines(path) == [f"{sheet.title}: {sum(1 for row in sheet.iter_rows() if any(cell.has_style for cell in row))} rows" for sheet in book]


@pytest.mark.parametrize("piece", [1, 5, 64, 1000, 1 << 20])
def test_workbooks_of_others_in_pieces_of_any_size(other, piece, monkeypatch):
    monkeypatch.setattr(workbook_diff, "_PIECE", piece)
    assert lines(other) == ["One & <two>: 1200 rows", "empty: 0 rows"]


def test_no_file(tmp_path):
    assert workbook_text(str(tmp_path / "none.xlsx"), "") == ""


@pytest.mark.parametrize("content", [b"", b"my notes", b"PK\x03\x04" + b"\0" * 60, b"\xd0\xcf\x11\xe0" * 200])
def test_files_that_are_no_workbooks(tmp_path, content):
    path = tmp_path / "notes.xlsx"
    path.write_bytes(content)
    assert lines(path) == ["Not a workbook."]


def _corrupt(other, path, part, change):
    with zipfile.ZipFile(other) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            content = change(content) if name == part else content
            if content is not None:
                target.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/workbook.xml", lambda content: None),
        ("xl/workbook.xml", lambda content: content[:200]),
        ("xl/workbook.xml", lambda content: content.replace(b"rId1", b"rId99")),
        ("xl/_rels/workbook.xml.rels", lambda content: None),
        ("xl/_rels/workbook.xml.rels", lambda content: b""),
        ("xl/worksheets/sheet1.xml", lambda content: None),
    ],
)
def test_workbooks_with_parts_that_are_missing_or_spoiled(other, tmp_path, part, change):
    assert lines(_corrupt(other, tmp_path / "corrupt.xlsx", part, change)) == ["Not a workbook."]


def test_damaged_archives(other, tmp_path):
    whole = other.read_bytes()
    path = tmp_path / "damaged.xlsx"
    for start in range(0, len(whole), 97):
        path.write_bytes(whole[:start] + b"\xff" * 40 + whole[start + 40 :])
        assert lines(path)


def test_names_of_sheets_are_one_line_each(other, tmp_path):
    path = _corrupt(other, tmp_path / "corrupt.xlsx", "xl/workbook.xml", lambda content: content.replace(b'"empty"', b'"a&#10;&#13;b"'))
    assert lines(path)[1] == "a b: 0 rows"
