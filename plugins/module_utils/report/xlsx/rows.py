# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The rows of a worksheet as XML, in pieces: no sheet is held in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMATS, TEXT
from ansible_collections.estate.vmware.plugins.module_utils.report.headers import column_headers
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Table
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import Slice, SliceReader, Worksheet
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cells import CellWriter, cell_writer, column_letter, styled_cell_writer
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.styles import StyleBook

#: Points. Rows keep this height, also where a cell has several lines.
ROW_HEIGHT = 15
#: Heights of the styles that are taller than a plain row.
_HEIGHTS = {"heading": 24, "title_summary": 18, "title_source": 18, "title_all": 18}
_ROWS_A_PIECE = 200


class RowWriter:
    """Writes the rows of worksheets, which must be asked for in their order.

    :param styles: of the workbook; all styles that rows can have are made here, before it is saved.
    """

    def __init__(self, styles: StyleBook, translations: Translations) -> None:
        self._styles = styles
        self._translations = translations
        self._reader = SliceReader()

    def prepare(self, worksheets: Sequence[Worksheet]) -> None:
        """Make all styles that the rows of these worksheets have."""
        tables = {part.table for worksheet in worksheets for part in worksheet.slices}
        styles = {"body", "link", "alert", "total", *(line.style for worksheet in worksheets for line in worksheet.heading)}
        styles.update(table.header_style for table in tables)
        styles.update(_title_style(table) for table in tables)
        for style in sorted(styles):
            for format in FORMATS if style in ("body", "total") or style.startswith("header") else (TEXT,):
                self._styles.number(style, format, False)
                self._styles.number(style, format, True)

    def pieces(self, worksheet: Worksheet) -> Iterator[str]:
        """The rows of a worksheet."""
        for number, line in enumerate(worksheet.heading, 1):
            yield self._line(number, [self._translations.resolve(line.text)], line.style)
        for part in worksheet.slices:
            table = part.table
            if table.title is not None:
                title = [self._translations.resolve(table.title)] + [None] * (len(table.columns) - 1)
                yield self._line(part.title_row, title, _title_style(table))
            yield self._header(part.header_row, table)
            yield from self._body(part)
            if part.total_row and table.total is not None:
                yield _row(part.total_row, table.total, self._writers(table, "total"))

    def _body(self, part: Slice) -> Iterator[str]:
        writers = self._writers(part.table, "body")
        rows = self._reader.rows(part)
        number = part.first_row
        while piece := list(islice(rows, _ROWS_A_PIECE)):
            yield "".join([_row(row, values, writers) for row, values in enumerate(piece, number)])
            number += len(piece)

    def _writers(self, table: Table, style: str) -> list[CellWriter]:
        make = styled_cell_writer if table.styled_values else cell_writer
        return [make(column_letter(number), column.format, style, self._styles.number, self._translations) for number, column in enumerate(table.columns, 1)]

    def _header(self, number: int, table: Table) -> str:
        """A header is aligned as the values below it are."""
        writers = [
            cell_writer(column_letter(index), TEXT, table.header_style, partial(self._aligned_style, column.format), self._translations)
            for index, column in enumerate(table.columns, 1)
        ]
        return _row(number, column_headers(table.columns, self._translations), writers)

    def _aligned_style(self, aligned_as: str, style: str, _format: str, kept_text: bool) -> int:
        return self._styles.number(style, aligned_as if FORMATS[aligned_as].right_aligned else TEXT, kept_text)

    def _line(self, number: int, values: Sequence[Any], style: str) -> str:
        writers = [cell_writer(column_letter(column), TEXT, style, self._styles.number, self._translations) for column in range(1, len(values) + 1)]
        return _row(number, values, writers, _HEIGHTS.get(style, ROW_HEIGHT))


def _title_style(table: Table) -> str:
    return table.header_style.replace("header", "title")


def _row(number: int, values: Sequence[Any], writers: Sequence[CellWriter], height: int = ROW_HEIGHT) -> str:
    row = str(number)
    cells = "".join([write(value, row) for write, value in zip(writers, values)])
    return f'<row r="{row}" ht="{height}" customHeight="1">{cells}</row>'
