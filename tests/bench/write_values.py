# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the values of our workbook, and nothing but the values, with a library. usage: write_values.py LIBRARY JOB

The values come from the same scans by the same way, so what differs is how they are written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report import computed_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMS, StyledValue
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block
from ansible_collections.estate.vmware.plugins.module_utils.report.load_scans import open_scans
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import Page, plan
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import Scope
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

LABELS = LANGUAGES["en"]


def with_openpyxl(pages: list[Page], dest: str) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for row in _rows(page):
            sheet.append(row)
    book.save(dest)


def with_xlsxwriter(pages: list[Page], dest: str) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(dest, options) as book:
        for page in pages:
            sheet = book.add_worksheet(page.name)
            for number, row in enumerate(_rows(page)):
                sheet.write_row(number, 0, row)


def with_pandas(pages: list[Page], dest: str) -> None:
    import pandas

    with pandas.ExcelWriter(dest, engine="openpyxl") as book:
        for page in pages:
            rows = list(_rows(page))
            width = max(map(len, rows))
            pandas.DataFrame([row + [None] * (width - len(row)) for row in rows]).to_excel(book, sheet_name=page.name, index=False, header=False)


def _rows(page: Page) -> Iterator[list[Any]]:
    for part in page.parts:
        block = part.run.block
        yield [column.key for column in block.columns]
        shows = [FORMS[column.form].show for column in block.columns]
        for row in computed_tables.rows(block, part.run.scans, LABELS):
            yield [_plain(value, show) for value, show in zip(row, shows)] if block.table not in computed_tables.COMPUTED_TABLES else _made(block, row)


def _plain(value: Any, show: Any) -> Any:
    return value if value is None or show is None else show(value, LABELS)


def _made(block: Block, row: Any) -> list[Any]:
    shown = [value if isinstance(value, StyledValue) else StyledValue(value, column.form) for value, column in zip(row, block.columns)]
    return [_plain(one.value, FORMS[one.form].show) for one in shown]


def main(library: str, job: dict) -> None:
    scans = sorted(open_scans(job["scans"], print), key=lambda scan: scan.head.source)
    pages = plan(Scope(scans, LAYOUTS["consolidated"].with_extra(())), LABELS)
    {"openpyxl": with_openpyxl, "xlsxwriter": with_xlsxwriter, "pandas": with_pandas}[library](pages, job["dest"])


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
