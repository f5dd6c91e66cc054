# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every IP address of every VM, from its adapters, with the place of the VM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from itertools import groupby
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import Scan

_ADAPTER = ("vm", "moid", "label", "mac", "network", "vlan", "switch", "connected", "ipv4", "ipv6")
_PLACE = ("name", "moid", "host", "cluster")
_COUNT = "sum(ifnull(json_array_length(ipv4), 0) + ifnull(json_array_length(ipv6), 0))"

#: How a scan sorts text: unknown first, capitals as small letters in ASCII alone, then byte by byte.
_CAPITALS = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


def address_rows(scans: Sequence[Scan], labels: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A row each address, by source, VM and address."""
    for scan in scans:
        places = _Places(scan)
        for identity, adapters in groupby(scan.rows("vm_nics", _ADAPTER, order_by=("vm", "moid")), lambda row: row[:2]):
            host, cluster = places.of(*identity)
            for row in sorted(_addresses(adapters), key=lambda row: row["order"]):
                yield {**row, "source": scan.head.source, "host": host, "cluster": cluster}


def address_count(scans: Sequence[Scan]) -> int:
    """How many rows these are."""
    return sum(scan.value("vm_nics", _COUNT) or 0 for scan in scans)


def _addresses(adapters: Iterator[tuple]) -> Iterator[dict[str, Any]]:
    for adapter in adapters:
        row = dict(zip(_ADAPTER, adapter))
        for family, addresses in (("IPv4", row.pop("ipv4")), ("IPv6", row.pop("ipv6"))):
            for address in addresses or ():
                yield {**row, "ip": address, "family": family, "order": (family, _number(address), address)}


def _number(address: str) -> int:
    """A number to sort an address by; what is none comes last."""
    try:
        return int(ip_address(address.partition("%")[0]))
    except ValueError:
        return 1 << 128


class _Places:
    """Host and cluster of VMs that are asked for in the order of their names: two sorted tables, read side by side."""

    def __init__(self, scan: Scan) -> None:
        self._rows = scan.rows("vms", _PLACE, order_by=("name", "moid"))
        self._row = next(self._rows, None)

    def of(self, name: str | None, moid: str | None) -> tuple[str | None, str | None]:
        wanted = (_order(name), _order(moid))
        while self._row is not None and (here := (_order(self._row[0]), _order(self._row[1]))) <= wanted:
            if here == wanted:
                return self._row[2], self._row[3]
            self._row = next(self._rows, None)
        return None, None


def _order(text: str | None) -> tuple[bool, bytes]:
    return text is not None, (text or "").translate(_CAPITALS).encode(errors="surrogatepass")
