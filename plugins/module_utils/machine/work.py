# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What the work on one VM may wait for. Such work is a generator: it yields one of these and gets the answer, or an error is raised in it.

scheduler.py runs the work on many VMs side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


@dataclass(frozen=True)
class Send:
    """Run a function in a sending thread, once. The answer is what it returns."""

    function: Callable[[Session], Any]


@dataclass(frozen=True)
class SendLong(Send):
    """The same for what takes minutes, such as an upload: few of them run at once, and they hold up no others.

    :ivar percent: how much of it is done. :ivar stop: called where the call ends before it does: it makes the function end soon.
    """

    percent: Callable[[], int]
    stop: Callable[[], None]


@dataclass(frozen=True)
class AwaitTask:
    """Wait for the end of a task. The answer is its result, a MoRef for what it made.

    :ivar vm: the VM that it works on. A question of this VM stops the task, so it raises VmAsks.
    """

    task: MoRef
    vm: MoRef | None = None


@dataclass(frozen=True)
class AwaitProperties:
    """Wait until properties of an object are as they should be. The answer is those properties; None after the time.

    :ivar check: of all properties in watched.py that the object has, by path.
    """

    ref: MoRef
    check: Callable[[Mapping[str, Any]], bool]
    seconds: float


@dataclass(frozen=True)
class Sleep:
    """Wait so many seconds.

    :ivar frees_place: another VM's work may begin meanwhile: this one waits for that.
    """

    seconds: float
    frees_place: bool = False


Request: TypeAlias = "Send | AwaitTask | AwaitProperties | Sleep"
Work = Generator["Request", Any, Any]


class TaskFailed(MethodFault):
    """A task has ended with an error."""


class TaskForgotten(EstateError):
    """The server does not know a task any more: it ended some time ago, how is not known."""

    kind = "unknown"


class VmAsks(EstateError):
    """A VM waits for the answer to a question, and so does every task on it.

    :ivar question: its id, for AnswerVM. :ivar message_ids: of the messages, such as ``msg.uuid.altered``. :ivar choices: key to label.
    """

    kind = "question"

    def __init__(self, question: str, text: str, message_ids: list[str], choices: dict[str, str]) -> None:
        labels = ", ".join(choices.values())
        super().__init__(f"the VM waits for the answer to a question ({text}; choices: {labels}): answer it in the vSphere Client")
        self.question = question
        self.message_ids = message_ids
        self.choices = choices
