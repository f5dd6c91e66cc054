# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Run the work on many VMs side by side, over one session: changes are sent from a few threads, and all tasks are awaited together."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from types import TracebackType
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine import watched
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import (
    AwaitProperties,
    AwaitTask,
    Request,
    Send,
    SendLong,
    Sleep,
    TaskFailed,
    TaskForgotten,
    Work,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import wrap_unexpected_errors
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.fault_meanings import meaning
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import localized_fault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.watcher import Watcher

#: Threads that send. With more the server answers no faster.
_SENDERS = 8
#: Threads for what takes minutes.
_LONG_SENDERS = 4
#: Seconds for which a round waits for all answers, and for which free places wait for others to become free: fewer and larger rounds.
_ROUND_SECONDS, _REFILL_SECONDS = 1.0, 0.5
#: Seconds of one wait for changes while something else may happen, and while nothing else can.
_SHORT_WAIT, _LONG_WAIT = 1.0, 5.0

WAITING, RUNNING, DONE, FAILED, NOT_STARTED = "waiting", "running", "done", "failed", "not_started"


@dataclass(eq=False)
class Job:
    """The work on one VM, and what became of it.

    :ivar work: see work.py. :ivar limits: keys that it shares with other jobs, such as a datastore, and how many jobs of a key may run at once.
    :ivar state: WAITING, RUNNING, DONE, FAILED or NOT_STARTED. :ivar result: what the work returns. :ivar error: why it failed.
    :ivar percent: of the task that it awaits; None for no task. :ivar tasks: that it awaited.
    """

    work: Work
    limits: Mapping[Hashable, int] = field(default_factory=dict)
    state: str = WAITING
    result: Any = None
    error: EstateError | None = None
    percent: int | None = None
    tasks: list[MoRef] = field(default_factory=list)


class Scheduler:
    """Runs jobs over one session. A context manager: what it makes in a session that stays goes at the end of the block.

    :param concurrency: jobs that run at once. :param stops_on_error: start no further job after one has failed.
    :param tick: called several times a second at most while jobs run; what it raises ends the run.
    """

    def __init__(self, session: Session, concurrency: int, stops_on_error: bool = False, tick: Callable[[Sequence[Job]], object] = lambda jobs: None) -> None:
        self._session = session
        self._concurrency = concurrency
        self._stops_on_error = stops_on_error
        self._tick = tick
        self._waiting: deque[Job] = deque()
        self._in_use: Counter[Hashable] = Counter()
        self._running: set[Job] = set()
        self._ready: deque[tuple[Job, Any, EstateError | None]] = deque()
        self._sent: dict[Future[Any], Job] = {}
        self._late: set[Future[Any]] = set()
        self._awaited: dict[Job, AwaitTask | AwaitProperties] = {}
        self._wakes: dict[Job, float] = {}
        self._free_since = -inf
        self._properties: dict[MoRef, dict[str, Any]] = {}
        self._gone: set[MoRef] = set()
        self._watcher = Watcher(session, watched.watched_properties(session.version), watched.WATCHED_SHAPES)
        self._senders: ThreadPoolExecutor
        self._long_senders: ThreadPoolExecutor
        self._long: dict[Job, SendLong] = {}
        self._parked: set[Job] = set()

    def __enter__(self) -> Scheduler:
        self._watcher.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._watcher.__exit__(kind, error, trace)

    def run(self, jobs: Sequence[Job]) -> None:
        """Run jobs to their end, in their order as far as limits let them. Their errors are kept in them, none is raised."""
        self._waiting.extend(jobs)
        if len(jobs) > self._concurrency:
            self._watcher.expect_many()
        try:
            with self._sending():
                while self._waiting or self._running:
                    self._tick(jobs)
                    self._resume_jobs()
                    self._start_jobs()
                    if not self._ready:
                        self._collect_answers()
                    if not self._ready:
                        self._wait_for_changes()
                self._tick(jobs)
        finally:
            for job in self._waiting:
                job.state = NOT_STARTED
            self._waiting.clear()

    @contextmanager
    def _sending(self) -> Iterator[None]:
        """The sending threads. When the block raises, their requests are aborted, not waited for."""
        with ThreadPoolExecutor(_SENDERS) as self._senders, ThreadPoolExecutor(_LONG_SENDERS) as self._long_senders:
            try:
                yield
            except BaseException:
                for senders in (self._senders, self._long_senders):
                    senders.shutdown(wait=False, cancel_futures=True)
                for request in self._long.values():
                    request.stop()
                self._session.transport.abort_requests()
                self._end_long_sends()
                raise

    def _end_long_sends(self) -> None:
        """Wait for what takes minutes and was made to end: what it left behind is known then."""
        self._long_senders.shutdown()
        for future, job in self._sent.items():
            error = future.exception() if job in self._long and future.done() and not future.cancelled() else None
            if isinstance(error, EstateError):
                self._end(job, FAILED, error=error)

    def _start_jobs(self) -> None:
        free = self._free()
        if free <= 0 or not self._waiting:
            return
        is_worthwhile = not self._running or free >= max(1, self._concurrency // 4) or time.monotonic() - self._free_since >= _REFILL_SECONDS
        if not is_worthwhile:
            return
        passed: list[Job] = []
        while self._waiting and free:
            job = self._waiting.popleft()
            if any(self._in_use[key] >= most for key, most in job.limits.items()):
                passed.append(job)
                continue
            free -= 1
            self._in_use.update(job.limits.keys())
            self._running.add(job)
            job.state = RUNNING
            self._ready.append((job, None, None))
        self._waiting.extendleft(reversed(passed))

    def _resume_jobs(self) -> None:
        while self._ready:
            job, answer, error = self._ready.popleft()
            try:
                with wrap_unexpected_errors():
                    try:
                        self._accept(job, job.work.throw(error) if error else job.work.send(answer))
                    except StopIteration as end:
                        self._end(job, DONE, result=end.value)
            except EstateError as failure:
                self._end(job, FAILED, error=failure)

    def _end(self, job: Job, state: str, result: Any = None, error: EstateError | None = None) -> None:
        job.state, job.result, job.error, job.percent = state, result, error, None
        self._running.discard(job)
        self._in_use.subtract(job.limits.keys())
        self._free_since = time.monotonic()
        if state == FAILED and self._stops_on_error:
            for waiting in self._waiting:
                waiting.state = NOT_STARTED
            self._waiting.clear()

    def _accept(self, job: Job, request: Request) -> None:
        if isinstance(request, SendLong):
            self._long[job] = request
            future = self._long_senders.submit(request.function, self._session)
            self._sent[future] = job
            self._late.add(future)
        elif isinstance(request, Send):
            self._sent[self._senders.submit(request.function, self._session)] = job
        elif isinstance(request, Sleep):
            self._wakes[job] = time.monotonic() + request.seconds
            if request.frees_place:
                self._parked.add(job)
        else:
            self._awaited[job] = request
            if isinstance(request, AwaitTask):
                job.tasks.append(request.task)
            else:
                self._wakes[job] = time.monotonic() + request.seconds

    def _collect_answers(self) -> None:
        # An answer that was late once no longer holds up the others.
        expected = self._sent.keys() - self._late
        if expected:
            wait(expected, timeout=_ROUND_SECONDS)
        elif self._sent and not self._awaited:
            wait(self._sent, timeout=self._longest_wait(), return_when=FIRST_COMPLETED)
        self._late = {future for future in self._sent if not future.done()}
        for job, request in self._long.items():
            job.percent = request.percent()
        for future in self._sent.keys() - self._late:
            job = self._sent.pop(future)
            self._long.pop(job, None)
            job.percent = None
            try:
                with wrap_unexpected_errors():
                    self._ready.append((job, future.result(), None))
            except EstateError as error:
                self._ready.append((job, None, error))

    def _wait_for_changes(self) -> None:
        """Watch what jobs await, and resume those whose wait has ended."""
        seconds = self._longest_wait()
        if not self._awaited:
            if self._wakes and not self._sent:
                self._session.transport.pause(seconds)
        else:
            try:
                self._watch(0 if self._ready else seconds)
            except EstateError as error:
                for job in list(self._awaited):
                    self._resume(job, error=error)
        self._wake()

    def _longest_wait(self) -> float:
        """Seconds for which nothing but a change can happen."""
        now = time.monotonic()
        longest = _REFILL_SECONDS if self._has_room() else _SHORT_WAIT if self._sent else _LONG_WAIT
        # Progress is shown, and the end of the job noticed, in between.
        return max(0.0, min([longest, *(wake - now for wake in self._wakes.values())]))

    def _has_room(self) -> bool:
        return bool(self._waiting) and self._free() > 0

    def _free(self) -> int:
        """Jobs that may begin; below 0 where some that gave their place away go on."""
        return self._concurrency - len(self._running - self._parked)

    def _watch(self, seconds: float) -> None:
        wanted = {ref: None for request in self._awaited.values() for ref in self._watched_by(request)}
        for ref in self._watcher.change(wanted, [ref for ref in self._properties if ref not in wanted]):
            self._lose(ref)
        self._properties = {ref: self._properties.get(ref, {}) for ref in wanted}
        self._check_awaited()
        if self._ready:
            return
        for ref, properties, is_gone in self._watcher.updates(seconds):
            if is_gone:
                self._lose(ref)
            elif ref in self._properties:
                self._properties[ref].update(properties)
        self._check_awaited()

    def _lose(self, ref: MoRef) -> None:
        """Resume the jobs that await an object which the server does not know. A task goes on without its VM: it may be what removes it."""
        self._gone.add(ref)
        for job, request in list(self._awaited.items()):
            if ref == (request.task if isinstance(request, AwaitTask) else request.ref):
                self._resume(job, error=TaskForgotten(f"the server does not know {ref.moid} any more: look at the VM before you run again"))

    def _check_awaited(self) -> None:
        for job, request in list(self._awaited.items()):
            try:
                with wrap_unexpected_errors():
                    self._check(job, request)
            except EstateError as error:
                self._resume(job, error=error)

    def _check(self, job: Job, request: AwaitTask | AwaitProperties) -> None:
        if isinstance(request, AwaitTask):
            self._check_task(job, request)
        elif request.check(self._properties[request.ref]):
            self._resume(job, self._properties[request.ref])

    def _check_task(self, job: Job, request: AwaitTask) -> None:
        task = self._properties.get(request.task, {})
        state = task.get(watched.STATE)
        job.percent = task.get(watched.PROGRESS) or 0
        if state == "success":
            self._resume(job, task.get(watched.RESULT))
        elif state == "error":
            fault = localized_fault(task.get(watched.ERROR))
            self._resume(job, error=TaskFailed(meaning(fault), fault))
        elif request.vm and (asked := watched.question(self._properties.get(request.vm, {}))):
            self._resume(job, error=asked)

    def _wake(self) -> None:
        # After the deadline nothing is waited for.
        now = time.monotonic() if self._session.transport.remaining else inf
        for job in [job for job, wake in self._wakes.items() if wake <= now]:
            if job in self._parked and len(self._running - self._parked) >= self._concurrency:
                # It has given its place away, and waits for another.
                self._wakes[job] = now + _REFILL_SECONDS
            else:
                self._resume(job)

    def _resume(self, job: Job, answer: Any = None, error: EstateError | None = None) -> None:
        self._awaited.pop(job, None)
        self._wakes.pop(job, None)
        self._parked.discard(job)
        job.percent = None
        self._ready.append((job, answer, error))

    def _watched_by(self, request: AwaitTask | AwaitProperties) -> list[MoRef]:
        if isinstance(request, AwaitTask):
            return [request.task, *([request.vm] if request.vm and request.vm not in self._gone else [])]
        return [request.ref]
