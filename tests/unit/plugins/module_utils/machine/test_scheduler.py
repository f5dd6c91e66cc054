# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine.scheduler import DONE, FAILED, NOT_STARTED, Job, Scheduler
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send, Sleep


class FakeSession:
    """Runs what is sent to it. Waiting for tasks is tested with the simulator, in tests/integration/test_scheduler.py."""

    version = (8, 0, 2, 0)
    number = 0

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
