# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Retry what may succeed on another attempt, a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError

Result = TypeVar("Result")


def _is_transient(error: EstateError) -> bool:
    return error.transient


def _doubling(number: int) -> float:
    """Pauses of 0.5, 1, 2, … seconds."""
    return 0.5 * 2.0**number


def call_with_retries(
    attempt: Callable[[], Result],
    retries: int,
    recover: Callable[[], object] = lambda: None,
    should_retry: Callable[[EstateError], bool] = _is_transient,
    *,
    sleep: Callable[[float], object],
    pause: Callable[[int], float] = _doubling,
) -> Result:
    """Call ``attempt`` until it succeeds.

    :param retries: how often to retry at most.
    :param recover: called before each retry; when it fails, that retry has failed.
    :param should_retry: decides after each error; by default a transient error is retried.
    :param sleep: waits so many seconds, but not beyond the deadline.
    :param pause: gives the seconds before a retry, by its number from 0; by default 0.5, 1, 2, … seconds.
    :raises EstateError: the last error, when no attempt succeeded.
    """
    for number in range(retries):
        try:
            if number:
                recover()
            return attempt()
        except EstateError as error:
            if not should_retry(error):
                raise
        sleep(pause(number))
    if retries:
        recover()
    return attempt()
