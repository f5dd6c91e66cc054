# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Names and addresses that lead to the control node itself, whatever machine they were read of."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Names that resolvers and files of hosts give to the machine that asks.
_LOCAL_NAME = re.compile(r"localhost[46]?(\.[a-z0-9-]+)*|(.*\.)?localhost(\.localdomain)?|ipv?6-(localhost|loopback)|loopback|_outbound|_localdns(stub|proxy)")
#: Spellings of IPv4 addresses that resolvers take besides four decimal numbers: ``127.1``, ``0x7f.1``, ``2130706433``.
_NUMERIC = re.compile(r"[0-9a-fx]+(\.[0-9a-fx]+){0,3}")
#: Variables by which Ansible connects.
_ADDRESSES = ("ansible_host", "ansible_ssh_host")
#: No option to ssh, no account before it, no template.
_HOST_NAME = re.compile(r"\w[\w.-]*")


def plain(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped one stands for; others as they are."""
    return getattr(address, "ipv4_mapped", None) or address


def leads_here(name: str) -> bool:
    """Whether a connection to this name or address, in any spelling, would end on the machine that makes it."""
    host = _host_part(name)
    if _LOCAL_NAME.fullmatch(host):
        return True
    address = numeric(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def is_host_name(name: str) -> bool:
    """Whether a text is a name to look up, and one that leads elsewhere."""
    return _HOST_NAME.fullmatch(name) is not None and numeric(name) is None and not leads_here(name)


def drop_local(variables: MutableMapping[str, Any], expressions: Mapping[str, Any]) -> bool:
    """Take an address away that leads here, unless the expression that made it says so itself. Returns whether it did.

    :param variables: of a host. :param expressions: that made some of these, by the names of variables.
    """
    found = [
        name
        for name in _ADDRESSES
        if name in expressions and (value := variables.get(name)) and leads_here(str(value)) and str(value) not in str(expressions[name])
    ]
    for name in found:
        del variables[name]
    return bool(found)


def numeric(host: str) -> Address | None:
    """The address that a resolver makes of a text without asking anybody; None for a name."""
    if ":" in host:
        with suppress(ValueError):
            return plain(ipaddress.IPv6Address(host))
    elif _NUMERIC.fullmatch(host):
        with suppress(OSError):
            return ipaddress.IPv4Address(socket.inet_aton(host))
    return None


def _host_part(name: str) -> str:
    """What is looked up of ``user@host:port`` or a URL, as ASCII in lower case."""
    host = name.strip().rpartition("//")[2].rpartition("@")[2].rstrip("/")
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    host = host.partition("%")[0].strip()
    if not host.isascii():
        # Full-width letters, other full stops and characters without width mean what these mean.
        with suppress(UnicodeError):
            host = host.encode("idna").decode()
    return host.rstrip(".").lower()
