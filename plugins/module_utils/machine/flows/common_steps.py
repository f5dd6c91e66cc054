# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Steps that several modules take."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, ON, POWER_STATE, SAID, Operation
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitProperties, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

_PARENT = "parent"
#: Kinds of errors after which a VM may still be changed.
_UNCERTAIN = ("unknown", "question")


def do(operation: Operation, *arguments: Any, vm: MoRef | None) -> Work:
    """Make a change to the VM of a step."""
    if vm is None:
        raise NotPossible("it does not exist")
    return (yield from perform(operation, vm, *arguments, vm=vm))


def reconfigure(spec: Any, vm: MoRef | None) -> Work:
    """Send a ConfigSpec as it is."""
    return do(operations.RECONFIGURE, spec, vm=vm)


def rename(vm: Vm, name: str) -> Step:
    """Give a VM another name. :param name: as people type it."""
    return Step("rename", lambda ref: do(operations.RENAME, stored(name), vm=ref), {"name": vm.name}, {"name": name})


def power_off(state: str) -> Step:
    """Power a VM off at once. :param state: vSphere's power state of it."""
    return Step("power_off", lambda vm: do(operations.POWER_OFF, vm=vm), {"power_state": SAID.get(state, state)}, {"power_state": SAID[OFF]})


def power_on(state: str = OFF) -> Step:
    """Power a VM on. :param state: vSphere's power state of it."""
    return Step("power_on", lambda vm: do(operations.POWER_ON, None, vm=vm), {"power_state": SAID.get(state, state)}, {"power_state": SAID[ON]})


def shut_down(grace: float | None, remedy: str = "") -> Step:
    """Shut the guest of a VM down, which needs running VMware Tools, and wait until the VM is off.

    :param grace: seconds that the guest is given; None not to wait. :param remedy: what the error says of a guest that is not off by then; empty to power
        the VM off instead.
    """
    return Step("shut_down", partial(_shut_down, grace, remedy), {"power_state": SAID[ON]}, {"power_state": SAID[OFF]})


def _shut_down(grace: float | None, remedy: str, vm: MoRef | None) -> Work:
    yield from do(operations.SHUT_DOWN, vm=vm)
    if vm is None or grace is None or (yield AwaitProperties(vm, lambda properties: properties.get(POWER_STATE) == OFF, grace)) is not None:
        return None
    if remedy:
        raise NotPossible(f"its guest has not shut down within {grace:.0f} s: wait longer with grace, or {remedy}")
    return power_off(ON)


def with_power(step: Step, is_last: bool = False) -> Step:
    """The same step, of a VM that was powered off for it. If it fails, the VM is powered on again.

    :param is_last: it is the step that powers it on.
    """

    def run(vm: MoRef | None) -> Work:
        try:
            return (yield from step.run(vm))
        except EstateError as error:
            is_on = False
            if not is_last and error.kind not in _UNCERTAIN:
                try:
                    yield from do(operations.POWER_ON, None, vm=vm)
                    is_on = True
                except EstateError as further:
                    error.args = (f"{error}; powering it on again failed, too ({further})",)
            error.args = (f"{error}; {'it is on again' if is_on else 'it was on before, and is off now: power it on'}",)
            raise

    return replace(step, run=run)


def move(vm: Vm, folder: MoRef, places: Places) -> Step:
    """Move a VM into a folder.

    :raises NotPossible: it is in a vApp, which it cannot leave so.
    """
    if vm.vapp:
        raise NotPossible("it is in a vApp, and cannot be moved out of it to a folder: take it out in the vSphere Client first, or do without the folder")
    before = places.path(vm.parent) if vm.parent else ""
    return Step("move", partial(_move, folder), {"folder": before}, {"folder": places.path(folder)})


def _move(folder: MoRef, vm: MoRef | None) -> Work:
    def is_there(session: Session) -> MoRef | None:
        found = retrieve_objects(session, [vm], {vm.type: [_PARENT]}, {vm.type: {_PARENT: MoRef}}).get(vm) if vm else None
        return vm if found and found.properties.get(_PARENT) == folder else None

    yield from perform(operations.MOVE, folder, [vm], find_made=is_there)
