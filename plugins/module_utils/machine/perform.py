# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Make one change: send it once, look whether it happened where the answer was lost, await its task.

Generators for ``yield from``, see work.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import chain, repeat
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.evidence import Sent, Verdict, look
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import PASSING, Operation
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitTask, Send, Sleep, TaskForgotten, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    ConnectionDropped,
    MethodFault,
    NotPermitted,
    ObjectGone,
    OutcomeUnknown,
    SessionExpired,
    TimedOut,
    Unreachable,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, MoRef

#: How often a change is sent: again only after it is known that it did not happen.
_MOST_ATTEMPTS = 3
#: Seconds between attempts after a refusal that passes.
_PASSING_PAUSES = (2.0, 5.0, 10.0, 20.0)
#: Seconds before each look for a change whose answer was lost: it may be carried out a moment later.
_LOOK_PAUSES = (0.0, 0.5, 2.0)
#: The same while tasks go on that may be it. The deadline ends it.
_LAST_PAUSE = 5.0


def perform(operation: Operation, ref: MoRef, *arguments: Any, vm: MoRef | None = None, find_made: Callable[[Session], MoRef | None] | None = None) -> Work:
    """Make a change and wait for its end; returns the result of its task, or of the call where it starts none.

    A refusal that passes by itself is tried again; that the VM has the wanted power state already is no error.

    :param arguments: of pyVmomi's types; a MoRef stands for pyVmomi's object. :param vm: whose questions are noticed meanwhile.
    :param find_made: see evidence.Sent.
    :raises EstateError: the change did not happen or failed; OutcomeUnknown: whether it happened is not known.
    """
    for pause in (*_PASSING_PAUSES, None):
        try:
            task = yield from _send_once(operation, ref, arguments, vm or ref, find_made)
            if not isinstance(task, MoRef) or task.type != "Task":
                return task
            return (yield from _await(Sent(operation, ref, vm or ref, time.monotonic(), find_made), task, vm))
        except ObjectGone:
            if operation.removes:
                return None
            raise
        except MethodFault as error:
            if operation.state and error.fault.type == "InvalidPowerState" and error.fault.text("existingState") == operation.state[1]:
                return None
            if error.fault.type not in PASSING or pause is None:
                raise
        yield Sleep(pause)
    return None


def _send_once(operation: Operation, ref: MoRef, arguments: tuple[Any, ...], entity: MoRef, find_made: Callable[[Session], MoRef | None] | None) -> Work:
    """Send a change; returns its answer. After a lost answer what a look finds: the task, or what was made."""
    for attempt in range(1, _MOST_ATTEMPTS + 1):
        sent = Sent(operation, ref, entity, time.monotonic(), find_made)
        try:
            return (yield Send(partial(_invoke, operation.method, ref, arguments)))
        except SessionExpired:
            # Refused, so it did not happen.
            if attempt == _MOST_ATTEMPTS:
                raise
        except (MethodFault, NotPermitted):
            raise
        except VsphereError as error:
            if not error.transient:
                raise
            if isinstance(error, Unreachable) and not isinstance(error, ConnectionDropped):
                # It never left.
                happened = Verdict(False)
                yield Sleep(1.0)
            else:
                happened = yield from _find_out(sent, error)
            if happened.happened:
                return happened.task or happened.result
            if attempt == _MOST_ATTEMPTS:
                raise
    return None


def _find_out(sent: Sent, lost: VsphereError) -> Work:
    """Look several times whether a change happened; returns a Verdict that is certain.

    :raises OutcomeUnknown: nothing tells.
    """
    for pause in chain(_LOOK_PAUSES, repeat(_LAST_PAUSE)):
        yield Sleep(pause)
        try:
            verdict = yield Send(partial(look, sent))
        except VsphereError as error:
            raise _unknown(sent.operation, f"{lost}; and the look whether it happened failed: {error}") from error
        if verdict.happened:
            return verdict
        if verdict.happened is False and pause >= _LOOK_PAUSES[-1]:
            break
    # A request without an answer within the timeout may still be waiting inside the server.
    if isinstance(lost, TimedOut):
        raise _unknown(sent.operation, str(lost)) from lost
    return Verdict(False)


def _await(sent: Sent, task: MoRef, vm: MoRef | None) -> Work:
    """Wait for the end of a task. Of one that the server has forgotten the object tells what became of it."""
    try:
        return (yield AwaitTask(task, vm))
    except TaskForgotten as error:
        verdict = yield Send(partial(look, sent))
        if verdict.happened and verdict.task is None:
            return verdict.result
        raise _unknown(sent.operation, f"the server has forgotten {task.moid}") from error


def _unknown(operation: Operation, reason: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"whether it was carried out is unknown ({operation.name}: {reason}): look at the VM and its recent tasks, then run again")


def _invoke(method: str, ref: MoRef, arguments: tuple[Any, ...], session: Session) -> Any:
    converted = (session.object(argument) if isinstance(argument, MoRef) else argument for argument in arguments)
    number = session.number
    try:
        return session.invoke(ref, method, *converted, shape=ANY)
    except SessionExpired:
        session.renew(number)
        raise
