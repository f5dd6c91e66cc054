# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Start and stop services of ESXi hosts, and set when they start: what vmware_host_service does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible, set_plan
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.named_hosts import find_hosts, host_filters
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import Operation
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, Shapes, short_text

POLICIES = ("on", "off", "automatic")
#: An element of the option ``services``.
SERVICE_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "running": {"type": "bool"},
    "policy": {"type": "str", "choices": list(POLICIES)},
}
_HOST, _SERVICES, _SYSTEM, _CONNECTION = "HostSystem", "config.service", "configManager.serviceSystem", "runtime.connectionState"
_SERVICE = {**dict.fromkeys(("key", "label", "policy"), short_text), "running": bool, "required": bool}
_SHAPES: Shapes = {EVERY_TYPE: {_SERVICES: {"service": [_SERVICE]}, _SYSTEM: MoRef, _CONNECTION: short_text}}
_NOTHING_THERE = "there is no service "


class HostOutcome(VmOutcome):
    """What became of one host."""

    @property
    def row(self) -> dict[str, Any]:
        return {name: value for name, value in super().row.items() if name not in ("instance_uuid", "bios_uuid")}


class _Change(NamedTuple):
    """A change of one service. ``part`` and ``value``: of HostService afterwards."""

    action: str
    operation: Operation
    part: str
    value: Any


class HostServiceFlow(Flow):
    """Works on services of hosts."""

    doing = "services"

    def __init__(self, items: Sequence[Item], options: Mapping[str, Any]) -> None:
        super().__init__(items, options)
        problems: list[str] = []
        self._filters = host_filters(items, problems)
        names: dict[str, int] = {}
        if not options["services"]:
            problems.append("services must name at least one service")
        for number, service in enumerate(options["services"]):
            first = names.setdefault(service["name"].casefold(), number)
            if first != number:
                problems.append(f"services[{number}].name is {quoted(service['name'])}, as services[{first}].name: leave one out")
            if service["running"] is None and service["policy"] is None:
                problems.append(f"services[{number}] must have running or policy")
        if problems:
            raise InvalidOption(*problems)

    def plans(self, session: Session, connection: Connection) -> list[PlannedVm]:
        places = Places(session)
        found = find_hosts(session, connection, places, self.items, self._filters)
        current = retrieve_objects(session, found, {_HOST: [_SERVICES, _SYSTEM, _CONNECTION]}, _SHAPES)
        planned = []
        for ref, where in found.items():
            one = PlannedVm(where, where in self._filters, ref, HostOutcome(places.name(ref), places.path(ref), ref.moid))
            set_plan(one, current, partial(self._plan, ref))
            planned.append(one)
        # A name that no host knows is a mistake; a host that lacks a service fails alone.
        unknown = [one.error for one in planned if isinstance(one.error, InvalidOption)]
        if unknown and len(unknown) == len(planned):
            raise InvalidOption(*dict.fromkeys(line for error in unknown for line in error.lines))
        return planned

    def _plan(self, host: MoRef, properties: Mapping[str, Any]) -> Plan:
        connection, system = properties.get(_CONNECTION, "connected"), properties.get(_SYSTEM)
        if connection != "connected":
            raise NotPossible(f"it is {connection}: connect it first")
        there = (properties.get(_SERVICES) or {}).get("service", ())
        if system is None or not there:
            raise NotPossible("its services cannot be read: the account needs Host.Config.NetService and System.Read on it")
        steps: list[Step] = []
        problems: list[str] = []
        for number, wanted in enumerate(self.options["services"]):
            service = _called(there, wanted["name"])
            if service is None:
                names = [name for one in there for name in (one.get("label", ""), one.get("key", "")) if name]
                problems.append(f"services[{number}].name: {_NOTHING_THERE}{quoted(wanted['name'])}{suggestion(wanted['name'], names)}")
                continue
            if service.get("required") and wanted["running"] is False:
                raise NotPossible(f"its service {service['key']} is required by the host, and cannot be stopped: leave running out")
            steps += [_step(host, system, service, change) for change in _changes(service, wanted)]
        if problems:
            raise InvalidOption(*problems)
        return Plan(steps)


def _called(there: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """The service with a key, or with a label as the clients show it, in any case of letters."""
    wanted = name.casefold()
    for part in ("key", "label"):
        for service in there:
            if service.get(part, "").casefold() == wanted and "key" in service:
                return service
    return None


def _changes(service: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[_Change]:
    changes = []
    if wanted["policy"] is not None and wanted["policy"] != service.get("policy"):
        changes.append(_Change("set_policy", operations.SET_SERVICE_POLICY, "policy", wanted["policy"]))
    if wanted["running"] is not None and wanted["running"] != service.get("running", False):
        starts = ("start_service", operations.START_SERVICE) if wanted["running"] else ("stop_service", operations.STOP_SERVICE)
        changes.append(_Change(*starts, "running", wanted["running"]))
    return changes


def _step(host: MoRef, system: MoRef, service: Mapping[str, Any], change: _Change) -> Step:
    name = f"{service['key']}.{change.part}"
    return Step(change.action, partial(_perform, host, system, service["key"], change), {name: service.get(change.part)}, {name: change.value})


def _perform(host: MoRef, system: MoRef, key: str, change: _Change, _host: MoRef | None) -> Work:
    def as_wanted(session: Session) -> MoRef | None:
        found = retrieve_objects(session, [host], {_HOST: [_SERVICES]}, _SHAPES).get(host)
        there = (found.properties.get(_SERVICES) or {}).get("service", ()) if found else ()
        return system if (_called(there, key) or {}).get(change.part) == change.value else None

    arguments = (key, change.value) if change.part == "policy" else (key,)
    try:
        yield from perform(change.operation, system, *arguments, vm=host, find_made=as_wanted)
    except MethodFault as error:
        # Somebody else was faster.
        if error.fault.type != "InvalidState" or not (yield Send(as_wanted)):
            raise
