# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Values to the XML of cells. This is where the time of a workbook goes, so one call does one cell.

Text is written as inline strings, which no program takes for a formula. Text that would become one when somebody
edits the cell gets a style that keeps it text then, too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import CELL_LIMIT, cleaned, fitting
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMS, StyledValue

#: ``(value, row number as text) -> XML of the cell``.
CellWriter = Callable[[Any, str], str]
#: ``(look, form, keep as text when edited) -> style id``.
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


def cell_writer(letter: str, form: str, look: str, styles: StyleIds, labels: Mapping[str, str]) -> CellWriter:
    """A function that writes the cells of one column.

    Unknown values and empty text become empty cells, which keep their look.
    """
    show = FORMS[form].show
    plain = styles(look, form, False)
    head = f'<c r="{letter}'
    empty = f'" s="{plain}"/>'
    number = f'" s="{plain}"><v>'
    text = f'" s="{plain}" t="inlineStr"><is><t xml:space="preserve">'
    kept_text = f'" s="{styles(look, form, True)}" t="inlineStr"><is><t xml:space="preserve">'

    def write(value: Any, row: str) -> str:
        if show is not None and value is not None:
            value = show(value, labels)
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


def shown_cell_writer(letter: str, form: str, look: str, styles: StyleIds, labels: Mapping[str, str]) -> CellWriter:
    """A cell writer that heeds :class:`forms.Shown`: values with a form and a look of their own."""
    writers: dict[tuple[str, str], CellWriter] = {}

    def write(value: Any, row: str) -> str:
        shown = value if isinstance(value, StyledValue) else StyledValue(value, form, look)
        how = (shown.form, shown.look)
        if how not in writers:
            writers[how] = cell_writer(letter, shown.form, shown.look, styles, labels)
        return writers[how](shown.value, row)

    return write
