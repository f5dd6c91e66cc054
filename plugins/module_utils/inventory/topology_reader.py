# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The first pass of a scan: names and parents of everything but VMs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import MOST_NAMED, TOPOLOGY_SECTION, missing_properties, unreadable
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import PageReader
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import (
    ESXI_TOPOLOGY_PROPERTIES,
    HARDWARE_UUID,
    TOPOLOGY_PROPERTIES,
    Topology,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject


class TopologyReading(NamedTuple):
    """What the first pass found.

    :ivar hardware_uuid: of a standalone ESXi host, empty for a vCenter.
    """

    topology: Topology
    hardware_uuid: str
    issues: list[Issue]


def read_topology(reader: PageReader, is_vcenter: bool, sections: Sequence[Section]) -> TopologyReading:
    """Read the topology of a source.

    :param sections: that are read after it: what they request again they report themselves.
    :raises VsphereError: it cannot be read.
    """

    def attempt() -> tuple[Topology, str, list[ManagedObject]]:
        topology, hardware_uuid, incomplete = Topology(), "", []
        for page in reader.pages(TOPOLOGY_PROPERTIES if is_vcenter else ESXI_TOPOLOGY_PROPERTIES):
            topology.add(page)
            for item in page:
                hardware_uuid = item.properties.get(HARDWARE_UUID, hardware_uuid)
                if item.missing:
                    incomplete.append(item)
        return topology, hardware_uuid, incomplete

    topology, hardware_uuid, incomplete = reader.read(attempt)
    issues = list(repeated_objects(TOPOLOGY_SECTION, reader.repeated))
    issues += _cut_parents(topology, topology.complete())
    requested_again = {(name, path) for section in sections for name in section.managed_types for path in section.properties}
    for item in incomplete:
        paths = {path for path in item.missing if (item.ref.type, path) not in requested_again}
        issues += missing_properties(TOPOLOGY_SECTION, item, paths)
    return TopologyReading(topology, hardware_uuid, issues)


def repeated_objects(section: str, count: int) -> Iterator[Issue]:
    """The issue of objects that a server sent more than once."""
    if count:
        yield unreadable(section, f"{count} objects came again on a later page and are left out there")


def _cut_parents(topology: Topology, cut: Sequence[MoRef]) -> Iterator[Issue]:
    for ref in cut[:MOST_NAMED]:
        message = "its parents form a loop or are nested too deep: its parent is left out"
        yield unreadable(TOPOLOGY_SECTION, message, "parent", topology.name(ref) or ref.moid)
    if (more := len(cut) - MOST_NAMED) > 0:
        yield unreadable(TOPOLOGY_SECTION, f"the parents of {more} more objects form a loop or are nested too deep", "parent")
