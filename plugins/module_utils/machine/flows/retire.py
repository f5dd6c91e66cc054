# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Take VMs out of service without removing them: what vmware_vm does with ``state: retired``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, SetExtraConfig, SetMember
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CHANGE_VERSION, EXTRA_CONFIG
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import (
    CONNECTION_STATE,
    NotPossible,
    check_reachable,
    identities_of,
    set_plan,
    unplanned,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import move, power_off, reconfigure
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup, named_twice
from ansible_collections.estate.vmware.plugins.module_utils.machine.new_names import problem_of_name
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, POWER_STATE
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import FOLDER, Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.protected import SAFETY_PATHS
from ansible_collections.estate.vmware.plugins.module_utils.machine.retirement import Stamp, retired_as, stamp_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import QUESTION
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

OPTIONS: dict[str, dict[str, Any]] = {
    "retired_folder": {"type": "str"},
    "retired_name": {"type": "str", "default": "{name}-retired-{date}"},
}
_PATHS = (POWER_STATE, CHANGE_VERSION, EXTRA_CONFIG, CONNECTION_STATE, QUESTION)
_PLACEHOLDER = re.compile(r"\{(name|date)\}")
#: Characters that vSphere allows in the name of a VM.


class RetiredFlow(Flow):
    """Retires VMs."""

    doing = "retire"

    def __init__(self, items: Sequence[Item], options: Mapping[str, Any]) -> None:
        super().__init__(items, options)
        problems: list[str] = []
        self._identities = identities_of(items, problems, with_filters=False)
        for where, given in items:
            pattern = given["retired_name"]
            if re.search("[{}]", _PLACEHOLDER.sub("", pattern)) or "{name}" not in pattern:
                problems.append(f"{where}.retired_name must have {{name}}, may have {{date}}, and no other braces (got {quoted(pattern)})")
        if problems:
            raise InvalidOption(*problems)

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        lookup, places = VmLookup(session, connection, (*_PATHS, *SAFETY_PATHS)), Places(session)
        answers = lookup.find(self._identities)
        missing = [identity for identity, answer in zip(self._identities, answers) if answer.missing]
        retired = retired_as(session, lookup, missing)
        # Who was retired before is found by its old name, the last one of several.
        answers = [
            answer._replace(vms=tuple(earlier[:1]), missing="") if (earlier := retired.get(identity.option)) else answer
            for identity, answer in zip(self._identities, answers)
        ]
        problems = [answer.ambiguous or answer.missing for answer in answers if answer.ambiguous or answer.missing]
        problems += named_twice(self._identities, answers)
        folders: dict[str, MoRef] = {}
        for where, options in self.items:
            try:
                if options.get("retired_folder"):
                    folders[where] = places.find(f"{where}.retired_folder", FOLDER, options["retired_folder"])
            except InvalidOption as error:
                problems += error.lines
        if problems:
            raise InvalidOption(*problems)
        found = [answer.vms for answer in answers]
        current = lookup.current(vm.ref for (vm,) in found)
        now = session.current_time()
        planned = []
        for item, (vm,) in zip(self.items, found):
            one = unplanned(item.where, vm)
            set_plan(one, current, partial(_plan, item, vm, now, folders.get(item.where), places))
            planned.append(one)
        return planned


def _plan(item: Item, vm: Vm, now: datetime, folder: MoRef | None, places: Places, properties: Mapping[str, Any]) -> Plan:
    if vm.is_template:
        raise NotPossible("it is a template, and those cannot be stamped: convert it to a VM first, or leave it out")
    check_reachable(properties)
    state = properties.get(POWER_STATE, "")
    steps = [] if state == OFF else [power_off(state)]
    if stamp_of(properties) is None:
        name = _PLACEHOLDER.sub(lambda found: vm.name if found[1] == "name" else f"{now:%Y%m%d}", item.options["retired_name"])
        if problem := problem_of_name("its new name", name):
            raise NotPossible(f"{problem}: set retired_name")
        stamp = Stamp(now, vm.path)
        edits = [Change("name", item.where, vm.name, name, SetMember("name", stored(name)))]
        edits += [Change(key, item.where, None, value, SetExtraConfig(key, value)) for key, value in stamp.extra_config.items()]
        spec = config_spec(edits, properties.get(CHANGE_VERSION, "") if state == OFF else "")
        steps.append(Step("retire", partial(reconfigure, spec), {"name": vm.name, "retired": False}, {"name": name, "retired": True}))
    if folder and folder != vm.parent:
        steps.append(move(vm, folder, places))
    return Plan(steps)
