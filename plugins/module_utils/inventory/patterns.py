# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Matching of users' patterns against texts of servers, in bounded time.

Patterns with wildcards take a time linear in the text. Regular expressions may backtrack without end, and Python cannot interrupt
them: those that may take long are searched for in a process of their own, with a limit on its CPU time.
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

#: Seconds of CPU time for one search.
MAX_SEARCH_SECONDS = 2.0
#: Seconds for all searches for one expression.
_TOTAL_SECONDS = 60
#: Characters of a text that are searched: the most that a cell of a workbook can show.
SEARCHED = 32_767
#: Most steps of a search in this process. A million steps take about 20 ms.
_FEW_STEPS = 250_000
_REPEATS = re.compile(r"[*+{]")
_CHOICES = re.compile(r"[?|]")
#: A repeated group, or syntax that may hide one.
_NESTED = re.compile(r"\)\s*[*+{]|\(\?[a-zA-Z-]*x|#")

#: Reads a pattern, a text and a time limit from each line and writes 1 or 0. The kernel ends it at that limit.
_SEARCHER = """
import json, re, signal, sys
signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
for line in sys.stdin.buffer:
    pattern, text, seconds = json.loads(line)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    found = re.search(pattern, text) is not None
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    sys.stdout.write("01"[found])
    sys.stdout.flush()
"""


class SearchTimeout(Exception):
    """A search took too long. The message says how long."""


def wildcards(pattern: str) -> re.Pattern[str]:
    """A pattern with ``*`` for any characters and ``?`` for one, compiled for ``fullmatch``, case-insensitive.

    Each part between two ``*`` is matched where it is found first, without backtracking, which is enough to find a match.
    """
    first, *rest = ("".join("." if character == "?" else re.escape(character) for character in part) for part in re.split(r"\*+", pattern))
    middle = "".join(f"(?=(?P<part{number}>.*?{part}))(?P=part{number})" for number, part in enumerate(rest[:-1]))
    return re.compile(first + middle + (f".*{rest[-1]}" if rest else ""), re.IGNORECASE | re.DOTALL)


class Search:
    """A search for a regular expression in the first :data:`SEARCHED` characters of texts.

    :raises re.error: the expression is invalid.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)
        self._repeats = len(_REPEATS.findall(pattern))
        self._choices = 1 << len(_CHOICES.findall(pattern))
        self._may_explode = _NESTED.search(pattern) is not None
        self._spent = 0.0

    def __call__(self, text: str) -> bool:
        """Whether it is found.

        :raises SearchTimeout: it took too long to find out.
        """
        text = text[:SEARCHED]
        began = time.monotonic()
        found = _searcher.finds(self._pattern.pattern, text) if self._may_take_long(len(text)) else self._pattern.search(text) is not None
        self._spent += time.monotonic() - began
        if self._spent > _TOTAL_SECONDS:
            raise SearchTimeout(f"took longer than {_TOTAL_SECONDS} s for all rows up to the one")
        return found

    def _may_take_long(self, length: int) -> bool:
        """Whether it may take more than :data:`_FEW_STEPS`: each repeat may end anywhere, each choice go both ways, from each start."""
        return self._may_explode or (length + 1) ** (self._repeats + 1) * self._choices > _FEW_STEPS


class _Searcher:
    """The process that searches, started on first use."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def finds(self, pattern: str, text: str) -> bool:
        with self._lock:
            if self._process is None:
                self._process = _started()
            result = b""
            limit = MAX_SEARCH_SECONDS
            try:
                # Fails where the process was ended, before or now.
                with suppress(BrokenPipeError):
                    result = _ask(self._process, json.dumps([pattern, text, limit]).encode() + b"\n")
            finally:
                status = None if result else self._end()
        if result:
            return result == b"1"
        raise SearchTimeout(f"took longer than {limit:g} s" if status == -signal.SIGVTALRM else "could not be searched for: its process was ended")

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream:
                    stream.close()
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _ask(process: subprocess.Popen[bytes], line: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        return b""
    process.stdin.write(line)
    process.stdin.flush()
    return process.stdout.read(1)


def _started() -> subprocess.Popen[bytes]:
    try:
        # Not run_command of a module: the inventory plugin has no module, and this process serves many searches.
        return subprocess.Popen(  # pylint: disable=ansible-bad-function
            [sys.executable, "-I", "-S", "-c", _SEARCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise SearchTimeout(f"could not be searched for, as no process can be started ({error.strerror}),") from error


_searcher = _Searcher()
atexit.register(_searcher.close)
