# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import threading
import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded, TimeLimits


@pytest.mark.parametrize(
    ("timeout", "deadline", "ahead", "longest"), [(5, 60, None, 5), (60, 5, None, 5), (60, 60, 5, 5), (5, 60, 30, 5)],
)  # fmt: skip
def test_next_timeout_is_the_smallest_of_all_limits(timeout, deadline, ahead, longest):
    limits = TimeLimits(timeout, deadline)
    until = {} if ahead is None else {"until": time.monotonic() + ahead}
    assert longest - 1 < limits.next_timeout(**until) <= longest


@pytest.mark.parametrize("seconds", [1e300, 10**400])
def test_longer_than_a_socket_can_wait(seconds):
    with socket.socket() as waiting:
        waiting.settimeout(TimeLimits(seconds, seconds).next_timeout())
        assert TimeLimits(seconds, seconds).call(lambda: 1) == 1


def test_nothing_waits_after_the_deadline():
    limits = TimeLimits(5, 0)
    assert limits.remaining == 0
    for wait in (limits.next_timeout, limits.check, lambda: limits.call(time.sleep, 60)):
        with pytest.raises(DeadlineExceeded, match="it took longer than 0 s"):
            wait()


def test_time_that_has_passed_is_no_deadline():
    with pytest.raises(TimeoutError) as caught:
        TimeLimits(5, 60).next_timeout(time.monotonic())
    assert not isinstance(caught.value, DeadlineExceeded)


def test_call_returns_what_the_function_does():
    assert TimeLimits(1, 60).call(int, "7") == 7
    with pytest.raises(ValueError, match="invalid literal"):
        TimeLimits(1, 60).call(int, "x")


@pytest.mark.parametrize(("deadline", "ahead", "kind"), [(0.2, 60, DeadlineExceeded), (60, 0.2, TimeoutError)])
def test_call_that_takes_too_long_is_not_waited_for(deadline, ahead, kind):
    begun = time.monotonic()
    forever = threading.Event()
    with pytest.raises(TimeoutError) as caught:
        TimeLimits(60, deadline).call(forever.wait, 60, until=begun + ahead)
    assert caught.type is kind
    assert time.monotonic() - begun < 10
    forever.set()


def test_a_deadline_of_one_thread():
    """It neither ends the waits of others, nor does it stay where two overlap."""
    limits = TimeLimits(1000, 900)
    first, second, seen = threading.Event(), threading.Event(), []

    def other():
        seen.append(limits.remaining > 800)
        with limits.own_end(time.monotonic() + 20):
            first.set()
            second.wait(10)
            seen.append(limits.remaining <= 20)
        seen.append(limits.remaining > 800)

    with limits.own_end(time.monotonic() + 50):
        thread = threading.Thread(target=other)
        thread.start()
        first.wait(10)
        assert 20 < limits.remaining <= 50
        with limits.own_end(time.monotonic() + 5):
            assert limits.remaining <= 5
        assert 20 < limits.remaining <= 50
    second.set()
    thread.join()
    assert seen == [True, True, True] and limits.remaining > 800
