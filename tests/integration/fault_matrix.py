# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What test_fault_matrix.py does to VMs, and what goes wrong meanwhile: a line in SCENARIOS, a line in FAULTS.

Each scenario works on three VMs. Where it makes none, they are cloned for each case, and removed afterwards.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import ovf_packages
from estates import Simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, DATASTORE, FOLDER, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve, retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

ON, OFF, SUSPENDED = "poweredOn", "poweredOff", "suspended"
POWER, TEMPLATE, CPUS, NOTE = "runtime.powerState", "config.template", "config.hardware.numCPU", "config.annotation"
_TOOLS, _TASKS, _GUEST = "guest.toolsRunningStatus", "recentTask", "config.guestId"
_PATHS = ("name", "parent", POWER, TEMPLATE, CPUS, NOTE, _TOOLS, _TASKS, _GUEST, "snapshot", "config.managedBy", "runtime.connectionState")
_TASK_PATHS = {"Task": ("info.descriptionId", "info.state", "info.queueTime")}
RETIRED, NEW_FOLDER = "Out of service", "Made on the way"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """What a module does to three VMs.

    :ivar options: of the module, given the names and the place. :ivar wanted: whether a VM is as it should be; None for one that does not exist.
    :ivar makes: the VMs do not exist before. :ivar on: they run before. :ivar snapshots: that they have before. :ivar template: they are templates before.
    :ivar acts_again: a second run acts on VMs that are as wanted.
    """

    name: str
    module: str
    options: Callable[[list[str], Mapping[str, Any]], dict[str, Any]]
    wanted: Callable[[Row | None], bool]
    makes: bool = False
    on: bool = False
    snapshots: tuple[str, ...] = ()
    template: bool = False
    acts_again: bool = False


def _vms(names: Iterable[str], **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, **more} for name in names]


def _power(state: str, after: str, on: bool, **more: Any) -> Scenario:
    return Scenario(f"power {state}", "vmware_vm_power", lambda names, _place: {"state": state, "vms": _vms(names)}, _is(after), on=on, **more)


def _snapshot(title: str, after: list[str], before: tuple[str, ...] = ("old", "older"), state: str = "", **item: Any) -> Scenario:
    return Scenario(
        title,
        "vmware_vm_snapshot",
        lambda names, _place: {"state": state, "vms": _vms(names, **item)},
        lambda row: row is not None and snapshots(row) == after,
        snapshots=before,
        acts_again=state == "reverted",
    )


def _is(state: str) -> Callable[[Row | None], bool]:
    return lambda row: row is not None and row[POWER] == state


def _is_gone(row: Row | None) -> bool:
    return row is None


def _scratch(names: list[str], place: Mapping[str, Any], **placement: Any) -> dict[str, Any]:
    item = {
        "placement": {"cluster": place["cluster"], "datastore": place["datastore"], **placement},
        "memory": {"size": "1GiB"},
        "hardware": {"guest_id": "otherGuest"},
        "disks": [{"at": "scsi0:0", "size": "1GiB"}],
        "power": "on",
    }
    return {"state": "present", "vms": _vms(names, **item)}


def _clones(names: list[str], place: Mapping[str, Any]) -> dict[str, Any]:
    item = {
        "source": {"template": place["template"]},
        "placement": {"cluster": place["cluster"], "datastore": place["datastore"]},
        "cpu": {"count": 2},
        "annotation": "made",
        "customization": {"linux": {"domain": "corp.example"}},
        "power": "on",
        "wait_for": {"tools": "20s"},
    }
    return {"state": "present", "vms": _vms(names, **item)}


def _imported(names: list[str], place: Mapping[str, Any]) -> dict[str, Any]:
    item = {"source": {"ova": place["ova"], "networks": {"lan": place["network"]}}, "power": "on"}
    return {"state": "present", "vms": _vms(names, placement={"cluster": place["cluster"], "datastore": place["datastore"]}, **item)}


