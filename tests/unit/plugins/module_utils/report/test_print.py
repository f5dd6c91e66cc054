# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How sheets look on paper, and the columns that tables on one sheet share."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS
from ansible_collections.estate.vmware.plugins.module_utils.report.summary_tables import BAR_NAME_LIMIT
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


@pytest.fixture
def book(made):
    attributes = {f"attribute {number}": "a value that is not short" for number in range(30)}
    wide = estates.make_scan("wide", {"vms": [estates.vm(1, custom_attributes=attributes)]})
    return made([estates.make_scan("a", {**estates.sections(), **estates.extra_sections()}), wide], extra=EXTRA_SHEETS)


def _width(sheet):
    return sum(dimension.width for dimension in sheet.column_dimensions.values())


def test_wide_sheets_are_printed_on_several_pages_side_by_side(book):
    pages = {sheet.title: sheet.page_setup.fitToWidth for sheet in book}
    assert pages["Summary"] == pages["Coverage"] == pages["Partitions"] == 1
    assert pages["a"] == 4 and pages["All hosts"] == 2 and pages["All VMs"] == 6
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0, "as many pages as rows need"
        assert sheet.page_setup.pageOrder == "overThenDown"


@pytest.mark.parametrize("name, rows, columns", [
    ("All VMs", "$1:$1", "$E:$E"), ("All hosts", "$1:$1", "$C:$C"), ("Datastores", "$1:$1", "$C:$C"), ("Networks", "$1:$1", "$C:$C"),
    ("Snapshots", "$2:$2", "$A:$C"), ("a", "$1:$1", "$A:$C"), ("Coverage", "$1:$1", "$A:$A"),
])  # fmt: skip
def test_header_and_names_are_on_every_page(book, name, rows, columns):
    sheet = book[name]
    assert (sheet.print_title_rows, sheet.print_title_cols) == (rows, columns)


def test_every_page_says_which_sheet_it_is_of(book):
    for sheet in book:
        assert (sheet.oddFooter.left.text, sheet.oddFooter.right.text) == ("&A", "&P / &N")


def test_a_table_does_not_tear_apart_the_one_above_it(book):
    """State of a VM and CPU model of a host share a column: the long text is cut, the short one not lost in space."""
    sheet = book["a"]
    header = [cell.value for cell in sheet[4]]
    width = {name: sheet.column_dimensions[cell.column_letter].width for name, cell in zip(header, sheet[4])}
    assert width["State"] == 32 and width["Processor"] == 43
    assert _width(sheet) < 1.25 * _width(book["All VMs"])


def test_names_are_whole_whatever_table_has_the_longest(made):
    scan = estates.make_scan("a", {**estates.sections(), "networks": [estates.network(1, name="n" * 29)]})
    assert made([scan])["a"].column_dimensions["A"].width == 32


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_beside_bars_are_whole(made, language):
    scan = estates.make_scan("a", {"vms": [estates.vm(1, os_name="x" * BAR_NAME_LIMIT)]})
    assert made([scan], language).worksheets[0].column_dimensions["A"].width >= BAR_NAME_LIMIT + 3
