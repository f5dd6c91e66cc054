# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The VMs that items name, looked up and read: where modules begin that change VMs which exist."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import unread
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, Identity, identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.protected import SAFETY_PATHS
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import question
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

CONNECTION_STATE, CONNECTED = "runtime.connectionState", "connected"


class NotPossible(EstateError):
    """The VM is in a state in which it cannot be changed as wanted. The message says which, and what to do."""

    kind = "refused"


def check_reachable(properties: Mapping[str, Any], allowed: Collection[str] = (CONNECTED,), otherwise: str = "") -> None:
    """Check that the host and the files of a VM can be reached, and that no question keeps it waiting.

    :param allowed: states of ``runtime.connectionState``. :param otherwise: what else helps, for the message.
    :raises NotPossible: they cannot. :raises VmAsks: it waits for an answer, and would let every change wait.
    """
    connection = properties.get(CONNECTION_STATE, CONNECTED)
    if connection not in allowed:
        raise NotPossible(f"it is {connection}: its host or its files cannot be reached; bring them back first{otherwise}")
    asked = question(properties)
    if asked:
        raise asked


def identities_of(items: Sequence[Item], problems: list[str], with_filters: bool = True) -> list[Identity]:
    """What the items call their VMs.

    :param problems: gets a line for each item whose name cannot be used. :param with_filters: whether filters may name VMs.
    """
    found = []
    for item in items:
        try:
            found.append(identity(item.where, item.options, with_filters))
        except InvalidOption as error:
            problems += error.lines
    return found


def unplanned(where: str, vm: Vm, is_chosen: bool = False) -> PlannedVm:
    """A VM that exists, without a plan.

    :param where: its item. :param is_chosen: by filters.
    """
    return PlannedVm(where, is_chosen, vm.ref, VmOutcome(vm.name, vm.path, vm.ref.moid, vm.instance_uuid, vm.bios_uuid))


def set_plan(one: PlannedVm, current: Mapping[MoRef, ManagedObject], make: Callable[[Mapping[str, Any]], Plan]) -> None:
    """Plan the work on a VM or host; why there is no plan becomes its error.

    :param current: what was read of all of them. :param make: makes the plan, given its properties.
    """
    found = current.get(one.ref) if one.ref else None
    try:
        if found is None:
            raise NotPossible(f"it {unread(found)}")
        one.properties = found.properties
        one.plan = make(one.properties)
    except EstateError as error:
        one.error = error


class ExistingVmsFlow(Flow):
    """A flow that plans each VM by itself.

    :cvar paths: properties of VMs that plans need.
    """

    paths: Sequence[str] = ()

    def __init__(self, items: Sequence[Item], options: Mapping[str, Any]) -> None:
        super().__init__(items, options)
        problems: list[str] = []
        self._identities = identities_of(items, problems)
        self.check(problems)
        if problems:
            raise InvalidOption(*problems)

    def check(self, problems: list[str]) -> None:
        """Check the items and options. :param problems: gets a line for everything that is wrong."""

    def found(self, lookup: VmLookup) -> list[list[Vm]]:
        """The VMs of each item.

        :raises InvalidOption: an item names no VM, or several; one line for each. :raises VsphereError: VMs cannot be read.
        """
        return lookup.require(self._identities)

    @abstractmethod
    def plan(self, item: Item, vm: Vm, properties: Mapping[str, Any]) -> Plan:
        """What to do to a VM.

        :param properties: those of ``paths`` that are set.
        :raises EstateError: nothing can be done to it, for this reason; other VMs are not affected.
        """

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        lookup = VmLookup(session, connection, (*self.paths, *SAFETY_PATHS))
        found = self.found(lookup)
        current = lookup.current(vm.ref for vms in found for vm in vms)
        planned = []
        for item, named, vms in zip(self.items, self._identities, found):
            for vm in vms:
                one = unplanned(item.where, vm, named.by == FILTERS)
                set_plan(one, current, partial(self.plan, item, vm))
                planned.append(one)
        return planned
