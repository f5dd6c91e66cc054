# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Request bodies that are sent while they are made, so that a large one is never in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError

#: Bytes that are read and sent at a time.
BLOCK_BYTES = 1 << 20


class IncompleteBody(EstateError):
    """A body has another length than it said. The request was not completed."""

    kind = "package"


@dataclass(frozen=True)
class Body:
    """A body of known length.

    :ivar length: in bytes. :ivar open: begins anew at the first byte. The blocks raise EstateError alone, for what goes wrong at their source.
    """

    length: int
    open: Callable[[], Iterator[bytes]]

    def blocks(self, sent: Callable[[int], None] | None = None) -> Iterator[bytes]:
        """Its blocks, together exactly as long as it says.

        :param sent: called with the length of each block once that has been sent.
        :raises IncompleteBody: it is shorter or longer; then less than its length has been given out.
        """
        left = self.length
        for block in self.open():
            left -= len(block)
            if left < 0:
                raise IncompleteBody(f"the source has more than the {self.length} bytes that it announced: check whether it is being written")
            yield block
            if sent:
                sent(len(block))
        if left:
            raise IncompleteBody(f"the source has {self.length - left} bytes and announced {self.length}: check whether it is complete")


def of_bytes(content: bytes) -> Body:
    """A body that is in memory already."""
    return Body(len(content), lambda: iter((content,) if content else ()))
