# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Hidden files that are written beside their destination and renamed to it when they are complete.

The writer of a part file holds a lock on it, which the system releases when the process ends, even if it is killed. So a part file
whose lock is free is abandoned, and the next writer removes it. Where the file system has no locks, nothing is removed.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import suppress

PREFIX = ".vmware-inventory-"
SUFFIX = ".part"


class PartFile:
    """A new hidden file that only its owner can read. Abandoned part files in its folder are removed first.

    :ivar path: where the file is; it may be renamed away from there.
    :param suffix: stands before :data:`SUFFIX` in the name.
    :raises OSError: it cannot be created.
    """

    def __init__(self, folder: str, suffix: str = "") -> None:
        remove_abandoned(folder)
        while True:
            self._handle, self.path = tempfile.mkstemp(prefix=PREFIX, suffix=suffix + SUFFIX, dir=folder)
            # Another process may have removed it before it was locked.
            if _lock(self._handle) is not False and os.fstat(self._handle).st_nlink:
                return
            self.discard()

    def release(self) -> None:
        """Release the lock; the file is complete."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def discard(self) -> None:
        """Remove the file, unless it was renamed, and release the lock."""
        with suppress(FileNotFoundError):
            os.unlink(self.path)
        self.release()


def remove_abandoned(folder: str) -> None:
    """Remove the part files of a folder that no process writes any more, as far as that is possible."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(PREFIX) and name.endswith(SUFFIX):
                with suppress(OSError):
                    _remove_if_abandoned(os.path.join(folder, name))


def _remove_if_abandoned(path: str) -> None:
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if _lock(handle):
            os.unlink(path)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool | None:
    """Try to lock a file: True if it is locked now, False if another process holds the lock, None if there are no locks here."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except OSError:
        return None
