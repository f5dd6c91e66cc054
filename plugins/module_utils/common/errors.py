# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The base of all errors that this collection reports to people."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.common.text import MAX_MESSAGE_LENGTH, one_line


class EstateError(Exception):
    """Something failed. The message is one line, error, value, remedy, and holds no secret.

    Text of servers and files in it loses its control characters. A message longer than ``limit`` loses its middle,
    so that the remedy at its end stays.

    :cvar kind: one word for programs; its cause and cure stand in error_kinds.py.
    :cvar transient: a retry may help.
    :cvar limit: characters of the message.
    """

    kind = "error"
    transient = False
    limit = MAX_MESSAGE_LENGTH

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message, self.limit))


class InvalidOption(EstateError):
    """An option has a value that cannot be used. The message names the option and the value.

    :ivar lines: one line for each option that is wrong; the message joins them.
    """

    kind = "option"
    limit = 4000

    def __init__(self, *lines: str) -> None:
        self.lines = [one_line(line) for line in lines]
        super().__init__("; ".join(self.lines))
