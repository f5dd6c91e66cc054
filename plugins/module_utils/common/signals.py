# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ending in good order when a signal says so."""

from __future__ import annotations

import signal
from collections.abc import Callable

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


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
