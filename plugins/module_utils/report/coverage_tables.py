# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What was read of each source, and what was not: a partial estate is never shown as whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import LEFT_OUT, OK, PARTIAL
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import ranked
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import Scope
from ansible_collections.estate.vmware.plugins.module_utils.report.source_errors import reason
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import STALE, WITH_ROWS

UNREAD = "unread"
FILTERED = "filtered"


def coverage_rows(scope: Scope, labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each section of each source; the error of a source as a whole stands in its first row."""
    for scan in scope:
        noted = scan.issues()
        issues = Counter(issue.section for issue in noted)
        gaps = Counter(issue.section for issue in noted if issue.kind != LEFT_OUT)
        for number, section in enumerate(dict.fromkeys((*scope.sections, *scan.counts, *issues))):
            yield {
                "source": scan.head.source,
                "section": section,
                "status": _status(scope, scan, section, gaps[section], issues[section]),
                "rows": scan.counts.get(section),
                "left_out": scan.left_out.get(section),
                "issues": issues[section],
                "seconds": scan.seconds.get(section),
                "error": None if number else reason(scan, scope, labels),
            }


def gap_rows(scope: Scope, labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each thing that is known and not shown."""
    for source in scope.missing:
        yield {"source": source, "gap": labels["text.source_missing"]}
    for block in scope.blocks:
        names = ranked(block, scope)[1] if block.spread else []
        if names:
            yield {"section": block.table, "gap": labels["text.attributes_left_out"].format(count=len(names), names=", ".join(names))}


def issue_rows(scope: Scope, labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each thing that could not be read."""
    for scan in scope:
        for issue in scan.issues():
            yield {"source": scan.head.source, **vars(issue)}


def left_out(scans: Iterable[Scan]) -> dict[str, int]:
    """Section to rows that filters leave out, for each that has filters, all sources together."""
    found: Counter[str] = Counter()
    for scan in scans:
        found.update(scan.left_out)
    return {section: found[section] for section in dict.fromkeys((*SECTIONS, *found)) if section in found}


def _status(scope: Scope, scan: Scan, section: str, gaps: int, issues: int) -> str:
    if scan.head.status not in WITH_ROWS:
        return scan.head.status
    if section in scope.sections and section not in scan.counts:
        return UNREAD
    if scan.head.status == STALE:
        return STALE
    if gaps:
        return PARTIAL
    if issues:
        return LEFT_OUT
    return FILTERED if scan.left_out.get(section) else OK
