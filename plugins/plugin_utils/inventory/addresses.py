# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of its addresses a machine is reached at."""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import TEXT
from ansible_collections.estate.vmware.plugins.module_utils.estate.filters import Test, alike
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidOption

FAMILIES = {"ipv4": 4, "ipv6": 6}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Rules(NamedTuple):
    """What makes one address better than another.

    :ivar families: IP versions in the order of preference; others are not used.
    :ivar prefer: and ``avoid``: tests of addresses or of port groups. Avoided addresses are never used.
    """

    families: Sequence[int]
    prefer: Sequence[_Net]
    avoid: Sequence[_Net]

    @property
    def by_port_group(self) -> bool:
        """Whether it matters which port group an address belongs to."""
        return any(net.name for net in (*self.prefer, *self.avoid))

    def best(self, primary: str | None, addresses: Iterable[str], port_groups: Mapping[str, str]) -> str | None:
        """The address to use, None where none is left.

        :param primary: the one that VMware Tools hold for the most important, which wins among equals.
        :param addresses: all of them. :param port_groups: address to name.
        """
        candidates = []
        for text in dict.fromkeys((primary, *addresses) if primary else addresses):
            address = _parsed(text)
            if address is None or address.version not in self.families or address.is_loopback:
                continue
            group = port_groups.get(text, "")
            if any(net.holds(address, group) for net in self.avoid):
                continue
            preferred = next((rank for rank, net in enumerate(self.prefer) if net.holds(address, group)), len(self.prefer))
            candidates.append((preferred, address.is_link_local, self.families.index(address.version), len(candidates), text))
        return min(candidates)[-1] if candidates else None


class _Net(NamedTuple):
    """A network in CIDR notation, or a test of port groups' names."""

    network: Any
    name: Test | None

    def holds(self, address: Address, port_group: str) -> bool:
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        return bool(port_group) and self.name(port_group)


def rules(families: Any, prefer: Any, avoid: Any) -> Rules:
    """The options ``address_families``, ``prefer_networks`` and ``avoid_networks``, checked.

    :raises InvalidOption: one cannot be used.
    """
    for family in families or [None]:
        if family not in FAMILIES:
            raise InvalidOption(f"address_families: {family} is none; name {' and '.join(FAMILIES)} in the order of preference, or one of them")
    return Rules([FAMILIES[family] for family in families], _nets("prefer_networks", prefer), _nets("avoid_networks", avoid))


def _nets(option: str, given: Iterable[Any]) -> list[_Net]:
    return [_net(option, one) for one in given or ()]


def _net(option: str, given: Any) -> _Net:
    try:
        return _Net(ipaddress.ip_network(str(given), strict=False), None)
    except ValueError:
        return _Net(None, alike(option, TEXT, given))


def _parsed(text: str) -> Address | None:
    try:
        # The zone of an address is the guest's own, and may be any text.
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None
