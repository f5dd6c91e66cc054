# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Progress of a module, reported through a named pipe.

The pipe also tells whether the job still exists: when a job was killed, its modules must not go on for an hour.
"""

from __future__ import annotations

import json
import os
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError


class Cancelled(EstateError):
    """The job that started the module has ended."""

    kind = "cancelled"


class ProgressPipe:
    """The writing end of a pipe.

    :ivar is_open: whether somebody reads it.
    :param path: a pipe that the job reads; None to report nothing.
    """

    def __init__(self, path: str | None) -> None:
        self._pipe = _opened(path) if path else None
        self.is_open = self._pipe is not None

    def send(self, **report: Any) -> None:
        """Report something. Progress that nobody can take is dropped.

        :raises Cancelled: the job has ended.
        """
        if self._pipe is None:
            return
        try:
            os.write(self._pipe, json.dumps(report).encode() + b"\n")
        except BlockingIOError:
            # The pipe is full. A later line reports more than this one.
            pass
        except BrokenPipeError as error:
            raise Cancelled("cancelled: the job that started it has ended") from error


def _opened(path: str) -> int | None:
    """The pipe, opened for writing; None where nobody reads it. Progress never fails a module."""
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        # Tells the reader that it may remove the name of the pipe.
        os.write(pipe, b"\n")
        return pipe
    except OSError:
        return None
