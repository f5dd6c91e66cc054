# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Datastores: their storage, and the hosts that mount them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.references import names
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure

#: Prefix of the datastores of VMware HCX appliances.
_APPLIANCE_PREFIX = "ma-ds-"


@in_context
def hosts(context: ScanContext, mounts: list[Structure] | None) -> list[str] | None:
    return _hosts(context, mounts, lambda mount: True)


@in_context
def hosts_without_access(context: ScanContext, mounts: list[Structure] | None) -> list[str] | None:
    return _hosts(context, mounts, _is_lost)


@in_context
def hosts_read_only(context: ScanContext, mounts: list[Structure] | None) -> list[str] | None:
    return _hosts(context, mounts, lambda mount: mount.get("accessMode") == "readOnly" and not _is_lost(mount))


@in_context
def migration_appliance(context: ScanContext, name: str | None, mounts: list[Structure] | None) -> bool:
    """Whether only migration appliances mount it. Where no host is known, its name decides."""
    known = context.topology.migration_appliances([mount["key"] for mount in mounts or () if "key" in mount])
    return all(known) if known else (name or "").startswith(_APPLIANCE_PREFIX)


def store_id(url: str | None, info: Structure | None) -> str | None:
    """An id of the storage that is the same for all its datastore objects, in every source.

    vCenter and ESXi write its URL differently, ``ds:///vmfs/volumes/vsan:52…-f3…/`` and ``/vmfs/volumes/vsan:52…-f3…``: the end is the
    UUID of VMFS, or the container of vSAN and vVols. The URL of NFS depends on the spelling of the server, so server and path count.
    """
    info = info or {}
    alias: str | None = info.get("aliasOf")
    if alias:
        return alias
    if (server := nfs_server(info)) and (path := nfs_path(info)):
        servers = sorted(part.strip().rstrip(".").lower() for part in server.split(","))
        return f"{','.join(servers)}:{path.rstrip('/') or '/'}"
    return (url or "").rstrip("/").rpartition("/")[2].rpartition(":")[2] or vmfs_uuid(info)


def vmfs_version(info: Structure | None) -> str | None:
    found: str | None = _part(info, "vmfs", "version")
    return found


def vmfs_uuid(info: Structure | None) -> str | None:
    found: str | None = _part(info, "vmfs", "uuid")
    return found


def ssd(info: Structure | None) -> bool | None:
    found: bool | None = _part(info, "vmfs", "ssd")
    return found


def nfs_server(info: Structure | None) -> str | None:
    found: str | None = _part(info, "nas", "remoteHost")
    return found


def nfs_path(info: Structure | None) -> str | None:
    found: str | None = _part(info, "nas", "remotePath")
    return found


def _part(info: Structure | None, volume: str, name: str) -> Any:
    return (info or {}).get(volume, {}).get(name)


def _hosts(context: ScanContext, mounts: list[Structure] | None, wanted: Callable[[Structure], bool]) -> list[str] | None:
    return None if mounts is None else names(context, [mount["key"] for mount in mounts if "key" in mount and wanted(mount.get("mountInfo", {}))])


def _is_lost(mount: Structure) -> bool:
    """Whether a host cannot access the datastore, or has unmounted it. Parts that are not set are true."""
    return mount.get("accessible") is False or mount.get("mounted") is False
