# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The journal: a line of JSON for every change, before it is sent and again with its outcome. docs/changing.md shows one."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError

#: Outcomes of a line. RUNNING: the call ended before the task did; the task goes on. UNKNOWN: nobody knows whether it happened.
INTENDED, DONE, FAILED, RUNNING, UNKNOWN = "intended", "done", "failed", "running", "unknown"
#: Seconds to wait for another job that writes to the same file.
_PATIENCE = 10.0
_PAUSE = 0.02


class JournalError(EstateError):
    """The journal cannot be written."""

    kind = "journal"


class Journal:
    """Appends lines to a file that several processes may write to at a time. Threads may share it.

    :ivar common: what all lines have: source, account, job.
    :param path: the file; None to write nothing. Its folder must exist.
    :raises JournalError: it cannot be written.
    """

    def __init__(self, path: str | None, common: Mapping[str, Any]) -> None:
        self._path = path
        self.common = dict(common)
        self._lock = threading.Lock()
        if path:
            # Writes nothing, and shows whether it could.
            with self._opened():
                pass

    def write(self, vm: Mapping[str, Any], action: str, outcome: str, **further: Any) -> None:
        """Append a line.

        :param vm: name, path, moid and instance_uuid, as far as they are known. :param further: before, after, task, error; without secrets.
        :raises JournalError: it cannot be written.
        """
        if not self._path:
            return
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = {"time": now, **self.common, **vm, "action": action, "outcome": outcome, **further}
        line = json.dumps(entry, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"
        with self._lock, self._opened() as handle:
            try:
                self._append(handle, line)
            except OSError as error:
                raise self._error(error) from error

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, locked. It is opened for each line, so that others can rotate it."""
        try:
            handle = os.open(str(self._path), os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        except (OSError, ValueError) as error:
            raise self._error(error) from error
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise JournalError(f"journal {self._path} is not a regular file: name another one; nothing more is changed")
            self._wait_for_lock(handle)
            yield handle
        finally:
            # Releases the lock.
            os.close(handle)

    def _wait_for_lock(self, handle: int) -> None:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() > end:
                    reason = f"another process has locked it for {_PATIENCE:.0f} s"
                    raise JournalError(f"journal {self._path} cannot be written ({reason}): end that process, or name another file") from error
                time.sleep(_PAUSE)
            except OSError:
                # The file system has no locks. A line is still one write to the end of the file.
                return

    def _append(self, handle: int, line: bytes) -> None:
        """Write a line as a whole, or nothing of it. The rest of a line that a killed process left stays a line of its own."""
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line
        if os.write(handle, line) < len(line):
            with suppress(OSError):
                os.ftruncate(handle, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _error(self, error: OSError | ValueError) -> JournalError:
        reason = getattr(error, "strerror", None) or str(error)
        return JournalError(f"journal {self._path} cannot be written ({reason}): check folder, permissions and free space; nothing more is changed")


def awx_job(environment: Mapping[str, str]) -> str:
    """The id of the job of AWX or Automation Controller that runs this; empty elsewhere."""
    return environment.get("JOB_ID", "") if "AWX_HOST" in environment else ""
