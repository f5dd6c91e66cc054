# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Make one change: send it once, look whether it happened where the answer was lost, await its task.

Generators for ``yield from``, see work.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, repeat
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.evidence import Sent, Verdict, look
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import PASSING, Operation
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitTask, Send, Sleep, TaskForgotten, VmAsks, Work
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    DeadlinePassed,
    MethodFault,
    NotPermitted,
    OutcomeUnknown,
    SessionExpired,
    TimedOut,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault

#: How often a change is sent: again only after it is known that it did not happen.
_MOST_ATTEMPTS = 3
#: Seconds between attempts after a refusal that passes.
_PASSING_PAUSES = (2.0, 5.0, 10.0, 20.0)
_UNREACHABLE_PAUSE = 1.0
#: Seconds before each look for a change whose answer was lost: it may be carried out a moment later.
LOOK_PAUSES = (0.0, 0.5, 2.0)
#: The same after which a change that must not happen twice is looked for further.
FURTHER_PAUSES = (5.0, 10.0)
#: The same while tasks go on that may be it. The deadline ends it.
_LAST_PAUSE = 5.0
#: vSphere types of refusals that say that the name is taken: by what was made before, if the change was sent twice.
_TAKEN = ("AlreadyExists", "DuplicateName")


class NeverSent(DeadlinePassed):
    """The deadline had passed before the change was sent."""

    was_sent = False


def perform(operation: Operation, ref: MoRef, *arguments: Any, vm: MoRef | None = None, find_made: Callable[[Session], Any] | None = None) -> Work:
    """Make a change and wait for its end; returns the result of its task, or of the call where it starts none.

    A refusal that passes by itself is tried again; that the VM has the wanted power state already is no error.

    :param arguments: of pyVmomi's types; a MoRef, alone or in a list, stands for pyVmomi's object. :param vm: whose questions are noticed meanwhile.
    :param find_made: see evidence.Sent.
    :raises EstateError: the change did not happen or failed; OutcomeUnknown: whether it happened is not known.
    """
    begun = time.monotonic()
    for pause in (*_PASSING_PAUSES, None):
        try:
            task = yield from _send_once(operation, ref, arguments, vm or ref, find_made)
            if not isinstance(task, MoRef) or task.type != "Task":
                return task
            # A VM that goes with its task cannot be watched to the end.
            watched = None if operation.removes and ref == vm else vm
            return (yield from _await(Sent(operation, ref, vm or ref, time.monotonic(), find_made), task, watched))
        except MethodFault as error:
            if _is_done(operation, ref, error.fault):
                return None
            if error.fault.type in _TAKEN and find_made and operation.makes:
                made = yield from _made_before(Sent(operation, ref, vm or ref, begun, find_made))
                if made is not None:
                    return made
            if error.fault.type not in PASSING or pause is None:
                raise _named(operation, error)
        except NotPermitted as error:
            raise _named(operation, error)
        yield Sleep(pause)
    return None


def _is_done(operation: Operation, ref: MoRef, fault: Fault) -> bool:
    """Whether a refusal says that the object is as the operation leaves it."""
    if operation.state and fault.type == "InvalidPowerState":
        return bool(fault.text("existingState") == operation.state[1])
    is_gone = fault.type == "ManagedObjectNotFound" and fault.parts.get("obj", ref) == ref
    return fault.type in operation.done_faults or (operation.removes and is_gone)


def _named(operation: Operation, error: VsphereError) -> VsphereError:
    """The same error, with the name of the step in its message."""
    error.args = (f"cannot {operation.name}: {error}",)
    return error


def _send_once(operation: Operation, ref: MoRef, arguments: tuple[Any, ...], entity: MoRef, find_made: Callable[[Session], Any] | None) -> Work:
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
            if not error.was_sent:
                if not error.transient or attempt == _MOST_ATTEMPTS:
                    raise
                yield Sleep(_UNREACHABLE_PAUSE)
                continue
            if isinstance(error, DeadlinePassed):
                raise _unknown(operation, str(error)) from error
            verdict = yield from _find_out(sent, error)
            if verdict.happened:
                return verdict.task or verdict.result
            if attempt == _MOST_ATTEMPTS:
                raise
    return None


def _find_out(sent: Sent, lost: VsphereError) -> Work:
    """Look several times whether a change happened; returns a Verdict that is certain.

    :raises OutcomeUnknown: nothing tells, or the server may still carry it out and a second one would do harm.
    """
    operation = sent.operation
    # A request without an answer within the timeout may still be waiting inside the server.
    is_sent_again = operation.repeatable and not isinstance(lost, TimedOut)
    if not operation.leaves_traces and not sent.find_made:
        if is_sent_again:
            return Verdict(False)
        raise _unknown(operation, str(lost)) from lost
    for pause, is_last in _looks(operation.repeatable):
        yield Sleep(pause)
        try:
            verdict = yield Send(partial(look, sent))
        except VsphereError as error:
            raise _unknown(operation, f"{lost}; and the look whether it happened failed: {error}") from error
        if verdict.happened:
            return verdict
        if verdict.happened is False and is_last:
            break
    if not is_sent_again:
        raise _unknown(operation, f"{lost}; no trace of it so far") from lost
    return Verdict(False)


def _looks(is_repeatable: bool) -> Iterator[tuple[float, bool]]:
    """Seconds before each look, and whether it may be the last one."""
    pauses = LOOK_PAUSES if is_repeatable else LOOK_PAUSES + FURTHER_PAUSES
    return chain(((pause, False) for pause in pauses[:-1]), ((pauses[-1], True),), repeat((_LAST_PAUSE, True)))


def _made_before(sent: Sent) -> Work:
    """What a change made that was sent before, now that a second one is refused; None if somebody else has the name."""
    while True:
        verdict = yield Send(partial(look, sent))
        if verdict.happened is not None:
            return verdict.result
        yield Sleep(_LAST_PAUSE)


def _await(sent: Sent, task: MoRef, vm: MoRef | None) -> Work:
    """Wait for the end of a task. Of one that the server has forgotten the object tells what became of it."""
    try:
        return (yield AwaitTask(task, vm))
    except TaskForgotten as error:
        verdict = yield Send(partial(look, sent))
        if verdict.happened and verdict.task is None:
            return verdict.result
        raise _unknown(sent.operation, f"the server has forgotten {task.moid}") from error
    except (MethodFault, VmAsks):
        raise
    except VsphereError as error:
        raise _unknown(sent.operation, f"{task.moid} was not awaited to its end: {error}") from error


def _unknown(operation: Operation, reason: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"whether it was carried out is unknown ({operation.name}: {reason}): look at its state and its recent tasks, then run again")


def _invoke(method: str, ref: MoRef, arguments: tuple[Any, ...], session: Session) -> Any:
    number = session.number
    if not session.transport.remaining:
        raise NeverSent("the deadline has passed before it was sent: raise deadline, and run again")
    try:
        return session.invoke(ref, method, *(_converted(session, argument) for argument in arguments), shape=ANY)
    except SessionExpired:
        try:
            session.renew(number)
        except VsphereError as error:
            # The change was refused before.
            error.was_sent = False
            raise
        raise


def _converted(session: Session, argument: Any) -> Any:
    if isinstance(argument, list):
        return [_converted(session, item) for item in argument]
    return session.object(argument) if isinstance(argument, MoRef) else argument
