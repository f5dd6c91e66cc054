# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of copying a VM, with the calls that it sends and the files that it writes."""

from __future__ import annotations

import http.client
from dataclasses import replace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.copying import Copying, Target, Turns
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.source import CopySource
from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import MARK, Making, NewFolder
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Sleep, TaskFailed
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import DeadlinePassed, OutcomeUnknown
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import drive
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import read
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate

FOLDER, POOL, DC, VM = MoRef("Folder", "group-v1"), MoRef("ResourcePool", "pool-1"), MoRef("Datacenter", "datacenter-1"), MoRef("VirtualMachine", "vm-7")
FILES, DISKS, BROWSER = MoRef("FileManager", "files"), MoRef("VirtualDiskManager", "disks"), MoRef("HostDatastoreBrowser", "browser")
TEXT = b'.encoding = "UTF-8"\ndisplayName = "web"\nnvram = "web.nvram"\nscsi0:0.fileName = "web.vmdk"\nscsi0:1.fileName = "web_1.vmdk"\n'


class Host(FakeEstate):
    """With the files of datastores. :ivar files: path and query to content."""

    def __init__(self, is_vcenter=False):
        super().__init__({}, is_vcenter)
        self.answers["MakeDirectory"] = None
        self.files = {"/folder/web/web.nvram?dcPath=DC&dsName=ds1": b"nvram"}

    def file_request(self, method, path, body=None, max_bytes=0):
        self(method)
        if method == "PUT":
            self.files[path] = body
        found = self.files.get(path)
        return Reply(200 if found is not None else 404, "", http.client.HTTPMessage(), found or b"")


def source(state=None):
    return CopySource(DC, DatastoreFile("DC", "ds1", "web/web.vmx"), Vmx.parse(TEXT), state or read(), 0)


def copying(keeps_format=False, turns=None):
    target = Target(DC, "DC", "ds2", BROWSER, "web-1", FILES, DISKS, POOL, None, keeps_format, turns or Turns(4), {"web-1"})
    return Copying(Making("web-1", NewFolder(FOLDER), True), target)


def test_copy_is_made_of_files_in_a_directory_of_its_own_and_registered():
    host, one = Host(), copying()
    assert drive(one.work(source()), host, tasks=[None, None, VM]) == VM
    assert [method for method, _arguments in host.sent] == ["MakeDirectory", "CopyVirtualDisk", "CopyVirtualDisk", "RegisterVm"]
    assert host.sent[0][1] == [FILES, "[ds2] web-1", DC, False]
    assert host.sent[1][1] == [DISKS, "[ds1] web/web.vmdk", DC, "[ds2] web-1/web-1.vmdk", DC, None, False]
    assert host.sent[3][1] == [FOLDER, "[ds2] web-1/web-1.vmx", "web-1", False, POOL, None]
    assert host.files["/folder/web-1/web-1.nvram?dcPath=DC&dsName=ds2"] == b"nvram"
    vmx = Vmx.parse(host.files["/folder/web-1/web-1.vmx?dcPath=DC&dsName=ds2"])
    assert (vmx.get("displayName"), vmx.get("scsi0:1.fileName"), vmx.get(MARK)) == ("web-1", "web-1_1.vmdk", one.making.mark)


def test_vcenter_keeps_the_format_of_disks():
    host = Host(is_vcenter=True)
    drive(copying(keeps_format=True).work(source()), host, tasks=[None, None, VM])
    specs = [arguments[5] for method, arguments in host.sent if method == "CopyVirtualDisk"]
    assert [(spec.diskType, spec.adapterType) for spec in specs] == [("thin", "lsiLogic"), ("preallocated", "lsiLogic")]


def test_vm_without_nvram_file_is_copied_without():
    host = Host()
    host.files.clear()
    assert drive(copying().work(source()), host, tasks=[None, None, VM]) == VM
    assert not any("nvram" in path for path in host.files)


@pytest.mark.parametrize("parent", [b"ffffffff", b"0a1b2c3d"])
def test_copy_of_a_disk_below_snapshots_must_stand_alone(parent):
    state = read()
    below = {place: replace(disk, files=(*disk.files, "[ds1] web/base.vmdk")) for place, disk in state.disks.items()}
    host = Host()
    for name in ("web-1", "web-1_1"):
        host.files[f"/folder/web-1/{name}.vmdk?dcPath=DC&dsName=ds2"] = b"# Disk DescriptorFile\nCID=12345678\nparentCID=" + parent + b"\n"
    work = copying().work(source(replace(state, disks=below)))
    if parent == b"ffffffff":
        assert drive(work, host, tasks=[None, None, VM]) == VM
    else:
        with pytest.raises(NotPossible, match="the copy of its disk scsi0:0 still depends on other disks"):
            drive(work, host)


def test_what_failed_is_removed_with_its_directory_and_nothing_else():
    host, one = Host(), copying()
    assert str(one) == ""
    with pytest.raises(TaskFailed):
        drive(one.work(source()), host, tasks=[TaskFailed("the datastore is full", Fault("NoDiskSpace", ""))])
    assert str(one) == "the directory [ds2] web-1"
    drive(one.remove(), host)
    assert host.sent[-1] == ("DeleteFile", [FILES, "[ds2] web-1", DC])
    assert str(one) == ""


def test_directory_that_was_not_made_is_not_removed():
    host, one = Host(), copying()
    drive(one.remove(), host)
    assert host.sent == []


def test_where_the_outcome_is_unknown_the_message_says_where_the_files_are():
    host = Host()
    with pytest.raises(OutcomeUnknown, match=r"look for its files in \[ds2\] web-1"):
        drive(copying().work(source()), host, tasks=[DeadlinePassed("the deadline has passed")])


def test_few_write_to_a_datastore_at_a_time_and_one_that_fails_gives_its_turn_back():
    host, turns = Host(), Turns(1)
    with pytest.raises(TaskFailed):
        drive(copying(turns=turns).work(source()), host, tasks=[TaskFailed("no", Fault("FileFault", ""))])
    first, second = copying(turns=turns).work(source()), copying(turns=turns).work(source())
    next(first)
    assert [next(second), second.send(None)] == [Sleep(0.2, frees_place=True), Sleep(0.4, frees_place=True)]
    first.close()
    assert not isinstance(second.send(None), Sleep)
