# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which of the addresses of a machine becomes ``ansible_host``."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import TEXT
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import Test, alike
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.control_node import Address, unmapped

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FAMILIES = {"ipv4": 4, "ipv6": 6}
#: Networks without a single other machine: local, unspecified, multicast and reserved addresses.
_NOT_A_HOST: dict[int, list[Network]] = {
    4: [ipaddress.IPv4Network(net) for net in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4")],
    6: [ipaddress.IPv6Network(net) for net in ("::/96", "ff00::/8")],
}


class Rules(NamedTuple):
    """Which addresses to prefer.

    :ivar families: IP versions in the order of preference; others are never used.
    :ivar prefer: networks in the order of preference. :ivar avoid: networks whose addresses are never used.
    """

    families: Sequence[int]
    prefer: Sequence[_Net]
    avoid: Sequence[_Net]

    @property
    def by_port_group(self) -> bool:
        """Whether a rule names a port group."""
        return any(net.name for net in (*self.prefer, *self.avoid))

    def best(self, primary: str | None, addresses: Iterable[str], port_groups: Mapping[str, str], own: Iterable[str] = ()) -> str | None:
        """The address to use, None where there is none.

        :param primary: the first choice among equals. :param addresses: all of them. :param port_groups: address to port group.
        :param own: addresses of the machine's virtual adapters. Where there are any, other addresses (bridges and tunnels in the guest)
            are used only in preferred networks.
        """
        found = {text: address for text in (primary, *addresses) if text and (address := _reachable(text))}
        mine = {text for text in own if text in found}
        has_own = any(not found[text].is_link_local for text in mine)
        candidates: list[tuple[bool, int, int, int, str]] = []
        for text, address in found.items():
            group = port_groups.get(text, "")
            if address.version not in self.families or any(net.holds(address, group) for net in self.avoid):
                continue
            rank = next((rank for rank, net in enumerate(self.prefer) if net.holds(address, group)), len(self.prefer))
            is_wished = rank < len(self.prefer)
            if has_own and text not in mine and not is_wished:
                continue
            is_last = address.is_link_local and not (is_wished and self.prefer[rank].is_link_local)
            candidates.append((is_last, rank, self.families.index(address.version), len(candidates), str(address)))
        return min(candidates)[-1] if candidates else None


class _Net(NamedTuple):
    """A network in CIDR notation, or a pattern of names of port groups."""

    network: Network | None
    name: Test | None

    @property
    def is_link_local(self) -> bool:
        """Whether it contains only link-local addresses."""
        return self.network is not None and self.network.is_link_local

    def holds(self, address: Address, port_group: str) -> bool:
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        return bool(port_group) and self.name is not None and self.name(port_group)


def rules(families: Any, prefer: Any, avoid: Any) -> Rules:
    """The options ``address_families``, ``prefer_networks`` and ``avoid_networks``, checked.

    :raises InvalidOption: a value cannot be used.
    """
    for family in families or [None]:
        if family not in FAMILIES:
            raise InvalidOption(f"address_families must be {' or '.join(FAMILIES)}, or both in the order of preference (got {family})")
    return Rules([FAMILIES[family] for family in families], _nets("prefer_networks", prefer), _nets("avoid_networks", avoid))


def _nets(option: str, given: Iterable[Any]) -> list[_Net]:
    return [_net(option, one) for one in given or ()]


def _net(option: str, given: Any) -> _Net:
    try:
        return _Net(ipaddress.ip_network(str(given), strict=False), None)
    except ValueError:
        return _Net(None, alike(option, TEXT, given))


def _reachable(text: str) -> Address | None:
    """The address in a text, if it can be that of another machine."""
    try:
        # The zone of an address means something in the guest only, and may be any text.
        address = None if "%" in text else unmapped(ipaddress.ip_address(text))
    except ValueError:
        return None
    return None if address is None or any(address in net for net in _NOT_A_HOST[address.version]) else address
