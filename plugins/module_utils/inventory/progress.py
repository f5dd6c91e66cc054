# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Progress of a scan, reported to the job, see common/progress_pipe.py."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import ProgressPipe


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
        self._pipe = ProgressPipe(path)
        self.wants_total = is_shown and self._pipe.is_open

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
        self._pipe.send(read=self._read, total=self.total)
