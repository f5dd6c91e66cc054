# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Datastores: what they lie on, which hosts mount them and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.references import names
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure

#: How VMware HCX calls the datastores of its appliances.
_OF_APPLIANCES = "ma-ds-"


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
    """Whether no host has it but migration appliances. Where no host is known its name says so."""
    known = context.topology.migration_appliances([mount["key"] for mount in mounts or () if "key" in mount])
    return all(known) if known else (name or "").startswith(_OF_APPLIANCES)


def store_id(url: str | None, info: Structure | None) -> str | None:
    """The same for every datastore object of one store, in every source.

    Servers and hosts write the URL of a store differently, ``ds:///vmfs/volumes/vsan:52…-f3…/`` and ``/vmfs/volumes/vsan:52…-f3…``:
    its end is the UUID of VMFS, or the container of vSAN and vVols. The URL of an NFS store follows from how somebody has spelt its server.
    """
    info = info or {}
    if alias := info.get("aliasOf"):
        return alias
    if (server := nfs_server(info)) and (path := nfs_path(info)):
        servers = sorted(part.strip().rstrip(".").lower() for part in server.split(","))
        return f"{','.join(servers)}:{path.rstrip('/') or '/'}"
    return (url or "").rstrip("/").rpartition("/")[2].rpartition(":")[2] or vmfs_uuid(info)


def vmfs_version(info: Structure | None) -> str | None:
    return _part(info, "vmfs", "version")


def vmfs_uuid(info: Structure | None) -> str | None:
    return _part(info, "vmfs", "uuid")


def ssd(info: Structure | None) -> bool | None:
    return _part(info, "vmfs", "ssd")


def nfs_server(info: Structure | None) -> str | None:
    return _part(info, "nas", "remoteHost")


def nfs_path(info: Structure | None) -> str | None:
    return _part(info, "nas", "remotePath")


def _part(info: Structure | None, volume: str, name: str) -> Any:
    return (info or {}).get(volume, {}).get(name)


def _hosts(context: ScanContext, mounts: list[Structure] | None, wanted: Callable[[Structure], bool]) -> list[str] | None:
    return None if mounts is None else names(context, [mount["key"] for mount in mounts if "key" in mount and wanted(mount.get("mountInfo", {}))])


def _is_lost(mount: Structure) -> bool:
    """Whether a host does not reach what it has mounted, or has it no longer mounted; what is not set is true."""
    return mount.get("accessible") is False or mount.get("mounted") is False
