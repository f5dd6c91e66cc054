# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Networks: standard, distributed and opaque ones."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

_UPLINK_TAG = "SYSTEM/DVS.UPLINKPG"
_NETWORK_TYPES = {"Network": "Standard", "DistributedVirtualPortgroup": "Distributed", "OpaqueNetwork": "Opaque"}
_NSX = "nsx"


def network_type(ref: MoRef, tags: list[Structure] | None, backing: str | None) -> str:
    if any(tag.get("key") == _UPLINK_TAG for tag in tags or ()):
        return "Uplink"
    if backing == _NSX:
        return "NSX"
    return _NETWORK_TYPES.get(ref.type, ref.type)


@in_context
def switch(context: ScanContext, ref: MoRef, hosts: Sequence[MoRef | None] | None, distributed: MoRef | None) -> str | None:
    if ref.type == "Network":
        groups = context.topology.standard_port_groups(ref, hosts or ())
        return ", ".join(sorted({group["vswitchName"] for group in groups if group.get("vswitchName")})) or None
    if ref.type == "OpaqueNetwork":
        return ", ".join(sorted(context.topology.opaque_switches(hosts or ()))) or None
    return context.topology.name(distributed)


@in_context
def vlan(context: ScanContext, ref: MoRef, hosts: Sequence[MoRef | None] | None, port_config: Structure | None) -> str | None:
    """``100``, ``trunk 1-10,20`` or ``pvlan 100``; None for untagged.

    Where hosts have different VLANs for a standard port group, all of them, with 0 for untagged: ``0, 30``.
    """
    if ref.type == "Network":
        groups = context.topology.standard_port_groups(ref, hosts or ())
        tags = sorted({group["vlanId"] for group in groups if "vlanId" in group})
        return ", ".join(map(str, tags)) if any(tags) else None
    spec = (port_config or {}).get("vlan", {})
    if "pvlanId" in spec:
        return f"pvlan {spec['pvlanId']}"
    ids = spec.get("vlanId", [])
    ranges = [item for item in ids if isinstance(item, dict) and "start" in item]
    if ranges:
        return "trunk " + ",".join(f"{item['start']}-{item['end']}" if item["start"] != item["end"] else f"{item['start']}" for item in ranges)
    return next((tag for tag in ids if isinstance(tag, str) and tag not in ("", "0")), None)
