# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power and guests of simulated machines, changed with plain pyVmomi."""

from __future__ import annotations

from collections.abc import Iterator

import estates
import pytest
from changing import await_property, machines, properties, wait
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vim.ServiceInstance]:
    with estates.start_simulator(tmp_path_factory.mktemp("power"), vms=40, guest_delay=40) as simulator:
        yield connect(simulator)


@pytest.fixture(scope="module")
def running(service: vim.ServiceInstance) -> list[vim.VirtualMachine]:
    found = machines(service, "guest.toolsRunningStatus", "guest.ipAddress")
    return [vm for vm, row in found.items() if row["guest.toolsRunningStatus"] == "guestToolsRunning" and "guest.ipAddress" in row]


def test_tools_and_address_come_some_time_after_power_on(running: list[vim.VirtualMachine]) -> None:
    vm = running[0]
    before = properties(vm, "guest", "summary", "runtime.bootTime", "storage.perDatastoreUsage")
    wait(vm.PowerOff())
    quiet = properties(vm, "guest.net", "guest.hostName", "guest.ipAddress", "guest.toolsRunningStatus", "runtime.bootTime", "summary.runtime.powerState")
    assert quiet == {"guest.net": [], "guest.toolsRunningStatus": "guestToolsNotRunning", "summary.runtime.powerState": "poweredOff"}
    assert wait(vm.PowerOn(None)) is None
    assert await_property(vm, "guest.ipAddress", bool) == before["guest"].ipAddress
    after = properties(vm, "guest", "summary", "runtime.bootTime", "storage.perDatastoreUsage")
    assert (after["guest"].hostName, after["guest"].toolsStatus) == (before["guest"].hostName, before["guest"].toolsStatus)
    assert after["summary"].guest.ipAddress == before["guest"].ipAddress
    assert after["runtime.bootTime"] > before["runtime.bootTime"]
    assert after["storage.perDatastoreUsage"][0].committed == before["storage.perDatastoreUsage"][0].committed


def test_task_tells_who_did_what_to_whom(running: list[vim.VirtualMachine]) -> None:
    task = running[1].Reset()
    wait(task)
    info = properties(task, "info")["info"]
    assert (info.descriptionId, info.entity, info.reason.userName) == ("VirtualMachine.reset", running[1], "simulator")
    assert info.queueTime <= info.startTime <= info.completeTime
    assert task in properties(running[1], "recentTask")["recentTask"]


def test_guest_calls_answer_before_they_are_done(running: list[vim.VirtualMachine]) -> None:
    vm = running[2]
    booted = properties(vm, "runtime.bootTime")["runtime.bootTime"]
    vm.RebootGuest()
    await_property(vm, "runtime.bootTime", lambda time: time > booted)
    assert properties(vm, "runtime.powerState") == {"runtime.powerState": "poweredOn"}
    await_property(vm, "guest.ipAddress", bool)
    vm.StandbyGuest()
    await_property(vm, "runtime.powerState", lambda state: state == "suspended")
    wait(vm.PowerOn(None))
    await_property(vm, "guest.toolsRunningStatus", lambda state: state == "guestToolsRunning")
    vm.ShutdownGuest()
    await_property(vm, "runtime.powerState", lambda state: state == "poweredOff")
    with pytest.raises(vim.fault.InvalidPowerState):
        vm.ShutdownGuest()


def test_guest_calls_need_tools(service: vim.ServiceInstance) -> None:
    found = machines(service, "runtime.powerState", "guest.toolsStatus", "runtime.connectionState")
    wanted = ("poweredOn", "toolsNotInstalled", "connected")
    vm = next(vm for vm, row in found.items() if (row["runtime.powerState"], row["guest.toolsStatus"], row["runtime.connectionState"]) == wanted)
    for call in (vm.ShutdownGuest, vm.RebootGuest, vm.StandbyGuest):
        with pytest.raises(vim.fault.ToolsUnavailable):
            call()


def test_power_states_that_do_not_allow_a_call(running: list[vim.VirtualMachine]) -> None:
    vm = running[3]
    for call, existing in ((lambda: vm.PowerOn(None), "poweredOn"), (vm.PowerOff, "poweredOff"), (vm.Suspend, "poweredOff"), (vm.Reset, "poweredOff")):
        with pytest.raises(vim.fault.InvalidPowerState) as caught:
            wait(call())
        assert caught.value.existingState == existing
        if existing == "poweredOn":
            wait(vm.PowerOff())


def test_templates_have_no_power(service: vim.ServiceInstance) -> None:
    template = next(vm for vm, row in machines(service, "config.template").items() if row["config.template"])
    for call in (lambda: template.PowerOn(None), template.PowerOff, template.ShutdownGuest):
        with pytest.raises(vmodl.fault.NotSupported):
            call()


def test_question_holds_a_task_until_it_is_answered(service: vim.ServiceInstance, running: list[vim.VirtualMachine]) -> None:
    vm = running[4]
    wait(vm.PowerOff())
    uuid = properties(vm, "config.uuid")["config.uuid"]
    wait(vm.Rename("asking-01"))
    for choice in ("0", "2"):
        task = vm.PowerOn(None)
        question = await_property(vm, "runtime.question", bool)
        assert question.message[0].id == "msg.uuid.altered"
        assert properties(task, "info.state") == {"info.state": "running"}
        with pytest.raises(vmodl.fault.InvalidArgument):
            vm.Answer(question.id, "9")
        vm.Answer(question.id, choice)
        if choice == "0":
            with pytest.raises(vmodl.fault.RequestCanceled):
                wait(task)
    wait(task)
    after = properties(vm, "runtime.powerState", "runtime.question", "config.uuid")
    assert after.pop("config.uuid") != uuid
    assert after == {"runtime.powerState": "poweredOn"}
