# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The progress of a scan: read from a pipe, and shown as a line every few seconds."""

from __future__ import annotations

import errno
import glob
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ansible import constants
from ansible.playbook.task import Task
from ansible.utils.display import Display

#: Seconds between two lines of a source that is read alone.
_INTERVAL = 5
#: Seconds between two looks at the pipe.
GLANCE = 0.5
_BLOCK = 1 << 16
#: Seconds after which nobody will begin to read a pipe any more.
_ABANDONED = 60


def follower(name: str, task: Task, task_vars: Mapping[str, Any], is_shown: bool = True) -> Follower | None:
    """What shows the progress of the source that a task reads; None where there can be no pipe: a scan without progress is better than none.

    :param is_shown: the option ``progress``. A scan that shows nothing must learn all the same that its job was killed.
    """
    show = Display().display if is_shown and may_show(task) else lambda text: None
    try:
        return Follower(name, interval(side_by_side(task, task_vars)), show)
    except OSError:
        return None


def may_show(task: Task) -> bool:
    """Whether lines of ours may stand in the output: neither of what is secret, nor where the whole output is one JSON document."""
    return not task.no_log and "json" not in constants.DEFAULT_STDOUT_CALLBACK


def side_by_side(task: Task, task_vars: Mapping[str, Any]) -> int:
    """How many hosts a task may run on at a time."""
    limits = [len(task_vars.get("ansible_play_batch", ())), task_vars.get("ansible_forks", 1), task.throttle]
    return min((int(limit) for limit in limits if limit), default=1)


def interval(sources: int) -> float:
    """Seconds between two lines of one source, so that all that are read at a time show no more than one a second."""
    return max(_INTERVAL, sources)


class Follower:
    """Reads a pipe of its own in a thread, until it is left, and shows a line now and then.

    A module that has lost its job learns from the closed pipe that it may stop: Ansible before 2.20 leaves modules behind
    when it is terminated, and every one does when it is killed.

    :ivar path: the pipe. Its name is gone as soon as somebody has opened it.
    :param show: takes each line.
    :raises OSError: there can be no pipe.
    """

    def __init__(self, name: str, interval: float, show: Callable[[str], object]) -> None:
        self._name = name
        self._interval = interval
        self._show = show
        self._job = os.getppid()
        self._is_over = threading.Event()
        sweep(os.path.dirname(constants.DEFAULT_LOCAL_TMP))
        self._folder = tempfile.mkdtemp(prefix="progress-", dir=constants.DEFAULT_LOCAL_TMP)
        self.path = os.path.join(self._folder, "pipe")
        try:
            os.mkfifo(self.path, 0o600)
            self._pipe = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            self._forget_name()
            raise
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Follower:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._is_over.set()
        self._thread.join()

    def let_go(self) -> None:
        """Close the copy of the pipe that a child process has: as long as anybody can read it, nobody learns that nobody does."""
        os.close(self._pipe)

    def _forget_name(self) -> None:
        with suppress(OSError):
            os.unlink(self.path)
        with suppress(OSError):
            os.rmdir(self._folder)

    def _follow(self) -> None:
        last = _Line(self._name, time.monotonic())
        rest = b""
        try:
            while not self._is_over.wait(GLANCE) and os.getppid() == self._job:
                if said := self._said():
                    self._forget_name()
                *lines, rest = (rest + said).split(b"\n")
                if told := list(filter(None, lines)):
                    last.heard(**json.loads(told[-1]))
                if time.monotonic() - last.shown >= self._interval:
                    # A terminal that has gone is no reason to let go of the module.
                    with suppress(Exception):
                        self._show(last.text(time.monotonic()))
        finally:
            self._forget_name()
            os.close(self._pipe)

    def _said(self) -> bytes:
        """What was written since the last look."""
        try:
            return os.read(self._pipe, _BLOCK)
        except BlockingIOError:
            return b""


def sweep(folder: str) -> None:
    """Remove the pipes of jobs that were killed: those that nobody reads, and have been there for a while.

    :param folder: that of the local temporary folders of all jobs.
    """
    for left in glob.glob(os.path.join(glob.escape(folder), "ansible-local-*", "progress-*")):
        with suppress(OSError):
            pipe = os.path.join(left, "pipe")
            if time.time() - os.stat(left).st_mtime > _ABANDONED and not _is_read(pipe):
                with suppress(FileNotFoundError):
                    os.unlink(pipe)
                os.rmdir(left)


def _is_read(pipe: str) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return True
    except OSError as error:
        return error.errno not in (errno.ENXIO, errno.ENOENT)


class _Line:
    """What is to be shown next: ``vcenter-prod: VMs 4,500 of 10,000 (45 %), 1,320/s``."""

    def __init__(self, name: str, began: float) -> None:
        self.shown = began
        self._name = name
        self._total: int | None = None
        self._read = self._read_when_shown = 0
        self._heard = began
        self._is_news = False

    def heard(self, read: int, total: int | None) -> None:
        self._read, self._total = read, total
        self._heard = time.monotonic()
        self._is_news = True

    def text(self, now: float) -> str:
        rate = max(0, self._read - self._read_when_shown) / (now - self.shown)
        # VMs may be made while they are read.
        total = max(self._read, self._total or 0)
        of = f" of {total:,} ({100 * self._read // total} %)" if self._total else ""
        told = [f"VMs {self._read:,}{of}"] if self._read else []
        if not self._is_news and self._read != self._total:
            told.append(f"waiting for an answer for {now - self._heard:.0f} s")
        else:
            told.append(f"{rate:,.0f}/s" if self._read else "hosts, datastores, networks")
        self.shown, self._read_when_shown, self._is_news = now, self._read, False
        return f"{self._name}: {', '.join(told)}"
