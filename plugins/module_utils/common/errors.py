# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The base of all errors that people read."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.text import LIMIT, one_line


class EstateError(Exception):
    """Something that cannot be done. The message is one line: what is wrong, and what to do.

    Whatever words of servers or files it holds, it has no control characters and is no longer than
    ``limit``; what is cut is its middle, so that the remedy at its end stays.

    :cvar limit: characters of the message.
    """

    limit = LIMIT

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message, self.limit))
