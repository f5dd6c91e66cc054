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

_Handler = Callable[[int, "FrameType | None"], Any]

_EXIT_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
#: Seconds for which a signal is deferred at most.
MAX_DEFERRAL_SECONDS = 5.0


def exit_on_signals(leave: Callable[[], object]) -> None:
    """Call ``leave``, which raises SystemExit, on the first SIGHUP, SIGINT or SIGTERM; ignore further ones.

    A signal that is ignored already, such as SIGHUP under ``nohup``, stays ignored.
    """
    numbers = [number for number in _EXIT_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]

    def handle(_number: int, _frame: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        leave()

    for number in numbers:
        signal.signal(number, handle)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Defer SIGHUP, SIGINT and SIGTERM until the block exits: a process that ends in the middle of a login or logout leaves a session behind.

    Also a decorator. A second signal is handled at once, and so is the first one when the block takes longer than MAX_DEFERRAL_SECONDS.
    Only the main thread receives signals; in other threads this does nothing.
    """
    is_main = threading.current_thread() is threading.main_thread()
    # A default action that ends the process at once is no callable handler.
    handlers: dict[int, _Handler] = {number: handler for number in _EXIT_SIGNALS if callable(handler := signal.getsignal(number))} if is_main else {}
    deferral = _Deferral(handlers)
    try:
        yield
    finally:
        deferral.end()


class _Deferral:
    """Keeps the first signal pending instead of handling it."""

    def __init__(self, handlers: Mapping[int, _Handler]) -> None:
        self._handlers = handlers
        self._pending = 0
        self._alarm_handler: Any = None
        for number in handlers:
            signal.signal(number, self._defer)

    def end(self) -> None:
        """Restore the handlers, and raise the pending signal for them."""
        pending = self._restore()
        if pending:
            signal.raise_signal(pending)

    def _defer(self, number: int, frame: FrameType | None) -> None:
        if self._pending:
            self._restore()
            self._handlers[number](number, frame)
        else:
            self._pending = number
            self._alarm_handler = signal.signal(signal.SIGALRM, self._expire)
            signal.setitimer(signal.ITIMER_REAL, MAX_DEFERRAL_SECONDS)

    def _expire(self, _alarm: int, frame: FrameType | None) -> None:
        if pending := self._restore():
            self._handlers[pending](pending, frame)

    def _restore(self) -> int:
        """Restore the handlers; return the pending signal, 0 for none."""
        pending, self._pending = self._pending, 0
        if pending:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._alarm_handler)
        for number, handler in self._handlers.items():
            # A handler that ran meanwhile may have installed another one.
            if signal.getsignal(number) == self._defer:
                signal.signal(number, handler)
        return pending
