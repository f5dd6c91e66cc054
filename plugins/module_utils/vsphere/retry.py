# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Try again what may yet succeed, a bounded number of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, NotReady, VsphereError

_FIRST_PAUSE = 0.5

Result = TypeVar("Result")


def _is_transient(error: VsphereError) -> bool:
    return error.transient


def is_reachable(error: VsphereError) -> bool:
    """Whether there is a server, and it may be better soon. Where nothing answers at all, people want to know at once."""
    return isinstance(error, (ConnectionDropped, NotReady))


def call_with_retries(
    attempt: Callable[[], Result],
    retries: int,
    recover: Callable[[], object] = lambda: None,
    should_retry: Callable[[VsphereError], bool] = _is_transient,
    *,
    sleep: Callable[[float], object],
) -> Result:
    """Call something until it succeeds.

    :param retries: how often to try again at most, with pauses of 0.5, 1, 2, … seconds before.
    :param recover: called before each further attempt; where it fails, that attempt has failed.
    :param sleep: waits so many seconds, and no longer than the deadline.
    :param should_retry: whether to try again after an error.
    :raises VsphereError: the last error, when nothing helped.
    """
    for number in range(retries):
        try:
            if number:
                recover()
            return attempt()
        except VsphereError as error:
            if not should_retry(error):
                raise
        sleep(_FIRST_PAUSE * 2**number)
    if retries:
        recover()
    return attempt()
