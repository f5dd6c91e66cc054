# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import wide
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import DECIMAL, LIST, STATE, TAGS, TIME
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column, Layout, Sheet
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Rule
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.widths import column_widths
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


def width(column, language="en", rules=(), **fields):
    """Width of one column over one VM with these fields, without what stands beside the text."""
    block = Block("vms", (column,), "header_all", rules=rules)
    scan = estates.make_scan("a", {"vms": [estates.vm(1, **fields)]})
    [sheet] = build_report(ReportData([scan], Layout("one", (Sheet("vms", (block,)),)))).sheets
    return column_widths(sheet.tables[0], LANGUAGES[language])[0] - 3


@pytest.mark.parametrize("text, cells", [("abc", 3), ("数据库", 6), ("a数b", 4), ("ｆｕｌｌ", 8), ("ñandú", 5), ("한국어", 6), ("", 0), ("é", 1)])
def test_wide_characters_take_two_cells(text, cells):
    assert wide(text) == cells


@pytest.mark.parametrize("text, least, most", [("x" * 20, 20, 20), ("数据库服务器数据库服务器", 24, 24), ("ñ" * 20, 20, 30), ("😀" * 10, 20, 25)])
def test_a_column_is_as_wide_as_its_longest_text(text, least, most):
    assert least <= width(Column("tags", ("name",), max_width=60), name=text) <= most


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_are_measured_as_they_are_shown(language):
    shown = wide(LANGUAGES[language]["state.toolsNotInstalled"])
    header = wide(LANGUAGES[language]["column.tags"]) + 2
    assert width(Column("tags", ("tools_status",), STATE), language, tools_status="toolsNotInstalled") == max(shown, header)


def test_states_that_an_edit_may_bring_fit_too():
    column = Column("tags", ("power_state",), STATE)
    rule = Rule("good", "tags", ("toolsNotInstalled",))
    assert width(column, rules=(rule,), power_state="on") == len("Not installed")


@pytest.mark.parametrize(
    "column, fields, shown",
    [
        (Column("tags", ("datastores",), LIST, max_width=60), {"datastores": ["datastore one", "datastore two"]}, "datastore one, datastore two"),
        (Column("tags", format=TAGS, max_width=60), {"tags": {"Environment": ["production"]}}, "Environment: production"),
        (Column("tags", ("created",), TIME), {"created": "2024-05-06T07:08:09Z"}, "2024-05-06 07:08"),
        (Column("tags", ("used_gb",), DECIMAL), {"used_gb": 123456789.5}, "123,456,789.5"),
    ],
)
def test_what_is_shown_fits(column, fields, shown):
    assert len(shown) <= width(column, **fields) <= len(shown) + 4


def test_a_header_is_always_whole():
    assert width(Column("storage_total", ("storage_total_gb",), DECIMAL), storage_total_gb=None) == len("Total storage (GB)") + 2
    assert width(Column("storage_total", ("storage_total_gb",), DECIMAL), "zh", storage_total_gb=None) == 2 * 4 + len(" (GB)") + 2


def test_no_column_is_wider_than_its_maximum():
    assert width(Column("tags", ("name",), max_width=30), name="x" * 500) == 27
