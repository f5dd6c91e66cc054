# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Power VMs on and off: what vmware_vm_power does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.options import collect_problems, in_range
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import POWER
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import ExistingVmsFlow, NotPossible, check_reachable
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import do, shut_down
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, ON, POWER_STATE, SAID, SUSPENDED, Operation
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import tools_run


class PowerState(NamedTuple):
    """What the option ``state`` may be.

    :ivar action: see plan.Step. :ivar after: power state that it ends in. :ivar begins: power states that it can begin in.
    :ivar repeats: it acts also on a VM in that state. :ivar asks_guest: it needs running VMware Tools.
    """

    action: str
    operation: Operation
    after: str
    begins: frozenset[str]
    repeats: bool = False
    asks_guest: bool = False


_RUNS = frozenset({ON})
STATES: dict[str, PowerState] = {
    "on": PowerState("power_on", operations.POWER_ON, ON, frozenset({OFF, SUSPENDED})),
    "off": PowerState("power_off", operations.POWER_OFF, OFF, frozenset({ON, SUSPENDED})),
    "shut_down": PowerState("shut_down", operations.SHUT_DOWN, OFF, _RUNS, asks_guest=True),
    "suspended": PowerState("suspend", operations.SUSPEND, SUSPENDED, _RUNS),
    "reset": PowerState("reset", operations.RESET, ON, _RUNS, repeats=True),
    "rebooted": PowerState("reboot", operations.REBOOT, ON, _RUNS, repeats=True, asks_guest=True),
}
#: Options of an item; those of the module of the same name are for all items without.
POWER_OPTIONS: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": list(STATES)},
    "grace": {"type": "str"},
    "then_off": {"type": "bool"},
}
ITEM_OPTIONS: dict[str, dict[str, Any]] = {**POWER_OPTIONS, "order": {"type": "int", "default": 0}}
MODULE_OPTIONS: dict[str, dict[str, Any]] = {**POWER_OPTIONS, "pause": {"type": "str", "default": "0"}, "batch": {"type": "int"}}
MODULE_OPTIONS["grace"] = {"type": "str", "default": "5m"}
MODULE_OPTIONS["then_off"] = {"type": "bool", "default": False}


class PowerFlow(ExistingVmsFlow):
    """Powers VMs."""

    paths = POWER

    def check(self, problems: list[str]) -> None:
        checked = partial(collect_problems, problems)
        pause = checked(age, self.options["pause"], "pause")
        self._pause = pause.total_seconds() if pause else 0.0
        if self.options["batch"] is not None:
            checked(in_range, "batch", self.options["batch"], 1)
        checked(age, self.options["grace"], "grace")
        for where, options in self.items:
            if options.get("grace") is not None:
                checked(age, options["grace"], f"{where}.grace")
            if not self._option(options, "state"):
                problems.append(f"{where}.state must be set, or state for all VMs: one of {', '.join(STATES)}")

    @property
    def doing(self) -> str:
        states = {self._option(item.options, "state") for item in self.items}
        return STATES[states.pop()].action if len(states) == 1 else "power"

    def _option(self, options: Mapping[str, Any], name: str) -> Any:
        value = options.get(name)
        return self.options[name] if value is None else value

    def plan(self, item: Item, vm: Vm, properties: Mapping[str, Any]) -> Plan:
        wanted = STATES[self._option(item.options, "state")]
        current = properties.get(POWER_STATE, "")
        if vm.is_template:
            raise NotPossible("it is a template, which has no power: convert it to a VM first")
        if current == wanted.after and not wanted.repeats:
            return Plan()
        _check_possible(wanted, current, properties)
        return Plan([self._shut_down(item) if wanted is STATES["shut_down"] else _step(wanted, current)])

    def _shut_down(self, item: Item) -> Step:
        then_off = self._option(item.options, "then_off")
        grace = age(self._option(item.options, "grace"), "grace").total_seconds() if self.options["wait"] or then_off else None
        return shut_down(grace, "" if then_off else "power it off with then_off")

    def groups(self, planned: Sequence[PlannedVm]) -> list[Sequence[PlannedVm]]:
        order = {item.where: item.options["order"] for item in self.items}
        ordered = sorted(planned, key=lambda vm: order[vm.where])
        groups = [list(group) for _order, group in groupby(ordered, key=lambda vm: order[vm.where])]
        size = self.options["batch"] or max(1, len(planned))
        return [group[start : start + size] for group in groups for start in range(0, len(group), size)]

    @property
    def pause(self) -> float:
        return self._pause


def _check_possible(wanted: PowerState, current: str, properties: Mapping[str, Any]) -> None:
    """Check that a VM can be changed as wanted.

    :raises NotPossible: it cannot, in words that say why.
    """
    check_reachable(properties)
    if current not in wanted.begins:
        remedy = "power it on first" if current in (OFF, SUSPENDED) else "look at it in the vSphere Client"
        raise NotPossible(f"it is {SAID.get(current, current or 'in an unknown power state')}, and {wanted.action} needs a VM that is on: {remedy}")
    if wanted.asks_guest and not tools_run(properties):
        other = {"shut_down": "off", "reboot": "reset"}[wanted.action]
        raise NotPossible(f"VMware Tools do not run in its guest, so it cannot be asked: use state {other}, or start VMware Tools")


def _step(wanted: PowerState, current: str) -> Step:
    arguments = (None,) if wanted.operation is operations.POWER_ON else ()
    after = f"{SAID[ON]} ({wanted.action})" if wanted.repeats else SAID[wanted.after]
    return Step(wanted.action, lambda vm: do(wanted.operation, *arguments, vm=vm), {"power_state": SAID.get(current, current)}, {"power_state": after})