def _copies(names: list[str], place: Mapping[str, Any]) -> dict[str, Any]:
    item = {"source": {"vm": place["stopped"], "method": "copy"}, "cpu": {"count": 2}, "annotation": "made", "power": "on"}
    return {"state": "present", "vms": _vms(names, **item)}


def _reconfigured(names: list[str], _place: Mapping[str, Any]) -> dict[str, Any]:
    disks = [{"at": "scsi3:0", "size": "1GiB"}]
    return {"state": "present", "vms": _vms(names, cpu={"count": 7, "nested": True}, annotation="changed", disks=disks, power_cycle="hard", power="on")}


def _absent(names: list[str], _place: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"state": "absent", "common": {"power_off": True, **more}, "vms": _vms(names)}


SCENARIOS: dict[str, Scenario] = {
    one.name: one
    for one in (
        Scenario("create", "vmware_vm", _scratch, _is(ON), makes=True),
        Scenario(
            "create in a new folder",
            "vmware_vm",
            lambda names, place: _scratch(names, place, folder=f"{NEW_FOLDER} {names[0]}", create_folder=True),
            _is(ON),
            makes=True,
        ),
        Scenario("clone", "vmware_vm", _clones, lambda row: row is not None and (row[POWER], row[CPUS], row[NOTE]) == (ON, 2, "made"), makes=True),
        Scenario("import an OVA", "vmware_vm", _imported, _is(ON), makes=True),
        Scenario("copy", "vmware_vm", _copies, lambda row: row is not None and (row[POWER], row[CPUS], row[NOTE]) == (ON, 2, "made"), makes=True),
        Scenario("reconfigure", "vmware_vm", _reconfigured, lambda row: row is not None and (row[POWER], row[CPUS], row[NOTE]) == (ON, 7, "changed"), on=True),
        _power("on", ON, on=False),
        _power("off", OFF, on=True),
        _power("shut_down", OFF, on=True),
        _power("suspended", SUSPENDED, on=True),
        _power("reset", ON, on=True, acts_again=True),
        _power("rebooted", ON, on=True, acts_again=True),
        _snapshot("snapshot", ["old", "older", "new"], state="present", snapshot={"name": "new"}),
        _snapshot("remove snapshot", ["older"], state="absent", snapshot={"name": "old"}),
        _snapshot("revert", ["old", "older"], state="reverted", snapshot={"name": "old"}),
        _snapshot("prune", ["newest"], before=("old", "older", "newest"), state="pruned", retention={"keep": 1}),
        Scenario("unregister", "vmware_vm", lambda names, place: _absent(names, place, delete="unregister"), _is_gone, on=True),
        Scenario("destroy", "vmware_vm", lambda names, place: _absent(names, place, delete="destroy"), _is_gone, on=True),
        Scenario("destroy without disks", "vmware_vm", lambda names, place: _absent(names, place, delete="destroy", keep_disks=["all"]), _is_gone),
        Scenario(
            "retire",
            "vmware_vm",
            lambda names, _place: {"state": "retired", "vms": _vms(names, retired_folder=RETIRED)},
            lambda row: row is not None and row[POWER] == OFF and "-retired-" in row["name"] and row["folder"] == RETIRED,
            on=True,
        ),
        Scenario(
            "make templates",
            "vmware_template",
            lambda names, _place: {"state": "template", "vms": _vms(names, power_off=True)},
            lambda row: row is not None and row[TEMPLATE],
            on=True,
        ),
        Scenario(
            "make VMs of templates",
            "vmware_template",
            lambda names, place: {"state": "vm", "vms": _vms(names, placement={"cluster": place["cluster"]})},
            lambda row: row is not None and not row[TEMPLATE],
            template=True,
        ),
    )
}

