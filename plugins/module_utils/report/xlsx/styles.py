# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Looks and forms as style numbers of one openpyxl workbook."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMS, Form
from ansible_collections.estate.vmware.plugins.module_utils.report.theme import BORDER, LOOKS, Look
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx._openpyxl import openpyxl


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

    def number(self, look: str, form: str, kept_text: bool = False) -> int:
        """The style of a look with the number format of a form.

        :param kept_text: what stands in the cell remains text when somebody edits it.
        """
        key = (look, form, kept_text)
        if key not in self._numbers:
            self._numbers[key] = self._make(LOOKS[look], FORMS[form], kept_text)
        return self._numbers[key]

    def _make(self, look: Look, form: Form, kept_text: bool) -> int:
        cell = openpyxl.cell.WriteOnlyCell(self._sheet)
        cell.font = font(look)
        cell.number_format = form.number_format
        # Text keeps a distance from the number that stands at the right of the cell before it.
        indent = 1 if look.bordered and not form.right else 0
        # At the bottom Latin and Chinese letters stand on one line, and what a row is too low for is the space above them.
        vertical = "top" if form.lines else "bottom"
        cell.alignment = openpyxl.styles.Alignment(horizontal="right" if form.right else "left", indent=indent, vertical=vertical)
        if look.fill:
            cell.fill = openpyxl.styles.PatternFill("solid", start_color=look.fill)
        if look.bordered:
            cell.border = self._border
        cell.quotePrefix = kept_text
        return cell.style_id


def font(look: Look) -> Any:
    """The font of a look."""
    return openpyxl.styles.Font(
        name="Calibri", size=look.size, bold=look.bold, italic=look.italic, color=look.ink or None, underline="single" if look.underlined else None
    )


def difference(look: Look) -> Any:
    """What a conditional format changes: only what the look names."""
    # In a difference Excel takes the colour of a solid fill from the background, LibreOffice from either.
    fill = openpyxl.styles.PatternFill("solid", start_color=look.fill, end_color=look.fill) if look.fill else None
    ink = openpyxl.styles.Font(bold=look.bold or None, italic=look.italic or None, color=look.ink) if look.ink else None
    return openpyxl.styles.differential.DifferentialStyle(font=ink, fill=fill)
