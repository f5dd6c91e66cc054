# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""How far a scan is, told to whoever follows it, through a named pipe.

A pipe says as well whether anybody follows still: a job that was killed leaves its modules behind, and these must not
read on for an hour.
"""

from __future__ import annotations

import json
import os

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError


class Cancelled(EstateError):
    """Whoever followed the scan has gone: nobody waits for it any more."""

    kind = "cancelled"


class Progress:
    """Counts VMs that were read.

    :ivar total: how many there are; None as long as that is not known.
    :ivar wants_total: finding it out is worth a call.
    :param path: a pipe that somebody reads; None where nobody wants to know.
    :param is_shown: whether people see it, or it only tells that they have gone.
    """

    def __init__(self, path: str | None = None, is_shown: bool = True) -> None:
        self.total: int | None = None
        self._read = 0
        self._pipe = _opened(path) if path else None
        self.wants_total = is_shown and self._pipe is not None

    def restart(self) -> None:
        """Count from zero again: what was read so far is read anew."""
        self._read, self.total = 0, None

    def expect(self, total: int) -> None:
        """So many VMs there are."""
        self.total = total

    def advance(self, machines: int) -> None:
        """So many more VMs were read, or something else where it is 0.

        :raises Cancelled: nobody follows any more.
        """
        self._read += machines
        if self._pipe is None:
            return
        try:
            os.write(self._pipe, json.dumps({"read": self._read, "total": self.total}).encode() + b"\n")
        except BlockingIOError:
            # Nobody came to empty it. The next line says more than this one.
            pass
        except BrokenPipeError as error:
            raise Cancelled("the scan was ended, because the job that wanted it has gone") from error


def _opened(path: str) -> int | None:
    """The pipe for writing; None where nobody reads it. Nothing about progress is worth a failed scan."""
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        # Whoever reads it knows now that its name is not needed any more.
        os.write(pipe, b"\n")
        return pipe
    except OSError:
        return None
