# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What the scans say in numbers: a source each, and all together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, OK, PARTIAL
from ansible_collections.estate.vmware.plugins.module_utils.report.counted_rows import COUNTED, REACHED, Conditions, where
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import shortened
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import DECIMAL, INTEGER, PERCENT, RATIO, TEXT, TIME, StyledValue
from ansible_collections.estate.vmware.plugins.module_utils.report.source_errors import reason
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import WITH_ROWS, told

#: From this part of its capacity on a datastore is critical.
CRITICAL_PERCENT = 85
#: Tables of the largest have this many rows, and one more for the others together.
MOST_SOURCES = 20
MOST = 10
#: Characters of a name that stand beside the bar of a chart: two pseudonyms fit.
BESIDE_BAR = 44

_OF_A_DATASTORE = ("name", "type", "datacenter", "capacity_gb", "free_gb", "used_percent")
_MOUNTS = ("name", "type", "datacenter", "accessible", "hosts_without_access", "hosts_read_only")
_IMPAIRED = "hosts_without_access <> '[]' OR hosts_read_only <> '[]'"
_IS_VM = "ifnull(template, 0) = 0"
_RUNS = f"{_IS_VM} AND power_state = 'poweredOn'"


def _sum_of(expression: str) -> str:
    """SQL of a sum that is 0 where there are no rows, and unknown where no row has a value."""
    return f"CASE count(*) WHEN 0 THEN 0 ELSE sum({expression}) END"


#: Number of a source: section, SQL of the number, and of the rows that it counts.
_NUMBERS = {
    "vms": ("vms", "count(*)", _IS_VM),
    "on": ("vms", "count(*)", _RUNS),
    "off": ("vms", "count(*)", f"{_IS_VM} AND power_state = 'poweredOff'"),
    "suspended": ("vms", "count(*)", f"{_IS_VM} AND power_state = 'suspended'"),
    "templates": ("vms", "count(*)", "template = 1"),
    "system_vms": ("vms", "count(*)", f"{_IS_VM} AND nullif(system_vm, '') IS NOT NULL"),
    "vcpu": ("vms", _sum_of("vcpu"), _IS_VM),
    "ram_gb": ("vms", _sum_of("ram_mb / 1024.0"), _IS_VM),
    "provisioned_gb": ("vms", _sum_of("provisioned_gb"), _IS_VM),
    "used_gb": ("vms", _sum_of("used_gb"), _IS_VM),
    # Tools never run in a VM that is off.
    "tools_not_running": ("vms", "count(*)", f"{_RUNS} AND tools_status = 'toolsNotRunning'"),
    "tools_not_installed": ("vms", "count(*)", f"{_RUNS} AND tools_status = 'toolsNotInstalled'"),
    "tools_old": ("vms", "count(*)", f"{_RUNS} AND tools_status = 'toolsOld'"),
    "snapshots": ("vm_snapshots", "count(*)", "1"),
    "snapshots_gb": ("vm_snapshots", _sum_of("size_gb"), "1"),
    "snapshot_oldest": ("vm_snapshots", "min(created)", "1"),
    "hosts": ("hosts", "count(*)", "1"),
    "hosts_not_connected": ("hosts", "count(*)", "connection_state <> 'connected'"),
    "hosts_in_maintenance": ("hosts", "count(*)", "connection_state = 'connected' AND maintenance = 1"),
    "cores": ("hosts", _sum_of("cores"), "1"),
    "clusters": ("clusters", "count(*)", "1"),
    "datastores": ("datastores", "count(*)", "1"),
    "datastores_critical": ("datastores", "count(*)", f"used_percent >= {CRITICAL_PERCENT}"),
    "datastores_overprovisioned": ("datastores", "count(*)", "provisioned_gb > capacity_gb AND capacity_gb > 0"),
    "datastores_inaccessible": ("datastores", "count(*)", "accessible = 0"),
    "datastores_impaired": ("datastores", "count(*)", f"ifnull(accessible, 1) = 1 AND ({_IMPAIRED})"),
    "capacity_gb": ("datastores", _sum_of("capacity_gb"), "1"),
    "free_gb": ("datastores", _sum_of("free_gb"), "1"),
    # Capacity without free space, of an inaccessible datastore for example, would make the ratio a wrong one.
    "measured_gb": ("datastores", _sum_of("capacity_gb"), "free_gb IS NOT NULL"),
    "taken_gb": ("datastores", _sum_of("capacity_gb - free_gb"), "1"),
    "networks": ("networks", "count(*)", "1"),
}
#: Numbers of the space of datastores that somebody reaches.
_OF_SPACE = frozenset(("datastores_critical", "datastores_overprovisioned", "measured_gb", "taken_gb"))
#: What has the same value wherever an object is seen from: section to field.
_IDENTITIES = {"hosts": "uuid", "datastores": "url"}
#: How the numbers of the sources become one: a sum unless it stands here.
_JOINED: dict[str, Callable[[Iterable[Any]], Any]] = {"snapshot_oldest": min}
#: Number of all sources that is one number for each of another.
_RATIOS = {"vcpu_per_core": ("vcpu", "cores"), "space_used": ("taken_gb", "measured_gb")}
_TOTALS = {
    "vms": INTEGER,
    "system_vms": INTEGER,
    "templates": INTEGER,
    "vcpu": INTEGER,
    "vcpu_per_core": RATIO,
    "ram_gb": DECIMAL,
    "provisioned_gb": DECIMAL,
    "used_gb": DECIMAL,
    "tools_not_running": INTEGER,
    "tools_not_installed": INTEGER,
    "tools_old": INTEGER,
    "snapshots": INTEGER,
    "snapshots_gb": DECIMAL,
    "snapshot_oldest": TIME,
    "hosts": INTEGER,
    "hosts_not_connected": INTEGER,
    "hosts_in_maintenance": INTEGER,
    "clusters": INTEGER,
    "datastores": INTEGER,
    "capacity_gb": DECIMAL,
    "free_gb": DECIMAL,
    "space_used": PERCENT,
    "datastores_critical": INTEGER,
    "datastores_overprovisioned": INTEGER,
    "datastores_inaccessible": INTEGER,
    "datastores_impaired": INTEGER,
    "networks": INTEGER,
}


