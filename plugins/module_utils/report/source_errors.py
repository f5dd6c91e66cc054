# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Why a source has no rows, or old ones, in words for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import latest

_HOUR = 3600
#: From so many hours on days are counted.
_MANY_HOURS = 48


def reason(scan: Scan, scans: Sequence[Scan], labels: Mapping[str, str]) -> str:
    """Why a source was not read, and when it was last; empty where it was.

    :param scans: all of the report: the last of them was finished when nobody knows when reading failed.
    """
    if scan.head.status == DUPLICATE:
        return scan.issues(1)[0].message
    known = scan.standing
    if not known.last_read:
        return scan.head.error
    ago = _ago(known.last_read, known.last_tried or latest(scans), labels)
    label = "text.last_read" if ago else "text.last_read_at"
    return labels[label].format(error=scan.head.error, ago=ago, finished=shown_time(known.last_read))


def shown_time(moment: str) -> str:
    """An ISO 8601 time to the minute, as people write it; a dash for none."""
    return moment[:16].replace("T", " ") or "–"


def _ago(moment: str, now: str, labels: Mapping[str, str]) -> str:
    """How long before another time one was; empty where nobody knows, or it was not before."""
    try:
        seconds = (datetime.fromisoformat(now[:19]) - datetime.fromisoformat(moment[:19])).total_seconds()
    except ValueError:
        return ""
    hours = int(seconds // _HOUR)
    if seconds <= 0 or hours < 2:
        return labels["text.hours_ago_few"] if seconds > 0 else ""
    return labels["text.hours_ago"].format(count=hours) if hours < _MANY_HOURS else labels["text.days_ago"].format(count=hours // 24)
