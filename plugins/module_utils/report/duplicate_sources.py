# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Duplicate sources: a vCenter under two names, or an ESXi host that its vCenter has too. Only the rows of one count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, IN_MEMORY, PARTIAL, Issue
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE, STALE, WITH_ROWS

#: The choices of ``duplicate_sources``.
FIRST = "first"
REFUSE = "refuse"

_ESXI = "ESXi"
_HOSTS = "hosts"
#: UUIDs that vendors gave to many boards.
_NOT_UNIQUE = frozenset(("", "03000200-0400-0500-0006-000700080009", "12345678-1234-5678-90ab-cddeefaabbcc"))


class _Known(NamedTuple):
    """A vCenter or ESXi host whose rows count: its source, the words for a duplicate of it, and its serial number."""

    source: str
    reason: str
    serial: str


def without_duplicates(scans: Sequence[Scan], choice: str, warn: Callable[[str], None]) -> list[Scan]:
    """The scans; that of a duplicate source is replaced by one without rows, with an issue that says why.

    Of two names of a vCenter the first counts, one that was read this time before one that was not. A vCenter counts before its hosts.

    :param choice: :data:`FIRST`, or :data:`REFUSE` to raise an error.
    :param warn: called with warnings.
    :raises ReportError: there are duplicates and they are refused.
    """
    known: dict[str, _Known] = {}
    found: dict[str, _Known] = {}
    in_order = sorted((scan for scan in scans if scan.head.status in WITH_ROWS), key=lambda scan: (scan.head.type == _ESXI, scan.head.status == STALE))
    for scan in in_order:
        same = known.get(_identity(scan))
        if same and _is_same(scan, same):
            found[scan.head.source] = same
        else:
            known.update(_uuids(scan))
    if not found:
        return list(scans)
    reasons = "; ".join(f"{source} is {same.reason}" for source, same in found.items())
    if choice == REFUSE:
        raise ReportError(f"duplicate_sources: {reasons}; remove one of each, or set duplicate_sources to {FIRST}")
    warn(f"{reasons}; its rows are left out, remove one of each")
    return [_without_rows(scan, found[scan.head.source]) if scan.head.source in found else scan for scan in scans]


def _identity(scan: Scan) -> str:
    """The UUID of a vCenter, or of a standalone ESXi host."""
    return str(scan.head.about.get("instance_uuid") or "").lower()


def _uuids(scan: Scan) -> Iterator[tuple[str, _Known]]:
    """The UUIDs of a source: its own, and those of a vCenter's hosts."""
    source, identity = scan.head.source, _identity(scan)
    is_host = scan.head.type == _ESXI
    if not _is_not_unique(identity):
        yield identity, _Known(source, f"the same {'ESXi host' if is_host else 'vCenter'} as {source}", _serial(scan) if is_host else "")
    for uuid, name, serial in () if is_host else _hosts(scan):
        yield uuid, _Known(source, f"the same ESXi host as {name} of {source}", serial)


def _hosts(scan: Scan) -> Iterator[tuple[str, str, str]]:
    """Hardware UUID, name and serial number of the hosts of a vCenter whose UUID is unique."""
    rows = [((uuid or "").lower(), name or "", serial or "") for uuid, name, serial in scan.rows(_HOSTS, ("uuid", "name", "serial"))]
    counted = Counter(uuid for uuid, _name, _serial in rows)
    return (row for row in rows if counted[row[0]] == 1 and not _is_not_unique(row[0]))


def _is_not_unique(uuid: str) -> bool:
    return uuid in _NOT_UNIQUE or len(set(uuid) - {"-"}) == 1


def _is_same(scan: Scan, known: _Known) -> bool:
    """Hosts with different serial numbers are two hosts, even with one UUID."""
    return scan.head.type != _ESXI or not known.serial or _serial(scan) in ("", known.serial)


def _serial(scan: Scan) -> str:
    """The serial number of a standalone ESXi host."""
    return next((serial or "" for (serial,) in scan.rows(_HOSTS, ("serial",))), "")


def _without_rows(scan: Scan, same: _Known) -> Scan:
    """A scan without rows in place of that of a duplicate; a stale source is a failed one."""
    status = FAILED if scan.head.status == STALE else DUPLICATE
    with ScanWriter(IN_MEMORY) as writer:
        writer.add_issue(Issue("", "", "", DUPLICATE, f"{same.reason}: its rows are left out, remove one of the two sources"))
        writer.finish(replace(scan.head, status=PARTIAL if status == DUPLICATE else FAILED))
        empty = writer.reader()
    empty.head = replace(scan.head, status=status)
    empty.standing = replace(scan.standing, duplicate_of=same.source)
    scan.close()
    return empty
