# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""How long the longest value of each column of a section is: asked of the scans by SQL, before any row is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report import formats
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import wide
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column
from ansible_collections.estate.vmware.plugins.module_utils.report.model import ColumnLength
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.section_rows import SCAN_FIELDS

#: Wide characters take three bytes, or four.
_TEXT = "(length({0}) + length(cast({0} AS BLOB))) / 2"
#: With commas between thousands.
_DIGITS = "length(cast(abs({0}) AS INTEGER)) * 4 / 3"
#: Format to SQL of the characters that a value needs as it is shown, with ``{0}`` for the field. States are not measured but listed.
_LENGTHS = {
    formats.TEXT: _TEXT,
    formats.NOTE: _TEXT,
    formats.CODE: _TEXT,
    # A scan has brackets and quotation marks around them.
    formats.LIST: _TEXT + " - 4",
    formats.TAGS: _TEXT + " - 6",
    formats.YES_NO: "4",
    formats.INTEGER: _DIGITS,
    formats.DECIMAL: _DIGITS,
    formats.RATIO: _DIGITS,
    formats.PERCENT: "5",
    formats.TIME: "16",
}


def column_lengths(block: Block, scans: Sequence[Scan], data: ReportData) -> list[ColumnLength]:
    """What is known of the longest value of each column of a block."""
    found = [_known(column, scans) for column in block.columns]
    for scan in scans:
        fields = scan.fields(block.table)
        measured = [index for index, column in enumerate(block.columns) if column.fields[0] in fields and column.characters is None]
        for index, value in zip(measured, _measured(scan, block, [_expression(block.columns[index]) for index in measured], data)):
            characters, states = found[index]
            if isinstance(value, list):
                found[index] = ColumnLength(characters, states.union(filter(None, value)))
            else:
                found[index] = ColumnLength(max(characters, int(value or 0)), states)
    return found


def _known(column: Column, scans: Sequence[Scan]) -> ColumnLength:
    """What is known without a look at the rows."""
    if column.fields[0] in SCAN_FIELDS:
        return ColumnLength(max((wide(SCAN_FIELDS[column.fields[0]](scan.head)) for scan in scans), default=0))
    return ColumnLength(column.characters or 0)


def _expression(column: Column) -> str:
    """SQL of the length of the longest value, or of all values where the language decides."""
    field = f'"{column.fields[0]}"'
    return f"max({_LENGTHS[column.format].format(field)})" if column.format in _LENGTHS else f"json_group_array(DISTINCT {field})"


def _measured(scan: Scan, block: Block, expressions: Sequence[str], data: ReportData) -> list[Any]:
    """The value of each expression. A section is read once for all of them, however many blocks show it."""
    known = data.once(_Measured, scan, block.table)
    return known.values(expressions)


class _Measured:
    """Values of expressions over a section, each computed once."""

    def __init__(self, scan: Scan, section: str) -> None:
        self._scan = scan
        self._section = section
        self._values: dict[str, Any] = {}

    def values(self, expressions: Sequence[str]) -> list[Any]:
        missing = [expression for expression in dict.fromkeys(expressions) if expression not in self._values]
        if missing:
            # One text, for a query gives one value.
            answer = self._scan.value(self._section, f"json_array({', '.join(missing)})")
            self._values.update(zip(missing, json.loads(answer) if answer else [None] * len(missing)))
        return [self._values[expression] for expression in expressions]
