# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the scans say in numbers: a source each, and all together."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import FAILED, OK, PARTIAL, Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.forms import DECIMAL, INTEGER, RATIO, TEXT, Shown

#: From this part of its capacity on a datastore is critical.
CRITICAL_PERCENT = 85

_IS_VM = "ifnull(template, 0) = 0"
#: Number of a source: section, SQL of the number, and of the rows that it counts.
_NUMBERS = {
    "vms": ("vms", "count(*)", _IS_VM),
    "on": ("vms", "count(*)", f"{_IS_VM} AND power_state = 'poweredOn'"),
    "off": ("vms", "count(*)", f"{_IS_VM} AND power_state = 'poweredOff'"),
    "suspended": ("vms", "count(*)", f"{_IS_VM} AND power_state = 'suspended'"),
    "templates": ("vms", "count(*)", "template = 1"),
    "hosts": ("hosts", "count(*)", "1"),
    "datastores": ("datastores", "count(*)", "1"),
    "networks": ("networks", "count(*)", "1"),
    "vcpu": ("vms", "sum(vcpu)", _IS_VM),
    "ram_gb": ("vms", "sum(ram_mb) / 1024.0", _IS_VM),
    "provisioned_gb": ("vms", "sum(provisioned_gb)", _IS_VM),
    "used_gb": ("vms", "sum(used_gb)", _IS_VM),
    "cores": ("hosts", "sum(cores)", "1"),
}
_TOTALS = {
    "vms": INTEGER,
    "templates": INTEGER,
    "hosts": INTEGER,
    "datastores": INTEGER,
    "networks": INTEGER,
    "vcpu": INTEGER,
    "ram_gb": DECIMAL,
    "provisioned_gb": DECIMAL,
    "used_gb": DECIMAL,
    "vcpu_per_core": RATIO,
}


@lru_cache(maxsize=256)
def source_numbers(scan: Scan) -> Mapping[str, Any]:
    """A source in numbers; None where its scan cannot tell. Templates are not counted as VMs."""
    return {key: scan.value(*how) for key, how in _NUMBERS.items()}


def totals(scans: Sequence[Scan]) -> dict[str, Any]:
    """All sources in numbers: sums of what is known, None where nothing is. ``sources`` by status beside them."""
    sources = [source_numbers(scan) for scan in scans]
    total: dict[str, Any] = {key: _sum(source[key] for source in sources) for key in _NUMBERS}
    # Sources that know one of the two but not the other would make the ratio a wrong one.
    known = [source for source in sources if source["vcpu"] is not None and source["cores"]]
    total["vcpu_per_core"] = _sum(source["vcpu"] for source in known) / _sum(source["cores"] for source in known) if known else None
    statuses = [scan.head.status for scan in scans]
    return {"sources": len(scans), **{status: statuses.count(status) for status in (OK, PARTIAL, FAILED)}, **total}


def source_rows(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each source."""
    for scan in scans:
        head = scan.head
        yield {
            **vars(head),
            **source_numbers(scan),
            "source": head.source if head.status == FAILED else Shown(head.source, look="link"),
            "version": " ".join(filter(None, (head.about.get("version"), head.about.get("build")))),
            "error": _error(scan, labels),
        }


def source_total(scans: Sequence[Scan], labels: Mapping[str, str]) -> dict[str, Any]:
    """The row below the sources: how many were read, and the sums."""
    total = totals(scans)
    text = "text.total_status_partial" if total[PARTIAL] else "text.total_status"
    seconds = _sum(scan.head.seconds for scan in scans)
    return {**total, "source": labels["text.total"], "status": Shown(labels[text].format(**total), TEXT, "total"), "seconds": seconds}


def total_rows(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each number of all sources."""
    total = totals(scans)
    for key, form in _TOTALS.items():
        yield {"total": labels[f"total.{key}"], "value": Shown(total[key], form)}


def critical_datastores(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The datastores that are nearly full, fullest first."""
    keys = ("name", "type", "datacenter", "capacity_gb", "free_gb", "used_percent")
    found = [
        {"source": scan.head.source, **dict(zip(keys, row))}
        for scan in scans
        for row in scan.rows("datastores", keys)
        if (row[-1] or 0) >= CRITICAL_PERCENT
    ]
    return iter(sorted(found, key=lambda row: (-row["used_percent"], row["source"], row["name"] or "")))


def _error(scan: Scan, labels: Mapping[str, str]) -> Any:
    if scan.head.status == FAILED:
        return Shown(scan.head.error, look="alert")
    count = scan.issue_count()
    return scan.head.error or (labels["text.issue_count"].format(count=count) if count else None)


def _sum(values: Any) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
