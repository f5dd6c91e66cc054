# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Text as it can be shown: without characters that XML forbids, measured, and cut to a length."""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REPLACEMENT = "\ufffd"


def cleaned(text: str) -> str:
    """Without control characters and lone surrogates: each becomes the replacement character. Line ends become LF."""
    return _FORBIDDEN.sub(_REPLACEMENT, text).replace("\r\n", "\n").replace("\r", "\n")


def units(text: str) -> int:
    """Length in UTF-16 units, in which Excel counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def wide(text: str) -> int:
    """How many narrow characters a text is wide, at most: characters of Chinese, Japanese and Korean are two wide."""
    return len(text) if text.isascii() else len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def cut(text: str, limit: int) -> str:
    """The longest beginning of a text that has at most this many UTF-16 units."""
    text = text[:limit]
    while units(text) > limit:
        text = text[: len(text) - (units(text) - limit + 1) // 2]
    return text


def shortened(text: str, limit: int) -> str:
    """A text of at most this many UTF-16 units; one that is cut ends with an ellipsis."""
    return text if units(text) <= limit else cut(text, limit - 1).rstrip() + "…"
