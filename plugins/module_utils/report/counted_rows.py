# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What numbers, ratios and charts count: each store once, and nothing that is no hardware."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan

_DATASTORES = "datastores"
_STORE = "store_id"
_MARK = "duplicate_of"

#: Section to field to SQL of the rows that count. What a scan has no field for counts: an older release wrote it, or the field was not asked for.
Conditions = Mapping[str, Mapping[str, str]]
_IS_HARDWARE = {"migration_appliance": "ifnull(migration_appliance, 0) = 0"}
COUNTED: Conditions = {"hosts": _IS_HARDWARE, _DATASTORES: {**_IS_HARDWARE, _MARK: f"nullif({_MARK}, '') IS NULL"}}
#: What is said of the space of a datastore that no host reaches is from before, or nothing.
REACHED: Conditions = {_DATASTORES: {"accessible": "ifnull(accessible, 1) = 1"}}


def where(scan: Scan, section: str, base: str = "1", conditions: Sequence[Conditions] = (COUNTED,)) -> str:
    """SQL of the rows of a section of which ``base`` and the conditions hold."""
    known = scan.fields(section)
    parts = [sql for each in conditions for field, sql in each.get(section, {}).items() if field in known]
    return " AND ".join([f"({base})", *parts])


def count_stores_once(scans: Sequence[Scan]) -> None:
    """Say of every datastore whether another one is the same store, of the same source or of an earlier one; of several the first counts.

    One that is accessible counts before one that is not. What the scans say of themselves is said anew: filters may have taken the first of several.

    :raises ScanFileError: a file is damaged, or there is no room.
    """
    known = [scan for scan in scans if {_STORE, _MARK} <= scan.fields(_DATASTORES).keys()]
    stores = [(scan, list(scan.rows(_DATASTORES, (_STORE, "name", _MARK, "accessible")))) for scan in known]
    first: dict[str, _Datastore] = {}
    for lost in (False, True):
        for scan, rows in stores:
            for number, (store, name, _mark, accessible) in enumerate(rows, 1):
                if store and (accessible is False) == lost:
                    first.setdefault(store, _Datastore(scan, number, name or ""))
    for scan, rows in stores:
        marks = {number: _instead_of(scan, number, first.get(store)) for number, (store, *_others) in enumerate(rows, 1)}
        changed = {number: mark for number, mark in marks.items() if mark != (rows[number - 1][2] or None)}
        if changed:
            scan.show(_DATASTORES, _MARK, changed)


def left_out(scans: Sequence[Scan]) -> tuple[int, dict[str, int]]:
    """How many datastores are another name of one that counts, and section to how many of its rows are no hardware."""
    apart = {section: sum(_uncounted(scan, section, {section: _IS_HARDWARE}) for scan in scans) for section in COUNTED}
    twins = sum(_uncounted(scan, _DATASTORES, COUNTED) for scan in scans) - apart[_DATASTORES]
    return twins, {section: count for section, count in apart.items() if count}


def _uncounted(scan: Scan, section: str, conditions: Conditions) -> int:
    """How many rows of a section some of the conditions take away."""
    return scan.counts.get(section, 0) - (scan.value(section, "count(*)", where(scan, section, conditions=(conditions,))) or 0)


class _Datastore(NamedTuple):
    scan: Scan
    number: int
    name: str


def _instead_of(scan: Scan, number: int, first: _Datastore | None) -> str | None:
    """The datastore that counts in place of another one; None where that one counts itself."""
    if first is None or (first.scan is scan and first.number == number):
        return None
    return first.name if first.scan is scan else f"{first.scan.head.source}: {first.name}"
