# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The tables that no scan has: computed from all scans together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report import coverage_tables, ip_address_table, summary_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData


@dataclass(frozen=True)
class ComputedTable:
    """A computed table.

    :ivar rows: its rows by field. :ivar total: its row of totals.
    :ivar count: how many rows there are, for a table that may have very many: its rows are not held in memory, and are plain values.
    """

    rows: Callable[[ReportData], Iterable[Mapping[str, Any]]]
    total: Callable[[ReportData], Mapping[str, Any]] | None = None
    count: Callable[[ReportData], int] | None = None


COMPUTED_TABLES: dict[str, ComputedTable] = {
    "sources": ComputedTable(summary_tables.source_rows, total=summary_tables.source_total),
    "totals": ComputedTable(summary_tables.total_rows),
    "critical_datastores": ComputedTable(summary_tables.critical_datastores),
    "datastores_to_look_at": ComputedTable(summary_tables.datastores_to_look_at),
    "hosts_to_look_at": ComputedTable(summary_tables.hosts_to_look_at),
    "vms_by_state": ComputedTable(summary_tables.vms_by_state),
    "fullest_datastores": ComputedTable(summary_tables.fullest_datastores),
    "esxi_versions": ComputedTable(summary_tables.esxi_versions),
    "guest_systems": ComputedTable(summary_tables.guest_systems),
    "coverage": ComputedTable(coverage_tables.coverage_rows),
    "gaps": ComputedTable(coverage_tables.gap_rows),
    "issues": ComputedTable(coverage_tables.issue_rows, count=coverage_tables.all_issues),
    "ip_addresses": ComputedTable(ip_address_table.address_rows, count=ip_address_table.address_count),
}
