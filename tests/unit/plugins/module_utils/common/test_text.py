# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("  two\r\n lines\t", "two lines"),
        ("a\x1b[2J\x1b]0;title\x07b", "a [2J ]0;title b"),
        ("nul\x00 del\x7f c1\x9b end", "nul del c1 end"),
        ("bidi \u202ecba\u2066 line\u2028paragraph\u2029 end", "bidi cba line paragraph end"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("%2f =cmd() 名前 é 👩‍💻", "%2f =cmd() 名前 é 👩‍💻"),
        (7, "7"),
        (None, "None"),
    ],
)
def test_invisible_characters_are_removed(text, shown):
    assert one_line(text) == shown
    one_line(text).encode()


@pytest.mark.parametrize("length", [499, 500, 501, 5_000_000])
def test_long_text_keeps_beginning_and_end(length):
    text = "begin: " + "x" * (length - 20) + ": lower page_size"[-13:]
    shown = one_line(text)
    assert len(shown) == min(length, 500)
    assert shown.startswith("begin: x") and shown.endswith("page_size")
    assert ("…" in shown) == (length > 500)


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_limit_holds_however_small(limit):
    assert len(one_line("abcdefghijklmnop", limit)) <= limit


def test_white_space_at_the_ends_does_not_count():
    assert one_line(" " * 1_000_000 + "end").endswith("end")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x1b\n", r"'a\x1b\n'"),
        ("x" * 1_000_000, f"'{'x' * 48}…{'x' * 49}'"),
        (-1, "-1"),
        ([10**5000], "more than can be shown"),
        ({"a": ["b"]}, "{'a': ['b']}"),
    ],
)
def test_quoted_values(value, shown):
    assert quoted(value) == shown
