# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Issues of objects and properties: what a scan says about what could not be read."""

from __future__ import annotations

from collections.abc import Container, Iterator

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import VANISHED, Fault, ManagedObject

#: Sections of issues that belong to no section of the catalog.
TOPOLOGY_SECTION = "topology"
ATTRIBUTES_SECTION = "custom_attributes"
TAGS_SECTION = "tags"
SCOPES_SECTION = "scopes"

NO_PROPERTY = "InvalidProperty"
#: Objects with the same issue that are named one by one.
MOST_NAMED = 100
_KINDS = {"NoPermission": "no_permission", NO_PROPERTY: "missing"}


def fault_issue(section: str, item: ManagedObject, path: str, fault: Fault) -> Issue:
    """One fault of a property of an object."""
    name = unescape(item.properties.get("name") or item.ref.moid)
    return Issue(section, name, path, _KINDS.get(fault.type, "unreadable"), ": ".join(filter(None, (fault.type, fault.message))))


def value_issue(section: str, item: ManagedObject, path: str, what: str, error: Exception) -> Issue:
    """A property from which something could not be computed."""
    return fault_issue(section, item, path, Fault("", f"{what} cannot be computed from it: {error!r}"))


def missing_properties(section: str, item: ManagedObject, paths: Container[str]) -> Iterator[Issue]:
    """One issue for each of these properties that could not be read."""
    for path, fault in item.missing.items():
        if path in paths and fault.type != VANISHED:
            yield fault_issue(section, item, path, fault)


def unreadable(section: str, message: str, path: str = "", name: str = "") -> Issue:
    """An issue of a section, a property or an object by its name."""
    return Issue(section, name, path, "unreadable", message)
