# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What vmware_vm does, by the option ``state``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows import delete, retire, wanted_vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.present import PresentFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import IDENTITY_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item

PRESENT, ABSENT, RETIRED = "present", "absent", "retired"
#: State to the options that its items have beside identities.
_OPTIONS: dict[str, Mapping[str, Any]] = {PRESENT: wanted_vm.OPTIONS, ABSENT: delete.OPTIONS, RETIRED: retire.OPTIONS}
_FLOWS: dict[str, Callable[[Sequence[Item], Mapping[str, Any]], Flow]] = {PRESENT: PresentFlow, ABSENT: delete.AbsentFlow, RETIRED: retire.RetiredFlow}
ITEM_OPTIONS: dict[str, Any] = {name: spec for options in _OPTIONS.values() for name, spec in options.items()}
MODULE_OPTIONS: dict[str, dict[str, Any]] = {"state": {"type": "str", "choices": list(_FLOWS), "default": PRESENT}}


def vm_flow(items: Sequence[Item], options: Mapping[str, Any]) -> Flow:
    """The flow of a call.

    :raises InvalidOption: options cannot be used; one line for everything that is wrong.
    """
    state = options["state"]
    known = {*IDENTITY_OPTIONS, *_OPTIONS[state]}
    problems = [
        f"{where}.{name} does not go with state {state}: leave it out"
        for where, given in items
        for name, value in given.items()
        if name not in known and value != ITEM_OPTIONS[name].get("default")
    ]
    if problems:
        raise InvalidOption(*problems)
    return _FLOWS[state](items, options)
