# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layout for one source."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import MAX_COLUMNS
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report.estates import rows_below

SHEETS = {
    "en": ["Summary", "VMs", "Hosts", "Datastores", "Networks"],
    "es": ["Resumen", "VMs", "Hosts", "Datastores", "Redes"],
    "fr": ["Synthèse", "VM", "Hôtes", "Banques de données", "Réseaux"],
    "zh": ["摘要", "虚拟机", "主机", "数据存储", "网络"],
}


@pytest.mark.parametrize("language", SHEETS)
def test_sheets_of_a_source_that_was_read_whole(made, language):
    assert made([estates.make_scan("madrid", estates.sections())], language, layout="single").sheetnames == SHEETS[language]


def test_title_and_subtitle_above_the_header(made):
    book = made([estates.make_scan("madrid", estates.sections())], layout="single")
    for name, title, first in (("VMs", "Virtual machines: 6", "Physical host"), ("Hosts", "Hosts: 8", "Host"), ("Networks", "Networks: 4", "Network")):
        above = [book[name].cell(row, 1).value for row in range(1, 5)]
        assert above == ["madrid", "madrid.example.com · VMware vCenter Server 8.0.3 build-24022515 · read 2025-02-20 14:30 UTC", title, first]
        assert book[name].freeze_panes[1:] == "5"
    assert len(rows_below(book["VMs"], ["Physical host"])) == 6
    assert "Source" not in [cell.value for cell in book["VMs"][4]]


def test_the_source_links_to_its_vms(made):
    book = made([estates.make_scan("madrid", estates.sections())], layout="single")
    assert [cell.hyperlink.location for row in book["Summary"].iter_rows() for cell in row if cell.hyperlink] == ["'VMs'!A1"]


INCOMPLETE = {
    "partial": {"sections": estates.sections(), "status": "partial"},
    "failed": {"status": "failed", "error": "no route"},
    "a section less": {"sections": {"vms": []}},
    "attributes left out": {
        "sections": {**estates.sections(0), "vms": [estates.vm(1, custom_attributes={f"a{number}": "x" for number in range(MAX_COLUMNS + 1)})]},
    },
}  # fmt: skip


@pytest.mark.parametrize("case", INCOMPLETE)
def test_what_is_missing_stands_on_a_sheet_of_its_own(made, case):
    assert made([estates.make_scan("madrid", **INCOMPLETE[case])], layout="single").sheetnames == [*SHEETS["en"], "Coverage"]


def test_a_source_that_failed_says_why_on_every_sheet(made):
    book = made([estates.make_scan("madrid", status="failed", error="no route")], layout="single")
    assert book["VMs"]["A3"].value == "Error: no route" and book["VMs"]["A4"].value == "Virtual machines: not read"


def test_several_sources_are_an_error_that_names_them(tmp_path):
    with pytest.raises(ReportError, match="layout single shows one source and scans has 3, lima, madrid, quito: give one of them, or"):
        estates.write_workbook(estates.estate(), tmp_path, layout="single")
    assert not list(tmp_path.iterdir())


def test_rows_go_on_on_more_sheets(made):
    book = made([estates.make_scan("madrid", estates.sections(30, 1, 1, 1))], layout="single", max_rows=20)
    names = [name for name in book.sheetnames if name.startswith("VMs")]
    assert names == ["VMs", "VMs (2)"]
    assert [row["Hostname"] for name in names for row in rows_below(book[name], ["Physical host"])] == [f"srv-app-{number:05}" for number in range(30)]
