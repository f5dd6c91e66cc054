# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Fields of named or filtered VMs: what vmware_vm_info returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.machine.filtered_objects import INSTEAD, NOT_LIVE, check_evaluated
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, Identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.live_scan import live_scan
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session

VMS = "vms"
#: Sections whose rows belong to VMs, that of VMs first.
MACHINE_SECTIONS = tuple(key for key, section in SECTIONS.items() if MACHINE in section.managed_types)
_TAGS, _MOID = "tags", "moid"
_ISSUES_SHOWN = 20


class VmRows(NamedTuple):
    """What was read.

    :ivar vms: a row a VM: field to value, and section to rows of its disks and the like. :ivar issues: what could not be read, at most some.
    """

    vms: list[dict[str, Any]]
    issues: list[dict[str, str]]


def wanted_fields(given: Mapping[str, Any] | None, sections: Sequence[str]) -> dict[str, list[str]]:
    """Section to the fields that it shall have: those given, or all.

    :raises InvalidOption: a section or a field is unknown.
    """
    chosen = select(list(dict.fromkeys((VMS, *sections))), given or {})
    if unknown := NOT_LIVE & set((given or {}).get(VMS) or ()):
        raise InvalidOption(f"fields: {', '.join(unknown)} cannot be read here: take {INSTEAD}")
    return {section.key: [field.key for field in section.fields if field.key not in NOT_LIVE] for section in chosen}


def read_vms(session: Session, connection: Connection, identities: Sequence[Identity], fields: Mapping[str, Sequence[str]]) -> VmRows:
    """The rows of VMs in the order of the identities, each VM once.

    :param fields: see :func:`wanted_fields`.
    :raises InvalidOption: an identity names no VM, or several. :raises VsphereError: VMs cannot be read.
    """
    by_name = [identity for identity in identities if identity.by != FILTERS]
    filters = {identity.option: identity.value for identity in identities if identity.by == FILTERS}
    named = VmLookup(session, connection).require(by_name) if by_name else []
    refs = {identity.option: [vm.ref for vm in vms] for identity, vms in zip(by_name, named)}
    needed = {key: list(several) for key, several in fields.items()}
    needed[VMS] = list(dict.fromkeys([*needed[VMS], *(field for each in filters.values() for field in each.fields)]))
    machines = None if filters else [ref for several in refs.values() for ref in several]
    request = ScanRequest(select(list(needed), needed), with_tags=_TAGS in needed[VMS], machines=machines)
    with live_scan(session, connection, request) as scan:
        check_evaluated(scan, {field for each in filters.values() for field in each.fields})
        rows = {row[_MOID]: row for row in _rows(scan, VMS, needed[VMS])}
        order: dict[str, None] = {}
        for identity in identities:
            wanted = filters.get(identity.option)
            order.update(dict.fromkeys([moid for moid, row in rows.items() if wanted.keeps(row)] if wanted else [ref.moid for ref in refs[identity.option]]))
        found = {moid: {key: rows[moid][key] for key in fields[VMS]} for moid in order if moid in rows}
        for section in fields:
            if section != VMS:
                _add_items(found, scan, section, fields[section])
        issues = [vars(issue) for issue in scan.issues(_ISSUES_SHOWN)]
    return VmRows(list(found.values()), issues)


def _rows(scan: Scan, section: str, fields: Sequence[str]) -> list[dict[str, Any]]:
    return [dict(zip(fields, values)) for values in scan.rows(section, fields)] if section in scan.counts else []


def _add_items(found: Mapping[str, dict[str, Any]], scan: Scan, section: str, fields: Sequence[str]) -> None:
    """Add to each VM its rows of a section."""
    for row in found.values():
        row[section] = []
    for row in _rows(scan, section, fields):
        if row[_MOID] in found:
            found[row[_MOID]][section].append(row)
