# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Why a source has no rows, or old ones."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Message, Text, message
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE

_HOUR = 3600
#: From so many hours on days are counted.
_MANY_HOURS = 48


def source_error(scan: Scan, finished: str) -> Text:
    """Why a source was not read, and when it was last; empty where it was read.

    :param finished: when the latest scan of the report was finished: stands for the time of an attempt that has none.
    """
    if scan.head.status == DUPLICATE:
        return scan.issues(1)[0].message
    known = scan.standing
    if not known.last_read:
        return scan.head.error
    ago = _ago(known.last_read, known.last_tried or finished)
    last_read = shown_time(known.last_read)
    if ago is None:
        return message("text.last_read_at", error=scan.head.error, finished=last_read)
    return message("text.last_read", error=scan.head.error, ago=ago, finished=last_read)


def shown_time(time: str) -> str:
    """An ISO 8601 time to the minute, as people write it; a dash for none."""
    return time[:16].replace("T", " ") or "–"


def _ago(time: str, now: str) -> Message | None:
    """How long before another time one was; None where that is not known, or it was not before."""
    try:
        seconds = (datetime.fromisoformat(now[:19]) - datetime.fromisoformat(time[:19])).total_seconds()
    except ValueError:
        return None
    hours = int(seconds // _HOUR)
    if seconds <= 0:
        return None
    if hours < 2:
        return message("text.hours_ago_few")
    return message("text.hours_ago", count=hours) if hours < _MANY_HOURS else message("text.days_ago", count=hours // 24)
