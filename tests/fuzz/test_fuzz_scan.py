# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few scans of servers that say nonsense, always the same ones."""

from __future__ import annotations

import json
from random import Random

import fuzz_scan
import pytest
from estates_of_nonsense import Nonsense

pytestmark = pytest.mark.all_only


def test_scans_of_nonsense_end(tmp_path, capsys):
    assert fuzz_scan.fuzz(120, 6, 1, tmp_path) == 0, capsys.readouterr().err
    assert "6 scans" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_seed_makes_the_same_answers():
    first, again, other = (Nonsense(Random(seed)).everything() for seed in (1, 1, 2))
    assert first == again != other


def test_find_is_written_and_can_be_replayed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fuzz_scan, "judge", lambda made: "find: it goes on")
    assert fuzz_scan.fuzz(60, 1, 5, tmp_path) == 1
    (find,) = tmp_path.iterdir()
    assert (find.name, json.loads(find.read_text())) == ("5-0.json", Nonsense(Random(5)).everything())
    assert "5-0.json: find: it goes on" in capsys.readouterr().err


def test_scan_that_fails_of_a_mistake_or_never_ends_is_a_find(monkeypatch):
    def mistaken(*arguments, **options):
        raise KeyError("oops")

    made = Nonsense(Random(1)).everything()
    monkeypatch.setattr(fuzz_scan, "check_connection", mistaken)
    assert "KeyError" in fuzz_scan.judge(made)
    monkeypatch.setattr(fuzz_scan, "check_connection", lambda *arguments: fuzz_scan.time.sleep(60))
    monkeypatch.setattr(fuzz_scan, "PATIENCE", 3.0)
    assert "it goes on after 3 s" in fuzz_scan.judge(made)
