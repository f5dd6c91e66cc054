# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import signal
import threading
import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common import signals
from ansible_collections.estate.vmware.plugins.module_utils.common.signals import defer_signals


class Ended(BaseException):
    pass


@pytest.fixture
def ending():
    """A process that a SIGTERM ends, as a module sees to."""

    def end(_number, _frame):
        raise Ended

    before = signal.signal(signal.SIGTERM, end)
    yield end
    signal.signal(signal.SIGTERM, before)


def test_signal_is_deferred_until_the_block_exits(ending):
    done = []
    with pytest.raises(Ended), defer_signals():
        signal.raise_signal(signal.SIGTERM)
        done.append("logged in")
    assert done == ["logged in"]
    assert signal.getsignal(signal.SIGTERM) is ending


def test_second_signal_is_handled_at_once(ending):
    done = []
    with pytest.raises(Ended), defer_signals():
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        done.append("logged in")
    assert done == []
    assert signal.getsignal(signal.SIGTERM) is ending


def test_deferral_is_limited(ending, monkeypatch):
    monkeypatch.setattr(signals, "MAX_DEFERRAL_SECONDS", 0.2)
    alarm = signal.getsignal(signal.SIGALRM)
    begun = time.monotonic()
    with pytest.raises(Ended), defer_signals():
        signal.raise_signal(signal.SIGTERM)
        time.sleep(60)
    assert 0.1 < time.monotonic() - begun < 10
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGALRM)) == (ending, alarm)


def test_handler_that_was_installed_meanwhile_stays(ending):
    def other(_number, _frame):
        pass

    with defer_signals():
        signal.signal(signal.SIGTERM, other)
    assert signal.getsignal(signal.SIGTERM) is other


def test_alarm_handlers_of_others_are_restored(ending):
    heard = []
    before = signal.signal(signal.SIGALRM, lambda number, _frame: heard.append(number))
    try:
        with defer_signals():
            signal.raise_signal(signal.SIGALRM)
        assert heard == [signal.SIGALRM]
    finally:
        signal.signal(signal.SIGALRM, before)


def test_error_without_a_signal_is_raised(ending):
    with pytest.raises(OSError), defer_signals():
        raise OSError
    assert signal.getsignal(signal.SIGTERM) is ending


def test_nothing_is_deferred_in_other_threads(ending):
    results = []

    @defer_signals()
    def work():
        results.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert results == [ending]
