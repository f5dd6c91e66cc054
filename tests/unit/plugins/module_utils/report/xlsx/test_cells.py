# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report import formats
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cells import EXACT, cell_writer, column_letter, styled_cell_writer

EN = LANGUAGES["en"]


def _style(style, format, kept_text):
    return len(style) * 100 + len(format) * 10 + kept_text


def _cell(value, format=formats.TEXT, make=cell_writer):
    cell = ElementTree.fromstring(make("C", format, "body", _style, EN)(value, "7"))
    assert cell.get("r") == "C7"
    return cell


def _text(value, format=formats.TEXT):
    cell = _cell(value, format)
    assert cell.get("t") == "inlineStr"
    return cell.find("is/t").text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_looks_like_a_formula_is_text_and_stays_so_when_edited(text):
    assert _text(text).strip() == text.strip()
    assert _cell(text).get("s") == str(_style("body", formats.TEXT, True))
    assert _cell("x" + text).get("s") == str(_style("body", formats.TEXT, False))


@pytest.mark.parametrize("text", ["a<b>&amp;", "a\x01", "a\ud800", "a\udfff", "a\uffff", "a\r"])
def test_markup_and_characters_that_xml_does_not_take(text):
    assert _text(text) == re.sub("[\x01\ud800-\udfff\uffff]", "\ufffd", text).replace("\r", "\n")


def test_what_excel_would_read_as_a_character_reference_stays_what_it_is():
    assert _text("_x0041_ _x00e9_x0041_ _x_") == "_x005F_x0041_ _x005F_x00e9_x005F_x0041_ _x_"


def test_space_is_kept():
    cell = _cell("  two  ")
    assert cell.find("is/t").text == "  two  "
    assert cell.find("is/t").get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"


@pytest.mark.parametrize("value", [None, "", float("nan"), float("inf")])
def test_unknown_is_an_empty_cell_with_a_style(value):
    cell = _cell(value)
    assert len(cell) == 0 and cell.get("t") is None and cell.get("s")


@pytest.mark.parametrize(
    "value, format, written",
    [
        (0, formats.INTEGER, "0"),
        (0.0, formats.DECIMAL, "0.0"),
        (EXACT, formats.INTEGER, str(EXACT)),
        (85.5, formats.PERCENT, "0.855"),
        ("120", formats.CODE, "120"),
        ("2025-02-20T12:00:00Z", formats.TIME, "45708.5"),
        ("1900-03-01T00:00:00Z", formats.TIME, "61.0"),
    ],
)
def test_numbers_are_numbers(value, format, written):
    cell = _cell(value, format)
    assert cell.get("t") is None and cell.find("v").text == written


@pytest.mark.parametrize(
    "value, format, written",
    [
        (EXACT + 1, formats.INTEGER, str(EXACT + 1)),
        (-(2**63), formats.INTEGER, str(-(2**63))),
        ("trunk 1-10,20", formats.CODE, "trunk 1-10,20"),
        ("٣", formats.CODE, "٣"),
        ("1601-01-01T00:00:00Z", formats.TIME, "1601-01-01T00:00:00Z"),
        ("yesterday", formats.TIME, "yesterday"),
        (["a", "b"], formats.LIST, "a, b"),
        (True, formats.YES_NO, "Yes"),
        (False, formats.YES_NO, "No"),
        ("poweredOn", formats.STATE, "Powered on"),
        ("somethingNew", formats.STATE, "somethingNew"),
    ],
)
def test_what_is_written_as_text(value, format, written):
    assert _text(value, format) == written


def test_a_value_may_have_its_own_format_and_style():
    cell = _cell(formats.StyledValue(0.5, formats.RATIO, "total"), make=styled_cell_writer)
    assert cell.get("s") == str(_style("total", formats.RATIO, False))
    assert _cell(0.5, formats.DECIMAL, styled_cell_writer).get("s") == str(_style("body", formats.DECIMAL, False))


def test_column_letters():
    assert [column_letter(number) for number in (1, 26, 27, 52, 53, 702, 703)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert all(re.fullmatch("[A-Z]+", column_letter(number)) for number in range(1, 800))
