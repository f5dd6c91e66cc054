# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import AuthenticationFailed, NotReady, SessionExpired, TimedOut


class Story:
    """What happens attempt by attempt: an error, or a result; and what was done about it."""

    def __init__(self, *events):
        self.events = list(events)
        self.done = []

    def attempt(self):
        event = self.events.pop(0)
        self.done.append("attempt")
        if isinstance(event, Exception):
            raise event
        return event

    def recover(self):
        self.done.append("recover")

    def sleep(self, seconds):
        self.done.append(seconds)

    def run(self, retries=3, **options):
        return call_with_retries(self.attempt, retries, self.recover, sleep=self.sleep, **options)


def test_success_needs_no_second_attempt():
    story = Story("it")
    assert story.run() == "it"
    assert story.done == ["attempt"]


def test_pauses_grow_and_each_attempt_begins_with_recovery():
    story = Story(TimedOut("a"), NotReady("b"), SessionExpired("c"), "it")
    assert story.run() == "it"
    assert story.done == ["attempt", 0.5, "recover", "attempt", 1.0, "recover", "attempt", 2.0, "recover", "attempt"]


def test_pauses_of_the_caller():
    story = Story(TimedOut("a"), TimedOut("b"), "it")
    assert story.run(pause=lambda number: 7 + number) == "it"
    assert story.done == ["attempt", 7, "recover", "attempt", 8, "recover", "attempt"]


def test_last_error_is_raised_when_no_attempt_succeeds():
    story = Story(TimedOut("a"), TimedOut("b"), NotReady("c"), "never")
    with pytest.raises(NotReady, match="c"):
        story.run(retries=2)


@pytest.mark.parametrize("retries", [0, 3])
def test_permanent_error_is_not_retried(retries):
    story = Story(AuthenticationFailed("no"), "never")
    with pytest.raises(AuthenticationFailed):
        story.run(retries=retries)
    assert story.done == ["attempt"]


def test_failed_recovery_counts_as_an_attempt():
    story = Story(TimedOut("a"), "it")
    failures = [NotReady("still starting")]

    def recover():
        story.recover()
        if failures:
            raise failures.pop()

    assert call_with_retries(story.attempt, 3, recover, sleep=story.sleep) == "it"
    assert story.done == ["attempt", 0.5, "recover", 1.0, "recover", "attempt"]


def test_permanent_error_of_the_recovery_ends_the_retries():
    story = Story(SessionExpired("a"), "never")

    def recover():
        raise AuthenticationFailed("the password was changed")

    with pytest.raises(AuthenticationFailed):
        call_with_retries(story.attempt, 3, recover, sleep=story.sleep)


def test_should_retry_decides():
    story = Story(TimedOut("a"), "never")
    with pytest.raises(TimedOut):
        story.run(should_retry=lambda error: isinstance(error, NotReady))
