# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The scan of a source: a new one, or the scan file that exists if it is recent enough."""

from __future__ import annotations

from contextlib import closing, nullcontext
from datetime import timedelta
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.retention import keep_earlier_scans
from ansible_collections.estate.vmware.plugins.module_utils.inventory.reuse import recent_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts, scan_source
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import scan_path
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection


def scan_or_reuse(
    connection: Connection,
    source: str,
    request: ScanRequest,
    dest: str | None = None,
    max_age: timedelta = timedelta(0),
    keep: int = 0,
    progress: Progress | None = None,
    writes: bool = True,
) -> dict[str, Any]:
    """Scan a source, unless its scan file is younger than ``max_age``.

    :param dest: a folder of scans, or a file; None to scan into memory, and return the rows.
    :param keep: earlier scan files to keep, see retention.py; 0 to keep and remove none.
    :param writes: False to leave ``dest`` as it is.
    :returns: what ``vmware_inventory_facts`` documents as ``vmware_inventory``.
    :raises ScanFileError: the scan cannot be written, or an earlier one not be kept. :raises Cancelled: see :func:`scan_source`.
    """
    if dest and max_age:
        fingerprint = request.fingerprint(connection)
        if recent := recent_scan(scan_path(dest, source), source, connection.address, fingerprint, max_age):
            with closing(recent):
                return {**facts(recent, with_rows=False), "reused": True}
    path = scan_path(dest, source) if dest and writes else IN_MEMORY
    with keep_earlier_scans(path, keep) if keep and path != IN_MEMORY else nullcontext():
        scan = scan_source(connection, source, request, path, progress)
    with closing(scan):
        return {**facts(scan, with_rows=not dest), "reused": False}
