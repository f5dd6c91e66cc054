# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Objects that others refer to and that the account may not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import MOST_NAMED, TOPOLOGY_SECTION
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology, unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject


class InvisibleObjects:
    """Collects them over the pages of a scan.

    :param topology: whose ``unresolved`` names them. :param has: whether the server has objects of a managed object type at all.
    """

    def __init__(self, topology: Topology, has: Callable[[str], bool]) -> None:
        self._topology = topology
        self._has = has
        #: Each with a property that leads to it, and the name of the object that has this property.
        self._found: dict[MoRef, tuple[str, str]] = {}

    def add(self, page: Sequence[ManagedObject]) -> None:
        """Take those that the rows of a page have met."""
        new = {ref for ref in self._topology.unresolved.keys() - self._found.keys() if self._has(ref.type)}
        for item in page if new else ():
            for path, value in item.properties.items():
                for ref in new.intersection(_references(value)):
                    self._found[ref] = (path, unescape(item.properties.get("name", "")))
                    new.remove(ref)
        # No object of the page refers to the rest: they are parents of parents.
        self._found.update((ref, ("parent", "")) for ref in sorted(new))

    def issues(self) -> Iterator[Issue]:
        """One for each of the first objects, and one for all others."""
        for ref, (path, name) in list(self._found.items())[:MOST_NAMED]:
            message = f"the account may not see {ref.type} {ref.moid}" + (f", to which {name} refers" if name else "")
            yield Issue(TOPOLOGY_SECTION, ref.moid, path, "no_permission", message)
        if (more := len(self._found) - MOST_NAMED) > 0:
            yield Issue(TOPOLOGY_SECTION, "", "", "no_permission", f"the account may not see {more} more objects to which others refer")


def _references(value: Any) -> Iterator[MoRef]:
    """All references in a value."""
    if isinstance(value, MoRef):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _references(part)
