# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine import scheduler
from ansible_collections.estate.vmware.plugins.module_utils.machine.scheduler import DONE, FAILED, NOT_STARTED, RUNNING, Job, Scheduler
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import (
    AwaitProperties,
    AwaitTask,
    Send,
    SendLong,
    Sleep,
    TaskFailed,
    TaskForgotten,
    VmAsks,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import NotPermitted
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import Refusal, SoapServer


class FakeSession:
    """Runs what is sent to it."""

    version = (8, 0, 2, 0)
    number = 0
    remaining = 60.0
    is_given = False

    def __init__(self):
        self.transport = self
        self.aborted = 0

    def pause(self, seconds):
        time.sleep(min(seconds, 0.01))

    def abort_requests(self):
        self.aborted += 1


def run(works, concurrency=16, session=None, **settings):
    jobs = [work if isinstance(work, Job) else Job(work) for work in works]
    Scheduler(session or FakeSession(), concurrency, **settings).run(jobs)
    return jobs


def sends(*functions):
    """Work that sends some functions, and returns their answers."""
    answers = []
    for function in functions:
        answers.append((yield Send(function)))
    return answers


def test_no_jobs():
    assert run([]) == []


def test_work_gets_the_answers_of_what_it_sends():
    jobs = run([sends(lambda session: session.number, lambda session: 7), sends()])
    assert [(job.state, job.result, job.error) for job in jobs] == [(DONE, [0, 7], None), (DONE, [], None)]


def refuse(session):
    raise EstateError("the server refuses it")


def test_failure_of_one_job_costs_no_other():
    jobs = run([sends(lambda session: 1), sends(refuse), sends(lambda session: 2)])
    assert [job.state for job in jobs] == [DONE, FAILED, DONE]
    assert str(jobs[1].error) == "the server refuses it"


def test_work_may_handle_an_error():
    def work():
        try:
            yield Send(refuse)
        except EstateError as error:
            return str(error)

    assert run([work()])[0].result == "the server refuses it"


def test_bug_in_work_is_an_error_of_its_job_that_repeats_nothing():
    jobs = run([sends(lambda session: {}["secret"]), sends(lambda session: 1)])
    assert [job.state for job in jobs] == [FAILED, DONE]
    assert "secret" not in str(jobs[0].error) and "KeyError" in str(jobs[0].error)


def counted(most, running, lock):
    """Work that notes how many of its kind run at once."""

    def begin(session):
        with lock:
            running.append(1)
            most.append(len(running))

    def end(session):
        with lock:
            running.pop()

    yield Send(begin)
    yield Sleep(0.02)
    yield Send(end)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_jobs_run_at_once_than_allowed(concurrency):
    most: list[int] = []
    running: list[int] = []
    lock = threading.Lock()
    run([counted(most, running, lock) for _number in range(10)], concurrency)
    assert max(most) == concurrency
    assert len(most) == 10


def test_limits_hold_for_each_key():
    most = {"a": [], "b": []}
    running = {"a": [], "b": []}
    lock = threading.Lock()
    run([Job(counted(most[key], running[key], lock), {key: 2}) for key in "aaaaaabb"])
    assert max(most["a"]) == 2
    assert len(most["a"]) == 6 and len(most["b"]) == 2


def test_first_error_stops_the_jobs_that_have_not_begun():
    jobs = run([sends(lambda session: 1), sends(refuse), sends(lambda session: 3), sends(lambda session: 4)], concurrency=1, stops_on_error=True)
    assert [job.state for job in jobs] == [DONE, FAILED, NOT_STARTED, NOT_STARTED]


def test_what_the_tick_raises_ends_the_run_and_aborts_requests():
    class Cancelled(Exception):
        pass

    def tick(jobs):
        if any(job.state == DONE for job in jobs):
            raise Cancelled

    session = FakeSession()
    jobs = [Job(sends(lambda session: 1)) for _number in range(3)]
    with pytest.raises(Cancelled):
        Scheduler(session, 1, tick=tick).run(jobs)
    assert (jobs[0].state, jobs[2].state) == (DONE, NOT_STARTED)
    assert session.aborted == 1


TASK, OTHER, VM = MoRef("Task", "task-1"), MoRef("Task", "task-2"), MoRef("VirtualMachine", "vm-1")
QUEUED, RUNNING_TASK = {"info.state": "queued"}, {"info.state": "running", "info.progress": 40}


def ended(result=None, **error):
    """What a task has that has ended."""
    if error:
        fault = {TYPE: "LocalizedMethodFault", "fault": {TYPE: error["kind"], **error.get("parts", {})}, "localizedMessage": error.get("message", "")}
        return {"info.state": "error", "info.error": fault}
    return {"info.state": "success", **({"info.result": result} if result else {})}


def waits(*requests):
    """Work that yields some requests, and returns their answers."""
    answers = []
    for request in requests:
        answers.append((yield request))
    return answers


@pytest.fixture
def watching(open_session):
    """A function that runs works on a server. ``steps``: each is called with one wait for changes, one after the other."""

    def ran(server, works, steps=(), **settings):
        steps = list(steps)

        def step():
            if steps:
                steps.pop(0)()

        server.on_wait = step
        jobs = [Job(work) for work in works]
        with Scheduler(open_session(server), **{"concurrency": 16, **settings}) as scheduler:
            scheduler.run(jobs)
        assert not steps
        return jobs

    return ran


def test_task_is_awaited_to_its_end(watching):
    server = SoapServer({TASK: QUEUED, OTHER: QUEUED})
    seen = []
    steps = [
        lambda: None,
        lambda: server.change(TASK, RUNNING_TASK),
        lambda: server.change(TASK, ended(VM)),
        lambda: server.change(OTHER, ended()),
    ]
    jobs = watching(server, [waits(AwaitTask(TASK)), waits(AwaitTask(OTHER))], steps, tick=lambda jobs: seen.append(jobs[0].percent))
    assert [(job.state, job.result, job.tasks) for job in jobs] == [(DONE, [VM], [TASK]), (DONE, [None], [OTHER])]
    assert 40 in seen and seen[-1] is None


def test_task_that_has_ended_before_it_is_awaited(watching):
    server = SoapServer({TASK: ended(VM)})
    (job,) = watching(server, [waits(AwaitTask(TASK))])
    assert job.result == [VM]


def test_task_that_is_awaited_twice(watching):
    (job,) = watching(SoapServer({TASK: ended(VM)}), [waits(AwaitTask(TASK), AwaitTask(TASK))])
    assert job.result == [VM, VM]


def test_two_jobs_may_await_the_same(watching):
    server = SoapServer({TASK: QUEUED})
    jobs = watching(server, [waits(AwaitTask(TASK)), waits(AwaitTask(TASK))], [lambda: None, lambda: server.change(TASK, ended(VM))])
    assert [job.result for job in jobs] == [[VM], [VM]]


def test_failed_task_says_why(watching):
    failed = ended(kind="NoDiskSpace", parts={"datastore": "store-1"}, message="There is not enough space.")
    (job,) = watching(SoapServer({TASK: failed}), [waits(AwaitTask(TASK))])
    assert isinstance(job.error, TaskFailed) and job.error.fault.type == "NoDiskSpace"
    assert str(job.error).startswith("the datastore store-1 has too little space left")


@pytest.mark.parametrize("error", [{}, {"info.error": "odd"}, {"info.error": {"localizedMessage": "odd"}}])
def test_failed_task_that_does_not_say_why(watching, error):
    (job,) = watching(SoapServer({TASK: {"info.state": "error", **error}}), [waits(AwaitTask(TASK))])
    assert isinstance(job.error, TaskFailed) and "the server refuses it" in str(job.error)


def test_forgotten_task_costs_no_other_job(watching):
    jobs = watching(SoapServer({OTHER: ended()}), [waits(AwaitTask(TASK)), waits(AwaitTask(OTHER))])
    assert isinstance(jobs[0].error, TaskForgotten) and "task-1" in str(jobs[0].error)
    assert jobs[1].state == DONE


def test_task_that_a_new_session_does_not_know(watching):
    server = SoapServer({TASK: QUEUED})

    def restart():
        server.end_sessions()
        server.remove(TASK)

    (job,) = watching(server, [waits(AwaitTask(TASK))], [lambda: None, restart])
    assert isinstance(job.error, TaskForgotten)


QUESTION = {TYPE: "VirtualMachineQuestionInfo", "id": "7", "text": "moved or copied?", "message": [{"id": "msg.uuid.altered", "text": "?"}]}


def test_question_of_a_vm_ends_the_wait_for_its_task(watching):
    server = SoapServer({TASK: RUNNING_TASK, VM: {"runtime.powerState": "poweredOff"}})
    choices = {"choiceInfo": [{"key": "0", "label": "Cancel"}, {"key": "2", "label": "I copied it"}]}
    steps = [lambda: None, lambda: server.change(VM, {"runtime.question": {**QUESTION, "choice": choices}})]
    (job,) = watching(server, [waits(AwaitTask(TASK, VM))], steps)
    assert isinstance(job.error, VmAsks)
    assert (job.error.question, job.error.message_ids, job.error.choices) == ("7", ["msg.uuid.altered"], {"0": "Cancel", "2": "I copied it"})
    assert "moved or copied?; choices: Cancel, I copied it" in str(job.error)


def test_question_without_choices(watching):
    (job,) = watching(SoapServer({TASK: RUNNING_TASK, VM: {"runtime.question": QUESTION}}), [waits(AwaitTask(TASK, VM))])
    assert isinstance(job.error, VmAsks) and job.error.choices == {}


def test_task_that_has_ended_counts_more_than_a_question(watching):
    (job,) = watching(SoapServer({TASK: ended(), VM: {"runtime.question": QUESTION}}), [waits(AwaitTask(TASK, VM))])
    assert job.state == DONE


def is_on(properties):
    return properties.get("runtime.powerState") == "poweredOn"


def test_properties_are_awaited(watching):
    server = SoapServer({VM: {"runtime.powerState": "poweredOff", "guest.ipAddress": "192.0.2.1"}})
    steps = [lambda: None, lambda: server.change(VM, {"runtime.powerState": "poweredOn"})]
    (job,) = watching(server, [waits(AwaitProperties(VM, is_on, 60))], steps)
    assert job.result == [{"runtime.powerState": "poweredOn", "guest.ipAddress": "192.0.2.1"}]


def test_properties_that_do_not_come_in_time(watching):
    (job,) = watching(SoapServer({VM: {"runtime.powerState": "poweredOff"}}), [waits(AwaitProperties(VM, is_on, 0.02))])
    assert job.result == [None]


def test_properties_of_a_vm_that_is_gone(watching):
    (job,) = watching(SoapServer(), [waits(AwaitProperties(VM, is_on, 60))])
    assert isinstance(job.error, TaskForgotten) and "vm-1" in str(job.error)


def test_check_that_fails_is_an_error_of_its_job(watching):
    server = SoapServer({VM: {"runtime.powerState": "poweredOff"}, TASK: ended()})
    jobs = watching(server, [waits(AwaitProperties(VM, lambda properties: properties["nothing"], 60)), waits(AwaitTask(TASK))])
    assert [job.state for job in jobs] == [FAILED, DONE]


def test_error_of_the_server_reaches_everybody_who_waits(watching):
    server = SoapServer({TASK: QUEUED, OTHER: QUEUED})
    server.answers["WaitForUpdatesEx"] = lambda asked: Refusal("NoPermission")

    def work():
        try:
            yield AwaitTask(OTHER)
        except NotPermitted:
            return (yield Send(lambda session: "looked"))

    jobs = watching(server, [waits(AwaitTask(TASK)), work()])
    assert isinstance(jobs[0].error, NotPermitted)
    assert (jobs[1].state, jobs[1].result) == (DONE, "looked")


def test_place_that_becomes_free_is_taken_while_others_wait(watching):
    """The first task ends only after the second job, which waits for a place, has sent something."""
    server = SoapServer({TASK: QUEUED, OTHER: ended()})
    jobs = watching(server, [waits(AwaitTask(TASK)), waits(AwaitTask(OTHER)), sends(lambda session: server.change(TASK, ended()))], concurrency=2)
    assert [job.state for job in jobs] == [DONE] * 3


def test_late_answer_does_not_hold_up_tasks(watching, monkeypatch):
    monkeypatch.setattr(scheduler, "_ROUND_SECONDS", 0.01)
    server = SoapServer({TASK: QUEUED, OTHER: QUEUED})
    release = threading.Event()

    def slow(session):
        return release.wait(10)

    def work():
        yield AwaitTask(TASK)
        server.change(OTHER, ended())

    jobs = watching(server, [sends(slow), work(), waits(AwaitTask(OTHER))], [lambda: server.change(TASK, ended()), release.set])
    assert [job.state for job in jobs] == [DONE] * 3
    assert jobs[0].result == [True]


def test_nothing_is_left_in_a_session_that_stays(open_session):
    server = SoapServer({TASK: ended()})
    session = open_session(server, username="", password="", session_token=server.given_session())
    with Scheduler(session, 16) as scheduler:
        scheduler.run([Job(waits(AwaitTask(TASK)))])
        assert server.open
    assert server.open == {}


class Upload:
    """What takes until it is let go, or stopped."""

    def __init__(self):
        self.goes, self.stopped = threading.Event(), threading.Event()

    def __call__(self, session):
        assert self.goes.wait(10)
        if self.stopped.is_set():
            raise EstateError("it was stopped, and left vm-7 behind")
        return "sent"

    def stop(self):
        self.stopped.set()
        self.goes.set()

    @property
    def request(self):
        return SendLong(self, lambda: 41, self.stop)


def test_what_takes_minutes_shows_how_far_it_is_and_holds_up_no_other():
    upload, seen = Upload(), []
    jobs = run([waits(upload.request), sends(lambda session: 1, lambda session: upload.goes.set())], tick=lambda jobs: seen.append(jobs[0].percent))
    assert [(job.state, job.result) for job in jobs] == [(DONE, ["sent"]), (DONE, [1, None])]
    assert 41 in seen and seen[-1] is None and not upload.stopped.is_set()


def test_what_takes_minutes_is_stopped_and_waited_for_when_the_run_ends():
    class Cancelled(Exception):
        pass

    def tick(jobs):
        if jobs[0].percent:
            raise Cancelled

    upload = Upload()
    jobs = [Job(waits(upload.request)), Job(waits(Sleep(60)))]
    with pytest.raises(Cancelled):
        Scheduler(FakeSession(), 16, tick=tick).run(jobs)
    assert (jobs[0].state, str(jobs[0].error)) == (FAILED, "it was stopped, and left vm-7 behind")
    assert jobs[1].state == RUNNING


def test_job_that_waits_for_another_gives_its_place_to_it():
    done = []

    def waiting():
        while not done:
            yield Sleep(0.01, frees_place=True)
        return (yield Send(lambda session: "after it"))

    jobs = run([waiting(), waiting(), sends(lambda session: done.append(1))], concurrency=1)
    assert [job.state for job in jobs] == [DONE] * 3 and jobs[0].result == "after it"


def test_nobody_sleeps_beyond_the_deadline():
    session = FakeSession()

    def work():
        yield Send(lambda session: setattr(session, "remaining", 0.0))
        yield Sleep(600)
        return (yield Send(refuse))

    began = time.monotonic()
    jobs = run([work(), waits(Sleep(600))], session=session)
    assert [job.state for job in jobs] == [FAILED, DONE] and time.monotonic() - began < 60
