# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The tables of the sheet Coverage: what was read of each source, and what was not. A partial estate never looks complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import LEFT_OUT, OK, PARTIAL
from ansible_collections.estate.vmware.plugins.module_utils.report.map_columns import ranked_keys
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import message
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData, issue_count
from ansible_collections.estate.vmware.plugins.module_utils.report.source_errors import source_error
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import STALE, WITH_ROWS

UNREAD = "unread"
FILTERED = "filtered"


def coverage_rows(data: ReportData) -> Iterator[dict[str, Any]]:
    """A row a section of each source; the error of a source as a whole is in its first row."""
    for scan in data.scans:
        noted = scan.issues()
        issues = Counter(issue.section for issue in noted)
        gaps = Counter(issue.section for issue in noted if issue.kind != LEFT_OUT)
        for number, section in enumerate(dict.fromkeys((*data.sections, *scan.counts, *issues))):
            yield {
                "source": scan.head.source,
                "section": section,
                "status": _status(data, scan, section, gaps[section], issues[section]),
                "rows": scan.counts.get(section),
                "left_out": scan.left_out.get(section),
                "issues": issues[section],
                "seconds": scan.seconds.get(section),
                "error": None if number else source_error(scan, data.finished),
            }


def gap_rows(data: ReportData) -> Iterator[dict[str, Any]]:
    """A row for each thing that is known and not shown."""
    for source in data.missing:
        yield {"source": source, "gap": message("text.source_missing")}
    for block in data.blocks:
        names = ranked_keys(block, data.scans, data)[1] if block.map_columns else []
        if names:
            yield {"section": block.table, "gap": message("text.attributes_left_out", count=len(names), names=", ".join(names))}


def issue_rows(data: ReportData) -> Iterator[dict[str, Any]]:
    """A row for each thing that could not be read."""
    for scan in data.scans:
        for issue in scan.issues():
            yield {"source": scan.head.source, **vars(issue)}


def all_issues(data: ReportData) -> int:
    """How many things could not be read of all sources."""
    return sum(data.once(issue_count, scan) for scan in data.scans)


def rows_left_out(scans: Iterable[Scan]) -> dict[str, int]:
    """Section to rows that filters leave out, for each that has filters, all sources together."""
    found: Counter[str] = Counter()
    for scan in scans:
        found.update(scan.left_out)
    return {section: found[section] for section in dict.fromkeys((*SECTIONS, *found)) if section in found}


def _status(data: ReportData, scan: Scan, section: str, gaps: int, issues: int) -> str:
    if scan.head.status not in WITH_ROWS:
        return scan.head.status
    if section in data.sections and section not in scan.counts:
        return UNREAD
    if scan.head.status == STALE:
        return STALE
    if gaps:
        return PARTIAL
    if issues:
        return LEFT_OUT
    return FILTERED if scan.left_out.get(section) else OK
