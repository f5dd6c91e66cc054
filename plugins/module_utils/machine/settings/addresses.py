# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Kinds of option values that are IP addresses."""

from __future__ import annotations

import ipaddress
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.numbered import DHCP, numbered
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import Bounds, Kind


def _interface(option: str, given: Any, _bounds: Bounds | None) -> str:
    if given == DHCP:
        return DHCP
    # The number of a VM is put in later; any number shows whether this will be an address.
    text = numbered(option, given, 1) if isinstance(given, str) else ""
    try:
        found = ipaddress.ip_interface(text)
    except ValueError:
        found = None
    if found is None or "/" not in text or "%" in text:
        raise InvalidOption(f"{option} must be an address with its prefix, such as 10.0.0.5/24, or {DHCP} (got {quoted(given)})")
    network = found.network
    if found.version == 4 and network.prefixlen < 31 and found.ip in (network.network_address, network.broadcast_address):
        raise InvalidOption(f"{option} must be the address of a machine, not that of the network or broadcast (got {quoted(given)})")
    if found.is_multicast or found.is_unspecified or found.is_loopback:
        raise InvalidOption(f"{option} must be the address of one machine (got {quoted(given)})")
    return str(found) if text == given else str(given)


def _address(option: str, given: Any, _bounds: Bounds | None) -> str:
    try:
        return str(ipaddress.ip_address(given if isinstance(given, str) and "%" not in given else ""))
    except ValueError as error:
        raise InvalidOption(f"{option} must be an IP address (got {quoted(given)})") from error


INTERFACES = Kind("list", _interface, elements="str")
ADDRESSES = Kind("list", _address, elements="str")