@lru_cache(maxsize=256)
def source_numbers(scan: Scan) -> Mapping[str, Any]:
    """A source in numbers; None where its scan cannot tell. Templates are not counted as VMs. What counts of the rest, counted.py says."""
    return {
        key: scan.value(section, expression, where(scan, section, base, (COUNTED, REACHED) if key in _OF_SPACE else (COUNTED,)))
        for key, (section, expression, base) in _NUMBERS.items()
    }


def totals(scans: Sequence[Scan]) -> dict[str, Any]:
    """All sources in numbers: sums of what is known, None where nothing is. ``sources`` by status beside them."""
    sources = [source_numbers(scan) for scan in scans]
    total: dict[str, Any] = {key: _joined((source[key] for source in sources), _JOINED.get(key, sum)) for key in _NUMBERS}
    for key, (part, whole) in _RATIOS.items():
        # Sources that know one of the two but not the other would make the ratio a wrong one.
        known = [(source[part], source[whole]) for source in sources if source[part] is not None and source[whole]]
        parts, wholes = [sum(column) for column in zip(*known)] or (0, 0)
        total[key] = parts / wholes if wholes else None
    statuses = [told(scan.head.status) for scan in scans]
    return {"sources": len(scans), **{status: statuses.count(status) for status in (OK, PARTIAL, FAILED)}, **total}


def seen_often(scans: Sequence[Scan]) -> dict[str, int]:
    """Section to how many of its objects several sources have and count, each for itself: hosts, and stores where a scan has no ``store_id``."""
    found: dict[str, int] = {}
    for section, field in _IDENTITIES.items():
        # A host on its own says the path of a datastore where a vCenter says its URL; the end is that of both.
        tallies = (scan.tally(section, field, where(scan, section)) for scan in scans)
        seen = Counter(end for tally in tallies for end in {(value or "").rstrip("/").rpartition("/")[2] for value in tally} if end)
        found[section] = sum(sources > 1 for sources in seen.values())
    return {section: count for section, count in found.items() if count}


