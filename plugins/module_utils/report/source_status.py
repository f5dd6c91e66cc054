# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Statuses of sources: those of scans, and two that only a report has."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, OK, PARTIAL

#: The source could not be read, and its rows are those of the last good scan.
STALE = "stale"
#: Another source is the same one, and this one's rows are left out.
DUPLICATE = "duplicate"
#: Statuses of sources whose rows are shown.
WITH_ROWS = frozenset((OK, PARTIAL, STALE))
#: Statuses of scans for those that only a report has, in what the module returns.
_PUBLIC = {STALE: FAILED, DUPLICATE: PARTIAL}


def public_status(status: str) -> str:
    """The status as a scan has it: ok, partial or failed."""
    return _PUBLIC.get(status, status)
