# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one look says of a change whose answer was lost; test_perform.py has what follows from it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine import evidence, operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.evidence import Sent, Verdict, look
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

VM, SNAPSHOT, TASK = MoRef("VirtualMachine", "vm-1"), MoRef("VirtualMachineSnapshot", "snapshot-1"), MoRef("Task", "task-1")
FOLDER, MADE = MoRef("Folder", "group-v1"), MoRef("VirtualMachineSnapshot", "snapshot-2")
NOW = datetime(2026, 2, 20, 14, 30, tzinfo=timezone.utc)
DISKS, TASKS = MoRef("VirtualDiskManager", "disks"), MoRef("TaskManager", "tasks")
#: Seconds ago that the change was sent.
SENT = 10.0


class Server:
    """A session whose server has these objects."""

    user = {"userName": "me"}

    def __init__(self, objects: dict[MoRef, dict[str, Any]]) -> None:
        self.objects = objects

    def current_time(self) -> datetime:
        return NOW

    def manager(self, name: str) -> MoRef:
        assert name == "taskManager"
        return TASKS


@pytest.fixture(autouse=True)
def _reads(monkeypatch):
    monkeypatch.setattr(
        evidence,
        "retrieve_objects",
        lambda session, refs, *_more: {ref: ManagedObject(ref, session.objects[ref], {}) for ref in refs if ref in session.objects},
    )


@pytest.fixture
def verdict():
    def looked(operation, ref, *, kind="", state="success", age=5.0, user="me", find_made=None, gone=False):
        """Look, with one recent task of this kind; none where that is empty. :param age: seconds since it was queued."""
        queued = (NOW - timedelta(seconds=age)).isoformat()
        task = {"info.descriptionId": kind, "info.queueTime": queued, "info.reason": {"userName": user}, "info.state": state}
        objects = {VM: {"recentTask": [TASK]} if kind else {}, TASK: task, **({} if gone else {SNAPSHOT: {}})}
        return look(Sent(operation, ref, VM, time.monotonic() - SENT, find_made), Server(objects))

    return looked


TAKE, REMOVE, REVERT = operations.TAKE_SNAPSHOT, operations.REMOVE_SNAPSHOT, operations.REVERT_SNAPSHOT
CREATED, REMOVED, REVERTED = "VirtualMachine.createSnapshot", "vm.Snapshot.remove", "vm.Snapshot.revert"


def test_snapshot_that_is_there_was_taken(verdict):
    assert verdict(TAKE, VM, find_made=lambda session: MADE) == Verdict(True, result=MADE)
    assert verdict(TAKE, VM, find_made=lambda session: None) == Verdict(False)


def test_task_that_has_ended_is_no_evidence_where_the_object_tells(verdict):
    """It may have taken or removed another snapshot a moment ago."""
    assert verdict(TAKE, VM, kind=CREATED, find_made=lambda session: None) == Verdict(False)
    assert verdict(REMOVE, SNAPSHOT, kind=REMOVED) == Verdict(False)


@pytest.mark.parametrize("state", ["running", "queued"])
def test_task_that_goes_on_is_awaited(verdict, state):
    assert verdict(TAKE, VM, kind=CREATED, state=state, find_made=lambda session: None) == Verdict(True, TASK)
    assert verdict(REMOVE, SNAPSHOT, kind=REMOVED, state=state) == Verdict(True, TASK)


def test_snapshot_that_is_gone_was_removed(verdict):
    assert verdict(REMOVE, SNAPSHOT, gone=True) == Verdict(True)
    assert verdict(REVERT, SNAPSHOT, kind=REVERTED, gone=True) == Verdict(False)


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ({}, Verdict(True, TASK)),
        ({"age": SENT + 0.5}, Verdict(False)),
        ({"user": "somebody"}, Verdict(False)),
        ({"kind": "VirtualMachine.powerOn"}, Verdict(False)),
    ],
)
def test_task_of_our_account_since_it_was_sent(verdict, task, expected):
    assert verdict(REVERT, SNAPSHOT, **{"kind": REVERTED, **task}) == expected


