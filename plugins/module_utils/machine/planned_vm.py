# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One VM of a call: what it is, what shall be done to it, and what became of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.machine import scheduler
from ansible_collections.estate.vmware.plugins.module_utils.machine.journal import DONE, FAILED, INTENDED, RUNNING, UNKNOWN, Journal, JournalError
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import NotStarted, VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.scheduler import Job
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitTask, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


@dataclass
class PlannedVm:
    """A VM that a call names.

    :ivar where: its item, such as ``vms[3]``. :ivar is_chosen: by filters; else it is named itself.
    :ivar ref: None for one that is to be made. :ivar properties: what was read of it, at least protected.SAFETY_PATHS.
    :ivar error: why there is no plan; then nothing is done. :ivar limits: see scheduler.Job.
    """

    where: str
    is_chosen: bool
    ref: MoRef | None
    outcome: VmOutcome
    plan: Plan = field(default_factory=Plan)
    properties: Mapping[str, Any] = field(default_factory=dict)
    error: EstateError | None = None
    limits: Mapping[Hashable, int] = field(default_factory=dict)
    _step: Step | None = None
    _job: Job | None = None
    _not_awaited: list[MoRef] = field(default_factory=list)
    _earlier_tasks: int = 0

    def job(self, journal: Journal, wait: bool, hide: Callable[[str], str]) -> Job:
        """The work of its plan, written to the journal.

        :param wait: whether to await the task of the last step. :param hide: removes secrets from the message of an error.
        """
        self._job = Job(self._work(journal, wait, hide), self.limits)
        return self._job

    def finish(self, journal: Journal, is_check: bool, end: EstateError | None, hide: Callable[[str], str]) -> None:
        """Set what became of it in its outcome.

        :param end: why the call ended before all work had. :param hide: see :meth:`job`.
        """
        state, outcome = self._job.state if self._job else scheduler.WAITING, self.outcome
        outcome.tasks = self.tasks
        if self.error or state == scheduler.FAILED:
            outcome.fail(self.error or (self._job and self._job.error) or NotStarted("it failed"), hide)
        elif is_check:
            outcome.changed, outcome.actions = self.plan.changed, self.plan.actions
        elif state == scheduler.RUNNING:
            self._interrupt(journal, end, hide)
        elif self.plan.steps and state in (scheduler.WAITING, scheduler.NOT_STARTED):
            outcome.fail(NotStarted(f"nothing was done: {end or 'another VM has failed, and on_error is stop'}"), hide)

    def _interrupt(self, journal: Journal, end: EstateError | None, hide: Callable[[str], str]) -> None:
        action = self._step.action if self._step else "its work"
        left = self._step.leaves() if self._step else ""
        task = self._task_of_step
        what = f"{action} goes on as {task}" if task else f"whether {action} was carried out is unknown"
        self.outcome.fail(Cancelled(f"{what}: {end or 'the call has ended'}; look at {left or 'it'} before you run again"), hide)
        if self._step is not None:
            # Its failure must not hide what runs.
            with suppress(JournalError):
                self._write(journal, RUNNING if task else UNKNOWN)

    def is_over(self) -> bool:
        """Whether its work has ended, or will not begin."""
        return self._job is None or self._job.state not in (scheduler.WAITING, scheduler.RUNNING)

    @property
    def path(self) -> str:
        """What messages call it."""
        return self.outcome.path or self.outcome.name or self.outcome.moid

    @property
    def diff(self) -> dict[str, Any]:
        """As Ansible shows it with ``--diff``."""
        return {"before_header": self.path, "after_header": self.path, **self.plan.diff}

    def _work(self, journal: Journal, wait: bool, hide: Callable[[str], str]) -> Work:
        vm, steps = self.ref, deque(self.plan.steps)
        while steps:
            step = steps.popleft()
            self._step, self._earlier_tasks = step, len(self.tasks)
            self._write(journal, INTENDED, before=step.before, after=step.after)
            try:
                made = yield from step.run(vm) if wait or steps or not step.ends_with_task else _until_task(step.run(vm))
            except EstateError as error:
                self._write(journal, UNKNOWN if error.kind == "unknown" else FAILED, error=hide(str(error)))
                self._step = None
                raise
            if isinstance(made, MoRef) and made.type == "VirtualMachine":
                vm = self.ref = made
                self.outcome.moid = made.moid
            self.outcome.actions.append(step.action)
            self.outcome.changed |= step.is_change
            is_running = isinstance(made, MoRef) and made.type == "Task"
            self._not_awaited += [made] * is_running
            self._write(journal, RUNNING if is_running else DONE)
            self._step = None
            if isinstance(made, Step):
                steps.appendleft(made)

    def _write(self, journal: Journal, outcome: str, **further: Any) -> None:
        vm = {key: getattr(self.outcome, key) for key in ("name", "path", "moid", "instance_uuid")}
        journal.write(vm, self._step.action if self._step else "", outcome, task=self._task_of_step, **further)

    @property
    def _task_of_step(self) -> str:
        """The id of the newest task that the current step has started; empty for none."""
        return next(reversed(self.tasks[self._earlier_tasks :]), "")

    @property
    def tasks(self) -> list[str]:
        """The ids of the tasks that were started, in order."""
        return [task.moid for task in (*(self._job.tasks if self._job else ()), *self._not_awaited)]


def _until_task(work: Work) -> Work:
    """The same work, but its first task is not awaited: it returns the reference of the task."""
    answer: Any = None
    error: EstateError | None = None
    while True:
        try:
            request = work.throw(error) if error else work.send(answer)
        except StopIteration as end:
            return end.value
        if isinstance(request, AwaitTask):
            work.close()
            return request.task
        answer, error = None, None
        try:
            answer = yield request
        except EstateError as raised:
            error = raised
