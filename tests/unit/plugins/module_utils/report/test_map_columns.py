# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report import map_columns
from ansible_collections.estate.vmware.plugins.module_utils.report.computed_tables import rows
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import units
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import HEADER_LIMIT, MOST, spread
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

LABELS = LANGUAGES["en"]
BLOCK = Block("vms", (Column("source"), Column("hostname", ("name",)), Column("ram", ("ram_mb",))), "header_all", spread="custom_attributes")


def scan(source, *found):
    return estates.make_scan(source, {"vms": [estates.vm(number, name=f"vm{number}", custom_attributes=values) for number, values in enumerate(found)]})


def headers(*scans):
    return [column.text(LABELS) for column in spread(BLOCK, scans, LABELS).columns[len(BLOCK.columns) :]]


def test_columns_are_the_union_over_all_sources_by_name():
    assert headers(scan("a", {"Owner": "x", "cost": "1"}, None), scan("b", {"Backup": "y"}), estates.make_scan("c")) == ["Backup", "cost", "Owner"]


def test_values_stand_below_their_names():
    scans = [scan("a", {"Owner": "Ana"}, None, {}), scan("b", {"Backup": "daily", "Owner": "Bo"})]
    assert [list(row) for row in rows(spread(BLOCK, scans, LABELS), scans, LABELS)] == [
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
    rare = {f"rare{number:02}": "x" for number in range(MOST)}
    found = [scan("a", {**rare, "often": "x"}, {"often": "y"})]
    assert len(headers(*found)) == MOST and "often" in headers(*found)
    kept, left = map_columns.ranked(BLOCK, found)
    assert len(kept) == MOST and left == [f"rare{MOST - 1:02}"]


def test_a_block_that_spreads_nothing_stays_as_it_is():
    plain = Block("vms", (Column("source"),), "header_all")
    assert spread(plain, [scan("a", {"Owner": "x"})], LABELS) is plain
