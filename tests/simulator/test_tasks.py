# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that take time, fail, wait for each other and are forgotten, as plain pyVmomi sees them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import estates
import pytest
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[estates.Simulator]:
    with estates.start_simulator(tmp_path_factory.mktemp("tasks"), vms=4, plain=True) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def session(vcenter: estates.Simulator) -> Any:
    return connect(vcenter)


@pytest.fixture
def vm(vcenter: estates.Simulator, session: Any) -> Iterator[Any]:
    """A machine that runs."""
    found = session.content.searchIndex.FindByInventoryPath("DC0/vm/DC0_H0_VM0")
    yield found
    vcenter.set_tasks([])
    if found.runtime.powerState != "poweredOn":
        ended(found.PowerOn())


def until(reached: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def ended(task: Any) -> Any:
    until(lambda: task.info.state in ("success", "error"))
    return task.info


def test_a_task_takes_its_time_while_others_read(vcenter: estates.Simulator, vm: Any) -> None:
    vcenter.set_tasks([{"operation": "PowerOff", "object": vm.name, "after_ms": 600, "progress": [40, 80]}])
    task = vm.PowerOff()
    assert (task.info.state, vm.runtime.powerState) == ("running", "poweredOn")
    until(lambda: task.info.progress == 40)
    assert vm.runtime.powerState == "poweredOn"
    assert ended(task).state == "success"
    assert vm.runtime.powerState == "poweredOff"
    assert ended(vm.PowerOn()).state == "success"
    assert ended(vm.PowerOff()).progress is None, "the entry was for the first one alone"


def test_a_task_fails_with_a_fault_and_changes_nothing(vcenter: estates.Simulator, vm: Any) -> None:
    parts = {"file": "[LocalDS_0] made-2", "datastore": "LocalDS_0"}
    vcenter.set_tasks([{"operation": "CloneVM_Task", "object": "made-2", "after_ms": 50, "fault": "NoDiskSpace", "parts": parts, "message": "Full."}])
    first, second = (vm.Clone(vm.parent, name, vim.vm.CloneSpec(location=vim.vm.RelocateSpec())) for name in ("made-1", "made-2"))
    assert ended(first).state == "success"
    error = ended(second).error
    assert isinstance(error, vim.fault.NoDiskSpace)
    assert (error.datastore, error.msg) == ("LocalDS_0", "Full.")
    assert [child.name for child in vm.parent.childEntity if child.name.startswith("made-")] == ["made-1"]


def test_an_entry_is_for_some_of_the_tasks(vcenter: estates.Simulator, vm: Any) -> None:
    vcenter.set_tasks([{"operation": "*", "object": "VirtualMachine", "call": 2, "times": 2, "fault": "GenericVmConfigFault", "parts": {"reason": "no"}}])
    outcomes = [ended(vm.CreateSnapshot(f"s{number}", "", False, False)).state for number in range(4)]
    assert outcomes == ["success", "error", "error", "success"]
    assert ended(vm.RemoveAllSnapshots()).state == "success"


def test_tasks_of_a_task_are_not_counted(vcenter: estates.Simulator, vm: Any) -> None:
    vcenter.set_tasks([{"operation": "PowerOff", "fault": "InvalidState"}])
    assert ended(vm.Reset()).state == "success"
    assert ended(vm.PowerOff()).state == "error"


def test_a_task_waits_in_the_queue(vcenter: estates.Simulator, vm: Any) -> None:
    vcenter.set_tasks([{"operation": "Suspend", "queued_ms": 300, "after_ms": 100}])
    task = vm.Suspend()
    states: list[str] = []
    until(lambda: states.append(task.info.state) or states[-1] == "success")
    assert list(dict.fromkeys(states[1:])) == ["queued", "running", "success"]


def test_one_task_at_a_time_changes_a_machine(vcenter: estates.Simulator, vm: Any) -> None:
    vcenter.set_tasks([{"operation": "CreateSnapshot", "after_ms": 400}])
    task = vm.CreateSnapshot("slow", "", False, False)
    error = ended(vm.PowerOff()).error
    assert isinstance(error, vim.fault.TaskInProgress)
    assert error.task == task
    assert ended(task).state == "success"
    assert ended(vm.RemoveAllSnapshots()).state == "success"


def test_a_cancelled_task_changes_nothing(vcenter: estates.Simulator, vm: Any) -> None:
    vcenter.set_tasks([{"operation": "PowerOff", "after_ms": 60_000}])
    task = vm.PowerOff()
    assert task.info.cancelable
    task.Cancel()
    assert isinstance(ended(task).error, vmodl.fault.RequestCanceled)
    assert vm.runtime.powerState == "poweredOn"
    until(lambda: ended(vm.PowerOff()).state == "success")


def test_a_task_is_forgotten(vcenter: estates.Simulator, vm: Any) -> None:
    vcenter.set_tasks([{"operation": "PowerOff", "forget_ms": 0}])
    task = vm.PowerOff()
    until(lambda: task not in vm.recentTask)
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        task.info  # noqa: B018
    assert vm.runtime.powerState == "poweredOff"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"fault": "InvalidState"}, "operation is missing"),
        ({"operation": "PowrOn"}, 'unknown operation "PowrOn"'),
        ({"operation": "PowerOn", "after_ms": -1}, "not negative"),
        ({"operation": "PowerOn", "progress": [101]}, "0 to 100"),
        ({"operation": "PowerOn", "fault": "Broken"}, 'unknown fault "Broken"'),
        ({"operation": "PowerOn", "call": 0}, "call counts from 1"),
        ({"operation": "PowerOn", "seconds": 1}, 'unknown field "seconds"'),
    ],
)
def test_a_mistake_in_the_tasks_is_told(vcenter: estates.Simulator, entry: dict[str, Any], reason: str) -> None:
    with pytest.raises(estates.SimulatorError, match=reason):
        vcenter.set_tasks([entry])


@pytest.mark.parametrize("operation", ["Reconfigure", "ReconfigVM_Task", "CreateSnapshot", "Destroy", "CreateVM", "ImportVApp", "RevertToCurrentSnapshot"])
def test_operations_are_known(vcenter: estates.Simulator, operation: str) -> None:
    vcenter.set_tasks([{"operation": operation, "after_ms": 1}])
    vcenter.set_tasks([])
