# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A table of all IP addresses of VMs, each with the VM's host and cluster: those of its adapters, and those that no adapter has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from ipaddress import ip_address
from itertools import groupby
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData

_ADAPTERS = "vm_nics"
_MACHINES = "vms"
_ADAPTER = ("vm", "moid", "label", "mac", "network", "vlan", "switch", "connected", "ipv4", "ipv6")
_MACHINE = ("name", "moid", "host", "cluster", "ip_addresses", "ip_address", "adapter_addresses")
#: Fields of VMs that have addresses, and those of adapters; of each, whether it is a list.
_OF_MACHINES = {"ip_addresses": True, "ip_address": False}
_OF_ADAPTERS = {"ipv4": True, "ipv6": True}
_COUNT = "sum(ifnull(json_array_length(ipv4), 0) + ifnull(json_array_length(ipv6), 0))"

#: Greater than the number of any address.
_NO_NUMBER = 1 << 128

#: How a scan sorts text: unknown first, capitals as small letters in ASCII alone, then byte by byte.
_CAPITALS = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


def address_rows(data: ReportData) -> Iterator[dict[str, Any]]:
    """A row an address, by source, VM and address; sources whose adapters were not read have none."""
    for scan in data.scans:
        if _ADAPTERS not in scan.counts:
            continue
        for _vm, group in groupby(merge(_by_vm(scan, _MACHINES, _MACHINE), _by_vm(scan, _ADAPTERS, _ADAPTER), key=_key), _key):
            rows = [row for _order, row in group]
            machine = next((row for row in rows if "name" in row), {})
            place = {"source": scan.head.source, "host": machine.get("host"), "cluster": machine.get("cluster")}
            hidden = machine.get("adapter_addresses") if _ADAPTERS in scan.left_out else None
            found = _addresses(machine, [row for row in rows if "vm" in row], hidden or ())
            for row in sorted(found, key=lambda row: row["order"]):
                yield {**row, **place}


def address_count(data: ReportData) -> int:
    """How many rows these are."""
    return sum((scan.value(_ADAPTERS, _COUNT) or 0) + _count_of_rest(scan) for scan in data.scans if _ADAPTERS in scan.counts)


def _addresses(machine: Mapping[str, Any], adapters: Sequence[dict[str, Any]], hidden: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Those of adapters, then the others of the VM, without ``hidden``: those of adapters that filters leave out."""
    rest = dict.fromkeys(machine.get("ip_addresses") or ())
    if machine.get("ip_address"):
        rest[machine["ip_address"]] = None
    for address in hidden:
        rest.pop(address, None)
    for row in adapters:
        for family, addresses in (("IPv4", row.pop("ipv4")), ("IPv6", row.pop("ipv6"))):
            for address in addresses or ():
                rest.pop(address, None)
                yield _row(row, address, family)
    for address in rest:
        yield _row({"vm": machine["name"], "moid": machine["moid"]}, address, _family(address))


def _family(address: str) -> str | None:
    """IPv4 or IPv6; a pseudonym of an address has no family."""
    if ":" in address:
        return "IPv6"
    return "IPv4" if _number(address) < _NO_NUMBER else None


def _row(row: Mapping[str, Any], address: str, family: str | None) -> dict[str, Any]:
    return {**row, "ip": address, "family": family, "order": (family is None, family, _number(address), address)}


def _count_of_rest(scan: Scan) -> int:
    """How many addresses no adapter has, computed by SQL: the same as counting rows, without reading the tables."""
    fields, own = scan.fields(_MACHINES), scan.fields(_ADAPTERS)
    known = [_set(_MACHINES, field, listed) for field, listed in _OF_MACHINES.items() if field in fields]
    of_adapters = [_set(_ADAPTERS, field, listed) for field, listed in _OF_ADAPTERS.items() if field in own]
    if _ADAPTERS in scan.left_out and "adapter_addresses" in fields:
        of_adapters.append(_set(_MACHINES, "adapter_addresses", True))
    if not known:
        return 0
    everything = " EXCEPT ".join([f"SELECT * FROM ({' UNION '.join(known)})", *of_adapters])
    return scan.value(_MACHINES, f"(SELECT count(*) FROM ({everything}))") or 0


def _set(section: str, field: str, listed: bool) -> str:
    """SQL of VMs and their addresses by a field."""
    if listed:
        return f'SELECT "{section}".moid, listed.value FROM "{section}", json_each("{section}"."{field}") AS listed'
    return f"""SELECT moid, "{field}" FROM "{section}" WHERE "{field}" <> ''"""


def _number(address: str) -> int:
    """A number to sort an address by; a text that is no address comes last."""
    try:
        return int(ip_address(address.partition("%")[0]))
    except ValueError:
        return _NO_NUMBER


_Key = tuple[tuple[bool, bytes], tuple[bool, bytes]]


def _by_vm(scan: Scan, section: str, fields: Sequence[str]) -> Iterator[tuple[_Key, dict[str, Any]]]:
    """Rows as a scan sorts them, each with the name and the id of its VM, which are its first two fields, as sort key."""
    for row in scan.rows(section, fields, order_by=fields[:2]):
        yield (_order(row[0]), _order(row[1])), dict(zip(fields, row))


def _key(keyed: tuple[_Key, dict[str, Any]]) -> _Key:
    return keyed[0]


def _order(text: str | None) -> tuple[bool, bytes]:
    return text is not None, (text or "").translate(_CAPITALS).encode(errors="surrogatepass")
