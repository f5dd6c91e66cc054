# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of progress, from the pipe to the screen; whole plays are in tests/integration/test_progress.py."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.machine.progress import ChangeProgress
from ansible_collections.estate.vmware.plugins.plugin_utils.job import progress as job
from ansible_collections.estate.vmware.plugins.plugin_utils.job.progress_lines import ChangeLine


@pytest.fixture
def lines(monkeypatch, tmp_path) -> list[str]:
    monkeypatch.setattr(job.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(job, "GLANCE", 0.01)
    return []


def wait_for(condition) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_progress_lines(lines, tmp_path):
    with job.Follower("east", 0.05, lines.append) as followed:
        progress = Progress(followed.path)
        progress.expect(10_000)
        progress.advance(4_500)
        wait_for(lambda: any(re.fullmatch(r"east: VMs 4,500 of 10,000 \(45 %\), [\d,]+/s", line) for line in lines))
    assert not list(tmp_path.iterdir())


def test_line_of_a_source_that_sends_nothing(lines):
    with job.Follower("east", 0.05, lines.append) as followed:
        progress = Progress(followed.path)
        progress.advance(0)
        wait_for(lambda: "east: hosts, datastores, networks" in lines)
        wait_for(lambda: re.fullmatch(r"east: waiting for an answer for \d+ s", lines[-1]))
        progress.advance(500)
        wait_for(lambda: lines[-1].startswith("east: VMs 500, "))
        wait_for(lambda: re.fullmatch(r"east: VMs 500, waiting for an answer for \d+ s", lines[-1]))


def test_no_line_within_the_interval(lines):
    with job.Follower("east", 60, lines.append) as followed:
        Progress(followed.path).advance(500)
        time.sleep(0.1)
    assert lines == []


def test_name_of_the_pipe_is_removed_once_it_is_open(lines, tmp_path):
    with job.Follower("east", 60, lines.append) as followed:
        progress = Progress(followed.path)
        wait_for(lambda: not list(tmp_path.iterdir()))
        progress.advance(500)


def test_closed_terminal_ends_no_scan(lines):
    def fail(text):
        lines.append(text)
        raise OSError("the terminal has gone")

    with job.Follower("east", 0.05, fail) as followed:
        progress = Progress(followed.path)
        wait_for(lambda: len(lines) > 2)
        progress.advance(500)


def test_scan_is_cancelled_when_its_job_was_killed(lines, monkeypatch):
    with job.Follower("east", 60, lines.append) as followed:
        progress = Progress(followed.path)
        progress.advance(500)
        monkeypatch.setattr(os, "getppid", lambda: 1)
        with pytest.raises(Cancelled):
            wait_for(lambda: progress.advance(500))


def test_no_folder_is_left_without_a_pipe(lines, monkeypatch, tmp_path):
    def refuse(*_arguments):
        raise OSError("not here")

    monkeypatch.setattr(os, "mkfifo", refuse)
    with pytest.raises(OSError):
        job.Follower("east", 5, lines.append)
    assert not list(Path(tmp_path).iterdir())


@pytest.mark.parametrize(("side_by_side", "seconds"), [(1, 5), (5, 5), (20, 20)])
def test_interval_grows_with_the_number_of_sources(side_by_side, seconds):
    assert job.interval(side_by_side) == seconds


def task(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"no_log": False, "throttle": 0, **values})


def test_lines_are_shown_in_plain_output_only(monkeypatch):
    assert job.may_show(task())
    assert not job.may_show(task(no_log=True))
    monkeypatch.setattr(job.constants, "DEFAULT_STDOUT_CALLBACK", "ansible.posix.json")
    assert not job.may_show(task())


def test_scan_without_a_pipe(lines, monkeypatch):
    monkeypatch.setattr(job.constants, "DEFAULT_LOCAL_TMP", "/proc/nowhere")
    assert job.follower("east", task(), {}) is None


@pytest.mark.parametrize(("hosts", "forks", "throttle", "expected"), [(30, 5, 0, 5), (3, 5, 0, 3), (30, 10, 1, 1), (0, 0, 0, 1)])
def test_sources_side_by_side(hosts, forks, throttle, expected):
    variables = {"ansible_play_batch": ["source"] * hosts, "ansible_forks": forks}
    assert job.side_by_side(task(throttle=throttle), variables) == expected


def test_pipes_of_killed_jobs_are_removed(tmp_path):
    long_ago = time.time() - 3600
    folders = {name: tmp_path / f"ansible-local-{name}" / "progress-x" for name in ("dead", "empty", "read", "young", "other")}
    for name, folder in folders.items():
        folder.mkdir(parents=True)
        if name != "empty":
            os.mkfifo(folder / "pipe")
        if name == "other":
            (folder / "notes").touch()
        if name != "young":
            os.utime(folder, (long_ago, long_ago))
    reader = os.open(folders["read"] / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        job.remove_abandoned_pipes(str(tmp_path))
    finally:
        os.close(reader)
    assert {name for name, folder in folders.items() if folder.exists()} == {"read", "young", "other"}


def test_lines_of_changes(lines):
    with job.Follower("east", 0.05, lines.append, ChangeLine) as followed:
        progress = ChangeProgress(followed.path, "clone")
        wait_for(lambda: lines)
        progress.report(total=200, done=61, running=16, failed=2, percent=34.4)
        wait_for(lambda: len(lines) > 2)
        progress.report(total=200, done=198, running=0, failed=2, sent=1 << 20)
        wait_for(lambda: "198" in lines[-1])
    assert lines[0] == "east: looking up"
    assert "east: clone 61 of 200 done, 16 running (34 %), 2 failed" in lines
    assert any(line.startswith("east: clone 198 of 200 done, 0 running (100 %), 2 failed, ") and line.endswith(" MB/s") for line in lines)


def test_changes_are_cancelled_when_their_job_was_killed(lines, monkeypatch):
    with job.Follower("east", 60, lines.append, ChangeLine) as followed:
        progress = ChangeProgress(followed.path, "clone")
        monkeypatch.setattr(os, "getppid", lambda: 1)
        with pytest.raises(Cancelled):
            wait_for(lambda: progress.report(total=0, done=0, running=0, failed=0))
