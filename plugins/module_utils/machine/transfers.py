# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What is uploaded by a call: how much, and that it ends when the call ends."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled


class Transfers:
    """All uploads of a call. :ivar sent: bytes so far."""

    def __init__(self) -> None:
        self.sent = 0


class Transfer:
    """One upload.

    :param total: its bytes. :ivar is_stopped: it was made to end.
    """

    def __init__(self, transfers: Transfers, total: int) -> None:
        self._transfers = transfers
        self._total = max(1, total)
        self._sent = 0
        self.is_stopped = False

    def count(self, length: int) -> None:
        """So many more bytes were sent; none where there is nothing to send yet.

        :raises Cancelled: the upload shall end.
        """
        if self.is_stopped:
            raise Cancelled("the call has ended")
        self._sent += length
        self._transfers.sent += length

    def percent(self) -> int:
        """How much of it was sent."""
        return min(100, 100 * self._sent // self._total)

    def stop(self) -> None:
        """Make it end."""
        self.is_stopped = True
