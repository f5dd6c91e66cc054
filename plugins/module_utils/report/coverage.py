# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read of each source, and what was not: a partial estate is never shown as whole."""

from __future__ import annotations

from collections import Counter
from typing import Any
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import FAILED, OK, PARTIAL, Scan

#: The sections that a workbook shows, read or not.
SHOWN = ("vms", "hosts", "datastores", "networks")
UNREAD = "unread"
FILTERED = "filtered"


def coverage_rows(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each section of each source; the error of a failed source stands in its first row."""
    for scan in scans:
        issues = Counter(issue.section for issue in scan.issues())
        for number, section in enumerate(dict.fromkeys((*SHOWN, *scan.counts, *issues))):
            yield {
                "source": scan.head.source,
                "section": section,
                "status": _status(scan, section, issues[section]),
                "rows": scan.counts.get(section),
                "left_out": scan.left_out.get(section),
                "issues": issues[section],
                "error": None if number else scan.head.error,
            }


def issue_rows(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each thing that could not be read."""
    for scan in scans:
        for issue in scan.issues():
            yield {"source": scan.head.source, **vars(issue)}


def left_out(scans: Iterable[Scan]) -> dict[str, int]:
    """Section to rows that filters leave out, for each that has filters, all sources together."""
    found: Counter[str] = Counter()
    for scan in scans:
        found.update(scan.left_out)
    return {section: found[section] for section in dict.fromkeys((*SHOWN, *found)) if section in found}


def _status(scan: Scan, section: str, issues: int) -> str:
    if scan.head.status == FAILED:
        return FAILED
    if section in SHOWN and section not in scan.counts:
        return UNREAD
    if issues:
        return PARTIAL
    return FILTERED if scan.left_out.get(section) else OK
