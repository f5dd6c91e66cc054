# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned, cut, units
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_text import CELL_LIMIT, CUT_MARK, fitting


@pytest.mark.parametrize(
    "dirty, clean",
    [
        ("a\x00b\x0b\x1f", "a\ufffdb\ufffd\ufffd"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("ñandú 数据 😀", "ñandú 数据 😀"),
    ],
)
def test_cleaned(dirty, clean):
    assert cleaned(dirty) == clean


def test_units_are_those_of_utf_16():
    assert units("a😀") == 3


@pytest.mark.parametrize("text", ["a" * 40, "😀" * 40, "a" + "😀" * 40, "ab😀" * 20])
@pytest.mark.parametrize("limit", [1, 2, 7, 31])
def test_cut_takes_as_much_as_fits(text, limit):
    short = cut(text, limit)
    assert text.startswith(short)
    assert limit - 1 <= units(short) <= limit


def test_a_text_that_is_too_long_is_cut_with_a_mark():
    assert fitting("a" * CELL_LIMIT) == "a" * CELL_LIMIT
    for text in ("a" * (CELL_LIMIT + 1), "😀" * (CELL_LIMIT // 2 + 1)):
        assert fitting(text).endswith(CUT_MARK)
        assert CELL_LIMIT - 1 <= units(fitting(text)) <= CELL_LIMIT
