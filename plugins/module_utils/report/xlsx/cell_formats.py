# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Formats of columns as Excel has them: number formats, and values that Excel wants in another form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ansible_collections.estate.vmware.plugins.module_utils.report import formats
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations

_DAY_ZERO = datetime(1899, 12, 30)
#: Excel counts a 29 February 1900 that did not exist: earlier days have no number that all programs agree on.
_FIRST_DAY = 61


def spaced(value: str) -> str:
    """A text of several lines with a space between them: Excel shows them on one line, with nothing between."""
    return value.replace("\n", " \n")


def fraction(value: float) -> float:
    """0 to 100 as the fraction that a percent format shows."""
    return value / 100


def serial(value: str) -> float | str:
    """An ISO 8601 time as days since Excel's day zero; a text that is none stays a text."""
    try:
        passed = datetime.fromisoformat(value[:19]) - _DAY_ZERO
    except ValueError:
        return value
    days = passed.days + passed.seconds / 86400
    return days if days >= _FIRST_DAY else value


@dataclass(frozen=True)
class CellFormat:
    """A format in Excel.

    :ivar number_format: as Excel writes it. :ivar convert: converts values, in place of what formats.FORMATS has.
    :ivar more_characters: that the number format adds to a value.
    """

    number_format: str = "General"
    convert: formats.Convert | None = None
    more_characters: int = 0


CELL_FORMATS: dict[str, CellFormat] = {
    formats.TEXT: CellFormat(),
    formats.NOTE: CellFormat(convert=spaced),
    formats.LIST: CellFormat(),
    formats.TAGS: CellFormat(),
    formats.STATE: CellFormat(),
    formats.YES_NO: CellFormat(),
    formats.CODE: CellFormat("0"),
    formats.INTEGER: CellFormat("#,##0"),
    formats.DECIMAL: CellFormat("#,##0.0", more_characters=2),
    formats.RATIO: CellFormat("0.00", more_characters=3),
    formats.PERCENT: CellFormat("0.0%", fraction),
    formats.TIME: CellFormat("yyyy-mm-dd hh:mm", serial),
}


def cell_converter(format: str, translations: Translations) -> formats.Convert | None:
    """What makes the value of a cell of a value that is not None; None where it is the value as it is."""
    if convert := CELL_FORMATS[format].convert:
        return convert
    converter = formats.FORMATS[format].converter
    return converter(translations) if converter else None
