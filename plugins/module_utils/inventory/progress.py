# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Progress of a scan, reported through a named pipe.

The pipe also tells whether the job still exists: when a job was killed, its scans must not go on for an hour.
"""

from __future__ import annotations

import json
import os

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError


class Cancelled(EstateError):
    """The job that started the scan has ended."""

    kind = "cancelled"


class Progress:
    """Counts the VMs that were read.

    :ivar total: number of VMs; None while it is unknown.
    :ivar wants_total: whether finding out the total is worth a call.
    :param path: a pipe that the job reads; None to report nothing.
    :param is_shown: False if the pipe only serves to notice the end of the job.
    """

    def __init__(self, path: str | None = None, is_shown: bool = True) -> None:
        self.total: int | None = None
        self._read = 0
        self._pipe = _opened(path) if path else None
        self.wants_total = is_shown and self._pipe is not None

    def restart(self) -> None:
        """Count from zero: the VMs are read again."""
        self._read, self.total = 0, None

    def expect(self, total: int) -> None:
        """Set the number of VMs."""
        self.total = total

    def advance(self, machines: int) -> None:
        """Count more VMs; 0 for a page of other objects.

        :raises Cancelled: the job has ended.
        """
        self._read += machines
        if self._pipe is None:
            return
        try:
            os.write(self._pipe, json.dumps({"read": self._read, "total": self.total}).encode() + b"\n")
        except BlockingIOError:
            # The pipe is full. A later line reports more than this one.
            pass
        except BrokenPipeError as error:
            raise Cancelled("scan cancelled: the job that started it has ended") from error


def _opened(path: str) -> int | None:
    """The pipe, opened for writing; None where nobody reads it. Progress never fails a scan."""
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        # Tells the reader that it may remove the name of the pipe.
        os.write(pipe, b"\n")
        return pipe
    except OSError:
        return None
