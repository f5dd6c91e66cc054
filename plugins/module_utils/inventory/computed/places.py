# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Names and places of managed objects.

Here and in the files beside it is how a field is made of properties, where it is more than a property's
value. Each function takes the topology of its source and one value a property path, None where a property
is not set, and returns the field's value, None where there is nothing to say.
"""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology, unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


def moid(topology: Topology, ref: MoRef) -> str:
    return ref.moid


def unescaped(topology: Topology, text: str | None) -> str | None:
    return None if text is None else unescape(text)


def own_name(topology: Topology, text: str | None, ref: MoRef) -> str:
    """Name of the object that a row is of; its id where it has none."""
    return unescape(text or ref.moid)


def name(topology: Topology, ref: MoRef | None) -> str | None:
    return topology.name(ref)


def names(topology: Topology, refs: list[MoRef] | None) -> list[str] | None:
    return None if refs is None else sorted(filter(None, map(topology.name, refs)))


def count(topology: Topology, items: list | None) -> int | None:
    return None if items is None else len(items)


def cpu_model(topology: Topology, host: MoRef | None) -> str | None:
    return topology.cpu_model(host)


def cluster(topology: Topology, *refs: MoRef | None) -> str | None:
    return next(filter(None, map(topology.cluster, refs)), None)


def datastore_cluster(topology: Topology, parent: MoRef | None) -> str | None:
    return topology.name(topology.nearest(parent, "StoragePod"))


def datacenter(topology: Topology, *refs: MoRef | None) -> str | None:
    return next(filter(None, map(topology.datacenter, refs)), None)


def folder(topology: Topology, parent: MoRef | None) -> str | None:
    return topology.folder(parent)


def vm_folder(topology: Topology, parent: MoRef | None, vapp: MoRef | None) -> str | None:
    return topology.folder(parent or topology.vapp_folder(vapp))
