# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often the scans are read for a report."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import EXTRA_SHEETS, LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook import write_workbook
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates

READERS = ("rows", "value", "tally", "issues", "issue_count")


@pytest.fixture
def reads(monkeypatch):
    """The readers of scans that were called so far."""
    called = []

    def counted(name):
        read = getattr(Scan, name)

        def reader(scan, *arguments, **options):
            called.append(name)
            return read(scan, *arguments, **options)

        return reader

    for name in READERS:
        monkeypatch.setattr(Scan, name, counted(name))
    return called


def _report(count):
    scans = [estates.make_scan(f"vc{number:03}", {**estates.sections(1, 1, 1, 1), **estates.extra_sections(1, 1)}) for number in range(count)]
    return build_report(ReportData(scans, LAYOUTS["consolidated"].with_extra(EXTRA_SHEETS)))


def _read_all(report):
    for table in (table for sheet in report.sheets for table in sheet.tables):
        assert len(list(table.rows())) == table.row_count
        if table.lengths:
            table.lengths()


def _reads_a_source(count, reads, use):
    reads.clear()
    use(_report(count))
    return len(reads) / count


def test_a_source_is_not_read_more_often_among_many(reads):
    few, many = [_reads_a_source(count, reads, _read_all) for count in (3, 300)]
    assert many <= few


def test_a_workbook_reads_no_more_than_the_model_offers(reads, tmp_path):
    model = _reads_a_source(3, reads, _read_all)
    # The widths of a table that is not held in memory are measured by reading it: issues and IP addresses.
    streamed = 1 + 2
    for count in (3, 30):
        written = _reads_a_source(count, reads, lambda report: write_workbook(report, LANGUAGES["en"], str(tmp_path)))
        assert written <= model + streamed


def test_computed_tables_are_computed_once(reads):
    report = _report(3)
    reads.clear()
    in_memory = [table for sheet in report.sheets for table in sheet.tables if table.styled_values]
    assert {table.key for table in in_memory} >= {"sources", "totals", "vms_by_state", "coverage", "gaps"}
    for table in in_memory:
        assert list(table.rows()) == list(table.rows())
    assert not reads
