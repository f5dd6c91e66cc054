# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Managed objects that properties refer to: their names, and where they lie in the inventory."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


def moid(ref: MoRef) -> str:
    return ref.moid


def managed_type(ref: MoRef) -> str:
    return ref.type


def moid_if_set(ref: MoRef | None) -> str | None:
    return None if ref is None else ref.moid


def own_name(name: str | None, ref: MoRef) -> str:
    """Name of the object that a row belongs to, its id where it has none."""
    return unescape(name or ref.moid)


@in_context
def name(context: ScanContext, ref: MoRef | None) -> str | None:
    return context.topology.name(ref)


@in_context
def names(context: ScanContext, refs: Iterable[MoRef] | None) -> list[str] | None:
    return None if refs is None else sorted(filter(None, map(context.topology.name, refs)))


@in_context
def cpu_model(context: ScanContext, host: MoRef | None) -> str | None:
    return context.topology.cpu_model(host)


@in_context
def cluster(context: ScanContext, *refs: MoRef | None) -> str | None:
    """Cluster of the first object that lies in one."""
    return next(filter(None, map(context.topology.cluster, refs)), None)


@in_context
def pool_path(context: ScanContext, pool: MoRef | None) -> str | None:
    """Cluster or standalone host, root pool and the pools below it: ``/Cluster/Resources/Web``. None where a part is unknown."""
    above = list(context.topology.ancestors(pool))
    if not above or above[-1].type != "Datacenter":
        return None
    return "".join(f"/{context.topology.name(item) or item.moid}" for item in reversed(above) if item.type not in ("Folder", "Datacenter"))


@in_context
def datastore_cluster(context: ScanContext, parent: MoRef | None) -> str | None:
    return context.topology.name(context.topology.nearest(parent, "StoragePod"))


@in_context
def datacenter(context: ScanContext, *refs: MoRef | None) -> str | None:
    """Datacenter of the first object that lies in one."""
    return next(filter(None, map(context.topology.datacenter, refs)), None)


@in_context
def folder(context: ScanContext, parent: MoRef | None) -> str | None:
    return context.topology.folder(parent)


@in_context
def vm_folder(context: ScanContext, parent: MoRef | None, vapp: MoRef | None) -> str | None:
    """Folder of a VM, or that of its vApp: a VM in a vApp has no parent."""
    return context.topology.folder(parent or context.topology.vapp_folder(vapp))
