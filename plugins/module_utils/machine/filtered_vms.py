# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The VMs that filters keep, read live: rows of just the fields that the filters need."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import ATTRIBUTES_SECTION, TAGS_SECTION
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.machine.live_scan import live_scan
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session

SECTION = "vms"
_TAGS = "tags"
#: Fields that name a row.
_ROW = ("moid", "name")


def kept_by(session: Session, connection: Connection, filters: Mapping[str, RowFilter], keeps_unreadable: bool = False) -> dict[str, list[str]]:
    """The managed object ids of the VMs that each of some filters keeps, all in one read.

    :param connection: of the session. :param filters: by any key.
    :param keeps_unreadable: whether a VM of which a value that a filter needs cannot be read is kept by all of them; else it is by none.
    :raises VsphereError: VMs cannot be read, or tags or custom attributes that a filter needs.
    :raises InvalidOption: a regular expression takes too long.
    """
    if not filters:
        return {}
    fields = list(dict.fromkeys([*_ROW, *(field for each in filters.values() for field in each.fields)]))
    request = ScanRequest(select([SECTION], {SECTION: fields}), with_tags=_TAGS in fields)
    found: dict[str, list[str]] = {key: [] for key in filters}
    with live_scan(session, connection, request) as scan:
        issues = scan.issues()
        for issue in issues:
            if issue.section in (TAGS_SECTION, ATTRIBUTES_SECTION):
                raise ServerFault(f"filters cannot be evaluated: {issue.message}")
        unreadable = {issue.object for issue in issues if issue.section == SECTION}
        for values in scan.rows(SECTION, fields):
            row = dict(zip(fields, values))
            for key, wanted in filters.items():
                if keeps_unreadable if row["name"] in unreadable else wanted.keeps(row):
                    found[key].append(row["moid"])
    return found
