# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Change a VM that is there until it is as wanted: what vmware_vm does with ``state: present`` where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, needs_power_off, refusals
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CHANGE_VERSION, CurrentState, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import CONNECTION_STATE, NotPossible, check_reachable
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import do, move, power_off, power_on, rename, shut_down, with_power
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import PATHS as GUEST_PATHS, is_reached, wait
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import OFF, ON, Context, WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF as POWERED_OFF, ON as POWERED_ON, POWER_STATE
from ansible_collections.estate.vmware.plugins.module_utils.machine.placement import Placement
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import DATASTORE, Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import reconfigure_steps
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import QUESTION, tools_run
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

_HOST, _POOL, _DATASTORES = "runtime.host", "resourcePool", "datastore"
#: What is read of VMs beside what a comparison needs.
PATHS = (CONNECTION_STATE, QUESTION, _HOST, _POOL, _DATASTORES, *GUEST_PATHS)


class Target(NamedTuple):
    """Where an existing VM is to be moved. :ivar given: the option ``placement``."""

    placement: Placement
    given: Mapping[str, Any]


def plan(one: WantedVm, vm: Vm, properties: Mapping[str, Any], target: Target | None, places: Places, context: Context) -> Plan:
    """The steps that change a VM.

    :param target: None to leave it where it is.
    :raises NotPossible: it cannot be as wanted.
    """
    current, state = current_state(properties), properties.get(POWER_STATE, "")

    def compare(now: CurrentState) -> Sequence[Change]:
        return differences(one.wanted, now, context.api, context.name_of)

    changes = compare(current)
    goes_off = one.power == OFF and state != POWERED_OFF
    if lines := refusals(changes, current.is_on and not goes_off, one.wanted.power_cycle):
        raise NotPossible("; ".join(lines))
    cycles = needs_power_off(changes) and current.is_on and not goes_off
    steps: list[Step] = []
    if goes_off or (cycles and (one.wanted.power_cycle == "hard" or state != POWERED_ON)):
        steps.append(power_off(state))
    elif cycles:
        if not tools_run(properties):
            raise NotPossible("VMware Tools do not run in its guest, so it cannot be shut down: set power_cycle to hard, or start VMware Tools")
        steps.append(shut_down(one.grace, "set power_cycle to hard"))
    # What powering it off changes is compared again.
    steps += reconfigure_steps(changes, "" if steps else properties.get(CHANGE_VERSION, ""), compare)
    name = one.options.get("rename")
    if name and name != vm.name:
        steps.append(rename(vm, name))
    if target:
        steps += _relocate(target, vm, properties, places)
    steps += context.labels.steps(one.options, vm.ref, properties)
    if cycles:
        steps[1:] = [with_power(step) for step in steps[1:]]
    turns_on = one.power == ON and state != POWERED_ON
    if turns_on or cycles:
        steps.append(with_power(power_on(), is_last=True) if cycles else power_on(state))
    if steps:
        check_reachable(properties)
    if vm.is_template and (turns_on or goes_off):
        raise NotPossible("it is a template, which has no power: convert it to a VM first")
    if context.waits and (one.power == ON or state == POWERED_ON):
        is_new = turns_on or cycles
        steps += [wait(name, seconds) for name, seconds in one.waits.items() if is_new or not is_reached(name, properties)]
    return Plan(steps)


def _relocate(target: Target, vm: Vm, properties: Mapping[str, Any], places: Places) -> list[Step]:
    placement, given = target
    host, pool = properties.get(_HOST), properties.get(_POOL)
    datastores = properties.get(_DATASTORES) or ()
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    location = vim_type("VirtualMachineRelocateSpec")()

    def to(name: str, ref: MoRef | None, old: MoRef | None) -> None:
        if ref:
            setattr(location, name, vim_type(ref.type)(ref.moid))
            before[name], after[name] = places.path(old) if old else None, places.path(ref)

    leaves = bool(placement.compute and host and places.compute(host) != placement.compute)
    if given.get("host") and placement.host != host or leaves:
        to("host", placement.host, host)
    if leaves or (given.get("resource_pool") and placement.pool != pool):
        to("pool", placement.pool, pool)
    # It stays on any datastore of a datastore cluster.
    suitable = places.inside(DATASTORE, placement.pod) if placement.pod else [placement.datastore]
    if placement.datastore and not any(ref in datastores for ref in suitable):
        to("datastore", placement.datastore, next(iter(datastores), None))
    steps = []
    if after:
        steps.append(Step("relocate", lambda ref: do(operations.RELOCATE, location, "defaultPriority", vm=ref), before, after))
    if given.get("folder") and placement.folder != vm.parent:
        steps.append(move(vm, placement.folder, places))
    return steps
