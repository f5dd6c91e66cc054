# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os

import openpyxl
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS, LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.bench.book_rows import differences
from ansible_collections.estate.vmware.tests.bench.made_scans import make_scans
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

pytestmark = pytest.mark.all_only


def _differences(path, scans, layout, language="en"):
    return differences(str(path), scans, layout, LANGUAGES[language])


def _written(scans, folder, layout, language="en", **how):
    path = folder / "book.xlsx"
    os.replace(estates.written_workbook(scans, layout, folder, language, **how).path, path)
    return path


@pytest.mark.parametrize("language", ("en", "zh"))
def test_rows_of_a_workbook_add_up_to_the_counts_of_its_scans(tmp_path, language):
    layout = LAYOUTS["consolidated"].with_extra(())
    scans = [Scan.open(path) for path in make_scans(tmp_path, 600, 3)]
    assert sum(scan.counts["vms"] for scan in scans) == 600
    # So that tables go on from sheet to sheet too.
    for how in ({}, {"max_rows": 150}):
        assert not _differences(_written(scans, tmp_path, layout, language, **how), scans, layout, language)


def test_extra_sheets_and_sections_that_were_not_read(tmp_path):
    layout = LAYOUTS["consolidated"].with_extra(EXTRA_SHEETS)
    scans = [estates.make_scan("full", {**estates.sections(), **estates.extra_sections()}), *estates.estate()]
    assert not _differences(_written(scans, tmp_path, layout), scans, layout)


@pytest.fixture
def differences_after(tmp_path):
    """A function that changes a good workbook and tells the differences then."""

    def differences_after(change):
        layout = LAYOUTS["consolidated"].with_extra(())
        scans = [estates.make_scan(name, estates.sections()) for name in ("a", "b")]
        path = _written(scans, tmp_path, layout)
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return _differences(path, scans, layout)

    return differences_after


def test_a_row_that_is_lost_is_noticed(differences_after):
    assert differences_after(lambda book: book["All VMs"].delete_rows(3)) == ["vms of a among all sources: 5 rows, the scan has 6"]
    assert differences_after(lambda book: book["b"].delete_rows(6)) == ["vms of b on its own sheet: 5 rows, the scan has 6"]


def test_a_row_that_stands_there_twice_or_under_another_source_is_noticed(differences_after):
    assert differences_after(lambda book: book["Datastores"].append(["a", "x"])) == ["datastores of a among all sources: 6 rows, the scan has 5"]

    def call_another(book):
        book["Networks"]["A2"] = "b"

    assert differences_after(call_another) == [
        "networks of a among all sources: 3 rows, the scan has 4",
        "networks of b among all sources: 5 rows, the scan has 4",
    ]


def test_a_sheet_that_is_lost_is_noticed(differences_after):
    def lose(book):
        del book["All hosts"]

    assert len(differences_after(lose)) == 2
