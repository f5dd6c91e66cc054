# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Call a function in a child process, which costs a fork and no further Python: what the parent has imported is there."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.common.signals import exit_on_signals


class ChildFailed(EstateError):
    """The function raised something, or its process was killed.

    :ivar trace: the traceback of what it raised.
    """

    kind = "child"

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


class ChildProcess:
    """A call that runs in a child process, from now on. Signals end it as they end a module: with all that it has to clean up.

    :param call: what it returns must be possible to pickle. :param remedy: what helps where the memory of this machine is too small for it.
    :raises OSError: there can be no further process.
    """

    def __init__(self, call: Callable[[], Any], remedy: str = "") -> None:
        self._remedy = remedy
        self._receiver, sender = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.get_context("fork").Process(target=_run, args=(call, sender), daemon=True)
        with sender:
            self._process.start()

    def result(self) -> Any:
        """What the call returned, once it has.

        :raises ChildFailed: it did not return.
        """
        with self._receiver:
            try:
                is_returned, *found = self._receiver.recv()
            except EOFError:
                is_returned, found = False, []
        self._process.join()
        if is_returned:
            return found[0]
        raise ChildFailed(*(found or [_end_of(self._process.exitcode or 0, self._remedy)]))


def _run(call: Callable[[], Any], sender: Connection) -> None:
    exit_on_signals(lambda: sys.exit(1))
    try:
        found: tuple[Any, ...] = (True, call())
    except Exception as error:
        found = (False, f"{type(error).__name__}: {error}", traceback.format_exc())
    sender.send(found)


def _end_of(code: int, remedy: str) -> str:
    if code == -signal.SIGKILL:
        return "its process was killed: check whether this machine ran out of memory" + (f", and {remedy}" if remedy else "")
    return f"its process ended with code {code}: run the job again with -vvv"
