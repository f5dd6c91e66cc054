# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import units
from ansible_collections.estate.vmware.plugins.module_utils.report.headers import HEADER_LIMIT, column_headers
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column, Layout, Sheet
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import MAX_COLUMNS, expand_map_columns, ranked_keys
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.section_rows import section_rows
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

EN = LANGUAGES["en"]
BLOCK = Block("vms", (Column("source"), Column("hostname", ("name",)), Column("ram", ("ram_mb",))), "header_all", map_columns="custom_attributes")


def scan(source, *found):
    return estates.make_scan(source, {"vms": [estates.vm(number, name=f"vm{number}", custom_attributes=values) for number, values in enumerate(found)]})


def headers(*scans):
    [sheet] = build_report(ReportData(scans, Layout("one", (Sheet("vms", (BLOCK,)),)))).sheets
    return column_headers(sheet.tables[0].columns, EN)[len(BLOCK.columns) :]


def test_columns_are_the_union_over_all_sources_by_name():
    assert headers(scan("a", {"Owner": "x", "cost": "1"}, None), scan("b", {"Backup": "y"}), estates.make_scan("c")) == ["Backup", "cost", "Owner"]


def test_values_stand_below_their_names():
    scans = [scan("a", {"Owner": "Ana"}, None, {}), scan("b", {"Backup": "daily", "Owner": "Bo"})]
    assert [list(row) for row in section_rows(expand_map_columns(BLOCK, scans, estates.report_data(*scans)), scans)] == [
        ["a", "vm0", 2048, None, "Ana"],
        ["a", "vm1", 2560, None, None],
        ["a", "vm2", 3072, None, None],
        ["b", "vm0", 2048, "daily", "Bo"],
    ]


@pytest.mark.parametrize(
    "names, shown",
    [
        (["Owner", "owner", "OWNER"], ["OWNER", "Owner (2)", "owner (3)"]),
        (["Hostname", "source"], ["Hostname (2)", "source (2)"]),
        (["a\x00b", "a\x01b"], ["a\ufffdb", "a\ufffdb (2)"]),
        (["two\nlines", " two  lines "], ["two lines", "two lines (2)"]),
        (["", " "], ["Unnamed attribute", "Unnamed attribute (2)"]),
        (["=1+1"], ["=1+1"]),
    ],
)
def test_headers_differ_whatever_the_names(names, shown):
    assert sorted(headers(scan("a", dict.fromkeys(names, "x")))) == sorted(shown)


def test_long_names_that_are_equal_after_cutting_differ_and_fit():
    found = headers(scan("a", {"x" * 40000 + end: "1" for end in "abc"}))
    assert len(set(found)) == 3 and all(units(header) <= HEADER_LIMIT for header in found)


def test_no_more_columns_than_can_be_read_and_those_that_most_rows_have():
    rare = {f"rare{number:02}": "x" for number in range(MAX_COLUMNS)}
    found = [scan("a", {**rare, "often": "x"}, {"often": "y"})]
    assert len(headers(*found)) == MAX_COLUMNS and "often" in headers(*found)
    kept, left = ranked_keys(BLOCK, found, estates.report_data(*found))
    assert len(kept) == MAX_COLUMNS and left == [f"rare{MAX_COLUMNS - 1:02}"]


def test_a_block_without_map_columns_stays_as_it_is():
    plain = Block("vms", (Column("source"),), "header_all")
    assert expand_map_columns(plain, [scan("a", {"Owner": "x"})], estates.report_data()) is plain
