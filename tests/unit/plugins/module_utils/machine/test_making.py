# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of making a VM, driven by hand: what it yields is answered here."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import MARK, Making, NewFolder
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitTask, Send, Sleep, TaskFailed
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import OutcomeUnknown
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type

ON = SimpleNamespace(properties={"runtime.powerState": "poweredOn"})
FAULT = Fault("InsufficientResourcesFault", "")
FOLDER, NEW, VM, TASK = MoRef("Folder", "group-1"), MoRef("Folder", "group-2"), MoRef("VirtualMachine", "vm-7"), MoRef("Task", "task-1")


def making(removes=True, folder=None):
    return Making("web-1", folder or NewFolder(FOLDER), removes)


def clone(one):
    return one.make(operations.CLONE, lambda _folder: VM, lambda folder: (folder, "web-1", None))


def driven(work, *answers):
    """The requests of some work that gets these answers; errors are raised in it. Its result is the last one."""
    requests = [next(work)]
    for answer in answers:
        try:
            requests.append(work.throw(answer) if isinstance(answer, Exception) else work.send(answer))
        except StopIteration as end:
            return [*requests, end.value]
    return requests


def test_what_a_task_made_is_known_without_a_look():
    one = making()
    requests = driven(clone(one), TASK, VM)
    assert [type(request) for request in requests[:-1]] == [Send, AwaitTask]
    assert requests[-1] == one.vm == VM


def test_spec_has_the_mark_and_none_of_the_source():
    one = making()
    spec = one.marked(
        managed_type("VirtualMachineConfigSpec")(), {"estate.vmware.retired_at": "2026-01-01T00:00:00Z", "estate.vmware.detached.scsi0:1": "", "other": "x"}
    )
    assert {option.key: option.value for option in spec.extraConfig} == {"estate.vmware.retired_at": "", MARK: one.mark}
    assert making().mark != one.mark


def test_folder_is_made_once_for_all_vms_that_need_it():
    shared = NewFolder(FOLDER, ("new",))
    first, second = clone(making(folder=shared)), clone(making(folder=shared))
    assert isinstance(next(first), Send)
    # The second waits while the first makes it.
    assert isinstance(next(second), Sleep) and isinstance(second.send(None), Sleep)
    assert isinstance(first.send(NEW), Send)
    assert isinstance(second.send(None), Send)
    assert driven(clone(making(folder=shared)), TASK, VM)[-1] == VM


def test_what_failed_is_removed_and_the_message_says_so():
    one = making()
    one.vm = VM

    def fails(_vm):
        raise TaskFailed("cannot power on", FAULT)
        yield

    work = one.guarded(Step("power_on", fails)).run(VM)
    # Its power state is read, then it is powered off and destroyed.
    assert [type(request) for request in driven(work, ON, TASK, None, TASK)] == [Send, Send, AwaitTask, Send, AwaitTask]
    with pytest.raises(TaskFailed, match="cannot power on; vm-7, which was made, is removed again"):
        work.send(None)


@pytest.mark.parametrize("error", [OutcomeUnknown("whether it was carried out is unknown"), TaskFailed("cannot power on", FAULT)])
def test_what_is_kept_or_unknown_is_not_removed(error):
    one = making(removes=isinstance(error, OutcomeUnknown))
    one.vm = VM

    def fails(_vm):
        raise error
        yield

    with pytest.raises(type(error)) as raised:
        next(one.guarded(Step("power_on", fails)).run(VM))
    assert ("vm-7 was made and is kept unfinished" in str(raised.value)) == isinstance(error, TaskFailed)
