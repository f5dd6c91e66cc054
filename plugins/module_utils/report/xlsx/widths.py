# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Widths of columns that fit what stands in them, known before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report import computed_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import wide
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMS, StyledValue, state
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column

#: Characters beside the text: padding and indent, and the button of a filter beside a header.
_PADDING = 3
_BUTTON = 5
#: The widest header that is shown whole.
_HEADER_CAP = 40

Labels = Mapping[str, str]


def widths(block: Block, scans: Sequence[Scan], labels: Labels) -> list[float]:
    """The width of each column of a block in characters."""
    measure = _of_rows if block.table in computed_tables.COMPUTED_TABLES else _of_sections
    found = []
    for column, length in zip(block.columns, measure(block, scans, labels)):
        header = min(wide(column.text(labels)), _HEADER_CAP) + _BUTTON
        found.append(max(header, min(length + FORMS[column.form].more + _PADDING, column.cap)))
    return found


def _of_sections(block: Block, scans: Sequence[Scan], labels: Labels) -> list[float]:
    longest = [_known(block, column, scans, labels) for column in block.columns]
    for scan in scans:
        known = scan.fields(block.table)
        wanted = [index for index, column in enumerate(block.columns) if column.fields[0] in known and column.length is None]
        if not wanted:
            continue
        # One statement for all columns: a table is read once. One text, for a query gives one value.
        answer = scan.value(block.table, f"json_array({', '.join(_measure(block.columns[index]) for index in wanted)})")
        for index, found in zip(wanted, json.loads(answer or "[]")):
            length = max((wide(state(value, labels)) for value in found if value), default=0) if isinstance(found, list) else found
            longest[index] = max(longest[index], int(length or 0))
    return longest


def _known(block: Block, column: Column, scans: Sequence[Scan], labels: Labels) -> float:
    """What a column needs whatever its section has."""
    if column.fields[0] in computed_tables.OF_THE_SCAN:
        return max((wide(computed_tables.OF_THE_SCAN[column.fields[0]](scan.head)) for scan in scans), default=0)
    coloured = (state(shown, labels) for rule in block.rules if rule.column == column.key for shown in rule.states)
    return max((column.length or 0, *map(wide, coloured)))


def _measure(column: Column) -> str:
    """SQL for the length of the longest value, or for all values where only labels have a length."""
    field = f'"{column.fields[0]}"'
    length = FORMS[column.form].length
    return f"max({length.format(field)})" if length else f"json_group_array(DISTINCT {field})"


def _of_rows(block: Block, scans: Sequence[Scan], labels: Labels) -> list[float]:
    longest = [0.0] * len(block.columns)

    def measure(row: Sequence[object]) -> None:
        for index, (column, value) in enumerate(zip(block.columns, row)):
            shown = value if isinstance(value, StyledValue) else StyledValue(value, column.form)
            longest[index] = max(longest[index], _length(shown.value, shown.form, labels))

    for row in computed_tables.rows(block, scans, labels):
        measure(row)
    if block.total:
        measure(computed_tables.total(block, scans, labels))
    return longest


def _length(value: object, form: str, labels: Labels) -> float:
    show = FORMS[form].show
    if show is not None and value is not None:
        value = show(value, labels)
    if isinstance(value, (int, float)):
        return len(f"{value:,.0f}") + FORMS[form].more
    return wide(str(value or ""))
