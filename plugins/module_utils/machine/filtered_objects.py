# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The VMs or hosts that filters keep, read live: rows of just the fields that the filters need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter, filters_of
from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import ATTRIBUTES_SECTION, TAGS_SECTION
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.machine.live_scan import live_scan
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session

#: Fields that only a scan can have: it is told where environments come from.
NOT_LIVE = frozenset({"environment"})
#: What such fields are taken from.
INSTEAD = "the tags, custom_attributes or folder that it is taken from"
_TAGS, _MOID = "tags", "moid"
#: Section of issues to the field that could not be read.
_READ_APART = {TAGS_SECTION: _TAGS, ATTRIBUTES_SECTION: "custom_attributes"}


def live_filter(option: str, section: str, given: Any) -> RowFilter:
    """The filters of an option, see filters.py, for objects that are read live.

    :param given: a list of filters. :raises InvalidOption: they cannot be used.
    """
    wanted = filters_of(option, section, given)
    if unknown := NOT_LIVE.intersection(wanted.fields):
        raise InvalidOption(f"{option}: {', '.join(unknown)} cannot be used here: filter {INSTEAD}")
    return wanted


def kept_by(session: Session, connection: Connection, filters: Mapping[str, RowFilter], keeps_unreadable: bool = False) -> dict[str, list[str]]:
    """The managed object ids of the objects that each of some filters keeps, all in one read.

    :param connection: of the session. :param filters: by any key, all of one section.
    :param keeps_unreadable: whether an object of which a value that a filter needs cannot be read is kept by all of them; else it is by none.
    :raises VsphereError: objects cannot be read, or tags or custom attributes that a filter needs.
    :raises InvalidOption: a regular expression takes too long.
    """
    if not filters:
        return {}
    first = next(iter(filters.values()))
    section, name = first.section, first.naming
    needed = [field for each in filters.values() for field in each.fields]
    fields = list(dict.fromkeys([_MOID, name, *needed]))
    request = ScanRequest(select([section], {section: fields}), with_tags=_TAGS in fields)
    found: dict[str, list[str]] = {key: [] for key in filters}
    with live_scan(session, connection, request) as scan:
        check_evaluated(scan, needed)
        unreadable = {issue.object for issue in scan.issues() if issue.section == section}
        for values in scan.rows(section, fields):
            row = dict(zip(fields, values))
            for key, wanted in filters.items():
                if keeps_unreadable if (row[name] or row[_MOID]) in unreadable else wanted.keeps(row):
                    found[key].append(row[_MOID])
    return found


def check_evaluated(scan: Scan, fields: Iterable[str]) -> None:
    """Check that fields that filters need could be read.

    :raises ServerFault: tags or custom attributes could not.
    """
    needed = set(fields)
    for issue in scan.issues():
        if _READ_APART.get(issue.section) in needed:
            raise ServerFault(f"filters cannot be evaluated: {issue.message}")
