# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The tables of the sheet Summary, computed from all scans together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, PARTIAL
from ansible_collections.estate.vmware.plugins.module_utils.report.counted_rows import ACCESSIBLE, COUNTED, Conditions, counted
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import shortened
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import PERCENT, TEXT, StyledValue
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Message, message
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData, issue_count
from ansible_collections.estate.vmware.plugins.module_utils.report.source_errors import source_error
from ansible_collections.estate.vmware.plugins.module_utils.report.source_numbers import (
    CRITICAL_PERCENT,
    IS_VM,
    TOTALS,
    combined,
    source_numbers,
    totals,
)
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import WITH_ROWS, public_status

#: The most rows of tables of the largest; one more row is for all others together.
MAX_SOURCES = 20
MAX_ROWS = 10
#: Characters of a name beside the bar of a chart: two pseudonyms fit.
BAR_NAME_LIMIT = 44

_DATASTORE_FIELDS = ("name", "type", "datacenter", "capacity_gb", "free_gb", "used_percent")
_MOUNT_FIELDS = ("name", "type", "datacenter", "accessible", "hosts_without_access", "hosts_read_only")
_HOST_FIELDS = ("name", "connection_state", "maintenance", "version", "cluster", "datacenter")
_UNKNOWN = message("text.unknown")

_Rows = Iterator[dict[str, Any]]


def source_rows(data: ReportData) -> _Rows:
    """A row a source."""
    for scan in data.scans:
        head = scan.head
        yield {
            **vars(head),
            **data.once(source_numbers, scan),
            "source": StyledValue(head.source, style="link") if head.status in WITH_ROWS else head.source,
            "version": " ".join(filter(None, (head.about.get("version"), head.about.get("build")))),
            "certificate_issuer": head.certificate.get("issuer"),
            "certificate_expires": head.certificate.get("not_after"),
            "certificate_days": head.certificate.get("days_left"),
            "error": _error(scan, data),
        }


def source_total(data: ReportData) -> dict[str, Any]:
    """The row below the sources: how many were read, and the sums."""
    total = data.once(totals, data)
    key = "text.total_status_partial" if total[PARTIAL] else "text.total_status"
    status = message(key, **{status: total[status] for status in ("ok", "partial", "failed")})
    seconds = combined((scan.head.seconds for scan in data.scans), sum)
    return {**total, "source": message("text.total"), "status": StyledValue(status, TEXT, "total"), "seconds": seconds}


def total_rows(data: ReportData) -> _Rows:
    """A row a number of all sources."""
    total = data.once(totals, data)
    for key, format in TOTALS.items():
        value = total[key]
        yield {"total": message(f"total.{key}"), "value": StyledValue(value * 100 if format == PERCENT and value is not None else value, format)}


def critical_datastores(data: ReportData) -> _Rows:
    """The datastores that are nearly full, fullest first."""
    found = [row for row in _rows(data, "datastores", _DATASTORE_FIELDS, ACCESSIBLE) if (row["used_percent"] or 0) >= CRITICAL_PERCENT]
    return iter(sorted(found, key=_fullest))


def datastores_to_look_at(data: ReportData) -> _Rows:
    """The datastores that no host can access, then those that some hosts have lost or mount read-only: a row a state."""
    rows = list(_rows(data, "datastores", _MOUNT_FIELDS))
    for row in rows:
        if row["accessible"] is False:
            yield {**row, "state": "inaccessible"}
    for row in rows:
        for state, field in (("lost", "hosts_without_access"), ("read_only", "hosts_read_only")) if row["accessible"] is not False else ():
            if row[field]:
                yield {**row, "state": state, "hosts": ", ".join(row[field])}


def hosts_to_look_at(data: ReportData) -> _Rows:
    """The hosts that are not connected, whose numbers are old, then those in maintenance."""
    found = [row for row in _rows(data, "hosts", _HOST_FIELDS) if row["connection_state"] not in (None, "connected") or row["maintenance"]]
    return iter(sorted(found, key=lambda row: (row["connection_state"] == "connected", row["source"], row["name"] or "")))


