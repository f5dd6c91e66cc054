# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Patterns of users against texts of servers, none of which takes longer than it may.

A pattern with wildcards is matched in a time that grows with the text alone. A regular expression may backtrack for ever, and
Python cannot interrupt one: what may take long is searched by a process of its own, which the system ends.
"""

from __future__ import annotations

import atexit
import json
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

#: Seconds of CPU time that one search may take. :data:`_ALTOGETHER`: seconds that all searches of one expression may take.
_SECONDS = 2
_ALTOGETHER = 60
#: Characters that are searched: those that a cell can show.
SEARCHED = 32_767
#: What a search in this process may cost at most, in steps of which a million take some 20 ms.
_FEW_STEPS = 250_000
_IN_A_ROW = re.compile(r"[*+{]")
_CHOICES = re.compile(r"[?|]")
#: A repeated group, or a way to write one that this does not see.
_NESTED = re.compile(r"\)\s*[*+{]|\(\?[a-zA-Z-]*x|#")

#: Reads a pattern and a text a line, answers 1 or 0. The time limit is the system's, which ends it.
_SEARCHER = f"""
import json, re, signal, sys
signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
for line in sys.stdin.buffer:
    pattern, text = json.loads(line)
    signal.setitimer(signal.ITIMER_VIRTUAL, {_SECONDS})
    found = re.search(pattern, text) is not None
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    sys.stdout.write("01"[found])
    sys.stdout.flush()
"""


class TakesTooLong(Exception):
    """A search was ended. The message says after what time."""


def wildcards(pattern: str) -> re.Pattern:
    """A pattern in which ``*`` stands for any characters and ``?`` for one, for ``fullmatch``, whatever the case.

    Each part between two ``*`` is taken where it is found first and never looked for again: where the whole can match at all, it does so.
    """
    first, *rest = ("".join("." if character == "?" else re.escape(character) for character in part) for part in re.split(r"\*+", pattern))
    middle = "".join(f"(?=(?P<part{number}>.*?{part}))(?P=part{number})" for number, part in enumerate(rest[:-1]))
    return re.compile(first + middle + (f".*{rest[-1]}" if rest else ""), re.IGNORECASE | re.DOTALL)


class Search:
    """Whether a regular expression is found in a text, of which the first :data:`SEARCHED` characters count.

    :raises re.error: it is none.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)
        self._repeats = len(_IN_A_ROW.findall(pattern))
        self._choices = 1 << len(_CHOICES.findall(pattern))
        self._may_explode = _NESTED.search(pattern) is not None
        self._spent = 0.0

    def __call__(self, text: str) -> bool:
        """Whether it is found.

        :raises TakesTooLong: nobody knows.
        """
        text = text[:SEARCHED]
        began = time.monotonic()
        found = _searcher.finds(self._pattern.pattern, text) if self._may_take_long(len(text)) else self._pattern.search(text) is not None
        self._spent += time.monotonic() - began
        if self._spent > _ALTOGETHER:
            raise TakesTooLong(f"took longer than {_ALTOGETHER} s for all rows up to the one")
        return found

    def _may_take_long(self, length: int) -> bool:
        """Whether more steps are thinkable than few: each repeat may end anywhere, and each choice go both ways, from each beginning."""
        return self._may_explode or (length + 1) ** (self._repeats + 1) * self._choices > _FEW_STEPS


class _Searcher:
    """The process that searches, started when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._alone = threading.Lock()

    def finds(self, pattern: str, text: str) -> bool:
        with self._alone:
            if self._process is None:
                self._process = _started()
            answer = b""
            try:
                # What answers nothing was ended, before or now.
                with suppress(BrokenPipeError):
                    self._process.stdin.write(json.dumps([pattern, text]).encode() + b"\n")
                    self._process.stdin.flush()
                    answer = self._process.stdout.read(1)
            finally:
                if not answer:
                    how = self._end()
        if answer:
            return answer == b"1"
        raise TakesTooLong(f"took longer than {_SECONDS} s" if how == -signal.SIGVTALRM else "could not be searched for: its process was ended")

    def close(self) -> None:
        """End the process, if there is one."""
        with self._alone:
            self._end()

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _started() -> subprocess.Popen:
    try:
        # A module may run_command, but the inventory plugin has no module, and this process is spoken to for as long as it is needed.
        return subprocess.Popen(  # pylint: disable=ansible-bad-function
            [sys.executable, "-I", "-S", "-c", _SEARCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise TakesTooLong(f"could not be searched for, as no process can be started ({error.strerror}),") from error


_searcher = _Searcher()
atexit.register(_searcher.close)
