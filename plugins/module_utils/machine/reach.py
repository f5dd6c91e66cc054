# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What clusters and hosts reach, and what datastores can take: for checks before a VM is placed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, short_text

_REACHED = ("datastore", "network")
_STATE: dict[str, Any] = {
    "summary.accessible": bool,
    "summary.maintenanceMode": short_text,
    "summary.freeSpace": int,
    "host": [{"key": MoRef, "mountInfo": {"accessMode": short_text, "accessible": bool, "mounted": bool}}],
}


class Reach(NamedTuple):
    """The datastores that the hosts of a cluster, or a host, have mounted, and the networks that they have."""

    datastores: frozenset[MoRef]
    networks: frozenset[MoRef]


class DatastoreState(NamedTuple):
    """What a datastore can take now.

    :ivar free: bytes. :ivar is_usable: it is accessible and not in maintenance mode. :ivar writers: the hosts that can write to it.
    """

    free: int
    is_usable: bool
    writers: frozenset[MoRef]


def read_reach(session: Session, places: Iterable[MoRef]) -> dict[MoRef, Reach]:
    """What clusters and hosts reach, all in one read; one that does not exist reaches nothing.

    :raises VsphereError: it cannot be read.
    """
    wanted = list(places)
    shapes = {EVERY_TYPE: dict.fromkeys(_REACHED, [MoRef])}
    read = retrieve_objects(session, wanted, {"ComputeResource": _REACHED, "HostSystem": _REACHED}, shapes)
    properties = {ref: read[ref].properties if ref in read else {} for ref in wanted}
    return {ref: Reach(*(frozenset(found.get(path) or ()) for path in _REACHED)) for ref, found in properties.items()}


def read_datastores(session: Session, datastores: Iterable[MoRef]) -> dict[MoRef, DatastoreState]:
    """The states of datastores, all in one read; one that does not exist is not usable.

    :raises VsphereError: they cannot be read.
    """
    wanted = list(datastores)
    read = retrieve_objects(session, wanted, {"Datastore": list(_STATE)}, {"Datastore": _STATE})
    return {ref: _state(read[ref].properties if ref in read else {}) for ref in wanted}


def _state(properties: Mapping[str, Any]) -> DatastoreState:
    is_usable = properties.get("summary.accessible", False) and properties.get("summary.maintenanceMode", "normal") == "normal"
    mounts = [(mount.get("key"), mount.get("mountInfo") or {}) for mount in properties.get("host") or ()]
    return DatastoreState(properties.get("summary.freeSpace", 0), is_usable, frozenset(host for host, info in mounts if host and _is_writable(info)))


def _is_writable(mount: Mapping[str, Any]) -> bool:
    # Not every server says whether it is mounted and accessible.
    return mount.get("accessMode") == "readWrite" and mount.get("mounted", True) and mount.get("accessible", True)
