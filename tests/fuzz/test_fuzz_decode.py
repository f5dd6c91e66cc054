# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few hundred broken replies, always the same ones."""

from __future__ import annotations

import itertools
import math

import fuzz_decode
import pytest
from invariants import check
from replies import SHAPES, replies

pytestmark = pytest.mark.all_only


def test_replies_are_valid_before_they_are_broken():
    # A reference is no page.
    assert {check(data, SHAPES) for data in replies()} == {"page", "fault", "error"}


def test_decoder_keeps_its_invariants(tmp_path, capsys):
    assert fuzz_decode.FUZZER.fuzz(math.inf, 400, 1, tmp_path) == 0
    summary = capsys.readouterr().out
    assert "400 cases" in summary
    assert all(outcome in summary for outcome in ("page", "fault", "error"))


def test_seed_makes_the_same_replies():
    first, again, other = (list(itertools.islice(fuzz_decode.cases(seed), 20)) for seed in (1, 1, 2))
    assert first == again != other


def test_slow_reply_is_a_failure(monkeypatch):
    clock = iter([0.0, 100.0])
    monkeypatch.setattr(fuzz_decode.time, "process_time", lambda: next(clock))
    with pytest.raises(fuzz_decode.TooSlow):
        fuzz_decode.run(replies()[0])
