# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Widths of columns that fit what stands in them, known before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report import tables
from ansible_collections.estate.vmware.plugins.module_utils.report.declare import Block
from ansible_collections.estate.vmware.plugins.module_utils.report.forms import FORMS, Shown

#: Characters beside the text: padding and indent, and the button of a filter beside a header.
_PADDING = 3
_BUTTON = 5


def widths(block: Block, scans: Sequence[Scan], labels: Mapping[str, str]) -> list[float]:
    """The width of each column of a block in characters."""
    measure = _of_rows if block.table in tables.MADE else _of_sections
    found = []
    for column, length in zip(block.columns, measure(block, scans, labels)):
        header = len(labels[f"column.{column.key}"]) + _BUTTON
        found.append(max(header, min(length + FORMS[column.form].more + _PADDING, column.cap)))
    return found


def _of_sections(block: Block, scans: Sequence[Scan], labels: Mapping[str, str]) -> list[float]:
    longest = [0.0] * len(block.columns)
    for scan in scans:
        known = scan.fields(block.table)
        wanted = [index for index, column in enumerate(block.columns) if column.fields[0] in known]
        for index, column in enumerate(block.columns):
            if column.fields[0] in tables.OF_THE_SCAN:
                longest[index] = max(longest[index], len(tables.OF_THE_SCAN[column.fields[0]](scan.head)))
        # One statement for all columns: a table is read once. Integers in one text, for a query gives one value.
        lengths = [FORMS[block.columns[index].form].length.format(f'"{block.columns[index].fields[0]}"') for index in wanted]
        if not lengths:
            continue
        answer = scan.value(block.table, " || ' ' || ".join(f"ifnull(max({length}), 0)" for length in lengths))
        for index, length in zip(wanted, (answer or "").split()):
            longest[index] = max(longest[index], int(length))
    return longest


def _of_rows(block: Block, scans: Sequence[Scan], labels: Mapping[str, str]) -> list[float]:
    longest = [0.0] * len(block.columns)
    shown = [*tables.rows(block, scans, labels)]
    if block.total:
        shown.append(tables.total(block, scans, labels))
    for row in shown:
        for index, (column, value) in enumerate(zip(block.columns, row)):
            value, form, _look = value if isinstance(value, Shown) else (value, column.form, "")
            longest[index] = max(longest[index], _length(value, form, labels))
    return longest


def _length(value: object, form: str, labels: Mapping[str, str]) -> float:
    show = FORMS[form].show
    if show is not None and value is not None:
        value = show(value, labels)
    if isinstance(value, (int, float)):
        return len(f"{value:,.0f}") + FORMS[form].more
    return len(str(value or ""))
