# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Text of servers, files and users in messages: one printable line for a terminal, a cell or a mail."""

from __future__ import annotations

import re

#: Characters of one message.
MAX_MESSAGE_LENGTH = 500
#: Stands for what was left out.
ELLIPSIS = "…"
#: Where a message is shortened, the share of it that its end keeps: the remedy stands there.
_END_SHARE = 0.5
#: What no reader sees and a terminal or a mail may obey: control characters, bidirectional marks, lone surrogates, non-characters, tags.
_INVISIBLE = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]+"
)


def quoted(value: object, limit: int = 100) -> str:
    """The value of an option as a message repeats it: its ``repr`` in one line, shortened in the middle.

    :param limit: characters at most.
    """
    try:
        return one_line(repr(value), limit)
    except (ValueError, RecursionError):
        # A number with thousands of digits or a structure nested too deep has no repr.
        return "more than can be shown"


def one_line(text: object, limit: int = MAX_MESSAGE_LENGTH) -> str:
    """A text as one printable line: control characters removed, white space collapsed, shortened in the middle.

    :param text: anything, of any length; converted with ``str``.
    :param limit: characters at most. The beginning and the end, where the remedy stands, are kept.
    """
    line = str(text)
    if len(line) > 20 * limit:
        # Do not search megabytes of which only the ends are shown.
        line = f"{line[: 10 * limit]}{ELLIPSIS}{line[-10 * limit :]}"
    line = " ".join(_INVISIBLE.sub(" ", line).split())
    if len(line) <= limit:
        return line
    end = int(limit * _END_SHARE)
    return f"{line[: limit - end - 1].rstrip()}{ELLIPSIS}{line[len(line) - end :].lstrip()}"
