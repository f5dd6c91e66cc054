# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The workbook without its rows: worksheets with everything that openpyxl writes for us.

openpyxl saves it in its write-only mode, from sheets whose only rows are those with links. The rows of data are added afterwards (rows.py,
archive.py), because a row that passes through openpyxl costs many times what its XML costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report.model import Rule, Table
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import Slice, Worksheet
from ansible_collections.estate.vmware.plugins.module_utils.report.theme import RULE_STYLES
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx._openpyxl import openpyxl
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_formats import cell_converter
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cells import column_letter
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.charts import ChartDrawer
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import quoted
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.styles import rule_style
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.widths import column_widths, shared_widths

_A4 = 9
#: Characters that can be read side by side on such a page.
_READABLE = 260
#: Characters of a text in a formula, and texts that one rule compares with.
_LONGEST_TEXT = 255
_MAX_TEXTS = 20
#: Rows that leave room for charts below them on a page of paper.
_ROWS_ABOVE_CHARTS = 20


def build_structure(names: Mapping[Worksheet, str], translations: Translations) -> Any:
    """An openpyxl workbook with a sheet for each worksheet, ready to be saved once all styles are made.

    :param names: worksheets in order, each with its name.
    """
    book = openpyxl.Workbook(write_only=True)
    drawer = ChartDrawer(names, translations)
    measured: dict[Table, list[float]] = {}
    for worksheet, name in names.items():
        sheet = book.create_sheet(name)
        for part in worksheet.slices:
            if part.table not in measured:
                measured[part.table] = column_widths(part.table, translations)
            _add_rules(sheet, part, translations)
        widths = shared_widths([measured[part.table] for part in worksheet.slices])
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[column_letter(number)].width = width
        drawer.add_charts(sheet, worksheet, widths)
        _set_view(sheet, worksheet)
        _set_print(sheet, worksheet, widths)
        _break_pages(sheet, worksheet)
        _add_links(sheet, worksheet, names)
    return book


def _set_view(sheet: Any, worksheet: Worksheet) -> None:
    first = worksheet.slices[0]
    columns = len(first.table.columns)
    sheet.freeze_panes = f"{column_letter(worksheet.sheet.view.frozen_columns + 1)}{first.first_row}"
    sheet.auto_filter.ref = f"A{first.header_row}:{column_letter(columns)}{first.last_row}"


def _set_print(sheet: Any, worksheet: Worksheet, widths: Sequence[float]) -> None:
    view = worksheet.sheet.view
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = min(view.pages_across, ceil(sum(widths) / _READABLE))
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.page_margins = openpyxl.worksheet.page.PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.6, footer=0.25)
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = "&P / &N"
    first = worksheet.slices[0]
    # Where several tables follow each other, the header of the first would stand above the others.
    top = first.header_row if len(worksheet.slices) == 1 else 1
    sheet.print_title_rows = f"{top}:{top}"
    keys = [column.key for column in first.table.columns]
    repeated = column_letter(keys.index(view.repeated_column) + 1) if view.repeated_column else ""
    sheet.print_title_cols = f"{repeated or 'A'}:{repeated or column_letter(view.frozen_columns)}"


def _break_pages(sheet: Any, worksheet: Worksheet) -> None:
    """Charts that would not fit on the first page of paper begin one of their own."""
    for part in worksheet.slices:
        if part.charts and part.top_row > _ROWS_ABOVE_CHARTS:
            sheet.row_breaks.append(openpyxl.worksheet.pagebreak.Break(id=part.top_row - 1))


def _add_links(sheet: Any, worksheet: Worksheet, names: Mapping[Worksheet, str]) -> None:
    for row in range(1, max(worksheet.links, default=0) + 1):
        cell = None
        if row in worksheet.links:
            cell = openpyxl.cell.WriteOnlyCell(sheet, "-")
            cell.hyperlink = openpyxl.worksheet.hyperlink.Hyperlink(ref="", location=f"{quoted(names[worksheet.links[row]])}!A1")
        sheet.append([cell])


def _add_rules(sheet: Any, part: Slice, translations: Translations) -> None:
    if not part.count:
        return
    letters = {column.key: column_letter(number) for number, column in enumerate(part.table.columns, 1)}
    for rule in _split(part.table.rules):
        formula = _formula(rule, letters, part, translations)
        sheet.conditional_formatting.add(
            " ".join(f"{first}{part.first_row}:{last}{part.last_row}" for first, last in _spans(rule, letters)),
            openpyxl.formatting.rule.Rule(type="expression", dxf=rule_style(RULE_STYLES[rule.style]), formula=[formula]),
        )


def _split(rules: Sequence[Rule]) -> Iterator[Rule]:
    """Rules of no more texts than a formula can hold."""
    for rule in rules:
        for start in range(0, max(len(rule.texts), 1), _MAX_TEXTS):
            yield replace(rule, texts=rule.texts[start : start + _MAX_TEXTS])


def _spans(rule: Rule, letters: Mapping[str, str]) -> list[tuple[str, str]]:
    """First and last column of the cells that a rule styles."""
    if rule.whole_row and not rule.targets:
        return [("A", column_letter(len(letters)))]
    return [(letters[key], letters[key]) for key in rule.targets or (rule.column,)]


def _formula(rule: Rule, letters: Mapping[str, str], part: Slice, translations: Translations) -> str:
    """When a rule holds, written for the first row of its slice."""
    cell = f"${letters.get(rule.column)}{part.first_row}"
    if texts := [translations.state(state) for state in rule.states] + list(rule.texts):
        # A text in a formula has a limit of its own.
        shown = [text.replace('"', '""') for text in texts if len(text) <= _LONGEST_TEXT]
        return "OR(" + ",".join(f'{cell}="{text}"' for text in shown or [""]) + ")"
    if rule.truth is not None:
        return f'{cell}="{translations.yes_no(rule.truth)}"'
    if rule.is_set:
        return f'{cell}<>""'
    for limit, comparison in ((rule.at_least, ">="), (rule.below, "<")):
        if limit is not None:
            return f"AND(ISNUMBER({cell}),{cell}{comparison}{_cell_value(limit, rule.column, part, translations)})"
    if rule.more_than:
        other = f"${letters[rule.more_than]}{part.first_row}"
        return f"AND(ISNUMBER({cell}),ISNUMBER({other}),{other}>0,{cell}>{other})"
    return f"MOD(ROW()-{part.header_row},2)=0"


def _cell_value(value: float, key: str, part: Slice, translations: Translations) -> Any:
    """A number in the unit of a column as the column's cells hold it."""
    convert = cell_converter(next(column.format for column in part.table.columns if column.key == key), translations)
    return convert(value) if convert else value
