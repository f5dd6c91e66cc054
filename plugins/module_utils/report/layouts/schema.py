# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a layout is made of: the classes in which the files of layouts/ are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report import formats
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Chart, Rule, View


@dataclass(frozen=True)
class Column:
    """One column of a block.

    :ivar key: its header is the text ``column.<key>``.
    :ivar fields: fields of the table that it is made of; the key itself where none are named.
        ``source`` and ``address`` of a scan are fields of every table, and stand first.
    :ivar format: one of formats.FORMATS.
    :ivar compute: makes the value of its fields; not needed for a single field shown as it is.
    :ivar max_width: the widest it may become, in characters.
    :ivar unit: of its values; that of its field where it is empty.
    :ivar name: its header, for a column that the scans name and no language knows.
    :ivar characters: that its longest value has, where that is known without a look at the values.
    """

    key: str
    fields: tuple[str, ...] = ()
    format: str = formats.TEXT
    compute: Callable[..., Any] | None = None
    max_width: int = 32
    unit: str = ""
    name: str | None = None
    characters: int | None = None

    def __post_init__(self) -> None:
        if not self.fields:
            object.__setattr__(self, "fields", (self.key,))
        if self.compute is None and len(self.fields) > 1:
            raise ValueError(f"the column {self.key} has several fields and no compute that joins them")


@dataclass(frozen=True)
class Block:
    """A table on a sheet: an optional title, a header, rows, and an optional row of totals.

    :ivar table: a section of the scans, or one of computed_tables.COMPUTED_TABLES.
    :ivar header_style: one of theme.STYLES. :ivar title: key of its title.
    :ivar order_by: fields to sort the rows of a source by.
    :ivar total: it ends with the row of totals that its table has.
    :ivar linked: key of the column that links to the sheets of the sources: a row a source.
    :ivar map_columns: a field of kind map: every key in it becomes a column, after the others.
    :ivar section: the section that it shows, where its table is none.
    :ivar charts: at its right.
    """

    table: str
    columns: tuple[Column, ...]
    header_style: str
    title: str = ""
    rules: tuple[Rule, ...] = ()
    order_by: tuple[str, ...] = ()
    total: bool = False
    linked: str = ""
    map_columns: str = ""
    section: str = ""
    charts: tuple[Chart, ...] = ()

    @property
    def shown_section(self) -> str:
        """The section that it shows; of a table that shows several, the table."""
        return self.section or self.table


@dataclass(frozen=True)
class Sheet:
    """A sheet, or one for each source that was read.

    :ivar key: its name is the text ``sheet.<key>``, or the alias of its source.
    :ivar blocks: its tables from top to bottom.
    :ivar heading: lines above the first block, one of sheet_headings.HEADINGS.
    :ivar extra: present only on request.
    :ivar if_incomplete: present only when something is missing from the report.
    """

    key: str
    blocks: tuple[Block, ...]
    heading: str = ""
    view: View = field(default_factory=View)
    each_source: bool = False
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
