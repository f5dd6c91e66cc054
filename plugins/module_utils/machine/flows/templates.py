# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Turn VMs into templates and back: what vmware_template does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, SetMember
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import SNAPSHOTS
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import ExistingVmsFlow, NotPossible, check_reachable
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import do, move, power_off, reconfigure, rename, shut_down
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, NAME, PATH, Identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup
from ansible_collections.estate.vmware.plugins.module_utils.machine.new_names import problem_of_name
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, ON, POWER_STATE
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import WrittenPath
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, FOLDER, HOST, RESOURCE_POOL, Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_steps import SnapshotSteps
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import snapshots_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import tools_run
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

TEMPLATE, VM = "template", "vm"
_VERSION = "guest.toolsVersionStatus2"
_ANNOTATION, _HOST = "config.annotation", "runtime.host"
#: Versions of VMware Tools that can be updated from the host. Those of a Linux distribution cannot.
_OUTDATED = frozenset({"guestToolsNeedUpgrade", "guestToolsTooOld", "guestToolsSupportedOld", "guestToolsBlacklisted"})
#: Characters that vSphere allows in the name of a VM, and VMs with disks on one datastore whose snapshots are removed at a time.
_PER_DATASTORE = 2
_PLACES = (CLUSTER, HOST, RESOURCE_POOL)
ITEM_OPTIONS: dict[str, dict[str, Any]] = {
    "rename": {"type": "str"},
    "annotation": {"type": "str"},
    "placement": {"type": "dict", "options": {name: {"type": "str"} for name in (*_PLACES, FOLDER)}},
    "power_off": {"type": "bool", "default": False},
    "grace": {"type": "str", "default": "5m"},
    "remove_snapshots": {"type": "bool", "default": False},
    "update_tools": {"type": "bool", "default": False},
}
MODULE_OPTIONS: dict[str, dict[str, Any]] = {"state": {"type": "str", "choices": [TEMPLATE, VM], "required": True}}
#: Options that only make a template.
_OF_TEMPLATES = ("power_off", "remove_snapshots", "update_tools")


class _Target(NamedTuple):
    """Where an item's VM goes; None where that is not given."""

    folder: MoRef | None = None
    pool: MoRef | None = None
    host: MoRef | None = None


