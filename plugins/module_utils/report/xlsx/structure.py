# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The workbook without its rows: sheets with everything that openpyxl can say of them better than we could.

openpyxl writes the shell in its write-only mode, from sheets that have no rows but those with links. The rows go in
afterwards (rows.py, archive.py), because a row that passes through openpyxl costs many times what its text costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from math import ceil
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report.formats import yes_no
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Rule
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import Page, Part, Run
from ansible_collections.estate.vmware.plugins.module_utils.report.theme import DIFFERENCES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx._openpyxl import openpyxl
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cells import column_letter
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.charts import add_charts
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import quoted
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.styles import difference
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.widths import widths

Labels = Mapping[str, str]

_A4 = 9
#: Characters that can be read side by side on such a page.
_READABLE = 260
#: The widest that a block may make a column for whose values the block above it needs less.
_SHARED = 32
#: Characters of a text in a formula.
_LONGEST_TEXT = 255
#: Rows that leave room for charts below them on a page of paper.
_ROWS_ABOVE_CHARTS = 20


def build(pages: Sequence[Page], labels: Labels) -> Any:
    """An openpyxl workbook with a sheet a page, ready to be saved once all styles are made."""
    book = openpyxl.Workbook(write_only=True)
    measured: dict[Run, list[float]] = {}
    for page in pages:
        sheet = book.create_sheet(page.name)
        for part in page.parts:
            if part.run not in measured:
                measured[part.run] = widths(part.run.block, part.run.scans, labels)
            _add_rules(sheet, part, labels)
        wide = _widest([measured[part.run] for part in page.parts])
        for number, width in enumerate(wide, 1):
            sheet.column_dimensions[column_letter(number)].width = width
        add_charts(sheet, page, pages, wide, labels)
        _set_view(sheet, page)
        _set_print(sheet, page, wide)
        _break_pages(sheet, page)
        _add_links(sheet, page)
    return book


def _widest(measured: Sequence[Sequence[float]]) -> list[float]:
    """The width of each column of a sheet: what its first block needs, and of what the others need so much as does not tear that one apart."""
    names, *others = zip_longest(*measured, fillvalue=0.0)
    return [max(names), *(max(first, min(_SHARED, max(rest, default=0.0))) for first, *rest in others)]


def _set_view(sheet: Any, page: Page) -> None:
    first = page.parts[0]
    columns = len(first.run.block.columns)
    sheet.freeze_panes = f"{column_letter(page.sheet.frozen + 1)}{first.first_row}"
    sheet.auto_filter.ref = f"A{first.header_row}:{column_letter(columns)}{first.last_row}"


def _set_print(sheet: Any, page: Page, wide: Sequence[float]) -> None:
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = min(page.sheet.across, ceil(sum(wide) / _READABLE))
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.page_margins = openpyxl.worksheet.page.PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.6, footer=0.25)
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = "&P / &N"
    first = page.parts[0]
    # Where several tables follow each other, the header of the first would stand above the others.
    top = first.header_row if len(page.parts) == 1 else 1
    sheet.print_title_rows = f"{top}:{top}"
    keys = [column.key for column in first.run.block.columns]
    repeated = column_letter(keys.index(page.sheet.repeated) + 1) if page.sheet.repeated else ""
    sheet.print_title_cols = f"{repeated or 'A'}:{repeated or column_letter(page.sheet.frozen)}"


def _break_pages(sheet: Any, page: Page) -> None:
    """Charts that would not fit on the first page of paper begin one of their own."""
    for part in page.parts:
        if part.places and part.top_row > _ROWS_ABOVE_CHARTS:
            sheet.row_breaks.append(openpyxl.worksheet.pagebreak.Break(id=part.top_row - 1))


def _add_links(sheet: Any, page: Page) -> None:
    for row in range(1, max(page.links, default=0) + 1):
        cell = None
        if row in page.links:
            cell = openpyxl.cell.WriteOnlyCell(sheet, "-")
            cell.hyperlink = openpyxl.worksheet.hyperlink.Hyperlink(ref="", location=f"{quoted(page.links[row])}!A1")
        sheet.append([cell])


def _add_rules(sheet: Any, part: Part, labels: Labels) -> None:
    if not part.count:
        return
    letters = {column.key: column_letter(number) for number, column in enumerate(part.run.block.columns, 1)}
    for rule in part.run.block.rules:
        sheet.conditional_formatting.add(
            " ".join(f"{first}{part.first_row}:{last}{part.last_row}" for first, last in _spans(rule, letters)),
            openpyxl.formatting.rule.Rule(type="expression", dxf=difference(DIFFERENCES[rule.look]), formula=[_formula(rule, letters, part, labels)]),
        )


def _spans(rule: Rule, letters: Mapping[str, str]) -> list[tuple[str, str]]:
    """First and last column of what a rule colours."""
    if rule.whole_row and not rule.marks:
        return [("A", column_letter(len(letters)))]
    return [(letters[key], letters[key]) for key in rule.marks or (rule.column,)]


def _formula(rule: Rule, letters: Mapping[str, str], part: Part, labels: Labels) -> str:
    """When a rule holds, written for the first row of its part."""
    cell = f"${letters.get(rule.column)}{part.first_row}"
    if texts := [labels[f"state.{state}"] for state in rule.states] + list(rule.texts):
        # A text in a formula has a limit of its own.
        shown = [text.replace('"', '""') for text in texts if len(text) <= _LONGEST_TEXT]
        return "OR(" + ",".join(f'{cell}="{text}"' for text in shown or [""]) + ")"
    if rule.at_least is not None:
        return f"AND(ISNUMBER({cell}),{cell}>={rule.at_least})"
    if rule.truth is not None:
        return f'{cell}="{yes_no(rule.truth, labels)}"'
    if rule.is_set:
        return f'{cell}<>""'
    if rule.below is not None:
        return f"AND(ISNUMBER({cell}),{cell}<{rule.below})"
    if rule.more_than:
        other = f"${letters[rule.more_than]}{part.first_row}"
        return f"AND(ISNUMBER({cell}),ISNUMBER({other}),{other}>0,{cell}>{other})"
    return f"MOD(ROW()-{part.header_row},2)=0"
