# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Names and addresses that mean the control node itself, whatever machine they were read from."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Names that resolvers and /etc/hosts give to the local machine.
_LOCAL_NAME = re.compile(r"localhost[46]?(\.[a-z0-9-]+)*|(.*\.)?localhost(\.localdomain)?|ipv?6-(localhost|loopback)|loopback|_outbound|_localdns(stub|proxy)")
#: Spellings of IPv4 addresses that resolvers accept besides four decimal numbers: ``127.1``, ``0x7f.1``, ``2130706433``.
_NUMERIC = re.compile(r"[0-9a-fx]+(\.[0-9a-fx]+){0,3}")
#: Variables with the address that Ansible connects to.
_ADDRESSES = ("ansible_host", "ansible_ssh_host")
#: Not an ssh option, without a user, not a template.
_HOST_NAME = re.compile(r"\w[\w.-]*")


def unmapped(address: Address) -> Address:
    """The IPv4 address of an IPv4-mapped IPv6 address; any other address unchanged."""
    return getattr(address, "ipv4_mapped", None) or address


def is_control_node(name: str) -> bool:
    """Whether this name or address, in any spelling, is the machine that connects to it."""
    host = _host_part(name)
    if _LOCAL_NAME.fullmatch(host):
        return True
    address = numeric_address(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def is_remote_name(name: str) -> bool:
    """Whether this is a host name to resolve, and not one of the control node."""
    return _HOST_NAME.fullmatch(name) is not None and numeric_address(name) is None and not is_control_node(name)


def remove_local_addresses(variables: MutableMapping[str, Any], expressions: Mapping[str, Any]) -> bool:
    """Remove composed addresses of the control node, unless the expression itself has that address.

    :param variables: of a host. :param expressions: those they were composed with, by variable.
    :returns: whether one was removed.
    """
    found = [
        name
        for name in _ADDRESSES
        if name in expressions and (value := variables.get(name)) and is_control_node(str(value)) and str(value) not in str(expressions[name])
    ]
    for name in found:
        del variables[name]
    return bool(found)


def numeric_address(host: str) -> Address | None:
    """The address that a resolver reads from this text without a lookup; None for a name."""
    if ":" in host:
        with suppress(ValueError):
            return unmapped(ipaddress.IPv6Address(host))
    elif _NUMERIC.fullmatch(host):
        with suppress(OSError):
            return ipaddress.IPv4Address(socket.inet_aton(host))
    return None


def _host_part(name: str) -> str:
    """The host of ``user@host:port`` or of a URL, in ASCII and lower case."""
    host = name.strip().rpartition("//")[2].rpartition("@")[2].rstrip("/")
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    host = host.partition("%")[0].strip()
    if not host.isascii():
        # Full-width letters, other full stops and zero-width characters resolve like plain ones.
        with suppress(UnicodeError):
            host = host.encode("idna").decode()
    return host.rstrip(".").lower()
