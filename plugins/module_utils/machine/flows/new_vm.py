# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Make a VM in one call, out of whatever source: what vmware_vm does with ``state: present`` where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, before_and_after, refusals
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import SPEC, specification as built_specification
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import in_order
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import do, power_on
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import wait
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import ON, REMOVE, Context, WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import Making, attached_disks
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import reconfigure_steps
from ansible_collections.estate.vmware.plugins.module_utils.machine.stored_customization import asks_for_address, completed
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import NewVm, Place, Source
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


def plan(one: WantedVm, source: Source, place: Place, context: Context, stored_specification: Callable[[], Any] | None, is_over: Callable[[], bool]) -> Plan:
    """The steps that make a VM.

    :param stored_specification: makes the customization specification that vCenter has, where the item names one. :param is_over: see NewVm.
    :raises NotPossible: it cannot be as wanted.
    """

    def compare(state: CurrentState) -> Sequence[Change]:
        return differences(one.wanted, state, context.api, context.name_of)

    changes = compare(source.state)
    if lines := refusals(changes, is_on=False):
        raise NotPossible("; ".join(lines))
    later = source.later(changes)
    further = reconfigure_steps(later, "", compare, reads=not source.can_change)
    making = Making(one.name, place.folder, one.options["on_failure"] == REMOVE, attached_disks(changes))
    is_on = one.power == ON
    powers_on = is_on and source.can_power_on and not further
    first = [change for change in changes if change not in later]
    specification = _specification(one, source.state, stored_specification)
    made, *others = source.steps(NewVm(one, place, making, first, powers_on, specification, is_over))
    _before, after = before_and_after(first)
    after = {"path": place.path, **({"source": source.path} if source.path else {}), **after}
    after |= {"power_state": "on"} if powers_on else {}
    kind = {"customization": one.customization.kind} if one.customization else {}
    if source.can_customize:
        after |= kind
    elif one.customization:
        further.append(Step("customize", lambda vm: do(operations.CUSTOMIZE, specification, vm=vm), {}, kind))
    powers = [power_on()] if is_on and not powers_on else []
    steps = [replace(made, before={"path": None}, after={**after, **made.after}), *others, *further, *context.labels.steps(one.options, None, {}), *powers]
    steps = [making.guarded(each) for each in steps]
    if context.waits and is_on:
        steps += [wait(name, seconds, context.events) for name, seconds in one.waits.items()]
    return Plan(steps)


def _specification(one: WantedVm, state: CurrentState, stored_specification: Callable[[], Any] | None) -> Any:
    """The customization, with one entry for each adapter that the VM will have."""
    if one.customization is None:
        return None
    nics = in_order(one.wanted.networks, state.nics, "networks" in one.wanted.exact)
    if one.customization.kind != SPEC or stored_specification is None:
        return built_specification(one.customization, nics)
    spec = stored_specification()
    if missing := asks_for_address(spec, nics):
        raise NotPossible(f"{one.where}.networks[{missing[0]}].address must be set: the specification {one.customization.spec} asks for it")
    return completed(spec, one.customization.hostname, nics)


def check_names(wanted: Sequence[tuple[WantedVm, Place]], taken: Mapping[MoRef, set[str]]) -> None:
    """Check that new VMs have names that are free in their folders.

    :param taken: folder to the names of the VMs in it.
    :raises InvalidOption: they have not; one line for each.
    """
    problems: list[str] = []
    used: dict[str, str] = {}
    for one, place in wanted:
        key = place.path
        if key in used:
            problems.append(f"{one.where}.name: {place.path} is named by {used[key]} already: leave one out, or give it another folder")
        used.setdefault(key, one.where)
        if not place.placement.new_folders and one.name in taken.get(place.placement.folder, ()):
            problems.append(f"{one.where}.name: {place.path} exists and is another VM than folder and datacenter say: check them")
    if problems:
        raise InvalidOption(*problems)