class TemplateFlow(ExistingVmsFlow):
    """Turns VMs into templates, and templates into VMs."""

    paths = (*SNAPSHOTS, _VERSION, _ANNOTATION, _HOST)

    def check(self, problems: list[str]) -> None:
        self._is_template = self.options["state"] == TEMPLATE
        for where, options in self.items:
            given = options.get("placement") or {}
            foreign = [f"placement.{name}" for name in _PLACES if given.get(name)] if self._is_template else [name for name in _OF_TEMPLATES if options[name]]
            problems += [f"{where}.{name} does not go with state {self.options['state']}: leave it out" for name in foreign]
            if options.get("rename") is not None:
                problems += filter(None, [problem_of_name(f"{where}.rename", options["rename"])])
                if options.get(FILTERS):
                    problems.append(f"{where}.rename cannot be used with filters: several VMs would have one name")
            try:
                age(options["grace"], f"{where}.grace")
            except InvalidOption as error:
                problems += error.lines

    @property
    def doing(self) -> str:
        return "convert"

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        if not session.is_vcenter:
            raise InvalidOption("a standalone ESXi host has no templates: connect to a vCenter")
        self._places = Places(session)
        problems: list[str] = []
        self._targets = {item.where: self._target(item, problems) for item in self.items}
        if problems:
            raise InvalidOption(*problems)
        planned = super().plans(session, connection)
        for one in planned:
            if "remove_snapshot" in one.plan.actions:
                one.limits = {("datastore", ref.moid): _PER_DATASTORE for ref in one.properties.get("datastore") or ()}
        return planned

    def _target(self, item: Item, problems: list[str]) -> _Target:
        given, found = item.options.get("placement") or {}, dict[str, MoRef]()
        for kind in (CLUSTER, HOST, RESOURCE_POOL, FOLDER):
            try:
                if given.get(kind):
                    within = found.get(CLUSTER) if kind in (HOST, RESOURCE_POOL) else None
                    found[kind] = self._places.find(f"{item.where}.placement.{kind}", kind, given[kind], within)
            except InvalidOption as error:
                problems += error.lines
        compute = found.get(CLUSTER) or found.get(HOST)
        pool = found.get(RESOURCE_POOL) or (self._places.root_pool(compute) if compute else None)
        return _Target(found.get(FOLDER), pool, found.get(HOST))

    def found(self, lookup: VmLookup) -> list[list[Vm]]:
        """The VMs of each item. One that has been renamed and moved already is found by its new name, too."""
        answers = lookup.find(self._identities)
        others = [_renamed(named, item) if answer.missing else None for item, named, answer in zip(self.items, self._identities, answers)]
        if any(others):
            again = lookup.find([other or named for other, named in zip(others, self._identities)])
            self._identities = [other if other and len(answer.vms) == 1 else named for other, named, answer in zip(others, self._identities, again)]
        return super().found(lookup)

    def plan(self, item: Item, vm: Vm, properties: Mapping[str, Any]) -> Plan:
        steps = self._before(item, vm, properties) if self._is_template and not vm.is_template else []
        if vm.is_template and not self._is_template:
            steps.append(self._mark_vm(item, properties))
        steps += self._belongings(item, vm, properties)
        if self._is_template and not vm.is_template:
            steps.append(Step("mark_template", lambda ref: do(operations.MARK_TEMPLATE, vm=ref), {"template": False}, {"template": True}))
        if steps:
            check_reachable(properties)
        return Plan(steps)

    def _before(self, item: Item, vm: Vm, properties: Mapping[str, Any]) -> list[Step]:
        """What a VM needs before it can be a template."""
        options, power, runs = item.options, properties.get(POWER_STATE, ""), tools_run(properties)
        steps: list[Step] = []
        if power != OFF and not options["power_off"]:
            raise NotPossible("it is not off, and a template must be: power it off first, or set power_off")
        if options["update_tools"] and properties.get(_VERSION) in _OUTDATED:
            if power != ON or not runs:
                raise NotPossible("its VMware Tools are outdated, and can only be updated while they run: power it on first, or leave update_tools out")
            before = {"tools_version_status": properties[_VERSION]}
            steps.append(Step("update_tools", lambda ref: do(operations.UPDATE_TOOLS, None, vm=ref), before, {"tools_version_status": "guestToolsCurrent"}))
        if power != OFF:
            steps.append(shut_down(age(options["grace"], "grace").total_seconds()) if power == ON and runs else power_off(power))
        if options["remove_snapshots"]:
            found = snapshots_of(properties)
            removal = SnapshotSteps(vm.ref, found, power)
            removal.remove(found, consolidate=True)
            steps += removal.steps
        return steps

    def _mark_vm(self, item: Item, properties: Mapping[str, Any]) -> Step:
        target, host = self._targets[item.where], properties.get(_HOST)
        pool = target.pool or (self._places.root_pool(host) if host else None)
        if pool is None:
            raise NotPossible("the cluster or host that it is on cannot be seen: give placement.cluster or placement.resource_pool")
        after = {"template": False, "resource_pool": self._places.path(pool)}
        return Step("mark_vm", lambda ref: do(operations.MARK_VM, pool, target.host, vm=ref), {"template": True}, after)

    def _belongings(self, item: Item, vm: Vm, properties: Mapping[str, Any]) -> list[Step]:
        """Name, folder and annotation."""
        options, folder = item.options, self._targets[item.where].folder
        steps = []
        if options.get("rename") and options["rename"] != vm.name:
            steps.append(rename(vm, options["rename"]))
        if folder and folder != vm.parent:
            steps.append(move(vm, folder, self._places))
        before, after = properties.get(_ANNOTATION) or "", options.get("annotation")
        if after is not None and after != before:
            spec = config_spec([Change("annotation", f"{item.where}.annotation", before, after, SetMember("annotation", after))], "")
            steps.append(Step("reconfigure", partial(reconfigure, spec), {"annotation": before}, {"annotation": after}))
        return steps


def _renamed(named: Identity, item: Item) -> Identity | None:
    """The same VM once it has its new name, and is in its new folder; None where an item changes neither, or names it in another way."""
    folder = (item.options.get("placement") or {}).get(FOLDER)
    if named.by not in (NAME, PATH) or not (item.options.get("rename") or folder):
        return None
    names: Sequence[str] = (named.value,) if named.by == NAME else named.value.names
    within = WrittenPath.of(folder) if folder else named.folder if named.by == NAME else WrittenPath.of("/" + "/".join(names[:-1]))
    return named._replace(by=NAME, value=item.options.get("rename") or names[-1], folder=within)
