# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The numbers of a source, and of all sources together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, OK, PARTIAL
from ansible_collections.estate.vmware.plugins.module_utils.report.counted_rows import ACCESSIBLE, COUNTED, counted
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import DECIMAL, INTEGER, PERCENT, RATIO, TIME
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import public_status

#: From this part of its capacity on a datastore is critical.
CRITICAL_PERCENT = 85

IS_VM = "ifnull(template, 0) = 0"
_IMPAIRED = "hosts_without_access <> '[]' OR hosts_read_only <> '[]'"
_RUNS = f"{IS_VM} AND power_state = 'poweredOn'"


def _sum_of(expression: str) -> str:
    """SQL of a sum that is 0 where there are no rows, and unknown where no row has a value."""
    return f"CASE count(*) WHEN 0 THEN 0 ELSE sum({expression}) END"


#: Number of a source to its section, SQL of the number, and SQL of the rows that count.
_NUMBERS = {
    "vms": ("vms", "count(*)", IS_VM),
    "on": ("vms", "count(*)", _RUNS),
    "off": ("vms", "count(*)", f"{IS_VM} AND power_state = 'poweredOff'"),
    "suspended": ("vms", "count(*)", f"{IS_VM} AND power_state = 'suspended'"),
    "templates": ("vms", "count(*)", "template = 1"),
    "system_vms": ("vms", "count(*)", f"{IS_VM} AND nullif(system_vm, '') IS NOT NULL"),
    "vcpu": ("vms", _sum_of("vcpu"), IS_VM),
    "ram_gb": ("vms", _sum_of("ram_mb / 1024.0"), IS_VM),
    "provisioned_gb": ("vms", _sum_of("provisioned_gb"), IS_VM),
    "used_gb": ("vms", _sum_of("used_gb"), IS_VM),
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
    # Of an inaccessible datastore only the capacity is known: it would make the ratio wrong.
    "measured_gb": ("datastores", _sum_of("capacity_gb"), "free_gb IS NOT NULL"),
    "taken_gb": ("datastores", _sum_of("capacity_gb - free_gb"), "1"),
    "networks": ("networks", "count(*)", "1"),
}
#: Numbers of the space of datastores that a host can access.
_SPACE = frozenset(("datastores_critical", "datastores_overprovisioned", "measured_gb", "taken_gb"))
#: Section to the field that has the same value in every source that shows the object.
_IDENTITIES = {"hosts": "uuid", "datastores": "url"}
#: How the numbers of the sources become one, where it is not their sum.
_COMBINED: dict[str, Callable[[Iterable[Any]], Any]] = {"snapshot_oldest": min}
#: Ratio to the two numbers that it divides.
_RATIOS = {"vcpu_per_core": ("vcpu", "cores"), "space_used": ("taken_gb", "measured_gb")}
TOTALS = {
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


def source_numbers(scan: Scan) -> Mapping[str, Any]:
    """A source in numbers; None where its scan cannot tell. VMs do not include templates."""
    return {
        key: scan.value(section, expression, counted(scan, section, base, (COUNTED, ACCESSIBLE) if key in _SPACE else (COUNTED,)))
        for key, (section, expression, base) in _NUMBERS.items()
    }


def totals(data: ReportData) -> dict[str, Any]:
    """All sources in numbers: sums of what is known, None where nothing is; and the number of ``sources``, also by status."""
    sources = [data.once(source_numbers, scan) for scan in data.scans]
    total: dict[str, Any] = {key: combined((source[key] for source in sources), _COMBINED.get(key, sum)) for key in _NUMBERS}
    for key, (part, whole) in _RATIOS.items():
        # Sources that know one of the two but not the other would make the ratio wrong.
        known = [(source[part], source[whole]) for source in sources if source[part] is not None and source[whole]]
        parts, wholes = [sum(column) for column in zip(*known)] or (0, 0)
        total[key] = parts / wholes if wholes else None
    statuses = [public_status(scan.head.status) for scan in data.scans]
    return {"sources": len(data.scans), **{status: statuses.count(status) for status in (OK, PARTIAL, FAILED)}, **total}


def objects_of_several_sources(data: ReportData) -> dict[str, int]:
    """Section to how many of its objects several sources have and count, each for itself: hosts, and datastores where a scan has no ``store_id``."""
    found: dict[str, int] = {}
    for section, field in _IDENTITIES.items():
        # A standalone host has the path of a datastore, a vCenter its URL; both end in the same way.
        tallies = (scan.tally(section, field, counted(scan, section)) for scan in data.scans)
        seen = Counter(end for tally in tallies for end in {(value or "").rstrip("/").rpartition("/")[2] for value in tally} if end)
        found[section] = sum(sources > 1 for sources in seen.values())
    return {section: count for section, count in found.items() if count}


def combined(values: Iterable[Any], combine: Callable[[Iterable[Any]], Any]) -> Any:
    """What is known of the values as one; None where nothing is."""
    known = [value for value in values if value is not None]
    return combine(known) if known else None
