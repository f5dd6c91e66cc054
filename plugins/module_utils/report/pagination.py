# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Where everything stands: sheets by name, blocks on them by row. Counted from the scans, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report import computed_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Rule, Sheet
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import spread
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import Scope
from ansible_collections.estate.vmware.plugins.module_utils.report.sheet_headings import HEADINGS, Line
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE, STALE, WITH_ROWS
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.chart_placement import Place, arrange, height
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import SheetNames, few

#: Rows of a sheet in Excel.
MAX_ROWS = 1_048_576

#: Names that a rule compares with: a formula of Excel has a limit.
_IN_ONE_RULE = 20
SOURCE = "source"

Labels = Mapping[str, str]


@dataclass(eq=False)
class Run:
    """All rows of a block. They may go on from sheet to sheet.

    :ivar title: text above its header, empty for none.
    """

    block: Block
    scans: Sequence[Scan]
    count: int
    title: str


@dataclass
class Part:
    """What of a run stands on one sheet. Rows are counted from 1; a row of 0 is not there.

    :ivar start: rows of the run on earlier sheets. :ivar places: charts at its right.
    """

    run: Run
    title_row: int
    header_row: int
    start: int
    count: int
    total_row: int = 0
    places: list[Place] = field(default_factory=list)

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


@dataclass
class Page:
    """One sheet of the file.

    :ivar number: of the page among those of its sheet and source, from 1.
    :ivar links: row to the name of the sheet that it leads to, for blocks that link.
    """

    sheet: Sheet
    scans: Sequence[Scan]
    number: int = 1
    name: str = ""
    heading: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    links: dict[int, str] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        """Rows of data on it."""
        return sum(part.count for part in self.parts)


def plan(scope: Scope, labels: Labels, max_rows: int = MAX_ROWS) -> list[Page]:
    """All sheets in order.

    :param max_rows: rows that fit on a sheet, at least ten; what does not goes on on another one.
    :raises ReportError: the layout cannot show so many sources.
    """
    if scope.layout.one_source and len(scope) > 1:
        sources = ", ".join(scan.head.source for scan in scope)
        raise ReportError(f"layout {scope.layout.name} shows one source and scans has {len(scope)}, {sources}: give one of them, or choose another layout")
    pages: list[Page] = []
    whole = scope.whole and not computed_tables.count("gaps", scope, labels)
    for sheet in scope.layout.sheets:
        if sheet.if_incomplete and whole:
            continue
        for shown in [[scan] for scan in scope if scan.head.status in WITH_ROWS] if sheet.each_source else [scope]:
            pages += _pages(sheet, shown, labels, max_rows)
    _give_names(pages, labels)
    _link(pages, scope)
    return pages


def _pages(sheet: Sheet, scans: Sequence[Scan], labels: Labels, max_rows: int) -> list[Page]:
    pages = [Page(sheet, scans, heading=HEADINGS[sheet.heading](scans, labels) if sheet.heading else [])]
    row = len(pages[0].heading) + 1
    for block in (_marked(spread(block, scans, labels), scans) for block in sheet.blocks):
        run = Run(block, scans, computed_tables.count(block.table, scans, labels), _title(block, scans, labels))
        above = 2 if run.title else 1
        start = 0
        while start == 0 or start < run.count:
            room = max_rows - (row - 1) - above - block.total
            if room < min(run.count - start, 1):
                pages.append(Page(sheet, scans, len(pages) + 1))
                row = 1
                continue
            part = Part(run, row if run.title else 0, row + above - 1, start, min(run.count - start, room))
            pages[-1].parts.append(part)
            start += part.count
            row = part.last_row + 2
            if not run.count:
                break
        if block.total:
            part.total_row = part.last_row + 1
            row += 1
        row = max(row, _place_charts(part, scans, labels, max_rows))
    return pages


def _marked(block: Block, scans: Sequence[Scan]) -> Block:
    """A block that has old rows of some sources, with rules that tell these from the others."""
    section = block.section or block.table
    names = [scan.head.source for scan in scans if scan.head.status == STALE and section in scan.counts]
    if not names or not any(column.key == SOURCE for column in block.columns):
        return block
    marks = tuple(Rule("stale", SOURCE, texts=tuple(names[start : start + _IN_ONE_RULE])) for start in range(0, len(names), _IN_ONE_RULE))
    return replace(block, rules=marks + block.rules)


def _place_charts(part: Part, scans: Sequence[Scan], labels: Labels, max_rows: int) -> int:
    """Put charts beside a part where the sheet has room for them; the row from which on there are none."""
    places = arrange([(chart, computed_tables.count(chart.table, scans, labels)) for chart in part.run.block.charts])
    end = part.top_row + height(places) + 1
    if not places or end > max_rows:
        return 0
    part.places = places
    return end


def _title(block: Block, scans: Sequence[Scan], labels: Labels) -> str:
    if not block.title:
        return ""
    title = labels[block.title]
    section = block.section or block.table
    if section in computed_tables.COMPUTED_TABLES:
        return title
    unread = [scan.head.source for scan in scans if section not in scan.counts and scan.head.status != DUPLICATE]
    if len(unread) == len(scans):
        return labels["text.not_read"].format(title=title)
    count = computed_tables.count(block.table, scans, labels)
    if not unread:
        return labels["text.counted"].format(title=title, count=count)
    return labels["text.counted_partly"].format(title=title, count=count, sources=few(unread))


def _give_names(pages: Sequence[Page], labels: Labels) -> None:
    names = SheetNames()
    # The sheets of the layout come first: a source may be called as one of them is.
    for page in sorted(pages, key=lambda page: page.sheet.each_source):
        name = page.scans[0].head.source if page.sheet.each_source else labels[f"sheet.{page.sheet.key}"]
        page.name = names.take(name, page.number)


def _link(pages: Sequence[Page], scope: Scope) -> None:
    sheets: dict[str, str] = {}
    for page in pages:
        # Where there is one source, every sheet is one of its own.
        if page.sheet.each_source or (scope.layout.one_source and page is not pages[0]):
            sheets.setdefault(page.scans[0].head.source, page.name)
    for page in pages:
        for part in page.parts:
            if part.run.block.linked:
                shown = part.run.scans[part.start : part.start + part.count]
                page.links.update({row: sheets[scan.head.source] for row, scan in enumerate(shown, part.first_row) if scan.head.source in sheets})
