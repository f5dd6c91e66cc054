# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The rows of a sheet as XML, in pieces, none of them held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report import computed_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMS, TEXT
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import Page, Part, Run
from ansible_collections.estate.vmware.plugins.module_utils.report.theme import HEIGHT, HEIGHTS
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cells import CellWriter, cell_writer, column_letter, shown_cell_writer
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.styles import StyleBook

Labels = Mapping[str, str]

_ROWS_A_PIECE = 200


class Filler:
    """Writes the rows of pages, which must be asked for in their order: a block goes on where it ended on the sheet before.

    :param styles: of the workbook; all styles that rows can have are made here, before it is saved.
    """

    def __init__(self, styles: StyleBook, labels: Labels) -> None:
        self._styles = styles
        self._labels = labels
        self._going: dict[Run, Iterator[Sequence[Any]]] = {}

    def prepare(self, pages: Sequence[Page]) -> None:
        """Make all styles that the rows of these pages have."""
        looks = {"body", "link", "alert", "total", *(look for page in pages for _text, look in page.heading)}
        looks.update(part.run.block.header for page in pages for part in page.parts)
        looks.update(_title_look(part.run.block) for page in pages for part in page.parts)
        for look in sorted(looks):
            for form in FORMS if look in ("body", "total") or look.startswith("header") else (TEXT,):
                self._styles.number(look, form, False)
                self._styles.number(look, form, True)

    def pieces(self, page: Page) -> Iterator[str]:
        """The rows of a page."""
        for number, (text, look) in enumerate(page.heading, 1):
            yield self._line(number, [text], look)
        for part in page.parts:
            block = part.run.block
            if part.title_row:
                yield self._line(part.title_row, [part.run.title] + [None] * (len(block.columns) - 1), _title_look(block))
            yield self._header(part.header_row, block)
            yield from self._body(part)
            if part.total_row:
                values = computed_tables.total(block, part.run.scans, self._labels)
                yield _row(part.total_row, values, self._writers(block, "total"))

    def _body(self, part: Part) -> Iterator[str]:
        run = part.run
        if run not in self._going:
            self._going[run] = computed_tables.rows(run.block, run.scans, self._labels)
        writers = self._writers(run.block, "body")
        rows = islice(self._going[run], part.count)
        number = part.first_row
        while piece := list(islice(rows, _ROWS_A_PIECE)):
            yield "".join([_row(row, values, writers) for row, values in enumerate(piece, number)])
            number += len(piece)

    def _writers(self, block: Block, look: str) -> list[CellWriter]:
        make = shown_cell_writer if block.table in computed_tables.COMPUTED_TABLES else cell_writer
        return [make(column_letter(number), column.form, look, self._styles.number, self._labels) for number, column in enumerate(block.columns, 1)]

    def _header(self, number: int, block: Block) -> str:
        """A header stands at the right where the values below it do."""
        writers = [
            cell_writer(column_letter(index), TEXT, block.header, partial(self._style_of, column.form if FORMS[column.form].right else TEXT), self._labels)
            for index, column in enumerate(block.columns, 1)
        ]
        return _row(number, [column.text(self._labels) for column in block.columns], writers)

    def _style_of(self, form: str, look: str, _form: str, kept_text: bool) -> int:
        return self._styles.number(look, form, kept_text)

    def _line(self, number: int, values: Sequence[Any], look: str) -> str:
        make = partial(cell_writer, form=TEXT, look=look, styles=self._styles.number, labels=self._labels)
        return _row(number, values, [make(column_letter(column)) for column in range(1, len(values) + 1)], HEIGHTS.get(look, HEIGHT))


def _title_look(block: Block) -> str:
    return block.header.replace("header", "title")


def _row(number: int, values: Sequence[Any], writers: Sequence[CellWriter], height: int = HEIGHT) -> str:
    row = str(number)
    cells = "".join([write(value, row) for write, value in zip(writers, values)])
    return f'<row r="{row}" ht="{height}" customHeight="1">{cells}</row>'
