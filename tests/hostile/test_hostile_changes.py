# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A vCenter that answers changes with nonsense: modules end in time, within memory, in one readable line, and tell no secret."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hostile_vcenter import PASSWORD, SILENT, HostileVcenter, Request, Xml, fault, machine, page, returned

from ansible_collections.estate.vmware.tests.integration.running import start_module

#: Bytes of address space that a module may take, and seconds, with a timeout of two and a deadline of twenty.
MEMORY, LONGEST = 1 << 30, 60
_BOUNDED = f"import resource\nresource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))"
TASK = '<returnval type="Task">task-1</returnval>'
_NAME = "vm1"


def states(**properties: Any) -> str:
    """An answer of WaitForUpdatesEx with properties of the task, which are texts or XML."""
    changes = "".join(f"<changeSet><name>{path.replace('_', '.')}</name><op>assign</op>{_val(value)}</changeSet>" for path, value in properties.items())
    return _updates(f'<objectSet><kind>enter</kind><obj type="Task">task-1</obj>{changes}</objectSet>')


def _val(value: str) -> str:
    return value if isinstance(value, Xml) else f'<val xsi:type="xsd:string">{value}</val>'


def _updates(objects: str, truncated: str = "false") -> str:
    inside = f'<version>1</version><filterSet><filter type="PropertyFilter">f-1</filter>{objects}</filterSet><truncated>{truncated}</truncated>'
    return returned("WaitForUpdatesEx", inside)


def _right(server: HostileVcenter, request: Request) -> Any:
    """What a vCenter answers to calls that concern changes."""
    known = {
        "CreatePropertyCollector": '<returnval type="PropertyCollector">pc-2</returnval>',
        "CreateListView": '<returnval type="ListView">view-2</returnval>',
        "ModifyListView": "",
        "CreateFilter": '<returnval type="PropertyFilter">f-1</returnval>',
        "DestroyPropertyCollector": "",
        **dict.fromkeys(("PowerOffVM_Task", "CreateSnapshot_Task", "ReconfigVM_Task"), TASK),
    }
    if request.method == "WaitForUpdatesEx":
        return states(info_state="success")
    return returned(request.method, known[request.method])


_METHODS = ("CreatePropertyCollector", "CreateListView", "ModifyListView", "CreateFilter", "DestroyPropertyCollector", "PowerOffVM_Task", "CreateSnapshot_Task",
            "ReconfigVM_Task", "WaitForUpdatesEx")  # fmt: skip


def power_off(folder: Any, answers: Mapping[str, Any], machines: str = "", module: str = "vmware_vm_power", **options: Any) -> dict[str, Any]:
    """Run a module against such a vCenter; its result is within all bounds."""
    options = {"state": "off", **options} if module == "vmware_vm_power" else options
    with HostileVcenter({**dict.fromkeys(_METHODS, _right), **answers}, machines=machines) as server:
        begun = time.monotonic()
        done = start_module(folder, module, {"vms": [{"name": _NAME}], **server.options(timeout=2), **options}, _BOUNDED)
        assert time.monotonic() - begun < LONGEST
    assert done.stdout and "Traceback" not in done.stderr + done.stdout, done
    assert "MemoryError" not in done.stdout
    assert len(done.stdout) < 1 << 20 and PASSWORD not in done.stdout + done.stderr
    result = json.loads(done.stdout)
    message = result.get("msg", "")
    assert len(message) < 20_000 and message.isprintable(), message
    assert all(vm["error"].isprintable() for vm in result.get("vms", ()))
    return result


#: What make test has, too.
QUICK = frozenset(("a huge fault", "a huge error", "not permitted by nobody", "gone is somebody else", "control characters", "huge", "wrong"))


def several(cases: Mapping[str, Any]) -> Any:
    return [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.all_only]) for name in cases]


def test_changes_are_made_by_default(tmp_path):
    done = power_off(tmp_path, {})
    assert (done["changed"], done["counts"]["changed"]) == (True, 1), done


def cut(server: HostileVcenter, request: Request) -> Any:
    return SILENT


def _forever(server: HostileVcenter, request: Request) -> str:
    return _updates('<objectSet><kind>modify</kind><obj type="Task">task-1</obj></objectSet>', "true")


