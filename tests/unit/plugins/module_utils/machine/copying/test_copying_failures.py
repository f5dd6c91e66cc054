# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of a VM, file by file, where others are faster, or something fails: what is left, and what is never touched."""

from __future__ import annotations

import dataclasses
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.copying import Copying, Target, Turns
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.source import CopySource
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import Making, NewFolder
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, MethodFault, OutcomeUnknown, TimedOut
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import drive, refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import read
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import Refusal, SoapServer

FOLDER, POOL, VM = MoRef("Folder", "group-v1"), MoRef("ResourcePool", "pool-1"), MoRef("VirtualMachine", "vm-9")
DATACENTER, BROWSER = MoRef("Datacenter", "dc-1"), MoRef("HostDatastoreBrowser", "browser-1")
FILES, DISKS = MoRef("FileManager", "files"), MoRef("VirtualDiskManager", "disks")
VMX = b"""displayName = "web"
nvram = "web.nvram"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "web.vmdk"
scsi0:1.present = "TRUE"
scsi0:1.fileName = "web_1.vmdk"
"""


class Host(SoapServer):
    """An ESXi host with a datastore.

    :ivar folders: at its top. :ivar content: path to the content of a file.
    """

    def __init__(self, *folders):
        super().__init__({FOLDER: {"childEntity": []}, MoRef("TaskManager", "taskManager"): {}}, is_vcenter=False)
        self.folders = {"web", *folders}
        self.content = {"web/web.vmx": VMX, "web/web.nvram": b"nvram"}
        self.files = self._files
        self.answers.update(
            MakeDirectory=self._make,
            SearchDatastore_Task=self._search,
            DeleteDatastoreFile_Task=self._delete,
            CopyVirtualDisk_Task=lambda asked: MoRef("Task", "task-copy"),
            RegisterVM_Task=lambda asked: MoRef("Task", "task-register"),
        )

    def _make(self, asked):
        name = asked.text("name").removeprefix("[store 1] ")
        if name in self.folders:
            return Refusal("FileAlreadyExists", parts={"file": name})
        self.folders.add(name)
        return None

    def _delete(self, asked):
        name = asked.text("name").removeprefix("[store 1] ")
        self.folders.discard(name)
        return MoRef("Task", "task-delete")

    def _search(self, _asked):
        found = {TYPE: "HostDatastoreBrowserSearchResults", "file": [{TYPE: "FolderFileInfo", "path": name} for name in sorted(self.folders)]}
        self.change(MoRef("Task", "task-search"), {"info.state": "success", "info.result": found})
        return MoRef("Task", "task-search")

    def _files(self, method, path, body, _headers):
        parts = urlsplit(path)
        assert parse_qs(parts.query) == {"dcPath": ["ha-datacenter"], "dsName": ["store 1"]}
        name = unquote(parts.path).removeprefix("/folder/")
        if method == "PUT":
            self.content[name] = bytes(body)
        found = self.content.get(name)
        return Reply(404, "Not Found", {}, b"") if found is None else Reply(200, "OK", {"Content-Length": str(len(found))}, found)


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def session(host, open_session):
    return open_session(host)


def source(**more):
    state = dataclasses.replace(read(), **more)
    return CopySource(DATACENTER, DatastoreFile("ha-datacenter", "store 1", "web/web.vmx"), Vmx.parse(VMX), state, 5 << 30)


def copying(removes=True, turns=None, **more):
    target = Target(DATACENTER, "ha-datacenter", "store 1", BROWSER, "web-1", FILES, DISKS, POOL, None, False, turns or Turns(4), {"web-1"})
    return Copying(Making("web-1", NewFolder(FOLDER), removes), dataclasses.replace(target, **more))


def sent(host, *methods):
    return [asked for asked in host.asked if asked.method in methods]


def test_directory_that_somebody_else_has_made_is_left_alone(host, session):
    host.folders.update(("web-1", "web-1_1"))
    one = copying()
    drive(one.work(source()), session, tasks=[None, None, VM])
    assert one.target.directory == "web-1_2" and "web-1_2/web-1_2.vmx" in host.content
    assert sent(host, "RegisterVM_Task")[0].text("name") == "web-1"
    assert not any(path.startswith("web-1/") for path in host.content)


def test_others_that_are_always_faster(host, session):
    host.answers["MakeDirectory"] = lambda asked: Refusal("FileAlreadyExists")
    one = copying()
    with pytest.raises(NotPossible, match="others make directories such as .* at the same time: run again"):
        drive(one.work(source()), session)
    assert len(sent(host, "MakeDirectory")) == 5 and not one.has_directory and str(one) == ""


@pytest.mark.parametrize("kind", ["NoDiskSpace", "NoPermission"])
def test_directory_that_cannot_be_made(host, session, kind):
    host.answers["MakeDirectory"] = lambda asked: Refusal(kind)
    with pytest.raises(EstateError, match="cannot make the directory"):
        drive(copying().work(source()), session)
    assert len(sent(host, "MakeDirectory")) == 1


def guarded(one):
    step = one.making.guarded(Step("copy", lambda vm: one.work(source())))
    return step.run(None)


def test_copy_that_fails_is_removed_with_its_directory(host, session):
    one = copying()
    with pytest.raises(MethodFault, match=r"the server refuses it .*; the directory \[store 1\] web-1, which was made, is removed again"):
        drive(guarded(one), session, tasks=[None, refusal("NoDiskSpace"), None])
    assert host.folders == {"web"} and [asked.text("name") for asked in sent(host, "DeleteDatastoreFile_Task")] == ["[store 1] web-1"]


def test_copy_that_fails_and_is_to_be_kept_is_named(host, session):
    with pytest.raises(MethodFault, match=r"the directory \[store 1\] web-1 was made and is kept unfinished"):
        drive(guarded(copying(removes=False)), session, tasks=[refusal("NoDiskSpace")])
    assert "web-1" in host.folders and not sent(host, "DeleteDatastoreFile_Task")


def test_directory_of_somebody_else_is_never_removed(host, session):
    host.folders.add("web-1")
    host.answers["SearchDatastore_Task"] = lambda asked: Refusal("NoPermission")
    with pytest.raises(EstateError):
        drive(guarded(copying()), session)
    assert "web-1" in host.folders and not sent(host, "DeleteDatastoreFile_Task")


def test_files_of_a_copy_whose_registration_is_unknown_are_named_and_kept(host, session):
    host.troubles["RegisterVM_Task"] = [TimedOut("no answer")]
    with pytest.raises(OutcomeUnknown, match=r"; look for its files in \[store 1\] web-1$"):
        drive(guarded(copying()), session, tasks=[None, None])
    assert not sent(host, "DeleteDatastoreFile_Task")


def test_lost_answer_of_the_directory(host, session):
    def lost(asked):
        host._make(asked)
        return ConnectionDropped("closed")

    host.troubles["MakeDirectory"] = [lost]
    assert drive(copying().work(source()), session, tasks=[None, None, VM]) == VM
    assert len(sent(host, "MakeDirectory")) == 1


def test_turn_is_given_back_by_a_copy_that_fails(host, session):
    turns = Turns(1)
    host.answers["MakeDirectory"] = lambda asked: Refusal("NoDiskSpace")
    for _attempt in range(2):
        with pytest.raises(EstateError, match="cannot make the directory"):
            drive(copying(turns=turns).work(source()), session)
    one = copying(turns=turns)
    work = one.work(source())
    next(work)
    work.close()
    with pytest.raises(StopIteration):
        next(turns.take())
