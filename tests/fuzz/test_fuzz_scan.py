# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A few scans of servers with random replies, always the same ones."""

from __future__ import annotations

import json
import math
import time

import fuzz_scan
import pytest

pytestmark = pytest.mark.all_only


def test_scans_end(tmp_path, capsys):
    assert fuzz_scan.FUZZER.fuzz(math.inf, 6, 1, tmp_path) == 0, capsys.readouterr().err
    assert "6 cases" in capsys.readouterr().out


def test_seed_makes_the_same_replies_and_files_hold_them():
    first, again, other = (next(fuzz_scan.cases(seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert fuzz_scan.FUZZER.load(fuzz_scan.FUZZER.dump(first)) == first == json.loads(json.dumps(first))


def test_scan_with_an_unexpected_error_or_without_an_end_is_a_failure(monkeypatch):
    def broken(*arguments, **options):
        raise KeyError("oops")

    replies = next(fuzz_scan.cases(1))
    monkeypatch.setattr(fuzz_scan, "check_connection", broken)
    with pytest.raises(fuzz_scan.ScanBroke, match="KeyError"):
        fuzz_scan.run(replies)
    monkeypatch.setattr(fuzz_scan, "check_connection", lambda *arguments: time.sleep(60))
    monkeypatch.setattr(fuzz_scan, "MAX_SECONDS", 3.0)
    with pytest.raises(fuzz_scan.ScanBroke, match="it goes on after 3 s"):
        fuzz_scan.run(replies)
