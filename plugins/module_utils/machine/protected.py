# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""VMs that must not be changed, stopped or removed, found before the first change.

VMs of the option ``protected`` and system VMs are not changed at all. The VMs of vCenter Servers are not stopped, reverted or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import system_vms
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE
from ansible_collections.estate.vmware.plugins.module_utils.machine.harm import check_amount, destroys, stops_or_destroys
from ansible_collections.estate.vmware.plugins.module_utils.machine.own_vm import GUEST_PATHS, GUEST_SHAPES, Endpoints, addresses_of, server_names
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import listed
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef

_SECTION = "vms"
_PAGE_SIZE = 1000
#: Names and addresses in a message.
_MOST_NAMED = 6
#: Properties of a VM that tell whether it is a system VM or that of a vCenter.
SAFETY_PATHS = (*GUEST_PATHS, system_vms.MANAGED_BY, system_vms.FT_ROLE)
SAFETY_SHAPES: dict[str, Any] = {**GUEST_SHAPES, **system_vms.SHAPES}


def protected_filters(given: Sequence[Any]) -> dict[str, Any]:
    """The option ``protected``: what messages call each filter, to the filter.

    :raises InvalidOption: a filter cannot be used; one line for each.
    """
    if not given:
        return {}
    # Only where there are filters, see identity.py.
    from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
    from ansible_collections.estate.vmware.plugins.module_utils.machine.filtered_objects import live_filter

    filters = live_filter("protected", _SECTION, given).include
    return {f"protected[{number}]": RowFilter(_SECTION, (one,)) for number, one in enumerate(filters)}


class Guard:
    """Checks what a call is about to do, before it does anything.

    :param filters: see :func:`protected_filters`. :param servers: names or addresses of further vCenter Servers.
    :param at_most: the option. :param warn: takes a message.
    """

    def __init__(
        self,
        session: Session,
        connection: Connection,
        filters: Mapping[str, Any],
        servers: Sequence[str],
        at_most: int | None,
        warn: Callable[[str], object],
    ) -> None:
        self._session = session
        self._connection = connection
        self._filters = filters
        self._servers = servers
        self._at_most = at_most
        self._warn = warn

    def check(self, planned: Sequence[PlannedVm]) -> set[MoRef]:
        """The VMs that are protected and were chosen by filters: leave them out.

        :raises InvalidOption: a VM that is named itself is protected, or the call would take away more than it may; one line for each.
        :raises VsphereError: VMs cannot be read.
        """
        existing = {vm.ref: vm for vm in planned if vm.ref and vm.plan.changed and not vm.error}
        system = {ref: f"a system VM, {role}" for ref, vm in existing.items() if (role := _system_role(vm))}
        reasons = {**self._harmed(existing.values()), **system, **self._filtered(existing.keys())}
        problems = [
            f"{existing[ref].where}: {existing[ref].path} is protected ({why}): leave it out" for ref, why in reasons.items() if not existing[ref].is_chosen
        ]
        try:
            check_amount((action for vm in planned if vm.ref not in reasons and not vm.error for action in vm.plan.actions), self._at_most)
        except InvalidOption as error:
            problems += error.lines
        if problems:
            raise InvalidOption(*problems)
        if reasons:
            left_out = listed([existing[ref].path for ref in reasons])
            self._warn(f"{len(reasons)} {'VMs are' if len(reasons) > 1 else 'VM is'} left out because of protection: {left_out}")
        return set(reasons)

    def _filtered(self, refs: Collection[MoRef]) -> dict[MoRef, str]:
        """VM to the filter that protects it."""
        if not refs or not self._filters:
            return {}
        from ansible_collections.estate.vmware.plugins.module_utils.machine.filtered_objects import kept_by

        kept = kept_by(self._session, self._connection, self._filters, keeps_unreadable=True)
        return {ref: name for name, moids in kept.items() for ref in (MoRef(MACHINE, moid) for moid in moids) if ref in refs}

    def _harmed(self, planned: Iterable[PlannedVm]) -> dict[MoRef, str]:
        """VM that is to be stopped or removed, or to lose devices, and must not be, to the reason."""
        harmed = [vm for vm in planned if stops_or_destroys(vm.plan.actions) or any(step.takes_devices for step in vm.plan.steps)]
        if not harmed:
            return {}
        endpoints = self._endpoints()
        if self._session.is_vcenter and any(destroys(vm.plan.actions) for vm in harmed):
            self._look_for_own_vm(endpoints)
        return {vm.ref: f"the VM of the vCenter or ESXi host {called}" for vm in harmed if vm.ref and (called := endpoints.matches(vm.properties))}

    def _endpoints(self) -> Endpoints:
        """Of the vCenter of the session, and of those that the option names."""
        own = [self._connection.host, *server_names(self._session)] if self._session.is_vcenter else []
        return Endpoints.of([*own, *self._servers], addresses_of(self._connection.limits()))

    def _look_for_own_vm(self, endpoints: Endpoints) -> None:
        def attempt() -> bool:
            pages = retrieve(self._session, {MACHINE: GUEST_PATHS}, {EVERY_TYPE: GUEST_SHAPES}, _PAGE_SIZE)
            return any(endpoints.matches(item.properties) for page in pages for item in page)

        if not self._session.call_with_retries(attempt):
            known = ", ".join(sorted(endpoints.names | endpoints.addresses)[:_MOST_NAMED])
            self._warn(f"no VM has a name or address of this vCenter ({known}): if it runs in one of its own VMs, name that VM in protected")


def _system_role(vm: PlannedVm) -> str | None:
    """What a VM does for vSphere or a product; None for a VM of people."""
    get = vm.properties.get
    return system_vms.role(get(system_vms.MANAGED_BY), get(system_vms.FT_ROLE), vm.outcome.name)
