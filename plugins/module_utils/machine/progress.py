# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Progress of changes, reported to the job, see common/progress_pipe.py."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import ProgressPipe


class ChangeProgress:
    """Reports how far a call is.

    :param path: a pipe that the job reads; None to report nothing. :param doing: one word for what is done to each VM, such as clone.
    """

    def __init__(self, path: str | None, doing: str) -> None:
        self._pipe = ProgressPipe(path)
        self._doing = doing

    def report(self, total: int, done: int, running: int, failed: int, percent: float | None = None, sent: int = 0) -> None:
        """Say how many VMs there are, how many of them are done, worked on and failed. Call it every few seconds, also where nothing has changed.

        :param percent: of all work, with what is known of running tasks; None to count what is done and has failed. :param sent: bytes uploaded so far.
        :raises Cancelled: the job has ended: start nothing more.
        """
        share = 100.0 * (done + failed) / total if percent is None and total else percent or 0.0
        self._pipe.send(doing=self._doing, total=total, done=done, running=running, failed=failed, percent=int(min(100.0, max(0.0, share))), sent=sent)
