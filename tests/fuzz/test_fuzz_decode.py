# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fuzzer itself: it feeds what it says, finds what there is, and replays it."""

from __future__ import annotations

import itertools

import fuzz_decode
import pytest
from invariants import check
from replies import SHAPES, replies

pytestmark = pytest.mark.all_only


def test_replies_are_whole_before_they_are_broken():
    # A reference is no page.
    assert {check(data, SHAPES) for data in replies()} == {"page", "fault", "error"}


def test_decoder_keeps_its_promises(tmp_path, capsys):
    assert fuzz_decode.fuzz(60, 400, 1, tmp_path) == 0
    said = capsys.readouterr().out
    assert "400 inputs" in said
    assert all(outcome in said for outcome in ("page", "fault", "error"))
    assert list(tmp_path.iterdir()) == []


def test_seed_makes_the_same_inputs():
    first, again, other = (list(itertools.islice(fuzz_decode.inputs(seed), 20)) for seed in (1, 1, 2))
    assert first == again != other


def test_find_is_written_and_can_be_replayed(tmp_path, monkeypatch, capsys):
    def broken(data, shapes):
        raise RecursionError("too deep")

    monkeypatch.setattr(fuzz_decode, "check", broken)
    assert fuzz_decode.fuzz(60, 1, 5, tmp_path) == 1
    (find,) = tmp_path.iterdir()
    assert find.name == "5-0.xml"
    assert find.read_bytes() == next(fuzz_decode.inputs(5))
    assert "5-0.xml: RecursionError: too deep" in capsys.readouterr().err
    with pytest.raises(RecursionError):
        fuzz_decode.judge(find.read_bytes())


def test_slow_input_is_a_find(monkeypatch):
    clock = iter([0.0, 100.0])
    monkeypatch.setattr(fuzz_decode.time, "process_time", lambda: next(clock))
    with pytest.raises(fuzz_decode.TooSlow):
        fuzz_decode.judge(replies()[0])
