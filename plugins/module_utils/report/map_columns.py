# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Columns for the keys of a field of kind map: one a custom attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import wide
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import NOTE
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData

#: More columns make a table that nobody reads. Those that most rows have are kept.
MAX_COLUMNS = 30


@dataclass
class _Use:
    rows: int = 0
    longest: int = 0


def expand_map_columns(block: Block, scans: Sequence[Scan], data: ReportData) -> Block:
    """The block with a column for each key of its map field in these scans."""
    if not block.map_columns:
        return block
    kept, _left_out = ranked_keys(block, scans, data)
    return replace(block, columns=block.columns + tuple(_column(block.map_columns, key, longest) for key, longest in kept))


def ranked_keys(block: Block, scans: Sequence[Scan], data: ReportData) -> tuple[list[tuple[str, int]], list[str]]:
    """The keys that get a column, each with the length of its longest value, and those that do not; by name."""
    uses: dict[str, _Use] = {}
    for scan in scans:
        for key, found in data.once(_uses, scan, block.table, block.map_columns).items():
            use = uses.setdefault(key, _Use())
            use.rows += found.rows
            use.longest = max(use.longest, found.longest)
    keys = sorted(uses, key=lambda key: (-uses[key].rows, *_by_name(key)))
    return [(key, uses[key].longest) for key in sorted(keys[:MAX_COLUMNS], key=_by_name)], sorted(keys[MAX_COLUMNS:], key=_by_name)


def _by_name(key: str) -> tuple[str, str]:
    return key.casefold(), key


def _uses(scan: Scan, section: str, field: str) -> Mapping[str, _Use]:
    uses: dict[str, _Use] = {}
    for (values,) in scan.rows(section, [field]):
        for key, value in (values or {}).items():
            use = uses.setdefault(key, _Use())
            use.rows += 1
            use.longest = max(use.longest, wide(str(value)))
    return uses


def _column(field: str, key: str, longest: int) -> Column:
    return Column(f"{field}.{key}", (field,), NOTE, partial(_value, key), name=key, characters=longest)


def _value(key: str, values: Mapping[str, str] | None) -> str | None:
    return values.get(key) if values else None
