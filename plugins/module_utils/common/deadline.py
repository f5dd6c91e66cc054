# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Time limits: a timeout for each wait, and a deadline for everything together."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")

#: Seconds; sockets and threads accept no much longer wait. Four months.
_MAX_SECONDS = 10_000_000


class DeadlineExceeded(TimeoutError):
    """Everything together took longer than the deadline allows."""


class TimeLimits:
    """A timeout for each wait and a deadline for everything, counted from now. Threads may share it.

    :ivar timeout: seconds for one wait. :ivar deadline: seconds for everything together.
    """

    def __init__(self, timeout: float, deadline: float) -> None:
        self.timeout = min(timeout, _MAX_SECONDS)
        self.deadline = min(deadline, _MAX_SECONDS)
        self._end = time.monotonic() + self.deadline
        self._own = threading.local()

    @property
    def end(self) -> float:
        """The deadline as a time of the clock ``time.monotonic``."""
        end: float = getattr(self._own, "end", self._end)
        return end

    @contextmanager
    def own_end(self, end: float) -> Iterator[None]:
        """Another deadline within the block, for this thread alone: requests of other threads go on as they were."""
        before = vars(self._own).copy()
        self._own.end = end
        try:
            yield
        finally:
            vars(self._own).clear()
            vars(self._own).update(before)

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; 0 after it."""
        return max(0.0, self.end - time.monotonic())

    def next_timeout(self, until: float = math.inf) -> float:
        """Seconds that the next wait may take.

        :param until: a time of ``time.monotonic`` at which the wait ends in any case.
        :raises DeadlineExceeded: the deadline has passed.
        :raises TimeoutError: ``until`` has passed.
        """
        now = time.monotonic()
        if now >= self.end:
            raise DeadlineExceeded(f"it took longer than {self.deadline:.3g} s")
        if now >= until:
            raise TimeoutError("timed out")
        return min(self.timeout, self.end - now, until - now)

    def check(self) -> None:
        """Raise after the deadline.

        :raises DeadlineExceeded: it has passed.
        """
        self.next_timeout()

    def pause(self, seconds: float) -> None:
        """Sleep, but not beyond the deadline."""
        time.sleep(min(seconds, self.remaining))

    def call(self, function: Callable[..., Result], *arguments: Any, until: float = math.inf) -> Result:
        """Call a function that has no timeout of its own, and wait for it until the deadline.

        It runs in a daemon thread. A result that comes too late is dropped.

        :param until: a time of ``time.monotonic`` that ends the wait, too.
        :raises DeadlineExceeded: the deadline has passed. :raises TimeoutError: ``until`` has passed. Others: what the function raises.
        """
        results: list[Result] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                results.append(function(*arguments))
            except BaseException as error:  # pylint: disable=broad-exception-caught
                errors.append(error)

        self.next_timeout(until)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(max(0.0, min(self.end, until) - time.monotonic()))
        if errors:
            raise errors[0]
        if not results:
            self.check()
            raise TimeoutError("timed out")
        return results[0]
