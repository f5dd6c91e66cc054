# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the work of steps without a scheduler: what it sends goes to a fake session, what it awaits has the given ends."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitProperties, AwaitTask, Send
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault


def drive(work, session, tasks=(), waits=()):
    """Run work to its end, without sleeping; returns its result.

    :param tasks: results of the tasks it awaits, or errors; None once they are used up.
    :param waits: properties that it waits for; its check must accept them, unless there are none: the time passes then.
    """
    tasks, waits = iter(tasks), iter(waits)
    answer, error = None, None
    while True:
        try:
            request = work.throw(error) if error else work.send(answer)
        except StopIteration as end:
            return end.value
        answer = error = None
        try:
            if isinstance(request, Send):
                answer = request.function(session)
            elif isinstance(request, AwaitTask):
                answer = next(tasks, None)
            elif isinstance(request, AwaitProperties):
                answer = next(waits)
                assert answer is None or request.check(answer), answer
            if isinstance(answer, Exception):
                raise answer
        except EstateError as raised:
            error = raised


def carry_out(plan, vm, session, tasks=(), waits=()):
    """Run all steps of a plan, and those that they return; returns the methods that were called, in order."""
    steps, tasks, waits, before = list(plan.steps), iter(tasks), iter(waits), len(session.sent)
    while steps:
        made = drive(steps.pop(0).run(vm), session, tasks, waits)
        if isinstance(made, Step):
            steps.insert(0, made)
        vm = made if isinstance(made, MoRef) and made.type == "VirtualMachine" else vm
    return [method for method, _arguments in session.sent[before:]]


def refusal(kind, **parts):
    """A fault of the server."""
    return MethodFault(f"the server refuses it ({kind})", Fault(kind, "", "", parts))
