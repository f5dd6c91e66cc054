# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a layout is made of: the words in which the files of layouts/ are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report import formats


@dataclass(frozen=True)
class Column:
    """One column of a block.

    :ivar key: its label is ``column.<key>``.
    :ivar fields: fields of the table that it is made of; the key itself where none are named.
        ``source`` and ``address`` of a scan can be had in every table, and stand first.
    :ivar form: how its values look, one of formats.FORMS.
    :ivar how: makes the value of its fields; not needed for a single field shown as it is.
    :ivar cap: the widest it may become, in characters.
    :ivar header: text of its header, for a column that the scans name and no language knows.
    :ivar length: characters that its values need, where that is known without a look at them.
    """

    key: str
    fields: tuple[str, ...] = ()
    form: str = formats.TEXT
    how: Callable[..., Any] | None = None
    cap: int = 32
    header: str = ""
    length: int | None = None

    def __post_init__(self) -> None:
        if not self.fields:
            object.__setattr__(self, "fields", (self.key,))
        if self.how is None and len(self.fields) > 1:
            raise ValueError(f"the column {self.key} has several fields and nothing that joins them")

    def text(self, labels: Mapping[str, str]) -> str:
        """What stands in its header."""
        return self.header or labels[f"column.{self.key}"]


@dataclass(frozen=True)
class Rule:
    """A colour that follows the value of a cell, also when somebody edits it.

    :ivar look: one of look.DIFFERENCES.
    :ivar column: key of the column it looks at; empty for every other row.
    :ivar states: it holds when the cell shows one of these states.
    :ivar texts: it holds when the cell has one of these texts.
    :ivar at_least: it holds when the cell is a number of at least this.
    :ivar truth: it holds when the cell shows this truth. :ivar is_set: it holds when the cell is not empty.
    :ivar below: it holds when the cell is a number below this.
    :ivar more_than: key of a column; it holds when the cell is a number greater than the one there, which is above 0.
    :ivar whole_row: it colours the row of the block, else the cell alone.
    :ivar marks: keys of the columns that it colours instead of either.
    """

    look: str
    column: str = ""
    states: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    at_least: float | None = None
    below: float | None = None
    more_than: str = ""
    truth: bool | None = None
    is_set: bool = False
    whole_row: bool = True
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """Bars that show the rows of a block of the same sheet. Its first column names the bars, its title is the chart's.

    :ivar table: table of that block; where it has no rows there is no chart.
    :ivar series: keys of its columns, a colour each; several are stacked. A single one takes colours from the block's rules.
    :ivar axis: label of what the bars measure.
    :ivar fits: the axis fits the first so many bars, none is 0; the others together would make them too small to see.
    """

    table: str
    series: tuple[str, ...]
    axis: str
    fits: int = 0


@dataclass(frozen=True)
class Block:
    """A table on a sheet: an optional title, a header, rows, and an optional row of totals.

    :ivar table: a section of the scans, or one of tables.MADE.
    :ivar header: look of its header row. :ivar title: label of its title.
    :ivar order_by: fields to sort the rows of a source by.
    :ivar total: it ends with the totals that its table has.
    :ivar linked: key of the column that links to the sheets of the sources: a row a source.
    :ivar spread: a field of kind map: every key in it becomes a column, after the others.
    :ivar section: the section that it shows, where its table is none.
    :ivar charts: what stands at its right.
    """

    table: str
    columns: tuple[Column, ...]
    header: str
    title: str = ""
    rules: tuple[Rule, ...] = ()
    order_by: tuple[str, ...] = ()
    total: bool = False
    linked: str = ""
    spread: str = ""
    section: str = ""
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet, or one for each source that was read.

    :ivar key: its name is the label ``sheet.<key>``, or the alias of its source.
    :ivar blocks: what stands on it, from top to bottom.
    :ivar heading: lines above the first block, one of headings.HEADINGS.
    :ivar frozen: how many columns stay in sight.
    :ivar across: the most pages side by side that it is printed on.
    :ivar repeated: key of the column that is printed on each of these; the frozen columns where none is named.
    :ivar extra: it is there only when somebody asks for it.
    :ivar if_incomplete: it is there only when something is missing from the workbook.
    """

    key: str
    blocks: tuple[Block, ...]
    heading: str = ""
    frozen: int = 1
    each_source: bool = False
    across: int = 6
    repeated: str = ""
    extra: bool = False
    if_incomplete: bool = False


@dataclass(frozen=True)
class Layout:
    """All sheets in order.

    :ivar one_source: it cannot show more than one source.
    """

    name: str
    sheets: tuple[Sheet, ...]
    one_source: bool = False

    def with_extra(self, keys: Sequence[str]) -> Layout:
        """This layout with those of its extra sheets that are named, and no others."""
        return replace(self, sheets=tuple(sheet for sheet in self.sheets if not sheet.extra or sheet.key in keys))

    def without_charts(self) -> Layout:
        """The same layout with tables alone."""
        plain = [tuple(replace(block, charts=()) for block in sheet.blocks) for sheet in self.sheets]
        return replace(self, sheets=tuple(replace(sheet, blocks=blocks) for sheet, blocks in zip(self.sheets, plain)))
