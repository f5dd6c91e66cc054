# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Text of servers and files in messages: one line that a terminal, a cell and a mail can show."""

from __future__ import annotations

import re

#: Characters of one message that holds words of others.
LIMIT = 500
#: How much of its end stays where a message is cut: what to do stands there.
_END = 0.5
#: What no reader sees and a terminal or a mail may obey: controls, bidirectional marks, lone surrogates, non-characters, tags.
_UNSEEN = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]+"
)


def quoted(value: object, limit: int = 100) -> str:
    """What somebody gave for an option, as a message repeats it: as Python writes it, in one line, its middle left out where it is long.

    :param value: anything. :param limit: characters at most.
    """
    try:
        return one_line(repr(value), limit)
    except (ValueError, RecursionError):
        # Of a number with thousands of digits, and of what is nested too deep, there is no text.
        return "more than can be shown"


def one_line(text: object, limit: int = LIMIT) -> str:
    """A text as one line without control characters, white space collapsed.

    :param text: anything, also of many megabytes; shown as ``str`` shows it.
    :param limit: characters at most. What is longer has an ellipsis in its middle, so that the begin and the remedy at the end stay.
    """
    found = str(text)
    if len(found) > 20 * limit:
        # Of megabytes only the ends are looked at.
        found = f"{found[: 10 * limit]}…{found[-10 * limit :]}"
    found = " ".join(_UNSEEN.sub(" ", found).split())
    if len(found) <= limit:
        return found
    end = int(limit * _END)
    return f"{found[: limit - end - 1].rstrip()}…{found[len(found) - end :].lstrip()}"
