# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A second renderer, of plain text, made of the model alone: what another output format needs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMATS, StyledValue
from ansible_collections.estate.vmware.plugins.module_utils.report.headers import column_headers
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS, LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Message
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Report, Table
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import SliceReader, paginate
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


class TextRenderer:
    """Lines of cells between tabs."""

    def __init__(self, translations: Translations) -> None:
        self._translations = translations

    def render(self, report: Report) -> Iterator[str]:
        for sheet in report.sheets:
            yield f"# {self._translations.resolve(sheet.name)}"
            yield from (self._translations.resolve(line.text) for line in sheet.heading)
            for table in sheet.tables:
                yield from self._table(table)

    def _table(self, table: Table) -> Iterator[str]:
        if table.title is not None:
            yield f"## {self._translations.resolve(table.title)}"
        yield "\t".join(column_headers(table.columns, self._translations))
        yield from (self.line(table, row) for row in table.rows())
        if table.total is not None:
            yield self.line(table, table.total)

    def line(self, table: Table, row: Sequence[Any]) -> str:
        return "\t".join(self._cell(value, column.format) for column, value in zip(table.columns, row))

    def _cell(self, value: Any, format: str) -> str:
        if isinstance(value, StyledValue):
            value, format = value.value, value.format
        if isinstance(value, (Message, Joined)):
            return self._translations.resolve(value)
        converter = FORMATS[format].converter
        return "" if value is None else str(value if converter is None else converter(self._translations)(value))


def _report(*scans, layout="consolidated"):
    return build_report(ReportData(scans, LAYOUTS[layout].with_extra(EXTRA_SHEETS), ["far"]))


def test_all_of_a_report_in_text():
    lines = list(TextRenderer(LANGUAGES["en"]).render(_report(*estates.estate())))
    sheets = [line[2:] for line in lines if line.startswith("# ")]
    assert sheets[:4] == ["Summary", "lima", "madrid", "All VMs"] and sheets[-1] == "Coverage"
    assert lines[1:4] == [
        "VMware inventory",
        "Sources: 3. Last one read 2025-02-20 14:30 UTC.",
        "Sources missing: 1. Incomplete: 1 failed, 1 partial. The sheet Coverage says what is missing.",
    ]
    assert "Total\t1 ok, 1 partial, 1 failed" in "\n".join(lines)
    machines = lines[lines.index("# All VMs") + 1 : lines.index("# All hosts")]
    assert machines[0].startswith("Source\tvCenter\tPhysical host") and len(machines) == 12
    assert "\tPowered on\t" in machines[1] and "lima" in machines[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_model_serves_every_language(language):
    report = _report(*estates.estate())
    english, other = [list(TextRenderer(LANGUAGES[code]).render(report)) for code in ("en", language)]
    assert len(english) == len(other) and (language == "en" or english != other)
    assert LANGUAGES[language]["state.poweredOn"] in "\n".join(other)


def test_slices_have_every_row_once():
    report = _report(*estates.estate())
    reader = SliceReader()
    found: dict[Table, list[Any]] = {}
    for worksheet in paginate(report, 10, lambda charts: 0):
        for part in worksheet.slices:
            assert part.last_row <= 10
            found.setdefault(part.table, []).extend(reader.rows(part))
    for table in (table for sheet in report.sheets for table in sheet.tables):
        assert found[table] == list(table.rows())


def test_columns_say_what_their_values_are():
    [machines] = next(sheet for sheet in _report(*estates.estate()).sheets if sheet.name == Message("sheet.vms")).tables
    typed = {column.key: (column.kind, column.unit, column.format) for column in machines.columns}
    assert typed["vcpu"] == ("integer", "vCPU", "integer")
    assert typed["provisioned"] == ("real", "GB", "decimal") == typed["ram"]
    assert typed["tags"] == ("map", "", "tags") and typed["template"] == ("boolean", "", "yes_no")