def test_making_of_a_vm_is_not_decided_while_a_task_goes_on(verdict):
    clone = operations.CLONE
    assert verdict(clone, VM, kind="VirtualMachine.clone", state="running", find_made=lambda session: VM) == Verdict(None)
    assert verdict(clone, VM, kind="VirtualMachine.clone", find_made=lambda session: VM) == Verdict(True, result=VM)
    assert verdict(clone, VM, kind="VirtualMachine.clone", find_made=lambda session: None) == Verdict(False)


def test_move_is_not_decided_while_a_task_of_the_folder_goes_on(verdict):
    """Of several VMs that move into one folder none of its tasks says which one it moves."""
    objects = {FOLDER: {"recentTask": [TASK]}, TASK: {"info.descriptionId": "Folder.moveInto", "info.queueTime": NOW.isoformat(), "info.state": "running"}}
    sent = Sent(operations.MOVE, FOLDER, FOLDER, time.monotonic() - SENT, lambda session: None)
    assert look(sent, Server(objects)) == Verdict(None)
    objects[TASK]["info.state"] = "success"
    assert look(sent, Server(objects)) == Verdict(False)
    assert look(Sent(operations.MOVE, FOLDER, FOLDER, time.monotonic() - SENT, lambda session: VM), Server(objects)) == Verdict(True, result=VM)


@pytest.mark.parametrize(
    ("states", "is_there", "expected"),
    [
        ([], True, Verdict(True, result="[a] b.vmdk")),
        ([], False, Verdict(False)),
        (["success"], True, Verdict(True, result="[a] b.vmdk")),
        (["success", "running"], True, Verdict(None)),
        (["queued"], False, Verdict(None)),
        (["success", "error"], True, Verdict(False)),
        (["error"], False, Verdict(False)),
    ],
)
def test_files_are_judged_by_what_is_there_once_no_task_may_make_or_spoil_them(states, is_there, expected):
    tasks = [MoRef("Task", f"task-{number}") for number in range(len(states))]
    kind = {"info.descriptionId": "VirtualDiskManager.copyVirtualDisk", "info.queueTime": NOW.isoformat()}
    server = Server({TASKS: {"recentTask": tasks}, **{task: {**kind, "info.state": state} for task, state in zip(tasks, states)}})
    sent = Sent(operations.COPY_DISK, DISKS, VM, time.monotonic() - SENT, lambda session: "[a] b.vmdk" if is_there else None)
    assert look(sent, server) == expected
    assert not look(Sent(operations.COPY_DISK, DISKS, VM, sent.at), server).happened, "nobody can look whether it is there"


def test_state_alone_shows_what_happened():
    for properties, happened in (({"runtime.powerState": "poweredOn"}, True), ({"runtime.powerState": "poweredOff"}, False), ({}, False)):
        assert look(Sent(operations.POWER_ON, VM, VM, time.monotonic()), Server({VM: properties})) == Verdict(happened)


def test_tasks_of_a_snapshot_are_those_of_its_vm():
    """And a VM that is gone has none."""
    assert look(Sent(operations.REVERT_SNAPSHOT, SNAPSHOT, VM, time.monotonic()), Server({SNAPSHOT: {}})) == Verdict(False)


@pytest.mark.parametrize("odd", [{}, {"info.queueTime": "soon"}, {"info.descriptionId": ""}, {"info.reason": {}}])
def test_task_that_says_little(odd):
    task = {"info.descriptionId": "VirtualMachine.reset", "info.queueTime": NOW.isoformat(), "info.reason": {"userName": "me"}, "info.state": "success", **odd}
    server = Server({VM: {"recentTask": [TASK]}, TASK: task})
    found = look(Sent(operations.RESET, VM, VM, time.monotonic() - SENT), server)
    assert found.happened is (odd in ({}, {"info.reason": {}}))
