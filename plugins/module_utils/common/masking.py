# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Secrets in messages, and what Ansible masks in the result of a module."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import ELLIPSIS, one_line

MASK = "********"
#: Characters of a piece of a secret that no message shows. Shorter ones are words that messages need.
PIECE = 16
_BLOCK = PIECE // 2
#: Characters of a line of a secret that is masked as a whole.
_SHORTEST_LINE = 8
#: Characters of a secret that may be left where a message was shortened.
_SHORTEST_END = 3
#: A line of user data and the like that sets a secret, and its value.
_ASSIGNMENT = re.compile(r"""[\w.-]*(?:passw|passphrase|secret|token|key|credential)[\w.-]*["']?\s*[:=]\s*["']?([^\s"']{3,})""", re.IGNORECASE)


class Secrets:
    """Masks secrets in messages: some servers repeat what they were sent, whole, in part, in one line, or encoded as it was sent.

    :param texts: passwords, tokens, user data and the like. Of those with several lines each line is a secret, and the value of one that sets a password.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        wholes = {text for text in texts if text}
        self._wholes = sorted(wholes, key=len, reverse=True)
        # A message is one line, so what is looked for in it is made one, too.
        parts = {one_line(part, len(part)) for text in wholes for part in (text, *_lines(text))}
        parts |= {base64.b64encode(text.encode("utf-8", "surrogatepass")).decode() for text in wholes if len(text) >= _SHORTEST_LINE}
        self._short: dict[int, set[str]] = {}
        for part in parts:
            if 0 < len(part) < PIECE:
                self._short.setdefault(len(part), set()).add(part)
        long = [part for part in parts if len(part) >= PIECE]
        self._corpus = "\n".join(long)
        # Each piece has at least one whole block, wherever it begins.
        self._blocks = {part[start : start + _BLOCK] for part in long for start in range(0, len(part), _BLOCK)}

    def hide(self, message: str) -> str:
        """The message with a mask in place of each secret."""
        for secret in self._wholes:
            message = message.replace(secret, MASK)
        message = self._without_ends(message)
        hidden = [False] * len(message)
        for start, end in (*self._short_ones(message), *self._pieces(message)):
            hidden[start:end] = [True] * (end - start)
        parts = groupby(zip(message, hidden), key=lambda pair: pair[1])
        texts = [("".join(character for character, _is_hidden in pairs), is_hidden) for is_hidden, pairs in parts]
        return "".join(text.replace(text.strip(), MASK, 1) if is_hidden and text.strip() else text for text, is_hidden in texts)

    def _short_ones(self, message: str) -> Iterator[tuple[int, int]]:
        """Where those begin and end that are too short to be looked for piece by piece."""
        for length, texts in self._short.items():
            yield from ((start, start + length) for start in range(len(message) - length + 1) if message[start : start + length] in texts)

    def _pieces(self, message: str) -> Iterator[tuple[int, int]]:
        found = [start for start in range(len(message)) if message[start : start + _BLOCK] in self._blocks]
        candidates = sorted({start for block in found for start in range(max(0, block + _BLOCK - PIECE), block + 1) if start + PIECE <= len(message)})
        yield from ((start, start + PIECE) for start in candidates if message[start : start + PIECE] in self._corpus)

    def _without_ends(self, message: str) -> str:
        """The message without what is left of a secret where it was shortened."""
        if ELLIPSIS not in message:
            return message
        before, _ellipsis, after = message.partition(ELLIPSIS)
        for secret in self._wholes:
            for length in range(min(len(secret), PIECE) - 1, _SHORTEST_END, -1):
                before = before[:-length] + MASK if before.endswith(secret[:length]) else before
                after = MASK + after[length:] if after.startswith(secret[-length:]) else after
        return before + ELLIPSIS + after


def _lines(text: str) -> Iterator[str]:
    """The parts of a text with several lines that are secrets by themselves."""
    for line in text.splitlines() if "\n" in text else ():
        if len(line.strip()) >= _SHORTEST_LINE:
            yield line.strip()
        yield from _ASSIGNMENT.findall(line)


def contains_secret(value: Any, secret: str) -> bool:
    """Whether some release of Ansible would mask a secret in a value: it searches values at any depth, but no keys; up to 2.16 also booleans and nulls."""
    if isinstance(value, dict):
        return any(contains_secret(item, secret) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(contains_secret(item, secret) for item in value)
    return secret in str(value)
