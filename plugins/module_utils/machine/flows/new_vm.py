# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Make a VM, from scratch or as a clone, in one call: what vmware_vm does with ``state: present`` where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, before_and_after, refusals
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec, later
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import NEW, CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import SPEC, specification
from ansible_collections.estate.vmware.plugins.module_utils.machine.device_specs import disk_locators
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import in_order
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import power_on
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import wait
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import ON, REMOVE, Context, WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import Making, NewFolder, attached_disks
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.placement import Placement
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import reconfigure_steps
from ansible_collections.estate.vmware.plugins.module_utils.machine.stored_customization import asks_for_address, completed
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type


@dataclass(frozen=True)
class SourceVm:
    """What clones are made of.

    :ivar state: of it, or of its snapshot. :ivar snapshot: None for its current state. :ivar datastores: that its files are on.
    """

    vm: Vm
    state: CurrentState
    snapshot: MoRef | None = None
    datastores: Sequence[MoRef] = ()


@dataclass(frozen=True)
class Place:
    """Where a VM is made. :ivar path: of the VM. :ivar datastore: name of the one for its files; empty for that of the source."""

    placement: Placement
    folder: NewFolder
    path: str
    datastore: str = ""


def disks_size(one: WantedVm, source: SourceVm | None) -> int:
    """Bytes that the disks of a new VM need at most."""
    sizes = {place: disk.size for place, disk in source.state.disks.items()} if source and not (one.source and one.source.linked) else {}
    sizes.update((disk.at, max(disk.size, sizes.get(disk.at, 0))) for disk in one.wanted.disks if disk.size)
    return sum(sizes.values())


def plan(one: WantedVm, source: SourceVm | None, place: Place, context: Context, stored_specification: Callable[[], Any] | None) -> Plan:
    """The steps that make a VM.

    :param stored_specification: makes the customization specification that vCenter has, where the item names one.
    :raises NotPossible: it cannot be as wanted.
    """
    current = source.state.as_clone(bool(one.source and one.source.linked)) if source else NEW

    def compare(state: CurrentState) -> Sequence[Change]:
        return differences(one.wanted, state, context.api, context.name_of)

    changes = compare(current)
    if lines := refusals(changes, is_on=False):
        raise NotPossible("; ".join(lines))
    further = reconfigure_steps(later(changes), "", compare)
    making = Making(one.name, place.folder, one.options["on_failure"] == REMOVE, attached_disks(changes))
    config = making.marked(config_spec(changes), dict(source.state.extra_config) if source else None)
    is_on = one.power == ON
    _before, after = before_and_after(change for change in changes if change not in later(changes))
    after = {"path": place.path, **({"source": source.vm.path} if source else {}), **after}
    if source:
        step = _clone(one, source, place, making, config, is_on and not further, stored_specification)
        after |= {"customization": one.customization.kind} if one.customization else {}
    else:
        step = _create(place, making, config, one.name)
    powers = is_on and not (source and not further)
    if is_on and not powers:
        after["power_state"] = "on"
    steps = [Step(step.action, step.run, {"path": None}, after), *further, *context.labels.steps(one.options, None, {}), *([power_on()] if powers else [])]
    steps = [making.guarded(each) for each in steps]
    if context.waits and is_on:
        steps += [wait(name, seconds, context.events) for name, seconds in one.waits.items()]
    return Plan(steps)


def _create(place: Place, making: Making, config: Any, name: str) -> Step:
    config.name = stored(name)
    config.files = vim_type("VirtualMachineFileInfo")(vmPathName=f"[{place.datastore}]")
    placement = place.placement
    return Step("create", lambda _vm: making.make(operations.CREATE, lambda folder: folder, lambda _folder: (config, placement.pool, placement.host)))


def _clone(one: WantedVm, source: SourceVm, place: Place, making: Making, config: Any, powers_on: bool, stored_specification: Callable[[], Any] | None) -> Step:
    placement = place.placement
    location = vim_type("VirtualMachineRelocateSpec")()
    for name, ref in (("pool", placement.pool), ("host", placement.host), ("datastore", placement.datastore)):
        if ref:
            setattr(location, name, _object(ref))
    spec = vim_type("VirtualMachineCloneSpec")(location=location, template=False, powerOn=powers_on, config=config)
    if locators := disk_locators(one.wanted.disks, source.state, placement.datastore, bool(one.source and one.source.linked)):
        location.disk = locators
    if source.snapshot:
        spec.snapshot = _object(source.snapshot)
    if one.source and one.source.linked:
        location.diskMoveType = "createNewChildDiskBacking"
    if one.customization:
        spec.customization = _specification(one, source, stored_specification)
    name = stored(one.name)
    return Step("clone", lambda _vm: making.make(operations.CLONE, lambda _folder: source.vm.ref, lambda folder: (folder, name, spec)))


def _specification(one: WantedVm, source: SourceVm, stored_specification: Callable[[], Any] | None) -> Any:
    """The customization, with one entry for each adapter that the clone will have."""
    if one.customization is None:
        return None
    nics = in_order(one.wanted.networks, source.state.as_clone().nics, "networks" in one.wanted.exact)
    if one.customization.kind != SPEC or stored_specification is None:
        return specification(one.customization, nics)
    spec = stored_specification()
    if missing := asks_for_address(spec, nics):
        raise NotPossible(f"{one.where}.networks[{missing[0]}].address must be set: the specification {one.customization.spec} asks for it")
    return completed(spec, one.customization.hostname, nics)


def _object(ref: MoRef) -> Any:
    return vim_type(ref.type)(ref.moid)


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
