# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The rows of a block: from the sections of the scans, or made from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.report import coverage_tables, ip_address_table, summary_tables
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column

Labels = Mapping[str, str]
Rows = Callable[[Sequence[Scan], Labels], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Made:
    """A table that no scan has.

    :ivar rows: its rows by field. :ivar total: the row of totals, where there is one.
    :ivar count: how many rows there are, for a table that may have very many.
    """

    rows: Rows
    total: Callable[[Sequence[Scan], Labels], Mapping[str, Any]] | None = None
    count: Callable[[Sequence[Scan]], int] | None = None


COMPUTED_TABLES: dict[str, Made] = {
    "sources": Made(summary_tables.source_rows, summary_tables.source_total),
    "totals": Made(summary_tables.total_rows),
    "critical_datastores": Made(summary_tables.critical_datastores),
    "datastores_to_look_at": Made(summary_tables.datastores_to_look_at),
    "hosts_to_look_at": Made(summary_tables.hosts_to_look_at),
    "vms_by_state": Made(summary_tables.vms_by_state),
    "fullest_datastores": Made(summary_tables.fullest_datastores),
    "esxi_versions": Made(summary_tables.esxi_versions),
    "guest_systems": Made(summary_tables.guest_systems),
    "coverage": Made(coverage_tables.coverage_rows),
    "gaps": Made(coverage_tables.gap_rows),
    "issues": Made(coverage_tables.issue_rows),
    "ip_addresses": Made(ip_address_table.address_rows, count=ip_address_table.address_count),
}

#: What every row can say of its scan.
OF_THE_SCAN: dict[str, Callable[[ScanHead], str]] = {"source": lambda head: head.source, "address": lambda head: head.address}


def count(table: str, scans: Sequence[Scan], labels: Labels) -> int:
    """How many rows a table has."""
    if table in COMPUTED_TABLES:
        counted = COMPUTED_TABLES[table].count
        return counted(scans) if counted else sum(1 for _row in COMPUTED_TABLES[table].rows(scans, labels))
    return sum(scan.counts.get(table, 0) for scan in scans)


def rows(block: Block, scans: Sequence[Scan], labels: Labels) -> Iterator[Sequence[Any]]:
    """The rows of a block, a value each column, sources one after the other."""
    if block.table in COMPUTED_TABLES:
        for made in COMPUTED_TABLES[block.table].rows(scans, labels):
            yield [_value(column, made) for column in block.columns]
        return
    of_the_scan = [column.key for column in block.columns if column.key in OF_THE_SCAN]
    columns = block.columns[len(of_the_scan) :]
    # Each field once: columns may be parts of one field.
    keys = list(dict.fromkeys(key for column in columns for key in column.fields))
    joined = _joiner(columns, keys)
    for scan in scans:
        head = tuple(OF_THE_SCAN[key](scan.head) for key in of_the_scan)
        for row in scan.rows(block.table, keys, block.order_by):
            yield head + (row if joined is None else joined(row))


def total(block: Block, scans: Sequence[Scan], labels: Labels) -> list[Any]:
    """The row of totals of a block that has one."""
    made = COMPUTED_TABLES[block.table].total
    row = made(scans, labels) if made else {}
    return [_value(column, row) for column in block.columns]


def _value(column: Column, row: Mapping[str, Any]) -> Any:
    values = [row.get(field) for field in column.fields]
    return column.how(*values) if column.how else values[0]


def _joiner(columns: Sequence[Column], keys: Sequence[str]) -> Callable[[tuple], tuple] | None:
    """What makes the values of columns from those of fields; None where the two are the same."""
    if [(key,) for key in keys] == [column.fields for column in columns] and not any(column.how for column in columns):
        return None
    places = {key: place for place, key in enumerate(keys)}
    parts = [(column.how, [places[key] for key in column.fields]) for column in columns]

    def joined(row: tuple) -> tuple:
        return tuple([how(*[row[place] for place in fields]) if how else row[fields[0]] for how, fields in parts])

    return joined