_MANY = "".join(f'<ManagedObjectReference type="Task" xsi:type="ManagedObjectReference">task-{number}</ManagedObjectReference>' for number in range(300_000))
_DEEP = Xml("<val>" + "<a>" * 5000 + "</a>" * 5000 + "</val>")
_WIDE = "<objectSet><kind>enter</kind><obj type='Task'>task-%d</obj></objectSet>"
_LONG = "x" * 500
_ERROR = Xml(
    f'<val xsi:type="LocalizedMethodFault"><fault xsi:type="{_LONG}"><name><name>{_LONG}</name></name></fault>'
    f"<localizedMessage>&#27;[31m\n{PASSWORD}{'z' * 1_000_000}</localizedMessage></val>"
)
REPLIES: dict[str, dict[str, Any]] = {
    "no task": {"PowerOffVM_Task": returned("PowerOffVM_Task")},
    "a task of another type": {"PowerOffVM_Task": returned("PowerOffVM_Task", '<returnval type="Datastore">ds-1</returnval>')},
    "a task of no type": {"PowerOffVM_Task": returned("PowerOffVM_Task", '<returnval type="no such type">\u202e</returnval>')},
    "a text for a task": {"PowerOffVM_Task": returned("PowerOffVM_Task", "gone fishing" * 1000)},
    "many tasks": {"PowerOffVM_Task": returned("PowerOffVM_Task", TASK * 1_000_000)},
    "no XML": {"PowerOffVM_Task": b"\0\xff" * 1000},
    "nothing": {"PowerOffVM_Task": ""},
    "another method's answer": {"PowerOffVM_Task": returned("Login", "<key>1</key>")},
    "a huge fault": {"PowerOffVM_Task": fault("InvalidState", "&#27;[2J" + PASSWORD + "\n" + "x" * 5_000_000)},
    "a fault of faults": {"PowerOffVM_Task": fault("InvalidPowerState", "no", "<existingState>" + "<a>" * 100 + "</a>" * 100 + "</existingState>")},
    "a fault without a type": {"PowerOffVM_Task": fault("", "")},
    "a fault of no known type": {"PowerOffVM_Task": fault("Nonsense" * 50, "no", f"<name>{PASSWORD}</name>")},
    "gone is somebody else": {"PowerOffVM_Task": fault("ManagedObjectNotFound", "no", '<obj type="Nonsense">\u202e&#10;x</obj>')},
    "not permitted by nobody": {"PowerOffVM_Task": fault("NoPermission", "no", f"<privilegeId>{PASSWORD}{'x' * 100_000}</privilegeId>")},
    "change after change": {"WaitForUpdatesEx": _forever},
    "a state that is none": {"WaitForUpdatesEx": states(info_state="s" * 5000)},
    "a state that is a structure": {"WaitForUpdatesEx": states(info_state=_DEEP)},
    "progress of a text": {"WaitForUpdatesEx": states(info_state="success", info_progress="soon")},
    "an error that is a text": {"WaitForUpdatesEx": states(info_state="error", info_error="no")},
    "an error without a fault": {"WaitForUpdatesEx": states(info_state="error")},
    "a huge error": {"WaitForUpdatesEx": states(info_state="error", info_error=_ERROR)},
    "a result of many": {"WaitForUpdatesEx": states(info_state="success", info_result=Xml(f'<val xsi:type="ArrayOfManagedObjectReference">{_MANY}</val>'))},
    "a million changes": {"WaitForUpdatesEx": _updates("".join(_WIDE % number for number in range(1_000_000)))},
    "no version": {"WaitForUpdatesEx": returned("WaitForUpdatesEx", "<truncated>true</truncated>")},
    "no answer": {"WaitForUpdatesEx": cut},
    "no collector": {"CreatePropertyCollector": returned("CreatePropertyCollector")},
    "a view that is none": {"CreateListView": returned("CreateListView", '<returnval type="Nonsense">v</returnval>')},
    "a collector that is a text": {"CreatePropertyCollector": returned("CreatePropertyCollector", "x" * 100_000)},
    "no filter": {"CreateFilter": fault("InvalidArgument", "x" * 1_000_000)},
}


@pytest.mark.parametrize("replies", several(REPLIES))
def test_nonsense(tmp_path, replies):
    """The VM fails, or is reported as done where the server says so."""
    done = power_off(tmp_path, REPLIES[replies])
    assert done["failed" if "failed" in done else "changed"], done
    if done.get("failed"):
        assert done["vms"][0]["error"] and ": " in done["vms"][0]["error"], done


def _recent(many: str, **more: Any) -> str:
    return machine(1, {"recentTask": Xml(f'<val xsi:type="ArrayOfManagedObjectReference">{many}</val>'), **more})


