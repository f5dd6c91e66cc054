# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The networks and datastores that the devices of items of vmware_vm name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import NetworkBacking
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.disks import WantedDisk, with_datastores
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import with_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.network_backings import backing_of, read_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import DATASTORE, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import Wanted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


class Backings:
    """Finds them, for all items with few reads: first :meth:`add` each item, then :meth:`read`.

    :param problems: gets a line for each that does not exist, is not clear, or is not there for the VM.
    """

    def __init__(self, session: Session, places: Places, problems: list[str]) -> None:
        self._session = session
        self._places = places
        self._problems = problems
        self._added: dict[tuple[int, MoRef | None], tuple[WantedVm, Sequence[WantedDisk], dict[str, MoRef]]] = {}

    def add(self, one: WantedVm, scope: MoRef | None, datacenter: MoRef | None, target: MoRef | None = None) -> None:
        """Look up what an item names.

        :param scope: distinguishes several look-ups for an item: the datacenter of existing VMs, None for a new one.
        :param datacenter: to look in. :param target: host or cluster that must have them.
        """
        self._added[id(one), scope] = one, self._disks(one, datacenter, target), self._networks(one, datacenter, target)

    def read(self) -> dict[tuple[int, MoRef | None], Wanted]:
        """The id of each item, and the scope, to what its VMs shall be, with their networks and datastores.

        :raises VsphereError: networks cannot be read.
        """
        refs = {ref for _one, _disks, networks in self._added.values() for ref in networks.values()}
        backings = read_backings(self._session, refs) if refs else {}
        ready = {}
        for key, (one, disks, networks) in self._added.items():
            try:
                known = {option: backing_of(option, ref, backings) for option, ref in networks.items()}
            except InvalidOption as error:
                self._problems += error.lines
                continue
            # What was not found has its line already.
            nics = [nic for nic in one.wanted.networks if not nic.network or f"{nic.option}.network" in known]
            ready[key] = replace(one.wanted, disks=tuple(disks), networks=with_backings(nics, partial(_known, known)))
        return ready

    def _networks(self, one: WantedVm, datacenter: MoRef | None, target: MoRef | None) -> dict[str, MoRef]:
        """Option to network."""
        found = {}
        for nic in one.wanted.networks:
            option = f"{nic.option}.network"
            try:
                if nic.network:
                    found[option] = self._places.find(option, NETWORK, nic.network, datacenter)
                    if target:
                        self._places.check_reach(option, found[option], target)
            except InvalidOption as error:
                self._problems += error.lines
        return found

    def _disks(self, one: WantedVm, datacenter: MoRef | None, target: MoRef | None) -> Sequence[WantedDisk]:
        """The disks of an item with their datastores."""

        def find(option: str, written: str) -> tuple[MoRef | None, str]:
            try:
                found = self._places.find(option, DATASTORE, written, datacenter)
                if target:
                    self._places.check_reach(option, found, target)
                return found, self._places.name(found)
            except InvalidOption as error:
                self._problems += error.lines
                return None, written

        return with_datastores(one.wanted.disks, find)


def names_any(one: WantedVm) -> bool:
    """Whether an item names networks or datastores: else places need not be read for it."""
    return any(nic.network for nic in one.wanted.networks) or any(disk.datastore for disk in one.wanted.disks)


def _known(backings: Mapping[str, NetworkBacking], option: str, _name: str) -> NetworkBacking:
    return backings[option]
