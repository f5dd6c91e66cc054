# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The progress of a module: read from a pipe, and shown as a line every few seconds."""

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

from ansible_collections.estate.vmware.plugins.plugin_utils.job.progress_lines import ProgressLine, ScanLine

#: Seconds between two lines of a source that is read alone.
_INTERVAL = 5
#: Seconds between two reads of the pipe.
GLANCE = 0.5
_BLOCK = 1 << 16
#: Seconds after which a pipe without a reader will get none.
_ABANDONED = 60


def follower(name: str, task: Task, task_vars: Mapping[str, Any], is_shown: bool = True, line: type[ProgressLine] = ScanLine) -> Follower | None:
    """The follower of the source that a task works on; None where no pipe can be made: a scan without progress is better than none.

    :param is_shown: the option ``progress``. Where it is off, the pipe still tells the module when its job was killed.
    """
    show = Display().display if is_shown and may_show(task) else lambda text: None
    try:
        return Follower(name, interval(side_by_side(task, task_vars)), show, line)
    except OSError:
        return None


def may_show(task: Task) -> bool:
    """Whether the task may print lines: not with no_log, and not where the output is one JSON document."""
    return not task.no_log and "json" not in constants.DEFAULT_STDOUT_CALLBACK


def side_by_side(task: Task, task_vars: Mapping[str, Any]) -> int:
    """How many hosts a task may run on at a time."""
    limits = [len(task_vars.get("ansible_play_batch", ())), task_vars.get("ansible_forks", 1), task.throttle]
    return min((int(limit) for limit in limits if limit), default=1)


def interval(sources: int) -> float:
    """Seconds between two lines of one source, so that all that are read at a time show no more than one a second."""
    return max(_INTERVAL, sources)


class Follower:
    """Reads a named pipe in a thread while its block runs, and shows a line every few seconds.

    A module whose job was killed learns from the closed pipe that it can stop: Ansible before 2.20 leaves modules behind
    when it is terminated, and every release does when it is killed.

    :ivar path: of the pipe. The name is removed once the module has opened it.
    :param show: prints a line. :param line: makes it of what the module reports.
    :raises OSError: no pipe can be made.
    """

    def __init__(self, name: str, interval: float, show: Callable[[str], object], line: type[ProgressLine] = ScanLine) -> None:
        self._name = name
        self._line = line
        self._interval = interval
        self._show = show
        self._job = os.getppid()
        self._is_over = threading.Event()
        remove_abandoned_pipes(os.path.dirname(constants.DEFAULT_LOCAL_TMP))
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

    def close_in_child(self) -> None:
        """Close the copy of the pipe in a child process, which otherwise could read it, and would never see it closed."""
        os.close(self._pipe)

    def _forget_name(self) -> None:
        with suppress(OSError):
            os.unlink(self.path)
        with suppress(OSError):
            os.rmdir(self._folder)

    def _follow(self) -> None:
        last = self._line(time.monotonic())
        rest = b""
        try:
            while not self._is_over.wait(GLANCE) and os.getppid() == self._job:
                if received := self._read_pipe():
                    self._forget_name()
                *lines, rest = (rest + received).split(b"\n")
                if reports := list(filter(None, lines)):
                    last.update(json.loads(reports[-1]))
                if time.monotonic() - last.shown >= self._interval:
                    # A closed terminal must not end the module.
                    with suppress(Exception):
                        self._show(f"{self._name}: {last.text(time.monotonic())}")
        finally:
            self._forget_name()
            os.close(self._pipe)

    def _read_pipe(self) -> bytes:
        """What was written since the last read."""
        try:
            return os.read(self._pipe, _BLOCK)
        except BlockingIOError:
            return b""


def remove_abandoned_pipes(parent: str) -> None:
    """Remove the pipes of jobs that were killed: those without a reader that are older than a minute.

    :param parent: of the local temporary folders of all jobs.
    """
    for folder in glob.glob(os.path.join(glob.escape(parent), "ansible-local-*", "progress-*")):
        with suppress(OSError):
            pipe = os.path.join(folder, "pipe")
            if time.time() - os.stat(folder).st_mtime > _ABANDONED and not _is_read(pipe):
                with suppress(FileNotFoundError):
                    os.unlink(pipe)
                os.rmdir(folder)


def _is_read(pipe: str) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return True
    except OSError as error:
        return error.errno not in (errno.ENXIO, errno.ENOENT)
