# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""From scans and a layout to the model that renderers get: the one pass over layouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.column_lengths import column_lengths
from ansible_collections.estate.vmware.plugins.module_utils.report.computed_tables import COMPUTED_TABLES
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMATS, PERCENT
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column, Sheet
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import expand_map_columns
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Text, message
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Report, ReportSheet, Row, Rule, Table, TableColumn
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.section_rows import section_rows
from ansible_collections.estate.vmware.plugins.module_utils.report.shared_datastores import mark_shared_datastores
from ansible_collections.estate.vmware.plugins.module_utils.report.sheet_headings import HEADINGS, some
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE, STALE, WITH_ROWS

_SOURCE = "source"


def build_report(data: ReportData) -> Report:
    """The report of scans. Computed tables are computed here, once; rows of sections are read when a renderer asks for them.

    :raises ReportError: the layout cannot show so many sources.
    :raises ScanFileError: a scan file is damaged.
    """
    layout = data.layout
    if layout.one_source and len(data.scans) > 1:
        sources = ", ".join(scan.head.source for scan in data.scans)
        raise ReportError(f"layout {layout.name} shows one source and scans has {len(data.scans)}, {sources}: give one of them, or choose another layout")
    mark_shared_datastores(data.scans)
    return Report(tuple(_Builder(data).sheets()), data.finished)


class _Builder:
    def __init__(self, data: ReportData) -> None:
        self._data = data
        self._computed: dict[str, Sequence[Mapping[str, Any]]] = {}

    def sheets(self) -> Iterator[ReportSheet]:
        is_complete = self._data.is_complete and not self._computed_rows("gaps")
        for sheet in self._data.layout.sheets:
            if sheet.each_source:
                for scan in self._data.scans:
                    if scan.head.status in WITH_ROWS:
                        yield self._sheet(sheet, (scan,), scan.head.source)
            elif not (sheet.if_incomplete and is_complete):
                yield self._sheet(sheet, self._data.scans, message(f"sheet.{sheet.key}"))

    def _sheet(self, sheet: Sheet, scans: Sequence[Scan], name: Text) -> ReportSheet:
        tables = tuple(self._table(expand_map_columns(block, scans, self._data), scans) for block in sheet.blocks)
        heading = HEADINGS[sheet.heading](self._data, scans) if sheet.heading else ()
        is_of_one = sheet.each_source or self._data.layout.one_source
        return ReportSheet(name, tables, heading, scans[0].head.source if is_of_one and scans else "", sheet.view)

    def _table(self, block: Block, scans: Sequence[Scan]) -> Table:
        table = self._computed_table(block) if block.table in COMPUTED_TABLES else self._section_table(block, scans)
        if block.linked:
            table.links = [scan.head.source for scan in scans]
        return table

    def _section_table(self, block: Block, scans: Sequence[Scan]) -> Table:
        count = sum(scan.counts.get(block.table, 0) for scan in scans)
        return Table(
            block.table,
            _title(block, scans, count),
            _columns(block),
            count,
            partial(section_rows, block, scans),
            block.header_style,
            lengths=partial(column_lengths, block, scans, self._data),
            rules=_rules(block, scans),
            charts=block.charts,
        )

    def _computed_table(self, block: Block) -> Table:
        computed = COMPUTED_TABLES[block.table]
        make: Any
        if computed.count:
            count, make = computed.count(self._data), partial(_streamed, block, self._data)
        else:
            rows = [_values(block, row) for row in self._computed_rows(block.table)]
            count, make = len(rows), partial(iter, rows)
        return Table(
            block.table,
            _title(block, self._data.scans, count),
            _columns(block),
            count,
            make,
            block.header_style,
            styled_values=not computed.count,
            rules=_rules(block, self._data.scans),
            charts=block.charts,
            total=_values(block, computed.total(self._data)) if block.total and computed.total else None,
        )

    def _computed_rows(self, table: str) -> Sequence[Mapping[str, Any]]:
        if table not in self._computed:
            self._computed[table] = list(COMPUTED_TABLES[table].rows(self._data))
        return self._computed[table]


def _streamed(block: Block, data: ReportData) -> Iterator[Row]:
    return (_values(block, row) for row in COMPUTED_TABLES[block.table].rows(data))


def _values(block: Block, row: Mapping[str, Any]) -> Row:
    """The values of a computed row, one a column."""
    found = [(column.compute, [row.get(field) for field in column.fields]) for column in block.columns]
    return [compute(*values) if compute else values[0] for compute, values in found]


def _columns(block: Block) -> tuple[TableColumn, ...]:
    section = SECTIONS.get(block.shown_section)
    units = {field.key: field.unit for field in section.fields} if section else {}
    return tuple(_column(column, units) for column in block.columns)


def _column(column: Column, units: Mapping[str, str]) -> TableColumn:
    header = message(f"column.{column.key}") if column.name is None else column.name
    unit = column.unit or ("%" if column.format == PERCENT else units.get(column.fields[0], "") if column.compute is None else "")
    return TableColumn(column.key, header, column.format, FORMATS[column.format].kind, unit, column.max_width)


def _title(block: Block, scans: Sequence[Scan], count: int) -> Text | None:
    if not block.title:
        return None
    title = message(block.title)
    section = block.shown_section
    if section in COMPUTED_TABLES:
        return title
    unread = [scan.head.source for scan in scans if section not in scan.counts and scan.head.status != DUPLICATE]
    if len(unread) == len(scans):
        return message("text.not_read", title=title)
    if not unread:
        return message("text.counted", title=title, count=count)
    return message("text.counted_partly", title=title, count=count, sources=some(unread))


def _rules(block: Block, scans: Sequence[Scan]) -> tuple[Rule, ...]:
    """The rules of a block, before them one that tells old rows from the others."""
    stale = tuple(scan.head.source for scan in scans if scan.head.status == STALE and block.shown_section in scan.counts)
    if not stale or not any(column.key == _SOURCE for column in block.columns):
        return block.rules
    return (Rule("stale", _SOURCE, texts=stale), *block.rules)
