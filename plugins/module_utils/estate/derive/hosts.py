# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts and datastores."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.estate.derive.places import names
from ansible_collections.estate.vmware.plugins.module_utils.estate.lookup import Lookup

_SERIAL_TAGS = ("ServiceTag", "EnclosureSerialNumberTag", "SerialNumberTag")


def management_ip(lookup: Lookup, configs: list[dict] | None) -> str | None:
    """Address of the first VMkernel adapter that carries management traffic."""
    for config in configs or ():
        if config.get("nicType") != "management":
            continue
        chosen = config.get("selectedVnic", ())
        for nic in config.get("candidateVnic", ()):
            if not chosen or nic.get("key") in chosen:
                return nic.get("spec", {}).get("ip", {}).get("ipAddress")
    return None


def serial(lookup: Lookup, system: dict | None) -> str | None:
    if system is None:
        return None
    tags = {item.get("identifierType", {}).get("key"): item.get("identifierValue", "").strip() for item in system.get("otherIdentifyingInfo", ())}
    return next(filter(None, [system.get("serialNumber", "").strip(), *map(tags.get, _SERIAL_TAGS)]), None)


def mount_hosts(lookup: Lookup, mounts: list[dict] | None) -> list[str] | None:
    return None if mounts is None else names(lookup, [mount["key"] for mount in mounts if "key" in mount])


def vmfs(lookup: Lookup, info: dict | None, part: str) -> Any:
    return (info or {}).get("vmfs", {}).get(part)


def vmfs_version(lookup: Lookup, info: dict | None) -> str | None:
    return vmfs(lookup, info, "version")


def vmfs_uuid(lookup: Lookup, info: dict | None) -> str | None:
    return vmfs(lookup, info, "uuid")


def ssd(lookup: Lookup, info: dict | None) -> bool | None:
    return vmfs(lookup, info, "ssd")


def nfs_server(lookup: Lookup, info: dict | None) -> str | None:
    return (info or {}).get("nas", {}).get("remoteHost")


def nfs_path(lookup: Lookup, info: dict | None) -> str | None:
    return (info or {}).get("nas", {}).get("remotePath")
