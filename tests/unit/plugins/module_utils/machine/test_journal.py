# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import fcntl
import json
import multiprocessing
import os

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine import journal as module
from ansible_collections.estate.vmware.plugins.module_utils.machine.journal import DONE, INTENDED, Journal, JournalError, awx_job

VM = {"vm": "web-1", "path": "DC0/vm/web-1", "moid": "vm-7", "instance_uuid": "50-0"}
COMMON = {"source": "east", "account": "ansible@vsphere.local", "job": "41"}


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines(tmp_path):
    path = tmp_path / "journal"
    journal = Journal(str(path), COMMON)
    journal.write(VM, "power_off", INTENDED, before={"power_state": "poweredOn"}, after={"power_state": "poweredOff"})
    journal.write(VM, "power_off", DONE, task="task-9")
    first, second = lines(path)
    assert first["outcome"] == "intended" and first["before"] == {"power_state": "poweredOn"}
    assert {**COMMON, **VM, "action": "power_off", "outcome": "done", "task": "task-9"}.items() <= second.items()
    assert first["time"].endswith("Z") and first["time"] <= second["time"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_line_is_one_line_whatever_is_in_it(tmp_path):
    path = tmp_path / "journal"
    Journal(str(path), COMMON).write({"vm": "a\nb\u2028\ud800"}, "rename", INTENDED)
    (line,) = path.read_bytes().splitlines()
    assert json.loads(line)["vm"].startswith("a\nb\u2028")


def test_mode_and_lines_of_an_existing_file_stay(tmp_path):
    path = tmp_path / "journal"
    path.write_text('{"outcome": "done"}\n{"half')
    path.chmod(0o640)
    Journal(str(path), {}).write({}, "power_on", INTENDED)
    whole, half, new = path.read_text().splitlines()
    assert (json.loads(whole), half, json.loads(new)["action"]) == ({"outcome": "done"}, '{"half', "power_on")
    assert path.stat().st_mode & 0o777 == 0o640


def test_file_is_found_again_after_it_was_rotated(tmp_path):
    path = tmp_path / "journal"
    journal = Journal(str(path), {})
    journal.write({}, "power_on", INTENDED)
    path.rename(tmp_path / "journal.1")
    journal.write({}, "power_on", DONE)
    assert [line["outcome"] for line in lines(path)] == ["done"]


def test_without_a_path_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Journal(None, {}).write({}, "power_on", INTENDED)
    assert not list(tmp_path.iterdir())


def unusable(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    return [(tmp_path / "folder", "Is a directory"), (tmp_path / "none" / "x", "No such file"), (tmp_path / "pipe", "not a regular file")]


def test_journal_that_cannot_be_written_is_an_error_at_once(tmp_path):
    for path, reason in unusable(tmp_path):
        with pytest.raises(JournalError) as caught:
            Journal(str(path), {})
        assert str(path) in str(caught.value) and reason in str(caught.value)


def test_line_that_does_not_fit_is_taken_back(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    journal = Journal(str(path), {})
    journal.write({}, "power_on", INTENDED)
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:5]))
    with pytest.raises(JournalError, match="No space left"):
        journal.write({}, "power_on", DONE)
    assert [line["outcome"] for line in lines(path)] == ["intended"]


def test_waits_for_another_writer_and_not_for_ever(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    journal = Journal(str(path), {})
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with path.open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(JournalError, match="another process has locked it"):
            journal.write({}, "power_on", INTENDED)
    journal.write({}, "power_on", INTENDED)


def _write_many(path, name):
    journal = Journal(path, {"job": name})
    for number in range(50):
        journal.write({"vm": "x" * 3000}, "power_on", INTENDED, before=number)


def test_several_processes(tmp_path):
    path = tmp_path / "journal"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_many, args=(str(path), name)) for name in ("a", "b", "c")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = lines(path)
    assert len(found) == 150
    for name in ("a", "b", "c"):
        assert [line["before"] for line in found if line["job"] == name] == list(range(50))


@pytest.mark.parametrize(("environment", "job"), [({}, ""), ({"JOB_ID": "41"}, ""), ({"JOB_ID": "41", "AWX_HOST": "https://awx"}, "41")])
def test_job_of_awx(environment, job):
    assert awx_job(environment) == job


def test_file_system_without_locks(tmp_path, monkeypatch):
    def refuse(handle, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(module.fcntl, "flock", refuse)
    path = tmp_path / "journal"
    Journal(str(path), {}).write({}, "power_on", INTENDED)
    assert [line["outcome"] for line in lines(path)] == ["intended"]
