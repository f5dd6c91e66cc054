# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Datastores that several sources have, or one source under several names: the first counts, the others are marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan

DATASTORES = "datastores"
#: The field that names the datastore that counts instead.
MARK = "duplicate_of"
_STORE = "store_id"


class _Datastore(NamedTuple):
    scan: Scan
    number: int
    name: str


def mark_shared_datastores(scans: Sequence[Scan]) -> None:
    """Mark each datastore that is another name of one that counts, of the same source or of an earlier one.

    One that is accessible counts before one that is not. Marks in the scans are replaced: filters may have left out the one that counts.

    :raises ScanFileError: a file is damaged, or the disk is full.
    """
    known = [scan for scan in scans if {_STORE, MARK} <= scan.fields(DATASTORES).keys()]
    stores = [(scan, list(scan.rows(DATASTORES, (_STORE, "name", MARK, "accessible")))) for scan in known]
    first: dict[str, _Datastore] = {}
    for inaccessible in (False, True):
        for scan, rows in stores:
            for number, (store, name, _mark, accessible) in enumerate(rows, 1):
                if store and (accessible is False) == inaccessible:
                    first.setdefault(store, _Datastore(scan, number, name or ""))
    for scan, rows in stores:
        marks = {number: _instead_of(scan, number, first.get(store)) for number, (store, *_others) in enumerate(rows, 1)}
        changed = {number: mark for number, mark in marks.items() if mark != (rows[number - 1][2] or None)}
        if changed:
            scan.show(DATASTORES, MARK, changed)


def _instead_of(scan: Scan, number: int, first: _Datastore | None) -> str | None:
    """The name of the datastore that counts in place of another one; None where that one counts itself."""
    if first is None or (first.scan is scan and first.number == number):
        return None
    return first.name if first.scan is scan else f"{first.scan.head.source}: {first.name}"