def vms_by_state(data: ReportData) -> _Rows:
    """The sources with most VMs and the others together, each with its VMs by power state; nothing where there are no VMs."""
    states = ("on", "off", "suspended")
    known = [(scan.head.source, numbers) for scan in data.scans if (numbers := data.once(source_numbers, scan))["on"] is not None]
    if not any(numbers["vms"] for _source, numbers in known):
        return
    known.sort(key=lambda item: -item[1]["vms"])
    for source, numbers in known[:MAX_SOURCES]:
        yield {"label": shortened(source, BAR_NAME_LIMIT), **{state: numbers[state] for state in states}}
    if rest := known[MAX_SOURCES:]:
        sums = {state: sum(numbers[state] for _source, numbers in rest) for state in states}
        yield {"label": _others(rest, sum(sums.values())), **sums}


def fullest_datastores(data: ReportData) -> _Rows:
    """The datastores with the least part of their capacity free, fullest first."""
    known = [row for row in _rows(data, "datastores", _DATASTORE_FIELDS, ACCESSIBLE) if row["used_percent"] is not None]
    for row in sorted(known, key=_fullest)[:MAX_ROWS]:
        source = () if len(data.scans) == 1 else (row["source"],)
        yield {**row, "label": Joined((row["name"] or _UNKNOWN, *source), " · ", BAR_NAME_LIMIT)}


def esxi_versions(data: ReportData) -> _Rows:
    """The ESXi versions that most hosts have, newest first, and the others together."""
    counts = Counter[str | None]()
    for scan in data.scans:
        counts.update(scan.tally("hosts", "version", counted(scan, "hosts")))
    most, others = _most(counts)
    newest = sorted(most, key=lambda item: [int(digits) for digits in re.findall("[0-9]{1,9}", item[0] or "")], reverse=True)
    return _counted_rows(newest, others, "hosts")


def guest_systems(data: ReportData) -> _Rows:
    """The operating systems that most VMs have, and the others together."""
    counts = Counter[str | None]()
    for scan in data.scans:
        counts.update(scan.tally("vms", "os_name", IS_VM))
    return _counted_rows(*_most(counts), "vms")


_Counts: TypeAlias = "list[tuple[str | None, int]]"


def _most(counts: Counter[str | None]) -> tuple[_Counts, _Counts]:
    """The values that are counted most, and the others."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    return ordered[:MAX_ROWS], ordered[MAX_ROWS:]


def _counted_rows(most: _Counts, others: _Counts, key: str) -> _Rows:
    for value, count in most:
        yield {"label": _UNKNOWN if value is None else shortened(value, BAR_NAME_LIMIT), key: count}
    if others:
        together = sum(count for _value, count in others)
        yield {"label": _others(others, together), key: together}


def _others(others: Sequence[Any], together: int) -> Message:
    """The name of a bar that may be too long to be shown as it is."""
    return message("text.others", count=len(others), sum=together)


def _fullest(row: Mapping[str, Any]) -> tuple[float, str, str]:
    return (-row["used_percent"], row["source"], row["name"] or "")


def _rows(data: ReportData, section: str, keys: Sequence[str], *conditions: Conditions) -> _Rows:
    """The rows that count and meet the conditions."""
    for scan in data.scans:
        for row in scan.rows(section, keys, where=counted(scan, section, conditions=(COUNTED, *conditions))):
            yield {"source": scan.head.source, **dict(zip(keys, row))}


def _error(scan: Scan, data: ReportData) -> Any:
    text = source_error(scan, data.finished)
    if public_status(scan.head.status) == FAILED:
        return StyledValue(text, style="alert")
    count = data.once(issue_count, scan)
    return text or (message("text.issue_count", count=count) if count else None)
