# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Guests, as VMware Tools report them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure, first_set

GUEST_DISKS = "guest.disk"
GUEST_NICS = "guest.net"
IP_STACKS = "guest.ipStack"
#: The parts of these properties that are decoded.
NIC_SHAPE = [{"deviceConfigId": int, "ipAddress": [str], "ipConfig": {"ipAddress": [{"ipAddress": str}]}}]
IP_STACK_SHAPE = [{"dnsConfig": {"domainName": str}}]
MAPPING_SHAPE = [{"diskPath": str, "mappings": [{"key": int}]}]
PREFIX_SHAPE = [{"ipConfig": {"ipAddress": [{"prefixLength": int}]}}]
ENTRY_SHAPE = {"value": str}
_PRETTY_NAME = re.compile("prettyName='([^']*)'")
#: Names that guests report when they have none.
_NO_NAME = re.compile(r"none|\(none\)(\..*)?", re.IGNORECASE)
_LINK_LOCAL = re.compile(r"169\.254\.|fe[89ab][0-9a-f]:", re.IGNORECASE)
#: Unspecified, loopback, multicast and reserved addresses: no other machine can reach a guest there.
_UNREACHABLE = re.compile(r"(0|127|22[4-9]|23\d|24\d|25[0-5])\.|::1?$|ff[0-9a-f]{2}:", re.IGNORECASE)
#: Version of VMware Tools that a package manager of the guest has installed.
_MANAGED_VERSION = "2147483647"
_MANAGED = "guest-managed"


def reported_name(text: str | None) -> str | None:
    """A name that the guest reports, None for a placeholder."""
    return None if not text or _NO_NAME.fullmatch(text) else text


def domain(host_name: str | None, stacks: list[Structure] | None) -> str | None:
    """What follows the first dot of the host name, else the domain of the first IP stack that has one."""
    of_name = (reported_name(host_name) or "").partition(".")[2]
    configured = (stack.get("dnsConfig", {}).get("domainName") for stack in stacks or ())
    return of_name or next(filter(None, (reported_name(name) for name in configured)), None)


def os_name(reported: str | None, configured: str | None, detailed: str | None, entry: Structure | None) -> str | None:
    """As VMware Tools report it, else as the guest names it, else as configured."""
    return first_set(reported_name(reported), _pretty_name(detailed, entry), configured)


def os_edition(reported: str | None, configured: str | None, detailed: str | None, entry: Structure | None) -> str | None:
    """As the guest names it, else as VMware Tools report it, else as configured."""
    return first_set(_pretty_name(detailed, entry), reported_name(reported), configured)


def _pretty_name(detailed: str | None, entry: Structure | None) -> str | None:
    pretty = _PRETTY_NAME.search(detailed or entry_value(entry) or "")
    return pretty.group(1) if pretty else None


def entry_value(entry: Structure | None) -> str | None:
    """The value of an entry of ``config.extraConfig``."""
    return (entry or {}).get("value")


def customization_status(status: str | None) -> str | None:
    """Without the prefix that all states have: PENDING, SUCCEEDED, …"""
    return None if status is None else status.removeprefix("TOOLSDEPLOYPKG_")


def tools_version(version: str | None) -> str | None:
    return None if version == "0" else _MANAGED if version == _MANAGED_VERSION else version


def addresses_of(nic: Structure) -> list[str]:
    """Addresses of an interface of the guest: the current ones, else the configured ones, which a VM that is off still has."""
    return nic.get("ipAddress") or [item["ipAddress"] for item in nic.get("ipConfig", {}).get("ipAddress", ()) if "ipAddress" in item]


def addresses_by_adapter(nics: list[Structure] | None) -> dict[int, list[str]]:
    """Key of each virtual adapter to the addresses of the guest's interfaces on it, in their order, each once.

    Bridges, tunnels and containers in the guest are on no adapter.
    """
    found: dict[int, dict[str, None]] = {}
    for nic in nics or ():
        key = nic.get("deviceConfigId", -1)
        if key > 0:
            found.setdefault(key, {}).update(dict.fromkeys(addresses_of(nic)))
    return {key: list(addresses) for key, addresses in found.items()}


def ip_addresses(nics: list[Structure] | None, primary: str | None) -> list[str] | None:
    """All addresses, each once: in the order of the interfaces, link-local ones last."""
    if nics is None and primary is None:
        return None
    addresses = [address for nic in nics or () for address in addresses_of(nic)]
    return _link_local_last(addresses if primary is None or _UNREACHABLE.match(primary) else [*addresses, primary])


def adapter_addresses(nics: list[Structure] | None) -> list[str] | None:
    """The addresses on the VM's own adapters."""
    if nics is None:
        return None
    return _link_local_last(address for addresses in addresses_by_adapter(nics).values() for address in addresses)


def ip_address(primary: str | None, nics: list[Structure] | None) -> str | None:
    """An address of the VM's own adapters, else the guest's primary one.

    Of several, in this order: not link-local, the guest's primary one, IPv4.
    """
    own = [address for addresses in addresses_by_adapter(nics).values() for address in addresses if not _UNREACHABLE.match(address)]
    if own:
        return min(own, key=lambda address: (bool(_LINK_LOCAL.match(address)), address != primary, ":" in address))
    return None if not primary or _UNREACHABLE.match(primary) else primary


def _link_local_last(addresses: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(addresses), key=lambda address: bool(_LINK_LOCAL.match(address)))


def with_prefixes(nics: list[Structure] | None, key: int) -> list[str] | None:
    """Addresses with prefix lengths, ``10.0.0.5/24``, of the guest's interfaces on an adapter."""
    if nics is None:
        return None
    configured = [item for nic in nics if nic.get("deviceConfigId") == key for item in nic.get("ipConfig", {}).get("ipAddress", ())]
    return list(dict.fromkeys(f"{item['ipAddress']}/{item['prefixLength']}" for item in configured if "ipAddress" in item and "prefixLength" in item))


def paths_on(disks: list[Structure] | None, key: int) -> list[str] | None:
    """Mount points on a virtual disk."""
    return None if disks is None else [disk["diskPath"] for disk in disks if "diskPath" in disk and key in _keys(disk.get("mappings"))]


def mapped_keys(mappings: list[Structure] | None) -> list[str] | None:
    """Keys of the virtual disks that a file system lies on."""
    return None if mappings is None else [str(key) for key in _keys(mappings)]


def _keys(mappings: list[Structure] | None) -> list[int]:
    return [mapping["key"] for mapping in mappings or () if "key" in mapping]


def partitions(disks: list[Structure] | None) -> Iterator[dict[str, Any]]:
    for disk in disks or ():
        yield {GUEST_DISKS: disk}
