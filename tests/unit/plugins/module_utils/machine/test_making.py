# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of making a VM, driven by hand: what it yields is answered here."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import parse_place
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import MARK, Making, NewFolder
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import AwaitTask, Send, Sleep, TaskFailed
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault, OutcomeUnknown
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import drive, refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import PROPERTIES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate

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


def two_folders(vcenter, name="new"):
    """A folder that was made meanwhile, and the error of the server that another one has this name."""
    vcenter.objects[FOLDER] = {"childEntity": [VM, NEW]}
    vcenter.objects[NEW] = {"name": name}
    vcenter.answers["CreateFolder"] = refusal("DuplicateName")


def test_folders_are_made_one_below_the_other():
    vcenter = FakeEstate({})
    vcenter.answers["CreateFolder"] = [NEW, MoRef("Folder", "group-3")]
    assert drive(NewFolder(FOLDER, ("a/b", "c")).made(), vcenter) == MoRef("Folder", "group-3")
    assert vcenter.sent == [("CreateFolder", [FOLDER, "a%2fb"]), ("CreateFolder", [NEW, "c"])]


def test_folder_that_somebody_else_has_made_meanwhile_is_used():
    vcenter = FakeEstate({})
    two_folders(vcenter)
    assert drive(NewFolder(FOLDER, ("new",)).made(), vcenter) == NEW


@pytest.mark.parametrize(("kind", "name"), [("DuplicateName", "other"), ("InvalidName", "new")])
def test_folder_that_cannot_be_made(kind, name):
    vcenter = FakeEstate({})
    two_folders(vcenter, name)
    vcenter.answers["CreateFolder"] = refusal(kind)
    folder = NewFolder(FOLDER, ("new",))
    with pytest.raises(MethodFault, match=kind):
        drive(folder.made(), vcenter)
    # The next VM that needs it is not left waiting.
    vcenter.answers["CreateFolder"] = NEW
    assert drive(folder.made(), vcenter) == NEW


def made_vm(vcenter, mark):
    vcenter.objects[FOLDER] = {"name": "Prod", "childEntity": [NEW, VM]}
    found = {"name": "web-1", "parent": FOLDER, "runtime.powerState": "poweredOff", "config.template": False}
    vcenter.objects[VM] = {**found, "config.extraConfig": [{"key": "other", "value": mark}, {"key": MARK, "value": mark}]}


@pytest.mark.parametrize("is_ours", [True, False])
def test_vm_is_known_by_its_mark_where_its_task_does_not_name_it(is_ours):
    vcenter, one = FakeEstate({}), making()
    made_vm(vcenter, one.mark if is_ours else "another call")
    assert drive(clone(one), vcenter) == (VM if is_ours else None) == one.vm


def test_nothing_is_found_before_its_folder_is_known():
    assert making().find(FakeEstate({})) is None


def fails(_vm):
    raise TaskFailed("cannot power on", FAULT)
    yield


def given_up(vcenter, one, tasks=()):
    with pytest.raises(TaskFailed) as raised:
        drive(one.guarded(Step("power_on", fails)).run(VM), vcenter, tasks)
    return str(raised.value)


@pytest.mark.parametrize(("state", "sent"), [("poweredOn", ["PowerOff", "Destroy"]), ("poweredOff", ["Destroy"]), (None, ["Destroy"])])
def test_vm_that_runs_is_powered_off_before_it_is_removed(state, sent):
    vcenter, one = FakeEstate({}), making()
    if state:
        vcenter.objects[VM] = {"runtime.powerState": state}
    one.vm = VM
    assert given_up(vcenter, one) == "cannot power on; vm-7, which was made, is removed again"
    assert [method for method, _arguments in vcenter.sent] == sent


def test_vm_that_the_call_does_not_know_is_looked_for():
    vcenter, one = FakeEstate({}), making()
    assert given_up(vcenter, one) == "cannot power on"
    assert not vcenter.sent
    made_vm(vcenter, one.mark)
    one.place = FOLDER
    assert "is removed again" in given_up(vcenter, one)


@pytest.mark.parametrize("is_known", [True, False])
def test_what_cannot_be_removed_is_named_by_its_id(is_known):
    vcenter, one = FakeEstate({}), making()
    made_vm(vcenter, one.mark)
    one.vm, one.place = VM if is_known else None, FOLDER
    vcenter.answers["Destroy"] = refusal("InvalidState")
    assert "cannot power on; vm-7 may be left unfinished (cannot destroy: the server refuses it (InvalidState))" in given_up(vcenter, one)


def test_disks_that_were_there_before_are_detached_first():
    vcenter, one = FakeEstate({}), making()
    vcenter.objects[VM] = {**PROPERTIES, "config.extraConfig": []}
    one.vm, one.attached = VM, frozenset({parse_place("at", "scsi0:1"), parse_place("at", "scsi3:3")})
    assert "is removed again" in given_up(vcenter, one)
    (reconfigured, (_vm, spec)), (destroyed, _arguments) = vcenter.sent
    assert (reconfigured, destroyed) == ("Reconfigure", "Destroy")
    ((operation, device),) = [(change.operation, change.device) for change in spec.deviceChange]
    assert (operation, device.key, spec.deviceChange[0].fileOperation) == ("remove", 2001, None)


def test_vm_stays_whose_attached_disks_cannot_be_read():
    vcenter, one = FakeEstate({}), making()
    vcenter.objects[VM] = {"runtime.powerState": "poweredOff"}
    one.vm, one.attached = VM, frozenset({parse_place("at", "scsi0:1")})
    assert "vm-7 may be left unfinished (its disks cannot be read, and files of some were there before)" in given_up(vcenter, one)
    assert not vcenter.sent


def test_vm_that_cannot_be_looked_for_is_named_by_its_name():
    vcenter, one = FakeEstate({}), making()
    one.place = FOLDER
    vcenter.before = lambda request: (_ for _ in ()).throw(TaskFailed("no answer", FAULT))
    assert "cannot power on; a VM web-1 may be left unfinished (no answer)" in given_up(vcenter, one)
