# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The columns that scans name themselves: one a custom attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned, cut, wide
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import NOTE
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Column

#: More columns than this make a table that nobody reads. Those that most rows have are kept.
MOST = 30
#: Longer headers are cut, as in Excel's own tables.
HEADER_LIMIT = 255

Labels = Mapping[str, str]


@dataclass
class _Use:
    rows: int = 0
    longest: int = 0


def spread(block: Block, scans: Sequence[Scan], labels: Labels) -> Block:
    """The block with a column each key of the field that it spreads, over all these scans."""
    if not block.spread:
        return block
    kept, _left = ranked(block, scans)
    headers = _Headers(column.text(labels) for column in block.columns)
    return replace(block, columns=block.columns + tuple(_column(block, name, longest, headers.take(name, labels)) for name, longest in kept))


def ranked(block: Block, scans: Sequence[Scan]) -> tuple[list[tuple[str, int]], list[str]]:
    """The keys that get a column, each with the length of its longest value, and those that do not; by name."""
    uses: dict[str, _Use] = {}
    for scan in scans:
        for name, found in _uses(scan, block.table, block.spread).items():
            use = uses.setdefault(name, _Use())
            use.rows += found.rows
            use.longest = max(use.longest, found.longest)
    names = sorted(uses, key=lambda name: (-uses[name].rows, *_by_name(name)))
    return [(name, uses[name].longest) for name in sorted(names[:MOST], key=_by_name)], sorted(names[MOST:], key=_by_name)


def _by_name(name: str) -> tuple[str, str]:
    return name.casefold(), name


@lru_cache(maxsize=256)
def _uses(scan: Scan, section: str, field: str) -> Mapping[str, _Use]:
    uses: dict[str, _Use] = {}
    for (values,) in scan.rows(section, [field]):
        for name, value in (values or {}).items():
            use = uses.setdefault(name, _Use())
            use.rows += 1
            use.longest = max(use.longest, wide(str(value)))
    return uses


def _column(block: Block, name: str, longest: int, header: str) -> Column:
    return Column(f"{block.spread}.{name}", (block.spread,), NOTE, partial(_value, name), header=header, length=longest)


def _value(name: str, values: Mapping[str, str] | None) -> str | None:
    return values.get(name) if values else None


class _Headers:
    """Gives out headers that no other column of the table has, not even in other capitals."""

    def __init__(self, taken: Iterator[str]) -> None:
        self._taken = {text.casefold() for text in taken}

    def take(self, name: str, labels: Labels) -> str:
        base = " ".join(cleaned(name).split()) or labels["text.unnamed"]
        number = 1
        while True:
            suffix = f" ({number})" if number > 1 else ""
            header = cut(base, HEADER_LIMIT - len(suffix)) + suffix
            if header.casefold() not in self._taken:
                self._taken.add(header.casefold())
                return header
            number += 1
