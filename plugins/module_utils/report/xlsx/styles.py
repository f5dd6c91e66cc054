# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Styles and formats as style numbers of one openpyxl workbook."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMATS
from ansible_collections.estate.vmware.plugins.module_utils.report.theme import BORDER, STYLES, Style
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx._openpyxl import openpyxl
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_formats import CELL_FORMATS


class StyleBook:
    """Gives the number of a style, and makes it the first time.

    All styles must have been asked for before the workbook is saved.

    :param sheet: any sheet of the workbook.
    """

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._numbers: dict[tuple[str, str, bool], int] = {}
        side = openpyxl.styles.Side(style="thin", color=BORDER)
        self._border = openpyxl.styles.Border(left=side, right=side, top=side, bottom=side)

    def number(self, style: str, format: str, kept_text: bool = False) -> int:
        """The number of a style with the number format of a format.

        :param kept_text: what the cell holds remains text when somebody edits it.
        """
        key = (style, format, kept_text)
        if key not in self._numbers:
            self._numbers[key] = self._make(STYLES[style], format, kept_text)
        return self._numbers[key]

    def _make(self, style: Style, name: str, kept_text: bool) -> int:
        format = FORMATS[name]
        cell = openpyxl.cell.WriteOnlyCell(self._sheet)
        cell.font = font(style)
        cell.number_format = CELL_FORMATS[name].number_format
        # Text keeps a distance from the number at the right of the cell before it.
        indent = 1 if style.bordered and not format.right_aligned else 0
        # At the bottom Latin and Chinese letters share a line, and what a row is too low for is the space above them. Of several lines the
        # first is seen at the top, where a program shows them below one another.
        vertical = "top" if format.multiline else "bottom"
        cell.alignment = openpyxl.styles.Alignment(horizontal="right" if format.right_aligned else "left", indent=indent, vertical=vertical)
        if style.fill:
            cell.fill = openpyxl.styles.PatternFill("solid", start_color=style.fill)
        if style.bordered:
            cell.border = self._border
        cell.quotePrefix = kept_text
        number: int = cell.style_id
        return number


def font(style: Style) -> Any:
    """The font of a style."""
    return openpyxl.styles.Font(
        name="Calibri",
        size=style.size,
        bold=style.bold,
        italic=style.italic,
        color=style.colour or None,
        underline="single" if style.underlined else None,
    )


def rule_style(style: Style) -> Any:
    """What a conditional format changes: only what the style names."""
    # In a conditional format Excel takes the colour of a solid fill from the background, LibreOffice from either.
    fill = openpyxl.styles.PatternFill("solid", start_color=style.fill, end_color=style.fill) if style.fill else None
    text = openpyxl.styles.Font(bold=style.bold or None, italic=style.italic or None, color=style.colour) if style.colour else None
    return openpyxl.styles.differential.DifferentialStyle(font=text, fill=fill)
