# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Networks as adapters name them: a standard one by its name, a distributed port group by its key and switch, an opaque one by its id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import DISTRIBUTED, OPAQUE, STANDARD, NetworkBacking
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, Shapes, short_text

_PORT_GROUP, _OPAQUE, _SWITCH = "DistributedVirtualPortgroup", "OpaqueNetwork", "DistributedVirtualSwitch"
_WANTED = {"Network": ("name",), _PORT_GROUP: ("key", "config.distributedVirtualSwitch"), _OPAQUE: ("summary",), _SWITCH: ("uuid",)}
_SHAPES: Shapes = {
    EVERY_TYPE: {
        "name": str,
        "key": short_text,
        "uuid": short_text,
        "config.distributedVirtualSwitch": MoRef,
        "summary": {"opaqueNetworkId": short_text, "opaqueNetworkType": short_text},
    }
}


def read_backings(session: Session, networks: Iterable[MoRef]) -> dict[MoRef, NetworkBacking]:
    """What adapters on some networks stand on, all networks with two requests at most. One that is gone, or tells too little, is not in the result.

    :raises VsphereError: they cannot be read.
    """
    found = retrieve_objects(session, networks, _WANTED, _SHAPES)
    switches = {item.properties["config.distributedVirtualSwitch"] for item in found.values() if "config.distributedVirtualSwitch" in item.properties}
    uuids = {ref: item.properties.get("uuid", "") for ref, item in retrieve_objects(session, switches, _WANTED, _SHAPES).items()} if switches else {}
    backings = {ref: _backing(ref, item.properties, uuids) for ref, item in found.items()}
    return {ref: backing for ref, backing in backings.items() if backing}


def _backing(ref: MoRef, properties: Mapping[str, Any], uuids: Mapping[MoRef, str]) -> NetworkBacking | None:
    name = unescape(properties.get("name", ""))
    if ref.type == _PORT_GROUP:
        key, uuid = properties.get("key"), uuids.get(properties.get("config.distributedVirtualSwitch", ref))
        return NetworkBacking(DISTRIBUTED, name, ref, key, uuid) if key and uuid else None
    if ref.type == _OPAQUE:
        summary = properties.get("summary") or {}
        key, kind = summary.get("opaqueNetworkId"), summary.get("opaqueNetworkType")
        return NetworkBacking(OPAQUE, name, ref, key, kind) if key and kind else None
    return NetworkBacking(STANDARD, name, ref) if name else None


def backing_of(option: str, ref: MoRef, backings: Mapping[MoRef, NetworkBacking]) -> NetworkBacking:
    """What an adapter on a network stands on.

    :param option: as the user wrote it, for the message.
    :raises InvalidOption: it could not be read.
    """
    if ref not in backings:
        raise InvalidOption(f"{option}: the network cannot be read ({ref.moid}): give the account Read-only on it and on its distributed switch")
    return backings[ref]


def network_name(places: Places, backing: NetworkBacking) -> str | None:
    """The name of a network that an adapter has, for diffs; None if it is known by its key alone."""
    if backing.kind != DISTRIBUTED:
        return None
    # The key of a port group is its managed object id.
    name = places.name(MoRef(_PORT_GROUP, backing.key))
    return None if name == backing.key else name
