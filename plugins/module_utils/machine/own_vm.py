# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The VM that a vCenter Server runs in, known by its addresses and names."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import short_text

#: Properties of a VM that hold addresses and names of its guest.
HOST_NAME, ADDRESS, ADAPTERS = GUEST_PATHS = ("guest.hostName", "guest.ipAddress", "guest.net")
GUEST_SHAPES: dict[str, Any] = {HOST_NAME: short_text, ADDRESS: short_text, ADAPTERS: [{"ipAddress": [short_text]}]}
#: Settings of a vCenter Server that hold its names and addresses: a subtree, and one more.
_SETTINGS = ("VirtualCenter.", "config.vpxd.hostnameUrl")
_NAMES = frozenset({"VirtualCenter.FQDN", "VirtualCenter.InstanceName", "VirtualCenter.ManagedIP", "VirtualCenter.VimApiUrl", _SETTINGS[1]})
_OPTION = {"key": short_text, "value": str}
#: A name that every machine may have.
_COMMON_NAME = "localhost"
#: Seconds for which the addresses of one name are looked up.
_PATIENCE = 5.0


@dataclass(frozen=True)
class Endpoints:
    """Names and addresses of vCenter Servers, in the form in which :func:`matches` compares them."""

    names: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, given: Iterable[str], resolve: Callable[[str], Iterable[str]] = lambda name: ()) -> Endpoints:
        """Those of some host names, addresses or URLs.

        :param resolve: looks up the addresses of a name.
        """
        names: set[str] = set()
        addresses: set[str] = set()
        for text in filter(None, map(_host, given)):
            if address := _address(text):
                addresses.add(address)
                continue
            names.add(_name(text))
            addresses.update(map(_address, resolve(text)))
        return cls(frozenset(name for name in names if not name.startswith(_COMMON_NAME)), frozenset(filter(None, addresses)))

    def matches(self, properties: Mapping[str, Any]) -> str:
        """The name or address of these that the guest of a VM has; empty for none.

        :param properties: of the VM: those of :data:`GUEST_PATHS`, as far as they are set.
        """
        host = _name(properties.get(HOST_NAME) or "")
        # A guest may know itself by its short name alone.
        if host and (host in self.names or host in {name.partition(".")[0] for name in self.names}):
            return host
        return next((address for address in map(_address, _addresses(properties)) if address in self.addresses), "")


def addresses_of(limits: TimeLimits) -> Callable[[str], list[str]]:
    """A function that looks up the addresses of a name; none where that fails or takes too long."""

    def resolve(name: str) -> list[str]:
        with suppress(OSError, UnicodeError):
            return [str(found[4][0]) for found in limits.call(socket.getaddrinfo, name, None, until=time.monotonic() + _PATIENCE)]
        return []

    return resolve


def server_names(session: Session) -> list[str]:
    """The names and addresses that a vCenter Server has in its settings; none where it does not say them."""
    found: list[str] = []
    for name in _SETTINGS if session.is_vcenter else ():
        with suppress(VsphereError):
            options = session.call_with_retries(partial(_query, session, name))
            found += [item["value"] for item in options or () if item.get("key") in _NAMES and item.get("value")]
    return found


def _query(session: Session, name: str) -> Any:
    # pyVmomi's name of QueryOptions.
    return session.invoke(session.manager("setting"), "QueryView", name, shape=[_OPTION])


def _addresses(properties: Mapping[str, Any]) -> Iterator[str]:
    yield properties.get(ADDRESS) or ""
    for adapter in properties.get(ADAPTERS) or ():
        yield from adapter.get("ipAddress") or ()


def _host(given: str) -> str:
    """The host of a name, an address or a URL."""
    text = str(given).strip()
    if _address(text):
        return text
    with suppress(ValueError):
        return urlsplit(text if "://" in text else f"//{text}").hostname or ""
    return ""


def _name(text: str) -> str:
    return text.strip().rstrip(".").casefold()


def _address(text: str) -> str:
    """An IP address in its one usual form; empty for anything else."""
    with suppress(ValueError):
        return str(ipaddress.ip_address(text.partition("%")[0].partition("/")[0]))
    return ""
