# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What vmware_inventory_export returns."""

from __future__ import annotations

import os
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, OK, PARTIAL, checksum
from ansible_collections.estate.vmware.plugins.module_utils.report.coverage_tables import rows_left_out
from ansible_collections.estate.vmware.plugins.module_utils.report.destination import Destination
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.source_numbers import source_numbers, totals
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import public_status
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.workbook import WrittenWorkbook

_SOURCE_NUMBERS = ("vms", "hosts", "datastores", "networks")
_TOTALS = ("sources", OK, PARTIAL, FAILED, "vms", "templates", "hosts", "datastores", "networks")


def export_result(data: ReportData, written: WrittenWorkbook, destination: Destination, replace_when_all_failed: bool) -> dict[str, Any]:
    """The result before anything was moved: ``changed`` says whether the workbook has to be.

    :param replace_when_all_failed: whether an older workbook is replaced by one that has nothing but errors.
    """
    digest, older = checksum(written.path), destination.checksum()
    total = data.once(totals, data)
    kept = older not in ("", digest) and total[FAILED] == total["sources"] and not replace_when_all_failed
    return {
        "changed": digest != older and not kept,
        "dest": destination.path,
        "kept": kept,
        "sheets": [{"name": name, "rows": rows} for name, rows in written.sheets],
        "sources": [_source(scan, data) for scan in sorted(data.scans, key=lambda scan: scan.unredacted_head.source)],
        "totals": {key: total[key] for key in _TOTALS},
        "left_out": rows_left_out(data.scans),
        "checksum": digest,
        "size": os.path.getsize(written.path),
    }


def _source(scan: Scan, data: ReportData) -> dict[str, Any]:
    head, numbers = scan.unredacted_head, data.once(source_numbers, scan)
    return {
        "source": head.source,
        "shown_as": scan.head.source,
        "address": head.address,
        "status": public_status(head.status),
        **{key: numbers[key] for key in _SOURCE_NUMBERS},
        "error": head.error,
        "last_read": scan.standing.last_read,
        "duplicate_of": scan.standing.duplicate_of,
    }
