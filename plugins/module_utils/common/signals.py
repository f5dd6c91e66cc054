# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Handle the signals that end a process: once, and not in the middle of a login or logout."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
#: Seconds that a signal waits at most.
_LONGEST_DEFERRAL = 5


def end_with(leave: Callable[[], object]) -> None:
    """Have the first signal that ends a process call this, which raises SystemExit, and no further one disturb it.

    Signals that are ignored, as those of ``nohup``, stay so.
    """
    heeded = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]

    def end(_number: int, _frame: object) -> None:
        for number in heeded:
            signal.signal(number, signal.SIG_IGN)
        leave()

    for number in heeded:
        signal.signal(number, end)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Defer SIGHUP, SIGINT and SIGTERM until the block exits: a process that ends in the middle of a login or logout leaves a session behind.

    Also a decorator. A second signal is handled at once, and so is the first one when the block takes longer than some seconds.
    Threads other than the main one receive no signals, so nothing is deferred there.
    """
    first = threading.current_thread() is threading.main_thread()
    # A default that ends the process at once has no handler here.
    handlers = {number: handler for number in _ENDING if callable(handler := signal.getsignal(number))} if first else {}
    deferral = _Deferral(handlers)
    try:
        yield
    finally:
        deferral.end()


class _Deferral:
    """Notes the first signal instead of handling it, and handles what comes then."""

    def __init__(self, handlers: Mapping[int, Callable[[int, FrameType | None], object]]) -> None:
        self._handlers = handlers
        self._waiting = 0
        self._alarm: Any = None
        for number in handlers:
            signal.signal(number, self._note)

    def end(self) -> None:
        """Handle signals as before, and the one that was noted."""
        waiting = self._restore()
        if waiting:
            signal.raise_signal(waiting)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._waiting:
            self._restore()
            self._handlers[number](number, frame)
        else:
            self._waiting = number
            self._alarm = signal.signal(signal.SIGALRM, self._expire)
            signal.setitimer(signal.ITIMER_REAL, _LONGEST_DEFERRAL)

    def _expire(self, _alarm: int, frame: FrameType | None) -> None:
        if waiting := self._restore():
            self._handlers[waiting](waiting, frame)

    def _restore(self) -> int:
        """The signal that waits, which does so no longer; 0 where none does."""
        waiting, self._waiting = self._waiting, 0
        if waiting:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._alarm)
        for number, handler in self._handlers.items():
            # Who has handled a signal meanwhile may have chosen another handler.
            if signal.getsignal(number) == self._note:
                signal.signal(number, handler)
        return waiting
