# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not break a workbook, put into every field of every section and onto every sheet."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, LIST, MAP, REAL, TEXT, TIME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import units
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS, LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_text import CELL_LIMIT
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report.estates import rows_below

VALUES = {INTEGER: 0, REAL: 0.0, BOOLEAN: False, TIME: "2025-02-20T14:30:00Z"}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def filled_with(text):
    """A scan with this text wherever a scan has text, and zero wherever it has a number."""
    values = {**VALUES, TEXT: text, LIST: [text, text], MAP: {text: text}}
    sections = {}
    for key, section in SECTIONS.items():
        row = {field.key: values[field.kind] for field in section.fields}
        # Tags have lists where custom attributes have texts.
        sections[key] = [{**row, "tags": {text: [text]}} if "tags" in row else row]
    return estates.make_scan(
        text, sections, address=text, type=text, about={"full_name": text, "version": text}, status="partial", error=text,
        issues=[Issue(text, text, text, text, text), Issue("vms", text, text, "missing", text)],
    )  # fmt: skip


def cells_of(path):
    """Every cell of every sheet as XML."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            root = ElementTree.fromstring(archive.read(name))
            if "worksheets/" in name:
                yield from root.iter(f"{_MAIN}c")


def texts_of(path):
    return {"".join(cell.itertext()) for cell in cells_of(path) if cell.get("t") == "inlineStr"}


@pytest.fixture(params=LAYOUTS)
def write(request, tmp_path):
    """A function that writes a workbook with all sheets there are, in each layout."""
    return lambda scan, **how: estates.write_workbook([scan], tmp_path, layout=request.param, extra=EXTRA_SHEETS, missing=["=missing"], **how)


RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "<f>1</f>", "]]>", "&amp;", "'", "_x003D_1"]


@pytest.mark.parametrize("text", RISKY)
def test_no_text_anywhere_becomes_a_formula_or_markup(write, text):
    path = write(filled_with(text))
    found = [cell for cell in cells_of(path) if cell.get("t") == "inlineStr" and text.strip() in "".join(cell.itertext()).replace("_x005F_", "_")]
    assert len(found) > 60
    for cell in cells_of(path):
        assert cell.find(f"{_MAIN}f") is None
        assert cell.get("t") in (None, "inlineStr")
    book = openpyxl.load_workbook(Path(path).rename(Path(path).with_suffix(".xlsx")))
    risky = [cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] in ("=", "+", "-", "@", "\t")]
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)


@pytest.mark.parametrize("text", ["a\x00b\x08\x0b\x0c\x1f", "\ufffe\uffff", "one\r\ntwo\rthree\nfour", "\x7f\x85\u2028", "😀\u200f\u202e", "\u0301"])
def test_every_part_is_xml_that_can_be_read_whatever_characters_there_are(write, text):
    path = write(filled_with(text))
    assert not [found for found in texts_of(path) if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", found)]


@pytest.mark.parametrize(
    ("write", "text"),
    [
        pytest.param(layout, text, id=f"{layout}-{name}", marks=[] if tried == layout else pytest.mark.all_only)
        for name, text, tried in [
            ("letters", "x" * 40000, "single"),
            ("pairs", "😀" * 20000, "consolidated"),
            ("markup", "<" * 40000, "single"),
            ("control characters", "\x01" * 40000, "consolidated"),
        ]
        for layout in LAYOUTS
    ],
    indirect=["write"],
)
def test_no_cell_holds_more_than_it_can(write, text):
    longest = max(map(units, texts_of(write(filled_with(text)))))
    assert CELL_LIMIT - 1 <= longest <= CELL_LIMIT


def test_zero_is_zero_on_every_sheet(write):
    path = write(filled_with("x"))
    book = openpyxl.load_workbook(Path(path).rename(Path(path).with_suffix(".xlsx")))
    for name in set(book.sheetnames) - {"NICs", "IP addresses"}:
        assert any(type(value) in (int, float) and value == 0 for row in book[name].values for value in row), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_unknown_is_empty_on_every_sheet(tmp_path, language):
    scan = estates.make_scan("a", {key: [{"moid": "x"}] for key in SECTIONS}, address="b", about={}, type="", finished="")
    path = estates.write_workbook([scan], tmp_path, language, extra=EXTRA_SHEETS)
    book = openpyxl.load_workbook(Path(path).rename(tmp_path / "a.xlsx"))
    # Between the sheet of the source and those that have no row for what is not known.
    for sheet in book.worksheets[2:-2]:
        assert {value for value in list(sheet.values)[-1] if value is not None} <= {"a", "b"}, sheet.title


def test_rows_of_every_sheet_go_on_on_another_one(tmp_path):
    scan = estates.make_scan("a", {**estates.sections(25, 25, 25, 25), **estates.extra_sections(25, 25)})
    path = estates.write_workbook([scan], tmp_path, extra=EXTRA_SHEETS, max_rows=20)
    book = openpyxl.load_workbook(Path(path).rename(tmp_path / "a.xlsx"))
    for name in ["All VMs", "All hosts", "Datastores", "Networks", "Clusters", "Snapshots", "Disks", "NICs", "Partitions"]:
        parts = [part for part in book.sheetnames if part in (name, f"{name} (2)")]
        assert [len(rows_below(book[part], ["Source"])) for part in parts] in ([19, 6], [18, 7])
    addresses = [row["IP"] for part in book.sheetnames if part.startswith("IP addresses") for row in rows_below(book[part], ["Source"])]
    assert len(addresses) == len(set(addresses)) == 50


NAMES = ["it's", "a" * 40, "[x]:*?/\\", "History", "=1+1", "Summary", "summary", "数据库" * 20, "x,y!z", '"quoted"', "&A", "R1C1", "A1"]


def test_sheets_with_any_name_can_be_printed_and_filtered(made):
    """Print titles and filters name their sheet, so its name must be quoted there."""
    book = made([estates.make_scan(name, estates.sections(1, 1, 1, 1)) for name in NAMES])
    assert len(book.sheetnames) == len(NAMES) + 6
    for sheet in book:
        assert sheet.print_title_rows and sheet.print_title_cols and sheet.auto_filter.ref


_HASHED = """
import hashlib, sys
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import test_every_sheet
print(test_every_sheet.digests(sys.argv[1]))
"""


def digests(folder):
    """SHA-256 of the same scans in each layout and language."""
    found = []
    for layout in LAYOUTS:
        scans = estates.estate()[:2] if layout == "consolidated" else []
        attributes = {f"name {number}": "x" for number in range(50)}
        full = {**estates.sections(), **estates.extra_sections(), "vms": [estates.vm(1, custom_attributes=attributes, tags={"b": ["x"], "a": ["z", "y"]})]}
        scans.append(estates.make_scan("full", full))
        for language in LANGUAGES:
            path = estates.write_workbook(scans, folder, language, layout, EXTRA_SHEETS, missing=["z", "y", "x"])
            found.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
    return found


def test_the_same_bytes_in_another_process_at_another_place(tmp_path):
    """Neither the order of sets nor the time zone, the language or the time of day is in the file."""

    def run(seed, zone, language):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        return subprocess.run([sys.executable, "-c", _HASHED, str(tmp_path)], capture_output=True, text=True, check=True, env=environment).stdout

    assert run("1", "UTC", "C.UTF-8") == run("2", "Asia/Kathmandu", "C")


def _large(count, path):
    def rows(make, **fields):
        return (make(number, **fields) for number in range(count))

    sections = {"vms": rows(estates.vm, tags={"a": ["b"]}, custom_attributes={"Owner": "x", "Cost": "y"}), "vm_disks": rows(estates.disk)}
    sections |= {"vm_nics": rows(estates.nic), "vm_partitions": rows(estates.partition), "vm_snapshots": rows(estates.snapshot)}
    estates.make_scan("a", sections, path=path).close()
    return Scan.open(str(path))


@pytest.mark.all_only
def test_memory_does_not_grow_with_the_rows_of_any_sheet(tmp_path):
    def peak(count):
        scan = _large(count, tmp_path / f"{count}.sqlite")
        tracemalloc.start()
        estates.write_workbook([scan], tmp_path, extra=EXTRA_SHEETS)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(10)
    assert peak(3000) < 1.3 * peak(300)


@pytest.mark.all_only
def test_time_grows_in_proportion_to_rows(tmp_path):
    def seconds(count):
        scan = _large(count, tmp_path / f"{count}.sqlite")
        start = time.process_time()
        estates.write_workbook([scan], tmp_path, extra=EXTRA_SHEETS)
        return time.process_time() - start

    seconds(10)
    # Ten times the rows: about seven times the time, a hundred times if it grew with their square.
    assert seconds(5000) < 25 * seconds(500)
