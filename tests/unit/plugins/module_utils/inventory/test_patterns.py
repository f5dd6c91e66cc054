# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory import patterns
from ansible_collections.estate.vmware.plugins.module_utils.inventory.patterns import SEARCHED, Search, SearchTimeout, wildcards

#: Would take longer than the universe has been there.
EXPLODES = "(a+)+$"
TEXT = "a" * 60 + "b"


def test_wildcards_match_like_a_backtracking_expression():
    chance = random.Random(1)
    for _round in range(20_000):
        pattern = "".join(chance.choice("abB*?*.[ſs\\") for _index in range(chance.randint(0, 7)))
        text = "".join(chance.choice("abABsSſ\n.[\\") for _index in range(chance.randint(0, 9)))
        plain = "".join({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in pattern)
        expected = re.fullmatch(plain, text, re.IGNORECASE | re.DOTALL) is not None
        assert (wildcards(pattern).fullmatch(text) is not None) == expected, (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a*b*c*d*e*", "abcd" * 8000),
        ("*backup*daily*prod*", "backup daily " * 2500),
        ("*" + "?" * 50 + "x*y", "a" * 32_000),
        ("*a" * 30, "a" * 32_000 + "b"),
    ],
)
def test_wildcards_match_in_linear_time(pattern, text):
    began = time.process_time()
    assert not wildcards(pattern).fullmatch(text)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^(web|new)", "web-1", True),
        ("(?i)^NEW", "new", True),
        ("^WEB", "web", False),
        ("(a|b)*c$", "ababc", True),
        ("(a|b)*c$", "abab", False),
        ("é+.*🚀\n\ud800", "éé 🚀\n\ud800", True),
        (r"(\w)\1", "aa", True),
    ],
)
def test_search_in_and_out_of_process(pattern, text, found):
    assert Search(pattern)(text) is found


def test_only_the_text_that_a_cell_shows_is_searched():
    assert Search("b")("a" * (SEARCHED - 1) + "b")
    assert not Search("b")("a" * SEARCHED + "b")
    assert not Search("(b)+")("a" * SEARCHED + "b")


@pytest.mark.parametrize(
    ("pattern", "text", "limit"),
    [(EXPLODES, TEXT, None), ("(?x)(a+) #\n +$", TEXT, 0.2), ("a*a*a*a*a*a*a*c", "a" * 2000, 0.2), ("(a|a)" * 60 + "b", "a" * 80, 0.2)],
)
def test_endless_search_times_out(monkeypatch, pattern, text, limit):
    if limit:
        monkeypatch.setattr(patterns, "MAX_SEARCH_SECONDS", limit)
    search = Search(pattern)
    with pytest.raises(SearchTimeout, match=f"^took longer than {limit or 2} s$"):
        search(text)
    assert Search("(a+)+")("aaa"), "others go on"


def test_search_times_out_in_a_thread(monkeypatch):
    monkeypatch.setattr(patterns, "MAX_SEARCH_SECONDS", 0.2)
    heard = []

    def search():
        with pytest.raises(SearchTimeout) as error:
            Search(EXPLODES)(TEXT)
        heard.append(str(error.value))

    thread = threading.Thread(target=search)
    thread.start()
    thread.join(120)
    assert heard == ["took longer than 0.2 s"]


def test_a_signal_ends_the_wait():
    def leave(_number, _frame):
        raise InterruptedError

    before = signal.signal(signal.SIGALRM, leave)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(InterruptedError):
            Search(EXPLODES)(TEXT)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert Search("(a+)+")("aaa")


def test_no_process_is_left_behind():
    code = f"""
from ansible_collections.estate.vmware.plugins.module_utils.inventory.patterns import Search, _searcher
Search({EXPLODES!r})("aaa")
print(_searcher._process.pid)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True, timeout=60)
    assert not done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_all_searches_together_have_a_limit(monkeypatch):
    clock = iter(range(0, 1000, 25))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    search = Search("a")
    assert search("a") and search("a")
    with pytest.raises(SearchTimeout, match="took longer than 60 s for all rows"):
        search("a")
