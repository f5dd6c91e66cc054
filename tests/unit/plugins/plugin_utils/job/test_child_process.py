# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import sys

import pytest

from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_process import ChildFailed, ChildProcess


def test_child_returns_what_the_call_returns():
    found, child = ChildProcess(lambda: {"pid": os.getpid()}).result()["pid"], os.getpid()
    assert found != child


def test_child_that_raises_says_what_and_where():
    def fail():
        raise KeyError("odd")

    with pytest.raises(ChildFailed, match="KeyError: 'odd'") as caught:
        ChildProcess(fail).result()
    assert "in fail" in caught.value.trace


@pytest.mark.parametrize(("number", "message"), [(signal.SIGKILL, "its process was killed: .*memory"), (signal.SIGTERM, "ended with code 1")])
def test_child_that_is_killed_or_terminated(number, message):
    with pytest.raises(ChildFailed, match=message):
        ChildProcess(lambda: os.kill(os.getpid(), number)).result()


def test_child_that_is_terminated_cleans_up(tmp_path):
    def work():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            (tmp_path / "clean").touch()

    with pytest.raises(ChildFailed):
        ChildProcess(work).result()
    assert (tmp_path / "clean").exists()


def test_child_that_exits():
    with pytest.raises(ChildFailed, match="ended with code 3"):
        ChildProcess(lambda: sys.exit(3)).result()
