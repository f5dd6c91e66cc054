# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Reuse of recent scans: a job that was interrupted resumes where it stopped."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import OK, TIME, ScanFileError


def recent_scan(path: str, source: str, address: str, request_fingerprint: str, max_age: timedelta) -> Scan | None:
    """The scan in this file, if it is complete, of this source and request, and was started less than ``max_age`` ago; else None."""
    try:
        scan = Scan.open(path)
    except ScanFileError:
        return None
    head = scan.head
    if head.started and (head.source, head.address, head.request_fingerprint, head.status) == (source, address, request_fingerprint, OK):
        began = datetime.strptime(head.started, TIME).replace(tzinfo=timezone.utc)
        # Not a scan that starts in the future, nor a damaged one.
        with suppress(ScanFileError):
            if timedelta(0) <= datetime.now(timezone.utc) - began < max_age:
                scan.check()
                return scan
    scan.close()
    return None
