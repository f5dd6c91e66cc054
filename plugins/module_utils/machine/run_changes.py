# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Run a module that changes VMs: check everything, plan, guard, then change VMs side by side, and say what became of each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.masking import Secrets
from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import Spec
from ansible_collections.estate.vmware.plugins.module_utils.common.options import absolute_path, collect_problems, in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.common.run_module import ModuleFailure, run_module
from ansible_collections.estate.vmware.plugins.module_utils.common.signals import exit_on_signals
from ansible_collections.estate.vmware.plugins.module_utils.machine.changing_module import ChangingModule
from ansible_collections.estate.vmware.plugins.module_utils.machine.flow import Flow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.journal import Journal, awx_job
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import BOUNDS, CHANGE_OPTIONS, STOP
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import (
    MOST_RETURNED,
    check_dest,
    counts,
    failure_message,
    returned,
    write_results,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.progress import ChangeProgress
from ansible_collections.estate.vmware.plugins.module_utils.machine.protected import Guard, protected_filters
from ansible_collections.estate.vmware.plugins.module_utils.machine.scheduler import DONE, FAILED, RUNNING, Job, Scheduler
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import wrap_unexpected_errors
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import PYVMOMI_ERROR

#: Seconds between two looks whether the job still exists, while nothing is done.
_GLANCE = 1.0


#: What items name, as messages call it.
VM, HOST = "VM", "host"
#: A class of flows, or a function that chooses one.
MakeFlow = Callable[[Sequence[Item], Mapping[str, Any]], Flow]


class Terminated(SystemExit):
    """A signal ends the module."""


def run_changes(flow: MakeFlow, item_spec: Spec, argument_spec: dict[str, Any], kind: str = VM, **settings: Any) -> None:
    """Exit as a module does.

    :param flow: what the module does. :param item_spec: of an item of ``vms``, see option_specs.py.
    :param argument_spec: see module_options.py. :param kind: what items name: VM or HOST, in the option ``vms`` or ``hosts``.
    :param settings: further arguments of AnsibleModule.
    """
    make = partial(ChangingModule, item_spec, f"{kind.lower()}s")
    run_module(lambda module: _Call(module, flow, kind).run(), argument_spec, ("pyvmomi", PYVMOMI_ERROR), make=make, **settings)


class _Call:
    """One call of a module.

    :raises InvalidOption: options cannot be used; one line for everything that is wrong.
    """

    def __init__(self, module: ChangingModule, make_flow: MakeFlow, kind: str) -> None:
        self._module = module
        self._kind = kind
        # What a module does not have, it does not do.
        self._options = {**dict.fromkeys(CHANGE_OPTIONS), "protected": [], "wait": True, **module.params}
        problems = list(module.problems)

        checked = partial(collect_problems, problems)

        for name, bounds in BOUNDS.items():
            if self._options[name] is not None:
                checked(in_range, name, self._options[name], *bounds)
        connection = checked(Connection.from_options, self._options)
        filters = checked(protected_filters, self._options["protected"])
        if self._options["journal"]:
            checked(absolute_path, "journal", self._options["journal"])
        if self._options["dest"] and checked(absolute_path, "dest", self._options["dest"]) and not module.check_mode:
            checked(check_dest, self._options["dest"])
        flow: Any = checked(make_flow, module.items, self._options) if module.items or not module.problems else None
        if problems:
            raise InvalidOption(*problems)
        self._connection: Connection = connection
        #: Masks what no message shows, of the connection and of items.
        self._hide = Secrets((*connection.secrets, *module.no_log_values)).hide
        self._filters: Mapping[str, Any] = filters
        self._flow: Flow = flow
        self._planned: list[PlannedVm] = []
        self._jobs: list[Job] = []

    def run(self) -> dict[str, Any]:
        """What the module returns.

        :raises ModuleFailure: a VM failed, or was not worked on. :raises EstateError: nothing was changed, for this reason.
        """
        began = time.monotonic()
        exit_on_signals(_terminate)
        common = {"source": self._connection.address, "account": self._connection.account, "job": awx_job(os.environ)}
        journal = Journal(None if self._module.check_mode else self._options["journal"], common)
        progress = ChangeProgress(self._options["progress_pipe"], self._flow.doing)
        session = Session(self._connection)
        end: EstateError | None = None
        try:
            with wrap_unexpected_errors(), session, self._flow.closing:
                if self._connection.session_token:
                    journal.common["account"] = session.user.get("userName") or self._connection.account
                self._plan(session)
                if not self._module.check_mode:
                    self._change(session, journal, progress)
                    self._flow.conclude(session, self._planned)
        except InvalidOption:
            raise
        except Terminated:
            end = Cancelled("the module was terminated")
        except EstateError as error:
            end = error
        # From here on everything is written down, and takes no time.
        exit_on_signals(lambda: None)
        if end and not self._jobs:
            raise ModuleFailure(f"{self._connection.address}: {self._hide(str(end))}; nothing was changed", error_kind=end.kind)
        for planned in self._planned:
            planned.finish(journal, self._module.check_mode, end, self._hide)
        return self._result(session.calls, time.monotonic() - began, end)

    def _plan(self, session: Session) -> None:
        self._planned = self._flow.plans(session, self._connection)
        if self._kind != VM:
            return
        guard = Guard(session, self._connection, self._filters, self._options["protected_servers"], self._options["at_most"], self._warn)
        left_out = guard.check(self._planned)
        for planned in self._planned:
            if planned.ref in left_out:
                planned.plan = Plan()
                planned.outcome.further = {}

    def _warn(self, message: str) -> None:
        self._module.warn(self._hide(message))

    def _change(self, session: Session, journal: Journal, progress: ChangeProgress) -> None:
        to_change = [planned for planned in self._planned if planned.plan.steps and not planned.error]
        stops = self._options["on_error"] == STOP

        def tick(_jobs: Sequence[Job] = ()) -> None:
            states = [job.state for job in self._jobs]
            done, failed, running = (states.count(state) for state in (DONE, FAILED, RUNNING))
            share = 100.0 * (done + failed) + sum(job.percent or 0 for job in self._jobs if job.state == RUNNING)
            progress.report(len(to_change), done, running, failed, share / len(to_change), self._flow.sent)

        with Scheduler(session, self._options["concurrency"], stops, tick) as scheduler:
            for number, group in enumerate(self._flow.groups(to_change) if to_change else ()):
                if number:
                    if stops and any(job.state == FAILED for job in self._jobs):
                        return
                    _pause(session, self._flow.pause, tick)
                jobs = [planned.job(journal, self._options["wait"], self._hide) for planned in group]
                self._jobs += jobs
                scheduler.run(jobs)

    def _result(self, calls: int, seconds: float, end: EstateError | None) -> dict[str, Any]:
        outcomes = [planned.outcome for planned in self._planned]
        result = {"changed": any(outcome.changed for outcome in outcomes), "counts": counts(outcomes), "calls": calls, "seconds": round(seconds, 3)}
        message = failure_message(outcomes, self._connection.address, self._kind)
        if end and not message:
            # All VMs were done before.
            message = f"{self._connection.address}: {self._hide(str(end))}"
        written = [name for name in ("dest", "results_path") if self._options[name] and not (name == "dest" and self._module.check_mode)]
        for name in written:
            try:
                write_results(self._options[name], result, outcomes, f"{self._kind.lower()}s")
            except OSError as error:
                message = f"{message or self._connection.address}; {name} {self._options[name]} cannot be written ({error.strerror})"
        if not written and len(outcomes) > MOST_RETURNED:
            several = f"{self._kind}s"
            self._warn(
                f"{several.lower()} in the result has {MOST_RETURNED} of {len(outcomes)} {several}, failed ones first: set dest to have all of them in a file"
            )
        result[f"{self._kind.lower()}s"] = returned(outcomes)
        if self._module._diff:
            result["diff"] = [planned.diff for planned in self._planned if planned.plan.changed][:MOST_RETURNED]
        if message:
            raise ModuleFailure(message, **result)
        return result


def _terminate() -> None:
    raise Terminated(1)


def _pause(session: Session, seconds: float, tick: Callable[[], object]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and session.transport.remaining:
        tick()
        session.transport.pause(min(left, _GLANCE))
