# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which scan of a source counts, and what is shown of a source that could not be read this time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, Standing
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import STALE

#: The choices of ``stale_rows``: what is shown of a source that could not be read and could be earlier.
HIDE = "hide"
SHOW = "show"


def one_scan_each(scans: Iterable[Scan], stale_rows: str, warn: Callable[[str], None]) -> list[Scan]:
    """One scan of each source, in the order in which they are named first.

    The newest one counts. Where that failed, the newest that did not says when the source was last read.

    :param stale_rows: with :data:`SHOW` its rows are shown too, with the status :data:`STALE`.
    :param warn: called with warnings.
    :raises ReportError: two scans of one name are of different vCenters.
    """
    found: dict[str, list[Scan]] = {}
    for scan in scans:
        found.setdefault(scan.head.source, []).append(scan)
    chosen = [_chosen(named, stale_rows, warn) for named in found.values()]
    for scan in (scan for named in found.values() for scan in named if scan not in chosen):
        scan.close()
    return chosen


def _chosen(scans: Sequence[Scan], stale_rows: str, warn: Callable[[str], None]) -> Scan:
    _check_identity(scans)
    good = sorted((scan for scan in scans if scan.head.status != FAILED), key=lambda scan: scan.head.finished)
    for older in good[:-1]:
        warn(
            f"scans has two of the source {older.head.source}: the newer one is used, "
            f"of {good[-1].head.finished or 'unknown time'}; the one of {older.head.finished or 'unknown time'} is not"
        )
    # Facts of a failed source have no time: the source has just failed.
    failed = sorted((scan for scan in scans if scan.head.status == FAILED), key=lambda scan: (not scan.head.finished, scan.head.finished))
    if not failed or (good and failed[-1].head.finished and failed[-1].head.finished < good[-1].head.finished):
        return good[-1]
    latest = failed[-1]
    if not good:
        return latest
    shown = good[-1] if stale_rows == SHOW else latest
    shown.standing = Standing(last_read=good[-1].head.finished, last_tried=latest.head.finished)
    if shown is not latest:
        shown.head = replace(shown.head, status=STALE, error=latest.head.error, error_kind=latest.head.error_kind)
    return shown


def _check_identity(scans: Sequence[Scan]) -> None:
    """Refuse two vCenters of one name. A source that did not answer has no identity to compare."""
    known: Scan | None = None
    for scan in scans:
        identity = scan.head.about.get("instance_uuid")
        if identity and known and known.head.about["instance_uuid"] != identity:
            raise ReportError(f"scans has two vCenters called {scan.head.source}, {known.head.address} and {scan.head.address}: rename one, or remove its scan")
        known = scan if identity else known
