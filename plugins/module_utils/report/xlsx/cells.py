# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Values to the XML of cells. Most of the time of a workbook is spent here, so each cell costs one call and no object.

XML of our own, because a library makes an object or several calls of each cell. Measured with 100,000 VMs: the whole workbook takes a third of
the CPU that XlsxWriter takes for the values alone, and a fifth of openpyxl's.

Text is written as inline strings, which no program takes for a formula. Text that would become a formula when somebody edits the cell gets a
style that keeps it text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import StyledValue
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Message
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_formats import cell_converter
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_text import CELL_LIMIT, fitting

#: ``(value, row number as text) -> XML of the cell``.
CellWriter = Callable[[Any, str], str]
#: ``(style, format, keep as text when edited) -> style id``.
StyleIds = Callable[[str, str, bool], int]

#: Integers beyond this lose digits in a spreadsheet, so they are written as text.
EXACT = 2**53

_FORMULA_STARTS = "=+-@\t\r"
#: What must not go into XML as it is. Excel reads _x0041_ as a character reference, so its underscore is written as one.
_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_REFERENCE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_SURELY_FITS = CELL_LIMIT // 2


def column_letter(number: int) -> str:
    """The name of a column, counted from 1: A, B, … Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def xml_text(text: str) -> str:
    """Text for an inline string: cut, cleaned and escaped where it must be."""
    if len(text) > _SURELY_FITS:
        text = fitting(text)
    if _SPECIAL.search(text):
        text = _REFERENCE.sub("_x005F_", escape(cleaned(text)))
    return text


def cell_writer(letter: str, format: str, style: str, styles: StyleIds, translations: Translations) -> CellWriter:
    """A function that writes the cells of one column.

    Unknown values and empty text become empty cells, which keep their style.
    """
    convert = cell_converter(format, translations)
    plain = styles(style, format, False)
    head = f'<c r="{letter}'
    empty = f'" s="{plain}"/>'
    number = f'" s="{plain}"><v>'
    text = f'" s="{plain}" t="inlineStr"><is><t xml:space="preserve">'
    kept_text = f'" s="{styles(style, format, True)}" t="inlineStr"><is><t xml:space="preserve">'

    def write(value: Any, row: str) -> str:
        if convert is not None and value is not None:
            value = convert(value)
        if value is None or value == "":
            return head + row + empty
        kind = type(value)
        if kind is float:
            return f"{head}{row}{number}{value!r}</v></c>" if math.isfinite(value) else head + row + empty
        if kind is int and -EXACT <= value <= EXACT:
            return f"{head}{row}{number}{value}</v></c>"
        if kind is not str:
            value = str(value)
        return f"{head}{row}{kept_text if value[0] in _FORMULA_STARTS else text}{xml_text(value)}</t></is></c>"

    return write


def styled_cell_writer(letter: str, format: str, style: str, styles: StyleIds, translations: Translations) -> CellWriter:
    """A cell writer for a table with ``styled_values``: messages, and values with a format and a style of their own."""
    writers: dict[tuple[str, str], CellWriter] = {}

    def write(value: Any, row: str) -> str:
        shown = value if isinstance(value, StyledValue) else StyledValue(value, format, style)
        key = (shown.format, shown.style)
        if key not in writers:
            writers[key] = cell_writer(letter, *key, styles, translations)
        content = shown.value
        return writers[key](translations.resolve(content) if isinstance(content, (Message, Joined)) else content, row)

    return write
