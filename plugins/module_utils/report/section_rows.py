# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Rows of the sections of scans as rows of a table, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column

#: Fields that every table has: what its scan says of itself.
SCAN_FIELDS: dict[str, Callable[[ScanHead], str]] = {"source": lambda head: head.source, "address": lambda head: head.address}


def section_rows(block: Block, scans: Sequence[Scan]) -> Iterator[tuple[Any, ...]]:
    """The rows of a block, a value a column, one source after the other."""
    scan_fields = [column.key for column in block.columns if column.key in SCAN_FIELDS]
    columns = block.columns[len(scan_fields) :]
    # Each field once: columns may be parts of one field.
    fields = list(dict.fromkeys(field for column in columns for field in column.fields))
    values = _values_of(columns, fields)
    for scan in scans:
        beginning = tuple(SCAN_FIELDS[key](scan.head) for key in scan_fields)
        for row in scan.rows(block.table, fields, block.order_by):
            yield beginning + (row if values is None else values(row))


def _values_of(columns: Sequence[Column], fields: Sequence[str]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]] | None:
    """A function that makes the values of columns of those of fields; None where the two are the same."""
    if [(field,) for field in fields] == [column.fields for column in columns] and not any(column.compute for column in columns):
        return None
    positions = {field: position for position, field in enumerate(fields)}
    parts = [(column.compute, [positions[field] for field in column.fields]) for column in columns]

    def values(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([compute(*[row[position] for position in used]) if compute else row[used[0]] for compute, used in parts])

    return values
