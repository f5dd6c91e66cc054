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

from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import StyledValue
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.load_scans import open_scans
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Message
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Report, ReportSheet
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_formats import cell_converter

TRANSLATIONS = LANGUAGES["en"]


def with_openpyxl(report: Report, dest: str) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for sheet in report.sheets:
        worksheet = book.create_sheet(_name(sheet))
        for row in _rows(sheet):
            worksheet.append(row)
    book.save(dest)


def with_xlsxwriter(report: Report, dest: str) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(dest, options) as book:
        for sheet in report.sheets:
            worksheet = book.add_worksheet(_name(sheet))
            for number, row in enumerate(_rows(sheet)):
                worksheet.write_row(number, 0, row)


def with_pandas(report: Report, dest: str) -> None:
    import pandas

    with pandas.ExcelWriter(dest, engine="openpyxl") as book:
        for sheet in report.sheets:
            rows = list(_rows(sheet))
            width = max(map(len, rows))
            pandas.DataFrame([row + [None] * (width - len(row)) for row in rows]).to_excel(book, sheet_name=_name(sheet), index=False, header=False)


def _name(sheet: ReportSheet) -> str:
    return TRANSLATIONS.resolve(sheet.name)


def _rows(sheet: ReportSheet) -> Iterator[list[Any]]:
    for table in sheet.tables:
        yield [column.key for column in table.columns]
        formats = [column.format for column in table.columns]
        converters = [cell_converter(format, TRANSLATIONS) for format in formats]
        for row in table.rows():
            yield [_styled(*cell) for cell in zip(row, formats)] if table.styled_values else [_plain(*cell) for cell in zip(row, converters)]


def _plain(value: Any, convert: Any) -> Any:
    return value if value is None or convert is None else convert(value)


def _styled(value: Any, format: str) -> Any:
    shown = value if isinstance(value, StyledValue) else StyledValue(value, format)
    content = TRANSLATIONS.resolve(shown.value) if isinstance(shown.value, (Message, Joined)) else shown.value
    return _plain(content, cell_converter(shown.format, TRANSLATIONS))


def main(library: str, job: dict) -> None:
    report = build_report(ReportData(open_scans(job["scans"], print), LAYOUTS["consolidated"].with_extra(())))
    {"openpyxl": with_openpyxl, "xlsxwriter": with_xlsxwriter, "pandas": with_pandas}[library](report, job["dest"])


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
