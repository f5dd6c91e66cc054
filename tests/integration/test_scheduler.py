# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes to many VMs of a simulated vCenter, with answers that are lost, refused or late: nothing happens twice, and every VM has its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.perform import perform
from ansible_collections.estate.vmware.plugins.module_utils.machine.scheduler import DONE, FAILED, Job, Scheduler
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitProperties, Send
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

POWER_OFF = "PowerOffVM_Task"


@contextmanager
def vcenter(folder, authority, faults=(), timeout: int = 30, **settings: Any) -> Iterator[tuple[Simulator, Session, list[MoRef]]]:
    """A vCenter whose VMs are all on, with a session, and these VMs."""
    with start_simulator(folder, ca=authority, plain=True, faults=list(faults), **{"vms": 6, **settings}) as simulator:
        connection = Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path), timeout=timeout)
        with Session(connection) as session:
            yield simulator, session, sorted(item.ref for page in retrieve(session, {"VirtualMachine": ["name"]}, {}, 500) for item in page)


def power_states(session: Session) -> dict[MoRef, str]:
    pages = retrieve(session, {"VirtualMachine": ["runtime.powerState"]}, {}, 500)
    return {item.ref: item.properties["runtime.powerState"] for page in pages for item in page}


def power_off(session: Session, vms, concurrency: int = 16) -> list[Job]:
    jobs = [Job(perform(operations.POWER_OFF, vm)) for vm in vms]
    Scheduler(session, concurrency).run(jobs)
    return jobs


def outcomes(jobs) -> list[tuple[str, str | None]]:
    return [(job.state, job.error and job.error.kind) for job in jobs]


def test_many_tasks_are_awaited_together(tmp_path, authority):
    with vcenter(tmp_path, authority, vms=60) as (simulator, session, vms):
        before = simulator.calls()
        jobs = power_off(session, vms)
        assert outcomes(jobs) == [(DONE, None)] * 60
        assert set(power_states(session).values()) == {"poweredOff"}
        calls = {name: count - before.get(name, 0) for name, count in simulator.calls().items()}
        assert calls[POWER_OFF] == 60
        assert sum(calls.values()) <= 20 + 1.1 * 60
        assert all(len(job.tasks) == 1 for job in jobs)
        # What has the wanted state already is no error, and has no effect.
        assert outcomes(power_off(session, vms)) == [(DONE, None)] * 60


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        pytest.param({"truncate": True}, {6}, id="answer cut after the change"),
        pytest.param({"reset": True}, {7}, id="connection reset before the change"),
        # What other threads send meanwhile is refused, too.
        pytest.param({"fault": "NotAuthenticated"}, set(range(7, 12)), id="session ended"),
        pytest.param({"status": 503}, {7}, id="server not ready"),
        pytest.param({"fault": "TaskInProgress"}, {7}, id="another task goes on"),
    ],
)
def test_change_happens_once_whatever_becomes_of_its_answer(tmp_path, authority, fault, sent):
    with vcenter(tmp_path, authority, [{"method": POWER_OFF, "call": 3, **fault}]) as (simulator, session, vms):
        jobs = power_off(session, vms)
        assert outcomes(jobs) == [(DONE, None)] * 6
        assert set(power_states(session).values()) == {"poweredOff"}
        assert simulator.calls()[POWER_OFF] in sent


@pytest.mark.parametrize(("name", "kind"), [("NoPermission", "permission"), ("InvalidState", "refused"), ("ManagedObjectNotFound", "gone")])
def test_refused_change_is_sent_once_and_costs_no_other_vm(tmp_path, authority, name, kind):
    with vcenter(tmp_path, authority, [{"method": POWER_OFF, "call": 3, "times": 1, "fault": name}]) as (simulator, session, vms):
        jobs = power_off(session, vms, concurrency=1)
        assert outcomes(jobs) == [(FAILED, kind) if number == 2 else (DONE, None) for number in range(6)]
        assert simulator.calls()[POWER_OFF] == 6


def test_answer_that_never_comes_is_looked_for_and_costs_no_other_vm(tmp_path, authority):
    with vcenter(tmp_path, authority, [{"method": POWER_OFF, "call": 3, "delay_ms": 8000}], timeout=2) as (simulator, session, vms):
        jobs = power_off(session, vms)
        assert simulator.calls()[POWER_OFF] == 6
        assert sorted(outcomes(jobs)) == [(DONE, None)] * 5 + [(FAILED, "unknown")]


def test_tasks_outlive_the_session_that_awaits_them(tmp_path, authority):
    faults = [{"method": "WaitForUpdatesEx", "fault": "NotAuthenticated", "times": 2}, {"method": "ModifyListView", "reset": True}]
    with vcenter(tmp_path, authority, faults) as (simulator, session, vms):
        assert outcomes(power_off(session, vms)) == [(DONE, None)] * 6
        assert simulator.calls()[POWER_OFF] == 6
        assert simulator.calls()["Login"] > 1


def test_properties_are_awaited_until_they_are_as_they_should_be(tmp_path, authority):
    def off(properties):
        return properties.get("runtime.powerState") == "poweredOff"

    def starts_and_waits(vm):
        yield Send(lambda session: session.invoke(vm, "PowerOff"))
        return (yield AwaitProperties(vm, off, 20)) is not None

    def only_waits(vm):
        return (yield AwaitProperties(vm, off, 0.5)) is not None

    with vcenter(tmp_path, authority) as (_simulator, session, vms):
        jobs = [Job(starts_and_waits(vms[0])), Job(only_waits(vms[1]))]
        Scheduler(session, 16).run(jobs)
        assert [(job.state, job.result) for job in jobs] == [(DONE, True), (DONE, False)]
