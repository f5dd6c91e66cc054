# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""How long something may take: each wait of it, and everything together."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

Result = TypeVar("Result")


#: Seconds that sockets and threads can wait for, and more than anybody does: four months.
_LONGEST = 10_000_000


class DeadlineExceeded(TimeoutError):
    """Everything together took longer than it may."""


class TimeLimits:
    """The seconds that each wait may take, and a deadline for everything, which begins now. Threads may share it.

    :ivar timeout: seconds for one wait. :ivar deadline: seconds for everything together.
    :ivar end: when the deadline passes, on the clock ``time.monotonic``.
    """

    def __init__(self, timeout: float, deadline: float) -> None:
        self.timeout = min(timeout, _LONGEST)
        self.deadline = min(deadline, _LONGEST)
        self.end = time.monotonic() + self.deadline

    @property
    def left(self) -> float:
        """Seconds until the deadline; 0 when it has passed."""
        return max(0.0, self.end - time.monotonic())

    def wait(self, until: float = math.inf) -> float:
        """Seconds that the next wait may take.

        :param until: a moment on ``time.monotonic`` by which it must have ended in any case.
        :raises DeadlineExceeded: the deadline has passed.
        :raises TimeoutError: that moment has.
        """
        now = time.monotonic()
        if now >= self.end:
            raise DeadlineExceeded(f"it took longer than {self.deadline:.3g} s")
        if now >= until:
            raise TimeoutError("timed out")
        return min(self.timeout, self.end - now, until - now)

    def check(self) -> None:
        """Do nothing before the deadline.

        :raises DeadlineExceeded: it has passed.
        """
        self.wait()

    def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the deadline."""
        time.sleep(min(seconds, self.left))

    def call(self, function: Callable[..., Result], *arguments: Any, until: float = math.inf) -> Result:
        """Call something that knows no time limit, and wait for it until the deadline.

        What comes later is thrown away: the call goes on in a daemon thread until it or the process ends.

        :param until: a moment on ``time.monotonic`` that ends the waiting, too.
        :raises DeadlineExceeded: the deadline has passed. :raises TimeoutError: that moment has. Others: what the function raises.
        """
        done: list[tuple[Result | None, BaseException | None]] = []

        def work() -> None:
            try:
                done.append((function(*arguments), None))
            except BaseException as error:  # pylint: disable=broad-exception-caught
                done.append((None, error))

        self.wait(until)
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(max(0.0, min(self.end, until) - time.monotonic()))
        if not done:
            self.check()
            raise TimeoutError("timed out")
        result, error = done[0]
        if error:
            raise error
        return result
