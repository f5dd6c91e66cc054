# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Network adapters. They are matched by the MAC address given, the others in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import AddDevice, Change, EditDevice, RemoveDevice
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.cdroms import connection
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.controllers import NewKeys
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import GENERATED, MANUAL, Connectable, NetworkBacking, Nic
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.addresses import ADDRESSES, INTERFACES
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import FLAG, MAC, TEXT, TEXTS
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option

_ADAPTERS = {"vmxnet3": "VirtualVmxnet3", "e1000": "VirtualE1000", "e1000e": "VirtualE1000e"}
ADAPTER = Option("adapter", TEXT, "Its type; a new adapter is vmxnet3", words=_ADAPTERS)
#: Options that customization alone uses.
ADDRESS_OPTIONS = (
    Option("address", INTERFACES, "Addresses with their prefix, such as 10.0.0.5/24, or dhcp; used by customization"),
    Option("gateway", ADDRESSES, "Gateways; used by customization"),
    Option("dns", ADDRESSES, "DNS servers; used by customization"),
    Option("search", TEXTS, "DNS search domains; used by customization", bounds=(1, 255)),
)
NETWORK_OPTIONS = (
    Option("network", TEXT, "Name or path of its network: a port group, a distributed port group or an opaque network", bounds=(1, 4000), path="backing"),
    ADAPTER,
    Option("mac", MAC, "MAC address; without one the server generates it", path="macAddress"),
    Option("connected", FLAG, "Is connected while the VM runs", path="connectable.connected"),
    Option("start_connected", FLAG, "Connects when the VM powers on; by default the same as connected", path="connectable.startConnected"),
    *ADDRESS_OPTIONS,
)
#: How the network of an adapter is called in diffs; None if unknown.
NameOf = Callable[[NetworkBacking], "str | None"]


@dataclass(frozen=True)
class WantedNic:
    """An item of ``networks``; None for what is left as it is.

    :ivar option: as the user wrote it. :ivar adapter: vSphere's type. :ivar network: name or path.
    :ivar backing: the network itself, once it is found, see :func:`with_backings`.
    """

    option: str
    network: str | None = None
    adapter: str | None = None
    mac: str | None = None
    connected: bool | None = None
    start_connected: bool | None = None
    address: tuple[str, ...] = ()
    gateway: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    backing: NetworkBacking | None = None

    @property
    def starts(self) -> bool | None:
        """Whether it connects when the VM powers on; None to leave it."""
        return self.connected if self.start_connected is None else self.start_connected


def with_backings(wanted: Sequence[WantedNic], find: Callable[[str, str], NetworkBacking]) -> tuple[WantedNic, ...]:
    """The adapters with their networks found.

    :param find: called with the option as the user wrote it and the name of the network.
    """
    return tuple(replace(nic, backing=find(f"{nic.option}.network", nic.network)) if nic.network else nic for nic in wanted)


def matched(wanted: Sequence[WantedNic], current: Sequence[Nic]) -> tuple[list[Nic | None], list[Nic]]:
    """The adapter that is there for each one wanted, None for a new one; and those that nothing is said of."""
    left = list(current)
    found: list[Nic | None] = []
    for nic in wanted:
        same = next((known for known in left if nic.mac and known.mac == nic.mac), None)
        found.append(same)
        if same:
            left.remove(same)
    for number, known in enumerate(found):
        if known is None and left:
            found[number] = left.pop(0)
    return found, left


def in_order(wanted: Sequence[WantedNic], current: Sequence[Nic], is_exact: bool) -> list[WantedNic | None]:
    """What is wanted of each adapter that the VM will have, in the order of their keys; None for one that nothing is said of."""
    found, left = matched(wanted, current)
    by_key = {known.key: nic for nic, known in zip(wanted, found) if known}
    removed = {nic.key for nic in left} if is_exact else set()
    new = [nic for nic, known in zip(wanted, found) if known is None]
    return [*(by_key.get(nic.key) for nic in current if nic.key not in removed), *new]


def network_changes(wanted: tuple[WantedNic, ...], exact: str, current: CurrentState, keys: NewKeys, name_of: NameOf) -> Iterator[Change]:
    """What is to be done about the adapters.

    :param exact: the option, as the user wrote it, by which adapters that nothing is said of are removed; empty to keep them.
    """
    found, left = matched(wanted, current.nics)
    for number, (nic, known) in enumerate(zip(wanted, found)):
        where = f"networks.{number}"
        yield from [_addition(where, nic, keys)] if known is None else _edits(where, nic, known, current.is_on, name_of)
    numbers = {nic.key: number for number, nic in enumerate(current.nics)}
    for other in left:
        where = f"networks.{other.mac or numbers[other.key]}"
        if exact:
            yield Change(where, exact, _shown(other, name_of), None, RemoveDevice(other))
        elif other.is_copied:
            yield _new_address(where, "networks", other)


def _addition(where: str, wanted: WantedNic, keys: NewKeys) -> Change:
    if wanted.backing is None:
        return Change(where, wanted.option, None, wanted.network, None, refused="a new adapter needs a network: give network")
    connectable = Connectable(wanted.connected is not False, wanted.starts is not False)
    nic = Nic(keys.next(), wanted.adapter or _ADAPTERS["vmxnet3"], wanted.mac, MANUAL if wanted.mac else GENERATED, wanted.backing, connectable)
    return Change(where, wanted.option, None, _shown(nic, lambda _backing: wanted.network), AddDevice(nic))


def _edits(where: str, wanted: WantedNic, found: Nic, is_on: bool, name_of: NameOf) -> Iterator[Change]:
    if wanted.adapter and wanted.adapter != found.adapter:
        before = ADAPTER.shown(found.adapter)
        reason = f"the adapter is {before}, and never changes its type: leave adapter out, or remove it first"
        yield Change(f"{where}.adapter", f"{wanted.option}.adapter", before, ADAPTER.shown(wanted.adapter), None, refused=reason)
    if wanted.backing and not (found.network and found.network.is_same(wanted.backing)):
        edit = EditDevice(found, {"network": wanted.backing})
        yield Change(f"{where}.network", f"{wanted.option}.network", _name(found, name_of), wanted.network, edit)
    if wanted.mac and wanted.mac != found.mac:
        edit = EditDevice(found, {"mac": wanted.mac, "address_type": MANUAL})
        yield Change(f"{where}.mac", f"{wanted.option}.mac", found.mac, wanted.mac, edit, "a MAC address changes while it is off")
    elif found.is_copied and not wanted.mac:
        yield _new_address(where, wanted.option, found)
    changed = connection(found.connectable, wanted.connected, wanted.starts, is_on)
    for name in ("connected", "start_connected"):
        before, after = getattr(found.connectable, name), getattr(changed, name)
        if before != after:
            yield Change(f"{where}.{name}", f"{wanted.option}.{name}", before, after, EditDevice(found, {"connectable": changed}))


def _new_address(where: str, option: str, nic: Nic) -> Change:
    return Change(f"{where}.mac", option, "that of the source", "generated", EditDevice(nic, {"mac": None, "address_type": GENERATED}))


def _name(nic: Nic, name_of: NameOf) -> str | None:
    return (name_of(nic.network) or nic.network.name) if nic.network else None


def _shown(nic: Nic, name_of: NameOf) -> dict[str, Any]:
    found = {"network": _name(nic, name_of), "adapter": ADAPTER.shown(nic.adapter), "mac": nic.mac}
    return {name: value for name, value in found.items() if value is not None}
