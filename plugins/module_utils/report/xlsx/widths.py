# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Widths of columns that fit their values, known before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import wide
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import StyledValue
from ansible_collections.estate.vmware.plugins.module_utils.report.headers import column_headers
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Message
from ansible_collections.estate.vmware.plugins.module_utils.report.model import ColumnLength, Table, TableColumn
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_formats import CELL_FORMATS, cell_converter

#: Characters beside the text: padding and indent, and the button of a filter beside a header.
_PADDING = 3
_BUTTON = 5
#: The widest header that is shown whole.
_MAX_HEADER = 40
#: The widest that a table may make a column for whose values the table above it needs less.
_MAX_SHARED = 32


def column_widths(table: Table, translations: Translations) -> list[float]:
    """The width of each column of a table in characters."""
    if table.lengths is None:
        lengths = _measured(table, translations)
    else:
        lengths = [_shown(length, column, table, translations) for length, column in zip(table.lengths(), table.columns)]
    found = []
    for column, header, length in zip(table.columns, column_headers(table.columns, translations), lengths):
        least = min(wide(header), _MAX_HEADER) + _BUTTON
        found.append(max(least, min(length + CELL_FORMATS[column.format].more_characters + _PADDING, column.max_width)))
    return found


def _shown(length: ColumnLength, column: TableColumn, table: Table, translations: Translations) -> float:
    """The length in this language. States of rules count too: they are what somebody who edits a cell may enter."""
    states = length.states.union(*(rule.states for rule in table.rules if rule.column == column.key))
    return max((length.characters, *(wide(translations.state(state)) for state in states)))


def _measured(table: Table, translations: Translations) -> list[float]:
    longest = [0.0] * len(table.columns)
    rows = [*table.rows(), *([table.total] if table.total is not None else [])] if table.styled_values else table.rows()
    for row in rows:
        for index, (column, value) in enumerate(zip(table.columns, row)):
            shown = value if isinstance(value, StyledValue) else StyledValue(value, column.format)
            longest[index] = max(longest[index], _length(shown.value, shown.format, translations))
    return longest


def _length(value: object, format: str, translations: Translations) -> float:
    if isinstance(value, (Message, Joined)):
        value = translations.resolve(value)
    convert = cell_converter(format, translations)
    if convert is not None and value is not None:
        value = convert(value)
    if isinstance(value, (int, float)):
        return len(f"{value:,.0f}") + CELL_FORMATS[format].more_characters
    return wide(str(value or ""))


def shared_widths(widths: Sequence[Sequence[float]]) -> list[float]:
    """The width of each column of a sheet: what its first table needs, and of what the others need so much as does not tear that one apart."""
    names, *others = zip_longest(*widths, fillvalue=0.0)
    return [max(names), *(max(first, min(_MAX_SHARED, max(rest, default=0.0))) for first, *rest in others)]
