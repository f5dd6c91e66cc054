# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name, and shows meanwhile how far it is."""

from __future__ import annotations

import errno
import glob
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from ansible import constants
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

#: Seconds between two lines of a source that is read alone.
_INTERVAL = 5
#: Seconds between two looks at the pipe.
_GLANCE = 0.5
_BLOCK = 1 << 16
#: Seconds after which nobody will begin to read a pipe any more.
_ABANDONED = 60


class ActionModule(ActionBase):
    """Gives the module a pipe to tell through, where it runs on this machine and somebody waits for it."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        with self._followed(task_vars) as pipe:
            arguments = {**self._task.args, **pipe}
            result.update(self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val))
        if not self._task.async_val:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    @contextmanager
    def _followed(self, task_vars: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """The option that has the module tell how far it is; none where it cannot."""
        if self._connection.transport != "local" or self._task.async_val or "progress_pipe" in self._task.args:
            yield {}
            return
        name = str(self._task.args.get("source") or task_vars.get("inventory_hostname", ""))
        show = Display().display if self._is_wanted() else lambda text: None
        try:
            follower = Follower(name, interval(self._side_by_side(task_vars)), show)
        except OSError:
            # A scan without progress is better than none.
            yield {}
            return
        with follower:
            yield {"progress_pipe": follower.path}

    def _is_wanted(self) -> bool:
        # Where the whole output is one JSON document, a line of ours would spoil it.
        said = boolean(self._task.args.get("progress", True), strict=False)
        return said and not self._task.no_log and "json" not in constants.DEFAULT_STDOUT_CALLBACK

    def _side_by_side(self, task_vars: Mapping[str, Any]) -> int:
        """How many hosts this task may run on at a time."""
        limits = [len(task_vars.get("ansible_play_batch", ())), task_vars.get("ansible_forks", 1), self._task.throttle]
        return min((int(limit) for limit in limits if limit), default=1)


def interval(side_by_side: int) -> float:
    """Seconds between two lines of one source, so that all of them together show no more than one a second."""
    return max(_INTERVAL, side_by_side)


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

    def _forget_name(self) -> None:
        with suppress(OSError):
            os.unlink(self.path)
        with suppress(OSError):
            os.rmdir(self._folder)

    def _follow(self) -> None:
        last = _Line(self._name, time.monotonic())
        rest = b""
        try:
            while not self._is_over.wait(_GLANCE) and os.getppid() == self._job:
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
