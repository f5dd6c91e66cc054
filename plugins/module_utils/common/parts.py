# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Files that are being made beside the place that they will have. What a killed job leaves of them the next one removes.

Whoever makes one holds its lock, which the system takes back when the process ends, however it does. So a file whose lock can be had is
nobody's. Where a file system knows no locks nothing is removed.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import suppress

PREFIX = ".vmware-inventory-"
SUFFIX = ".part"


class Part:
    """A new file for its owner only, whose name is hidden.

    :ivar path: of it. It may be moved away from there.
    :param folder: where it goes; what others have left there is removed. :param suffix: what stands before :data:`SUFFIX`.
    :raises OSError: it cannot be made.
    """

    def __init__(self, folder: str, suffix: str = "") -> None:
        sweep(folder)
        while True:
            self._handle, self.path = tempfile.mkstemp(prefix=PREFIX, suffix=suffix + SUFFIX, dir=folder)
            # A sweep may have come before the lock.
            if _locked(self._handle) is not False and os.fstat(self._handle).st_nlink:
                return
            self.discard()

    def release(self) -> None:
        """It is finished."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def discard(self) -> None:
        """Remove it, where it still is there."""
        with suppress(FileNotFoundError):
            os.unlink(self.path)
        self.release()


def sweep(folder: str) -> None:
    """Remove the parts in a folder that nobody makes any more, as far as that is possible."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(PREFIX) and name.endswith(SUFFIX):
                with suppress(OSError):
                    _remove_if_abandoned(os.path.join(folder, name))


def _remove_if_abandoned(path: str) -> None:
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if _locked(handle):
            os.unlink(path)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool | None:
    """Whether the lock could be had; None where there are no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except OSError:
        return None
