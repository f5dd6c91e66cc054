# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.machine import scheduler
from ansible_collections.estate.vmware.plugins.module_utils.machine.journal import JournalError
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitTask, Sleep
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import OutcomeUnknown
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

VM, TASK = MoRef("VirtualMachine", "vm-1"), MoRef("Task", "task-1")


class Lines:
    """A journal that keeps its lines: action, outcome, task, error."""

    def __init__(self, fails_at: int = 0) -> None:
        self.lines: list[tuple[str, str, str, str]] = []
        self._fails_at = fails_at

    def write(self, vm, action, outcome, **further):
        if self._fails_at == len(self.lines) + 1:
            raise JournalError("the journal is full")
        self.lines.append((action, outcome, further.get("task", ""), further.get("error", "")))


def step(action, *requests, error=None, result=None):
    def run(vm):
        yield from requests
        if error:
            raise error
        return result

    return Step(action, run, {action: "before"}, {action: "after"})


def planned(*steps):
    return PlannedVm("vms[0]", False, VM, VmOutcome("web", "/DC/web", "vm-1"), Plan(steps))


def do(vm, journal, wait=True):
    """Run its work as the scheduler does, which answers everything at once."""
    job = vm.job(journal, wait, lambda text: text.replace("s3cret", "***"))
    job.state = scheduler.RUNNING
    requests = []
    try:
        for request in job.work:
            requests.append(request)
            if isinstance(request, AwaitTask):
                job.tasks.append(request.task)
        job.state = scheduler.DONE
    except EstateError as error:
        job.state, job.error = scheduler.FAILED, error
    vm.finish(journal, False, None, lambda text: text.replace("s3cret", "***"))
    return requests


def test_each_step_is_in_the_journal_before_and_after():
    vm, journal = planned(step("power_off", AwaitTask(TASK)), step("rename")), Lines()
    do(vm, journal)
    assert journal.lines == [("power_off", "intended", "", ""), ("power_off", "done", "task-1", ""), ("rename", "intended", "", ""), ("rename", "done", "", "")]
    assert (vm.outcome.changed, vm.outcome.actions, vm.outcome.tasks, vm.outcome.error) == (True, ["power_off", "rename"], ["task-1"], "")


def test_step_that_fails_ends_the_work_and_keeps_what_was_done():
    vm, journal = planned(step("power_off"), step("rename", error=EstateError("s3cret is taken")), step("move")), Lines()
    do(vm, journal)
    assert journal.lines[-1] == ("rename", "failed", "", "*** is taken")
    assert (vm.outcome.changed, vm.outcome.actions, vm.outcome.error, vm.outcome.status) == (True, ["power_off"], "*** is taken", "failed")


def test_change_of_which_nobody_knows():
    vm, journal = planned(step("power_off", error=OutcomeUnknown("no answer"))), Lines()
    do(vm, journal)
    assert journal.lines[-1][1] == "unknown" and vm.outcome.error_kind == "unknown"


def test_what_the_journal_cannot_hold_is_not_done():
    vm, journal = planned(step("power_off", Sleep(1))), Lines(fails_at=1)
    assert do(vm, journal) == []
    assert (vm.outcome.changed, vm.outcome.error_kind) == (False, "journal")


def test_vm_that_a_step_makes_is_the_vm_of_the_next_one():
    seen = []
    vm = planned(step("clone", result=VM), Step("power_on", lambda ref: seen.append(ref) or iter(())))
    vm.ref, vm.outcome.moid = None, ""
    do(vm, Lines())
    assert seen == [VM] and vm.outcome.moid == "vm-1"


def test_step_may_add_another_one():
    vm, journal = planned(step("shut_down", result=step("power_off")), step("rename")), Lines()
    do(vm, journal)
    assert vm.outcome.actions == ["shut_down", "power_off", "rename"]


@pytest.mark.parametrize("wait", [True, False])
def test_task_of_the_last_step_need_not_be_awaited(wait):
    first, last = MoRef("Task", "task-1"), MoRef("Task", "task-2")
    vm, journal = planned(step("power_off", AwaitTask(first)), step("destroy", Sleep(0), AwaitTask(last))), Lines()
    requests = do(vm, journal, wait)
    assert requests == [AwaitTask(first), Sleep(0), *([AwaitTask(last)] if wait else [])]
    assert vm.outcome.tasks == ["task-1", "task-2"]
    assert journal.lines[-1] == ("destroy", "done" if wait else "running", "task-2", "")


