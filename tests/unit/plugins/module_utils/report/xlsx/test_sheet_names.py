# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import units
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import LIMIT, SheetNames


@pytest.mark.parametrize(
    "wanted, given",
    [
        ("vc-madrid", "vc-madrid"),
        ("esx[1]:a*b?c/d\\e", "esx_1__a_b_c_d_e"),
        ("'quoted'", "quoted"),
        ("it's", "it's"),
        ("History", "History (2)"),
        ("HISTORY", "HISTORY (2)"),
        ("", "_"),
        ("''", "_"),
        ("a\x07b", "a\ufffdb"),
        ("x" * 40, "x" * 31),
        ("x" * 30 + "'y", "x" * 30),
    ],
)
def test_names_are_what_excel_accepts(wanted, given):
    assert SheetNames().take(wanted) == given


def test_names_that_would_be_equal_are_numbered():
    names = SheetNames()
    assert [names.take(name) for name in ("Lima", "LIMA", "lima", "Lima (2)")] == ["Lima", "LIMA (2)", "lima (3)", "Lima (2) (2)"]


def test_names_equal_after_cutting_are_numbered_within_the_limit():
    names = SheetNames()
    given = [names.take("vcenter-with-a-very-long-alias-" + end) for end in "abc"] + [names.take("😀" * 20) for _again in range(12)]
    assert len({name.casefold() for name in given}) == len(given)
    assert all(units(name) <= LIMIT for name in given)


def test_a_page_has_its_number():
    names = SheetNames()
    assert [names.take("All VMs", number) for number in (1, 2, 3)] == ["All VMs", "All VMs (2)", "All VMs (3)"]
