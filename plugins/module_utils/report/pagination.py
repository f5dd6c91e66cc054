# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""From tables to worksheets: which rows of a table stand where. A table that does not fit goes on on another worksheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ansible_collections.estate.vmware.plugins.module_utils.report.model import Chart, HeadingLine, Report, ReportSheet, Row, Table

#: ``(charts, the number of bars of each) -> rows that they cover at the right of a table``.
ChartHeight = Callable[[Sequence[tuple[Chart, int]]], int]


@dataclass(eq=False)
class Slice:
    """The part of a table on one worksheet. Rows of the worksheet are counted from 1; 0 is none.

    :ivar start: rows of the table on earlier worksheets. :ivar count: rows of the table on this one.
    :ivar charts: at its right, each with the number of its bars.
    """

    table: Table
    title_row: int
    header_row: int
    start: int
    count: int
    total_row: int = 0
    charts: Sequence[tuple[Chart, int]] = ()

    @property
    def top_row(self) -> int:
        """The row of its title, of its header where it has none."""
        return self.title_row or self.header_row

    @property
    def first_row(self) -> int:
        """The row below the header."""
        return self.header_row + 1

    @property
    def last_row(self) -> int:
        """The last of its rows, the header where it has none; without the totals."""
        return self.header_row + self.count


@dataclass(eq=False)
class Worksheet:
    """A sheet of the report, or a part of it.

    :ivar number: of the worksheet among those of its sheet, from 1.
    :ivar links: row to the worksheet that it leads to.
    """

    sheet: ReportSheet
    number: int = 1
    slices: list[Slice] = field(default_factory=list)
    links: dict[int, Worksheet] = field(default_factory=dict)

    @property
    def heading(self) -> Sequence[HeadingLine]:
        """The lines above its first table: only the first worksheet of a sheet has some."""
        return self.sheet.heading if self.number == 1 else ()

    @property
    def row_count(self) -> int:
        """Rows of data on it."""
        return sum(part.count for part in self.slices)


def paginate(report: Report, max_rows: int, chart_height: ChartHeight) -> list[Worksheet]:
    """All worksheets in order.

    :param max_rows: rows that fit on a worksheet, at least ten.
    """
    worksheets = [worksheet for sheet in report.sheets for worksheet in _worksheets(sheet, max_rows, chart_height)]
    _link(worksheets)
    return worksheets


class SliceReader:
    """Reads the rows of slices, which must be asked for in their order: a table goes on where its slice before ended."""

    def __init__(self) -> None:
        self._started: dict[Table, Iterator[Row]] = {}

    def rows(self, part: Slice) -> Iterator[Row]:
        """The rows of a slice."""
        if part.table not in self._started:
            self._started[part.table] = part.table.rows()
        return islice(self._started[part.table], part.count)


def _worksheets(sheet: ReportSheet, max_rows: int, chart_height: ChartHeight) -> list[Worksheet]:
    worksheets = [Worksheet(sheet)]
    row = len(sheet.heading) + 1
    for table in sheet.tables:
        header_rows = 1 if table.title is None else 2
        total_rows = 0 if table.total is None else 1
        start = 0
        part = None
        while part is None or start < table.row_count:
            room = max_rows - (row - 1) - header_rows - total_rows
            if room < min(table.row_count - start, 1):
                worksheets.append(Worksheet(sheet, len(worksheets) + 1))
                row = 1
                continue
            part = Slice(table, 0 if table.title is None else row, row + header_rows - 1, start, min(table.row_count - start, room))
            worksheets[-1].slices.append(part)
            start += part.count
            row = part.last_row + 2
        if total_rows:
            part.total_row = part.last_row + 1
            row += 1
        row = max(row, _add_charts(part, sheet, max_rows, chart_height))
    return worksheets


def _add_charts(part: Slice, sheet: ReportSheet, max_rows: int, chart_height: ChartHeight) -> int:
    """Put charts beside a slice where the worksheet has space for them; the row below them, 0 without any."""
    charts = [(chart, sheet.bars(chart)) for chart in part.table.charts]
    covered = chart_height(charts)
    end = part.top_row + covered + 1
    if not covered or end > max_rows:
        return 0
    part.charts = charts
    return end


def _link(worksheets: Sequence[Worksheet]) -> None:
    """Link the rows of sources to the first worksheet of each source."""
    for worksheet in worksheets:
        for part in worksheet.slices:
            if part.table.links:
                targets: dict[str, Worksheet] = {}
                for other in worksheets:
                    if other.sheet.source and other is not worksheet:
                        targets.setdefault(other.sheet.source, other)
                shown = part.table.links[part.start : part.start + part.count]
                worksheet.links.update({row: targets[source] for row, source in enumerate(shown, part.first_row) if source in targets})