def _cut_and_look(recent: str) -> dict[str, Any]:
    """The answer to a change is lost, and the look for it gets these recent tasks."""

    def look(server: HostileVcenter, request: Request) -> Any:
        if b"recentTask" in request.body and b"runtime.connectionState" not in request.body:
            return page(_recent(recent))
        return page("") if b"info.descriptionId" in request.body else None

    return {"PowerOffVM_Task": cut, "RetrievePropertiesEx": look}


@pytest.mark.all_only
@pytest.mark.parametrize("recent", [_MANY, _MANY[:6000], "<a/>"], ids=["many", "half", "none"])
def test_look_for_a_lost_change_in_nonsense(tmp_path, recent):
    done = power_off(tmp_path, _cut_and_look(recent))
    assert done["failed"] and done["vms"][0]["error_kind"] in ("unknown", "unreachable"), done


NAMES: dict[str, str] = {
    "control characters": "vm1&#9;x&#127;\x85\u202e\u2028",
    "long": "v" * 900,
    "a path": "../../etc/vm1",
    "a template": "{{ lookup('pipe','id') }}",
}


@pytest.mark.parametrize("name", several(NAMES))
def test_names(tmp_path, name):
    done = power_off(tmp_path, {}, machines=machine(1, {"name": Xml(f'<val xsi:type="xsd:string">{NAMES[name]}</val>')}), vms=[{"moid": "vm-1"}])
    assert done["changed"] or done["failed"], done
    failed = power_off(
        tmp_path,
        {"PowerOffVM_Task": fault("InvalidState", "no")},
        machines=machine(1, {"name": Xml(f'<val xsi:type="xsd:string">{NAMES[name]}</val>')}),
        vms=[{"moid": "vm-1"}],
    )
    assert failed["failed"]


QUESTIONS: dict[str, str] = {
    "huge": f"<id>1</id><text>{'q' * 1_000_000}&#27;[31m</text><choice><choiceInfo><key>1</key><label>{PASSWORD}</label></choiceInfo></choice>",
    "many choices": "<id>1</id><text>q</text><choice>" + "<choiceInfo><key>k</key><label>yes</label></choiceInfo>" * 100_000 + "</choice>",
    "nothing": "",
    "a structure": "<id><id><id/></id></id><text><x/></text><choice>no</choice>",
}


@pytest.mark.parametrize("question", several(QUESTIONS))
def test_questions(tmp_path, question):
    asked = Xml(f'<val xsi:type="VirtualMachineQuestionInfo">{QUESTIONS[question]}</val>')
    power_off(tmp_path, {}, machines=machine(1, {"runtime.question": asked}))


TREES: dict[str, str] = {
    "endless": "<rootSnapshotList>" + "<childSnapshotList><name>a</name>" * 240 + "</childSnapshotList>" * 240 + "</rootSnapshotList>",
    "wide": "<rootSnapshotList><snapshot type='VirtualMachineSnapshot'>s</snapshot><name>a</name><id>1</id></rootSnapshotList>" * 100_000,
    "wrong": "<rootSnapshotList><name><x/></name><id>many</id><createTime>soon</createTime></rootSnapshotList>",
}


@pytest.mark.parametrize("tree", several(TREES))
@pytest.mark.parametrize("state", ["present", "absent", "pruned"])
def test_snapshot_trees(tmp_path, tree, state):
    wanted: dict[str, Any] = {"retention": {"keep": 1}} if state == "pruned" else {"snapshot": {"name": "a"}}
    found = machine(1, {"snapshot": Xml(f'<val xsi:type="VirtualMachineSnapshotInfo">{TREES[tree]}</val>'), "config.template": False})
    power_off(tmp_path, {}, machines=found, module="vmware_vm_snapshot", state=state, vms=[{"name": _NAME, **wanted}])


DEVICES: dict[str, str] = {
    "many": '<VirtualDevice xsi:type="VirtualDisk"><key>1</key></VirtualDevice>' * 100_000,
    "wrong": '<VirtualDevice xsi:type="VirtualDisk"><key>x</key><unitNumber><a/></unitNumber><capacityInBytes>-1</capacityInBytes></VirtualDevice>',
    "none": '<VirtualDevice xsi:type="Nonsense"/>',
}


@pytest.mark.parametrize("devices", several(DEVICES))
def test_devices(tmp_path, devices):
    found = machine(1, {"config.hardware.device": Xml(f'<val xsi:type="ArrayOfVirtualDevice">{DEVICES[devices]}</val>'), "config.template": False})
    wanted = {"name": _NAME, "disks": [{"at": "scsi0:0", "size": "1GiB"}], "cpu": {"count": 2}, "annotation": "x"}
    power_off(tmp_path, {}, machines=found, module="vmware_vm", vms=[wanted])