#: Methods that only read, or concern the session and what it has.
SHARED = frozenset(
    (
        "RetrieveServiceContent", "Login", "Logout", "RetrievePropertiesEx", "ContinueRetrievePropertiesEx", "CreateContainerView", "DestroyView",
        "CreatePropertyCollector", "DestroyPropertyCollector", "DestroyPropertyFilter", "CreateListView", "ModifyListView", "CreateFilter",
        "WaitForUpdatesEx", "CurrentTime", "QueryOptions", "QueryEvents", "FindAllByUuid", "FindByInventoryPath",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What goes wrong once.

    :ivar effect: of a call, see the simulator's faults, :ivar task: or of a task. :ivar at_reads: also in calls that only read.
    :ivar heals: the change is made in the end, unless it must not happen twice. :ivar late: seconds after which a change is carried out.
    """

    name: str
    effect: Mapping[str, Any] = field(default_factory=dict)
    task: Mapping[str, Any] = field(default_factory=dict)
    at_reads: bool = False
    heals: bool = False
    late: float = 0


_FILE = {"parts": {"file": "[x] y.vmdk"}}
_FULL = {"fault": "NoDiskSpace", "parts": {"datastore": "x", "file": "[x] y.vmdk"}}
_GONE = {"fault": "ManagedObjectNotFound"}
FAULTS: dict[str, Fault] = {
    one.name: one
    for one in (
        Fault("answer cut", {"truncate": True}, at_reads=True, heals=True),
        Fault("connection reset", {"reset": True}, at_reads=True),
        Fault("connection reset after", {"reset_after": True}, heals=True),
        Fault("NotAuthenticated", {"fault": "NotAuthenticated"}, at_reads=True, heals=True),
        Fault("session ended", {"end_session": True}, at_reads=True, heals=True),
        Fault("503", {"status": 503}, at_reads=True),
        Fault("503 after", {"status_after": 503}, heals=True),
        Fault("hang", {"hang": True}, at_reads=True),
        Fault("hang after", {"hang_after": True}),
        Fault("carried out late", {"reset_after": True, "late_ms": 1500}, late=2),
        Fault("no permission", {"fault": "NoPermission", "parts": {"privilegeId": "Some.Privilege"}}),
        Fault("object gone", _GONE),
        Fault("duplicate name", {"fault": "DuplicateName", "parts": {"name": "x"}}),
        Fault("datastore full", _FULL),
        Fault("task fails", task={"fault": "FileFault", **_FILE}),
        Fault("datastore full in the task", task=_FULL),
        Fault("object gone in the task", task=_GONE),
        Fault("task forgotten", task={"forget_ms": 0}),
    )
}


def snapshots(row: Row) -> list[str]:
    """Names of a VM's snapshots, the older first."""
    found, waiting = [], _listed((row.get("snapshot") or {}).get("rootSnapshotList"))
    while waiting:
        one = waiting.pop(0)
        found.append(one["name"])
        waiting += _listed(one.get("childSnapshotList"))
    return found


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


class Witness:
    """Another session with the same server: prepares VMs, and sees what has become of them."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.simulator = simulator
        self._files = folder
        source = Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))
        self._session = Session(source)

    def __enter__(self) -> Witness:
        self._session.__enter__()
        places = Places(self._session)
        cluster = places.all(CLUSTER)[0]
        reach = places.reach([cluster])[cluster]
        datacenter = places.datacenter(cluster)
        rows = self.rows().values()
        plain = [row for row in rows if row["runtime.connectionState"] == "connected" and "config.managedBy" not in row]
        template = next(row for row in plain if row.get(TEMPLATE) and "win" not in row[_GUEST])
        # A guest with VMware Tools that run once it is on.
        base = next(row for row in plain if row[POWER] == ON and row.get(_TOOLS) == "guestToolsRunning" and "snapshot" not in row)
        disk = ovf_packages.stream_disk(b"a disk")
        descriptor = ovf_packages.descriptor({"a.vmdk": 1 << 30}, sizes={"a.vmdk": len(disk)}).encode()
        folder = next(ref for ref in places.all(FOLDER, datacenter) if ref == base["parent"])
        self._base, self._folder = base["ref"], folder
        self.call(folder, "CreateFolder", RETIRED)
        self._clone("stopped")
        self._places = places
        self.place = {
            "cluster": places.path(cluster),
            "datastore": sorted(places.name(ref) for ref in places.all(DATASTORE) if ref in reach.datastores)[0],
            "network": next(places.path(ref) for ref in places.all(NETWORK, datacenter) if ref in reach.networks),
            "template": template["name"],
            "stopped": "stopped",
            "ova": str(ovf_packages.write_ova(self._files / "app.ova", [("app.ovf", descriptor), ("a.vmdk", disk)])),
        }
        self.own = dict(self.simulator.left())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._session.__exit__(kind, error, trace)

    def rows(self) -> dict[str, dict[str, Any]]:
        """All VMs by moid."""
        pages = retrieve(self._session, {"VirtualMachine": _PATHS, "Folder": ["name"]}, {}, 500)
        items = [item for page in pages for item in page]
        folders = {item.ref: item.properties["name"] for item in items if item.ref.type == "Folder"}
        return {
            item.ref.moid: {**item.properties, "ref": item.ref, "folder": folders.get(item.properties.get("parent"), "")}
            for item in items
            if item.ref.type == "VirtualMachine"
        }

    def done(self, rows: Iterable[Row]) -> dict[str, Counter[str]]:
        """How many recent tasks of each kind have succeeded, by the moid of the VM."""
        tasks = {task: row["ref"].moid for row in rows for task in row.get(_TASKS, ())}
        counted: dict[str, Counter[str]] = {}
        for task, item in retrieve_objects(self._session, list(tasks), _TASK_PATHS, {}).items():
            if item.properties.get("info.state") == "success":
                counted.setdefault(tasks[task], Counter())[item.properties["info.descriptionId"].rpartition(".")[2]] += 1
        return counted

    def prepare(self, scenario: Scenario, names: Iterable[str]) -> None:
        """Make the VMs that a scenario begins with."""
        if scenario.makes:
            return
        refs = [self._clone(name) for name in names]
        for ref in refs:
            for snapshot in scenario.snapshots:
                self.call(ref, "CreateSnapshot", snapshot, "", False, False)
            if scenario.on:
                self.call(ref, "PowerOn", None)
            if scenario.template:
                self.call(ref, "MarkAsTemplate")
        if scenario.on:
            self._await_tools(refs)

    def _clone(self, name: str) -> MoRef:
        spec = vim_type("VirtualMachineCloneSpec")(location=vim_type("VirtualMachineRelocateSpec")(), template=False, powerOn=False)
        ref: MoRef = self.call(self._base, "Clone", self._folder, name, spec)
        return ref

    def remove(self, rows: Iterable[Row]) -> None:
        """Remove VMs."""
        for row in rows:
            if row[POWER] != OFF:
                self.call(row["ref"], "PowerOff")
            self.call(row["ref"], "Destroy")

    def call(self, ref: MoRef, method: str, *arguments: Any) -> Any:
        """Make a change, and wait for its end."""
        made = self._session.invoke(ref, method, *(self._session.object(each) if isinstance(each, MoRef) else each for each in arguments))
        while isinstance(made, MoRef) and made.type == "Task":
            info = retrieve_objects(self._session, [made], {"Task": ["info.state", "info.result", "info.error"]}, {})[made].properties
            if info["info.state"] == "success":
                return info.get("info.result")
            assert info["info.state"] != "error", info
        return made

    def _await_tools(self, refs: list[MoRef]) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            found = retrieve_objects(self._session, refs, {"VirtualMachine": [_TOOLS]}, {})
            if all(item.properties.get(_TOOLS) == "guestToolsRunning" for item in found.values()):
                return
            time.sleep(0.01)
        raise AssertionError("VMware Tools do not run")
