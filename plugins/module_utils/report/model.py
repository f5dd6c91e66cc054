# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a renderer gets: sheets of tables with typed columns, in no language, without colours, and without a trace of layouts and scans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Message, Text

#: A value a column: a plain value of the column's kind, None where it is not known. In tables with ``styled_values`` also a text of
#: messages.py or a formats.StyledValue.
Row = Sequence[Any]


@dataclass(frozen=True)
class TableColumn:
    """One column.

    :ivar key: unique in its table. :ivar header: see headers.py.
    :ivar format: one of formats.FORMATS. :ivar kind: of its values, one of catalog.field.KINDS. :ivar unit: GB, MHz, …; empty for none.
    :ivar max_width: characters that it takes at most where width is limited.
    """

    key: str
    header: Text
    format: str
    kind: str
    unit: str = ""
    max_width: int = 32


class ColumnLength(NamedTuple):
    """What is known of the longest value of a column before rows are read.

    :ivar characters: wide ones count twice. :ivar states: values whose length depends on the language.
    """

    characters: float
    states: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """A style that follows the value of a cell. Without a condition it holds for every other row.

    :ivar style: one of theme.RULE_STYLES.
    :ivar column: key of the column with the value.
    :ivar states: holds for one of these states. :ivar texts: holds for one of these texts.
    :ivar at_least: holds for a number of at least this, in the unit of the column. :ivar below: for one below this.
    :ivar more_than: key of a column; holds for a number greater than the one there, which is above 0.
    :ivar truth: holds for this truth. :ivar is_set: holds for any value.
    :ivar whole_row: styles the row, else the cell alone. :ivar targets: keys of the columns that it styles instead of either.
    """

    style: str
    column: str = ""
    states: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    more_than: str = ""
    truth: bool | None = None
    is_set: bool = False
    whole_row: bool = True
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A bar chart of a table of the same sheet. The table's first column names the bars, its title is the chart's.

    :ivar table: key of the table; no rows, no chart.
    :ivar series: keys of its columns, a colour each; several are stacked. The bars of a single one take colours from the table's rules.
    :ivar axis: translation key of what the bars measure.
    :ivar fits: the axis fits the first so many bars, 0 for all; the bar of all others together would make them too small to see.
    """

    table: str
    series: tuple[str, ...]
    axis: str
    fits: int = 0


@dataclass(eq=False)
class Table:
    """A table with a header, rows, and maybe a title and a row of totals.

    :ivar key: the section or computed table that it shows.
    :ivar rows: reads the rows; each call begins anew. Rows of sections stream, only computed tables are held in memory.
    :ivar lengths: what is known of each column's longest value without a look at the rows; None where they have to be measured.
    :ivar styled_values: values may be texts and styled values, see :data:`Row`.
    :ivar header_style: one of theme.STYLES. :ivar total: the row of totals, None for no such row.
    :ivar links: the source that each row is about and links to, empty for none.
    """

    key: str
    title: Text | None
    columns: tuple[TableColumn, ...]
    row_count: int
    rows: Callable[[], Iterator[Row]]
    header_style: str
    lengths: Callable[[], Sequence[ColumnLength]] | None = None
    styled_values: bool = False
    rules: tuple[Rule, ...] = ()
    charts: tuple[Chart, ...] = ()
    total: Row | None = None
    links: Sequence[str] = ()


class HeadingLine(NamedTuple):
    """A line above the first table of a sheet.

    :ivar style: one of theme.STYLES.
    """

    text: Text
    style: str = "note"


@dataclass(frozen=True)
class View:
    """How a sheet is looked at.

    :ivar frozen_columns: that stay in view. :ivar pages_across: the most pages side by side on which it is printed.
    :ivar repeated_column: key of the column that is printed on each of them; the frozen columns where it is empty.
    """

    frozen_columns: int = 1
    pages_across: int = 6
    repeated_column: str = ""


@dataclass(eq=False)
class ReportSheet:
    """Tables below one another.

    :ivar name: of the sheet, or the name of the source that it shows. :ivar source: the only source that it shows, empty for all.
    """

    name: Text
    tables: Sequence[Table]
    heading: Sequence[HeadingLine] = ()
    source: str = ""
    view: View = field(default_factory=View)

    @property
    def is_named_by_layout(self) -> bool:
        """Whether its name is translated, else it is that of a source."""
        return isinstance(self.name, Message)

    def bars(self, chart: Chart) -> int:
        """How many bars a chart of this sheet has."""
        return sum(table.row_count for table in self.tables if table.key == chart.table)


@dataclass(frozen=True)
class Report:
    """All sheets in order.

    :ivar finished: when the latest scan was finished, ISO 8601 in UTC; empty when no scan says.
    """

    sheets: Sequence[ReportSheet]
    finished: str = ""