def source_rows(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each source."""
    for scan in scans:
        head = scan.head
        yield {
            **vars(head),
            **source_numbers(scan),
            "source": StyledValue(head.source, look="link") if head.status in WITH_ROWS else head.source,
            "version": " ".join(filter(None, (head.about.get("version"), head.about.get("build")))),
            "certificate_issuer": head.certificate.get("issuer"),
            "certificate_expires": head.certificate.get("not_after"),
            "certificate_days": head.certificate.get("days_left"),
            "error": _error(scan, scans, labels),
        }


def source_total(scans: Sequence[Scan], labels: Mapping[str, str]) -> dict[str, Any]:
    """The row below the sources: how many were read, and the sums."""
    total = totals(scans)
    text = "text.total_status_partial" if total[PARTIAL] else "text.total_status"
    seconds = _joined((scan.head.seconds for scan in scans), sum)
    return {**total, "source": labels["text.total"], "status": StyledValue(labels[text].format(**total), TEXT, "total"), "seconds": seconds}


def total_rows(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each number of all sources."""
    total = totals(scans)
    for key, form in _TOTALS.items():
        value = total[key]
        yield {"total": labels[f"total.{key}"], "value": StyledValue(value * 100 if form == PERCENT and value is not None else value, form)}


def critical_datastores(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The datastores that are nearly full, fullest first."""
    found = [row for row in _rows(scans, "datastores", _OF_A_DATASTORE, REACHED) if (row["used_percent"] or 0) >= CRITICAL_PERCENT]
    return iter(sorted(found, key=_fullest))


def datastores_to_look_at(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The datastores that no host reaches, then those that some hosts have lost or mount read-only: a row each state."""
    rows = list(_rows(scans, "datastores", _MOUNTS))
    for row in rows:
        if row["accessible"] is False:
            yield {**row, "state": "inaccessible"}
    for row in rows:
        for state, field in (("lost", "hosts_without_access"), ("read_only", "hosts_read_only")) if row["accessible"] is not False else ():
            if row[field]:
                yield {**row, "state": state, "hosts": ", ".join(row[field])}


def hosts_to_look_at(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The hosts that are not connected, whose numbers are old, then those in maintenance."""
    found = [
        row
        for row in _rows(scans, "hosts", ("name", "connection_state", "maintenance", "version", "cluster", "datacenter"))
        if row["connection_state"] not in (None, "connected") or row["maintenance"]
    ]
    return iter(sorted(found, key=lambda row: (row["connection_state"] == "connected", row["source"], row["name"] or "")))


def vms_by_state(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The sources with most VMs and the others together, each with its VMs by power state; nothing where there are no VMs."""
    states = ("on", "off", "suspended")
    known = [(scan.head.source, source_numbers(scan)) for scan in scans if source_numbers(scan)["on"] is not None]
    if not any(numbers["vms"] for _source, numbers in known):
        return
    known.sort(key=lambda item: -item[1]["vms"])
    for source, numbers in known[:MOST_SOURCES]:
        yield {"label": shortened(source, BESIDE_BAR), **{state: numbers[state] for state in states}}
    if rest := known[MOST_SOURCES:]:
        sums = {state: sum(numbers[state] for _source, numbers in rest) for state in states}
        yield {"label": _others(rest, sum(sums.values()), labels), **sums}


def fullest_datastores(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The datastores with the least part of their capacity free, fullest first."""
    known = [row for row in _rows(scans, "datastores", _OF_A_DATASTORE, REACHED) if row["used_percent"] is not None]
    for row in sorted(known, key=_fullest)[:MOST]:
        name = row["name"] or labels["text.unknown"]
        yield {**row, "label": shortened(name if len(scans) == 1 else f"{name} · {row['source']}", BESIDE_BAR)}


def esxi_versions(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The ESXi versions that most hosts have, newest first, and the others together."""
    most, others = _most([scan.tally("hosts", "version", where(scan, "hosts")) for scan in scans], "hosts", labels)
    yield from sorted(most, key=lambda row: [int(digits) for digits in re.findall("[0-9]{1,9}", row["label"])], reverse=True)
    yield from others


def guest_systems(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The operating systems that most VMs have, and the others together."""
    most, others = _most([_systems(scan) for scan in scans], "vms", labels)
    yield from most
    yield from others


@lru_cache(maxsize=256)
def _systems(scan: Scan) -> Mapping[str | None, int]:
    return scan.tally("vms", "os_name", _IS_VM)


def _most(tallies: Iterable[Mapping[str | None, int]], key: str, labels: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the values that were counted most, and a row of all others where there are any."""
    counted: Counter[str | None] = Counter()
    for tally in tallies:
        counted.update(tally)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0] or ""))
    rest = ordered[MOST:]
    most = [{"label": shortened(labels["text.unknown"] if value is None else value, BESIDE_BAR), key: count} for value, count in ordered[:MOST]]
    together = sum(count for _value, count in rest)
    return most, [{"label": _others(rest, together, labels), key: together}] if rest else []


def _others(rest: Sequence[Any], together: int, labels: Mapping[str, str]) -> str:
    """The name of a bar that may be too long to be shown as it is."""
    return labels["text.others"].format(count=len(rest), sum=together)


def _fullest(row: Mapping[str, Any]) -> tuple[float, str, str]:
    return (-row["used_percent"], row["source"], row["name"] or "")


def _rows(scans: Sequence[Scan], section: str, keys: Sequence[str], *conditions: Conditions) -> Iterator[dict[str, Any]]:
    """The rows that count, those of which the conditions hold too."""
    for scan in scans:
        for row in scan.rows(section, keys, where=where(scan, section, conditions=(COUNTED, *conditions))):
            yield {"source": scan.head.source, **dict(zip(keys, row))}


def _error(scan: Scan, scans: Sequence[Scan], labels: Mapping[str, str]) -> Any:
    text = reason(scan, scans, labels)
    if told(scan.head.status) == FAILED:
        return StyledValue(text, look="alert")
    count = scan.issue_count()
    return text or (labels["text.issue_count"].format(count=count) if count else None)


def _joined(values: Iterable[Any], how: Callable[[Iterable[Any]], Any]) -> Any:
    known = [value for value in values if value is not None]
    return how(known) if known else None
