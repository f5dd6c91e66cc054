# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which rows numbers, ratios and charts count: each datastore once, and nothing that is no hardware."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.shared_datastores import DATASTORES, MARK

#: Section to field to SQL of the rows that count. Where a scan does not have the field, because an older release wrote it or the field was
#: not requested, all rows count.
Conditions = Mapping[str, Mapping[str, str]]
_IS_HARDWARE = {"migration_appliance": "ifnull(migration_appliance, 0) = 0"}
COUNTED: Conditions = {"hosts": _IS_HARDWARE, DATASTORES: {**_IS_HARDWARE, MARK: f"nullif({MARK}, '') IS NULL"}}
#: The space of a datastore that no host can access is that of an earlier time, or unknown.
ACCESSIBLE: Conditions = {DATASTORES: {"accessible": "ifnull(accessible, 1) = 1"}}


def counted(scan: Scan, section: str, base: str = "1", conditions: Sequence[Conditions] = (COUNTED,)) -> str:
    """SQL of the rows of a section of which ``base`` and the conditions hold."""
    known = scan.fields(section)
    parts = [sql for each in conditions for field, sql in each.get(section, {}).items() if field in known]
    return " AND ".join([f"({base})", *parts])


def uncounted_rows(scans: Sequence[Scan]) -> tuple[int, dict[str, int]]:
    """How many datastores are another name of one that counts, and section to how many of its rows are no hardware."""
    appliances = {section: sum(_uncounted(scan, section, {section: _IS_HARDWARE}) for scan in scans) for section in COUNTED}
    shared = sum(_uncounted(scan, DATASTORES, COUNTED) for scan in scans) - appliances[DATASTORES]
    return shared, {section: count for section, count in appliances.items() if count}


def _uncounted(scan: Scan, section: str, conditions: Conditions) -> int:
    """How many rows of a section do not meet the conditions."""
    return scan.counts.get(section, 0) - (scan.value(section, "count(*)", counted(scan, section, conditions=(conditions,))) or 0)
