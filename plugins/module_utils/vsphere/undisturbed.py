# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let a signal that ends the process wait for the end of a login or logout: in the middle of either, a session would be left."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from collections.abc import Iterator

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


@contextmanager
def undisturbed() -> Iterator[None]:
    """What somebody does on these signals happens when the block is left. Also a decorator. In other threads than the first one nothing is heard of signals."""
    waiting: list[int] = []
    first = threading.current_thread() is threading.main_thread()
    # A default that ends the process at once has no handler here.
    handlers = {number: handler for number in _ENDING if callable(handler := signal.getsignal(number))} if first else {}
    for number in handlers:
        signal.signal(number, lambda number, _frame: waiting.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])