def test_work_that_goes_on_after_its_first_task_awaits_it_all_the_same():
    several = replace(step("copy", AwaitTask(MoRef("Task", "task-1")), AwaitTask(TASK)), ends_with_task=False)
    vm, journal = planned(several), Lines()
    assert len(do(vm, journal, wait=False)) == 2
    assert journal.lines[-1][1] == "done"


def test_errors_before_the_task_are_met_where_it_is_not_awaited():
    vm, journal = planned(step("destroy", Sleep(0), error=EstateError("no"))), Lines()
    do(vm, journal, wait=False)
    assert vm.outcome.error == "no"


@pytest.mark.parametrize(
    ("task", "outcome", "error"), [(TASK, "running", "power_off goes on as task-1"), (None, "unknown", "whether power_off was carried out is unknown")]
)
def test_work_that_is_interrupted(task, outcome, error):
    vm, journal = planned(step("power_off", Sleep(1))), Lines()
    job = vm.job(journal, True, str)
    next(job.work)
    job.state = scheduler.RUNNING
    job.tasks += [task] if task else []
    vm.finish(journal, False, Cancelled("the job has ended"), str)
    assert vm.outcome.error.startswith(f"{error}: the job has ended") and vm.outcome.error_kind == "cancelled"
    assert journal.lines[-1][:2] == ("power_off", outcome)


def test_task_of_an_earlier_step_is_not_that_of_the_interrupted_one():
    vm, journal = planned(step("power_off", AwaitTask(TASK)), step("rename", Sleep(1))), Lines()
    job = vm.job(journal, True, str)
    next(job.work)
    job.tasks.append(TASK)
    assert job.work.send(None) == Sleep(1)
    job.state = scheduler.RUNNING
    vm.finish(journal, False, Cancelled("the job has ended"), str)
    assert vm.outcome.error.startswith("whether rename was carried out is unknown") and vm.outcome.tasks == ["task-1"]
    assert journal.lines[-1] == ("rename", "unknown", "", "")


def test_interrupted_between_steps():
    """The journal has failed to take the end of a step, or the step has just ended."""
    vm, journal = planned(step("power_off"), step("rename", Sleep(1))), Lines(fails_at=3)
    job = vm.job(journal, True, str)
    with pytest.raises(JournalError):
        next(job.work)
    job.state = scheduler.RUNNING
    vm.finish(journal, False, None, str)
    assert vm.outcome.error_kind == "cancelled" and "the call has ended" in vm.outcome.error
    assert [line[:2] for line in journal.lines] == [("power_off", "intended"), ("power_off", "done")]


def test_work_that_has_not_begun_its_first_step():
    vm = planned(step("power_off"))
    vm.job(Lines(), True, str).state = scheduler.RUNNING
    vm.finish(Lines(), False, Cancelled("the job has ended"), str)
    assert vm.outcome.error.startswith("whether its work was carried out is unknown")


def test_error_that_work_handles_before_its_task_is_thrown_into_it():
    def work(vm):
        try:
            yield Sleep(1)
        except EstateError:
            return (yield AwaitTask(TASK))

    vm, journal = planned(Step("destroy", work)), Lines()
    job = vm.job(journal, False, str)
    next(job.work)
    with pytest.raises(StopIteration):
        job.work.throw(EstateError("lost"))
    assert journal.lines[-1] == ("destroy", "running", "task-1", "") and vm.outcome.changed


@pytest.mark.parametrize("state", [scheduler.RUNNING, scheduler.WAITING])
def test_secrets_in_why_the_call_ended_are_hidden(state):
    vm = planned(step("power_off", Sleep(1)))
    job = vm.job(Lines(), True, str)
    next(job.work)
    job.state = state
    vm.finish(Lines(), False, Cancelled("the server says s3cret"), lambda text: text.replace("s3cret", "***"))
    assert "the server says ***" in vm.outcome.error and "s3cret" not in vm.outcome.error


def test_work_that_was_not_begun():
    vm = planned(step("power_off"))
    vm.finish(Lines(), False, None, str)
    assert vm.outcome.status == "not_started" and "on_error is stop" in vm.outcome.error
    vm = planned()
    vm.finish(Lines(), False, None, str)
    assert vm.outcome.status == "unchanged"


def test_check_mode_says_what_would_be_done():
    vm = planned(step("power_off"), step("rename"))
    vm.finish(Lines(), True, None, str)
    assert (vm.outcome.changed, vm.outcome.actions, vm.outcome.error) == (True, ["power_off", "rename"], "")
    assert vm.diff == {
        "before_header": "/DC/web",
        "after_header": "/DC/web",
        "before": {"power_off": "before", "rename": "before"},
        "after": {"power_off": "after", "rename": "after"},
    }
