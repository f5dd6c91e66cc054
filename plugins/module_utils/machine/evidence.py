# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Whether a change happened whose answer was lost: found out before it is sent again.

docs/changing.md has the table of what counts as evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import Operation, has_happened
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

_VM = "VirtualMachine"
_RUNNING, _FAILED = ("queued", "running"), "error"
_RECENT = "recentTask"
#: Recent tasks of one object that are looked at, the last of the list. vCenter keeps some ten.
_MOST_TASKS = 500
_KIND, _QUEUED, _REASON, _STATE = "info.descriptionId", "info.queueTime", "info.reason", "info.state"
_TASK_PATHS = {"Task": (_KIND, _QUEUED, _REASON, _STATE)}
_SHAPES: Shapes = {
    "Task": {**dict.fromkeys((_KIND, _QUEUED, _STATE), short_text), _REASON: {"userName": short_text}},
    EVERY_TYPE: {_RECENT: [MoRef]},
}


class Verdict(NamedTuple):
    """What became of a change.

    :ivar happened: None while a task that may be it goes on. :ivar task: the task, to be awaited; None for none. :ivar result: what it made.
    """

    happened: bool | None
    task: MoRef | None = None
    result: Any = None


@dataclass(frozen=True)
class Sent:
    """A change whose answer was lost.

    :ivar ref: of the called object. :ivar entity: whose tasks show it; of a snapshot its VM.
    :ivar at: when it was sent, of the clock ``time.monotonic``.
    :ivar find_made: finds what it made: a VM by name and mark, a snapshot by its name, a file; None where it makes nothing.
        Of files that are deleted: something if they are gone.
    """

    operation: Operation
    ref: MoRef
    entity: MoRef
    at: float
    find_made: Callable[[Session], Any] | None = None


def look(sent: Sent, session: Session) -> Verdict:
    """Look once whether a change happened.

    :raises VsphereError: it cannot be looked.
    """
    operation = sent.operation
    if operation.is_of_files:
        return _look_at_files(sent, session)
    found = retrieve_objects(session, [sent.ref, sent.entity], _wanted(sent), _SHAPES)
    if sent.ref not in found:
        # Nobody else removes it in the same moment.
        return Verdict(operation.removes)
    tasks = _tasks_since_sent(session, sent, found[sent.entity].properties.get(_RECENT, ())) if sent.entity in found else []
    running = [ref for ref, state in tasks if state in _RUNNING]
    if sent.find_made and running and (operation.makes or sent.entity.type != _VM):
        # A VM is there as soon as its making begins, and of the tasks of one folder or template none says which VM it is about.
        return Verdict(None)
    if sent.find_made or operation.removes:
        # What is there decides, not a task that has ended: it may have made or removed something else.
        made = sent.find_made(session) if sent.find_made and not running else None
        return Verdict(True, running[0]) if running else Verdict(made is not None, result=made)
    if tasks:
        return Verdict(True, tasks[0][0])
    return Verdict(has_happened(operation, found[sent.ref].properties))


def _look_at_files(sent: Sent, session: Session) -> Verdict:
    manager = session.manager("taskManager")
    found = retrieve_objects(session, [manager], {manager.type: [_RECENT]}, _SHAPES).get(manager)
    states = {state for _ref, state in _tasks_since_sent(session, sent, found.properties.get(_RECENT, ()) if found else ())}
    if not states.isdisjoint(_RUNNING):
        # A file is there as soon as its making begins, and of several tasks none says which file it makes.
        return Verdict(None)
    made = sent.find_made(session) if sent.find_made else None
    if made is None or _FAILED in states:
        # A task that failed may be that of this file.
        return Verdict(False)
    return Verdict(True, result=made)


def _wanted(sent: Sent) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {sent.entity.type: [_RECENT]}
    if sent.operation.state:
        wanted.setdefault(sent.ref.type, []).append(sent.operation.state[0])
    else:
        wanted.setdefault(sent.ref.type, [])
    return wanted


def _tasks_since_sent(session: Session, sent: Sent, recent: Sequence[MoRef]) -> list[tuple[MoRef, str]]:
    """Those of some tasks that may be of a change: of its kind, of our account, queued since it was sent. The newest first, with its state."""
    if not recent or not sent.operation.tasks:
        return []
    # What the server's clock showed then, or earlier by the time that the answer takes on its way. Nothing is added: an earlier change must not count.
    now = session.current_time()
    since = now - timedelta(seconds=time.monotonic() - sent.at)
    user = session.user.get("userName")
    mine = []
    for ref, (_ref, properties, _missing) in retrieve_objects(session, recent[-_MOST_TASKS:], _TASK_PATHS, _SHAPES).items():
        is_ours = properties.get(_REASON, {}).get("userName", user) == user
        kind = properties.get(_KIND, "").rpartition(".")[2]
        with suppress(ValueError):
            queued = parse_xsd_datetime(properties.get(_QUEUED, ""))
            if is_ours and kind in sent.operation.tasks and queued >= since:
                mine.append((queued, ref, properties.get(_STATE, "")))
    return [(ref, state) for _queued, ref, state in sorted(mine, reverse=True)]
