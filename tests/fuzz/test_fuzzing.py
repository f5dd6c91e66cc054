# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The loop of both fuzzers: it counts outcomes, and writes the cases that fail."""

from __future__ import annotations

from itertools import count

import pytest
from fuzzing import Fuzzer


def fails_at(failing):
    def run(case):
        if case == failing:
            raise RecursionError("too deep")
        return "odd" if case % 2 else "even"

    return Fuzzer(count, run, lambda case: b"%d" % case, int, ".txt")


def test_outcomes_are_counted(tmp_path, capsys):
    assert fails_at(-1).fuzz(60, 5, 0, tmp_path) == 0
    assert "5 cases" in (summary := capsys.readouterr().out) and "3 even, 2 odd" in summary
    assert list(tmp_path.iterdir()) == []


def test_failing_case_is_written_and_can_be_run_again(tmp_path, monkeypatch, capsys):
    fuzzer = fails_at(7)
    assert fuzzer.fuzz(60, 4, 5, tmp_path / "new") == 1
    (path,) = (tmp_path / "new").iterdir()
    assert (path.name, path.read_bytes()) == ("5-2.txt", b"7")
    assert "5-2.txt: RecursionError: too deep" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["fuzz", "--replay", str(path)])
    with pytest.raises(RecursionError):
        fuzzer.main("a fuzzer")


def test_exit_status_tells_of_failures(tmp_path, monkeypatch):
    for failing, status in ((1, 1), (9, 0)):
        monkeypatch.setattr("sys.argv", ["fuzz", "--cases", "3", "--seed", "0", "--finds", str(tmp_path)])
        assert fails_at(failing).main("a fuzzer") == status
