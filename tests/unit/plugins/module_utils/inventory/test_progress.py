# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress


@pytest.fixture
def pipe(tmp_path):
    """Path of a pipe and its reading end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    yield path, end
    os.close(end)


def heard(end: int) -> list[dict]:
    return [json.loads(line) for line in os.read(end, 1 << 16).splitlines() if line]


def test_each_page_is_reported_with_the_total_if_known(pipe):
    path, end = pipe
    progress = Progress(str(path))
    progress.advance(0)
    progress.advance(500)
    progress.expect(1200)
    progress.advance(500)
    assert heard(end) == [{"read": 0, "total": None}, {"read": 500, "total": None}, {"read": 1000, "total": 1200}]


def test_another_attempt_counts_from_zero(pipe):
    path, end = pipe
    progress = Progress(str(path))
    progress.expect(1200)
    progress.advance(500)
    progress.restart()
    progress.advance(400)
    assert heard(end)[-1] == {"read": 400, "total": None}


def test_full_pipe_does_not_block(pipe):
    path, end = pipe
    progress = Progress(str(path))
    for _page in range(10_000):
        progress.advance(1)
    assert heard(end)[0] == {"read": 1, "total": None}


def test_scan_of_an_ended_job_is_cancelled(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    progress = Progress(str(path))
    os.close(end)
    with pytest.raises(Cancelled):
        progress.advance(500)


def test_total_is_requested_only_if_progress_is_shown(pipe):
    assert Progress(str(pipe[0])).wants_total
    assert not Progress(str(pipe[0]), is_shown=False).wants_total
    assert not Progress().wants_total


@pytest.mark.parametrize("make", [lambda path: None, os.mkfifo, os.mkdir], ids=["nothing there", "nobody reads", "a folder"])
def test_scan_without_a_pipe(tmp_path, make):
    make(tmp_path / "pipe")
    progress = Progress(str(tmp_path / "pipe"))
    progress.advance(500)
    assert not progress.wants_total
