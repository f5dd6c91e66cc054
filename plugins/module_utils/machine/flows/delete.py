# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Remove VMs: what vmware_vm does with ``state: absent``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import (
    EXTRA_CONFIG,
    PROPERTIES,
    current_state,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.disk_users import VMX, spare_used_disks
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import (
    CONNECTED,
    CONNECTION_STATE,
    NotPossible,
    check_reachable,
    identities_of,
    set_plan,
    unplanned,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import do, power_off
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.kept_disks import KeptDisks
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup, named_twice
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, POWER_STATE, SAID
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.protected import SAFETY_PATHS
from ansible_collections.estate.vmware.plugins.module_utils.machine.retirement import retired_as, stamp_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import QUESTION
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session

UNREGISTER, DESTROY = "unregister", "destroy"
OPTIONS: dict[str, dict[str, Any]] = {
    "delete": {"type": "str", "choices": [UNREGISTER, DESTROY]},
    "keep_disks": {"type": "list", "elements": "str"},
    "power_off": {"type": "bool", "default": False},
    "retired_for": {"type": "str"},
}
_PATHS = (POWER_STATE, CONNECTION_STATE, QUESTION, EXTRA_CONFIG, VMX)
#: Read of VMs whose disks are to be kept.
_DISK_PATHS = tuple(PROPERTIES)


class _Wanted(NamedTuple):
    """What an item says. :ivar retired_for: None to take VMs that are not retired, too."""

    delete: str
    keep: KeptDisks
    power_off: bool
    retired_for: timedelta | None


class AbsentFlow(Flow):
    """Removes VMs."""

    doing = "delete"

    def __init__(self, items: Sequence[Item], options: Mapping[str, Any]) -> None:
        super().__init__(items, options)
        problems: list[str] = []
        self._identities = identities_of(items, problems, with_filters=False)
        self._wanted = [_wanted(item, problems) for item in items]
        if problems:
            raise InvalidOption(*problems)

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        lookup = VmLookup(session, connection, (*_PATHS, *SAFETY_PATHS))
        answers = lookup.find(self._identities)
        problems = [answer.ambiguous for answer in answers if answer.ambiguous]
        late = [identity for identity, wanted in zip(self._identities, self._wanted) if wanted.retired_for is not None]
        now = session.current_time() if late else None
        retired = retired_as(session, lookup, late)
        # A retired VM may still have its name, and is one of both then.
        answers = [
            answer._replace(vms=tuple({vm.ref: vm for vm in (*answer.vms, *retired.get(identity.option, ()))}.values()))
            for identity, answer in zip(self._identities, answers)
        ]
        if problems := [*problems, *named_twice(self._identities, answers)]:
            raise InvalidOption(*problems)
        found = [answer.vms for answer in answers]
        keeping = {vm.ref for vms, wanted in zip(found, self._wanted) if wanted.keep for vm in vms}
        refs = {vm.ref for vms in found for vm in vms}
        current = {
            **lookup.current(sorted(refs - keeping)),
            **read_current(session, sorted(keeping), (*_PATHS, *_DISK_PATHS, *SAFETY_PATHS)),
        }
        planned: list[PlannedVm] = []
        for item, identity, wanted, vms in zip(self.items, self._identities, self._wanted, found):
            if not vms:
                planned.append(PlannedVm(item.where, False, None, VmOutcome(identity.written)))
            for vm in vms:
                one = unplanned(item.where, vm)
                planned.append(one)
                # Whoever removed it meanwhile has done the work.
                if vm.ref in current:
                    set_plan(one, current, partial(_plan, wanted, vm, now))
        self._spare_used_disks(session, planned)
        return planned

    def _spare_used_disks(self, session: Session, planned: Sequence[PlannedVm]) -> None:
        """Leave VMs alone whose files others use."""
        wanted = {item.where: wanted for item, wanted in zip(self.items, self._wanted)}
        doomed = {
            one.ref: (one, one.properties.get(VMX, ""), _kept_keys(wanted[one.where], one.properties))
            for one in planned
            if one.ref and DESTROY in one.plan.actions
        }
        spare_used_disks(session, doomed, "remove those VMs first, in a call before, or name the disks in keep_disks")


def _wanted(item: Item, problems: list[str]) -> _Wanted:
    where, options = item
    delete, kept = options.get("delete") or "", options.get("keep_disks") or []
    if not delete:
        problems.append(f"{where}.delete must be {UNREGISTER} (the files stay) or {DESTROY} (they are deleted): there is no default")
    elif delete == UNREGISTER and kept:
        problems.append(f"{where}.keep_disks goes with delete: {DESTROY}: {UNREGISTER} keeps all files")
    keep = KeptDisks.of(f"{where}.keep_disks", kept, problems)
    retired_for = None
    if options.get("retired_for") is not None:
        try:
            retired_for = age(options["retired_for"], f"{where}.retired_for")
        except InvalidOption as error:
            problems += error.lines
    return _Wanted(delete, keep, options["power_off"], retired_for)


def _plan(wanted: _Wanted, vm: Vm, now: datetime | None, properties: Mapping[str, Any]) -> Plan:
    state = properties.get(POWER_STATE, "")
    if wanted.retired_for is not None and now:
        stamp = stamp_of(properties)
        if stamp is None or now - stamp.at < wanted.retired_for:
            return Plan()
        if state != OFF:
            raise NotPossible("it is retired and yet not off: find out who has taken it back into use")
    if state != OFF and not wanted.power_off:
        raise NotPossible(f"it is {SAID.get(state, 'in an unknown power state')}: power it off first, or set power_off")
    if wanted.delete == DESTROY:
        check_reachable(properties, (CONNECTED, "orphaned", "invalid"), ", or unregister it")
    steps = [] if state == OFF else [power_off(state)]
    shown_as = {"path": vm.path}
    if wanted.delete == UNREGISTER:
        steps.append(Step("unregister", lambda ref: do(operations.UNREGISTER, vm=ref), shown_as, {"path": None, "files": "stay"}))
        return Plan(steps)
    if wanted.keep and (detach := wanted.keep.step(properties, is_powered_off=bool(steps))):
        steps.append(detach)
    steps.append(Step("destroy", lambda ref: do(operations.DESTROY, vm=ref), shown_as, {"path": None}))
    return Plan(steps)


def _kept_keys(wanted: _Wanted, properties: Mapping[str, Any]) -> set[int]:
    return {disk.key for disk in wanted.keep.among(current_state(properties))} if wanted.keep else set()
