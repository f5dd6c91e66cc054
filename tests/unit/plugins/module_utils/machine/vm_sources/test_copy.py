# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies that items ask for: where they go, and what is refused before anything is sent."""

from __future__ import annotations

import http.client

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import Reply
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import DEVICES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import GIB, ON, estate, machine, present

NEW = ref("VirtualMachine:vm-77")
VMX = b'scsi0:0.present = "TRUE"\nscsi0:0.fileName = "web.vmdk"\nscsi0:1.present = "TRUE"\nscsi0:1.fileName = "web_1.vmdk"\n'
FOLDERS = {TYPE: "HostDatastoreBrowserSearchResults", "file": [{TYPE: "FolderFileInfo", "path": name} for name in ("tpl", "web-2")]}
SOURCE = {"vm": "tpl", "method": "copy"}


@pytest.fixture
def make():
    """A function that makes the estate with a source that has these properties."""

    def made(**properties):
        vcenter = estate(machine(5, "tpl", **properties))
        for number in (1, 2, 3, 4):
            vcenter.objects[ref(f"Datastore:ds-{number}")].update({"browser": MoRef("HostDatastoreBrowser", f"browser-{number}"), "summary.type": "VMFS"})
        vcenter.objects[ref("Task:search")] = {"info.state": "success", "info.result": FOLDERS}
        vcenter.answers = {"Search": ref("Task:search"), "MakeDirectory": None}
        vcenter.written = {}

        def file_request(method, path, body=None, max_bytes=0):
            if method == "PUT":
                vcenter.written[path.partition("?")[0]] = body
            is_there = method == "PUT" or path.startswith("/folder/tpl/tpl.vmx")
            return Reply(200 if is_there else 404, "", http.client.HTTPMessage(), VMX if is_there else b"")

        vcenter.file_request = file_request
        return vcenter

    return made


def item(name="web-1", placement=None, **more):
    return {"name": name, "source": SOURCE, "placement": {"cluster": "gold", **(placement or {})}, **more}


def refused(vcenter, *items):
    with pytest.raises(InvalidOption) as caught:
        present(vcenter, *items)
    assert not vcenter.sent or {method for method, _arguments in vcenter.sent} == {"Search"}
    return caught.value.lines


def test_copies_go_beside_their_source_each_into_a_directory_of_its_own(make):
    vcenter = make()
    found = present(vcenter, item("web-1"), item("web-2"))
    assert [one.plan.actions for one in found] == [["copy"], ["copy"]]
    assert [one.plan.diff["after"]["files"] for one in found] == ["[ds1] web-1", "[ds1] web-2_1"]
    sent = carry_out(found[0].plan, None, vcenter, tasks=[None, None, NEW])
    assert sent == ["MakeDirectory", "CopyVirtualDisk", "CopyVirtualDisk", "RegisterVm"]
    register = vcenter.sent[-1][1]
    assert register[1:] == ["[ds1] web-1/web-1.vmx", "web-1", False, ref("ResourcePool:pool-1"), ref("HostSystem:host-1")]
    assert list(vcenter.written) == ["/folder/web-1/web-1.vmx"]


def test_another_datastore_and_pool(make):
    vcenter = make()
    (one,) = present(vcenter, item(placement={"datastore": "fast1", "resource_pool": "web"}))
    assert one.plan.diff["after"]["files"] == "[fast1] web-1"
    carry_out(one.plan, None, vcenter, tasks=[None, None, NEW])
    assert vcenter.sent[-1][1][-2] == ref("ResourcePool:pool-2")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"source": {**SOURCE, "clone": "linked"}}, "vms[0].source.clone: there are no linked clones with method copy"),
        ({"source": {**SOURCE, "snapshot": "golden"}}, "vms[0].source.snapshot: a VM is copied as it is now with method copy"),
        ({"customization": {"linux": {"hostname": "web-1", "domain": "example.com"}}}, "vms[0].customization: a guest cannot be customized with method copy"),
        ({"disks": [{"at": "scsi0:0", "datastore": "fast1"}]}, "all disks of a copy go to one datastore"),
        ({"disks": [{"at": "scsi0:0", "provisioning": "thick"}]}, "a copy keeps that of its source (thin)"),
    ],
)
def test_what_a_copy_cannot_have(make, more, line):
    vcenter = make()
    with pytest.raises(InvalidOption) as caught:
        found = present(vcenter, item(**more))
        raise InvalidOption(*(str(one.error) for one in found if one.error))
    assert any(line in one for one in caught.value.lines), caught.value.lines
    assert "MakeDirectory" not in [method for method, _arguments in vcenter.sent]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"runtime.powerState": ON}, "it is on, and its files change"),
        ({"config.keyId": {"keyId": "7"}}, "it is encrypted"),
        (
            {"config.hardware.device": [*DEVICES, {TYPE: "VirtualDisk", "key": 1, "controllerKey": 9999, "unitNumber": 0}]},
            "disks on controllers that are not known",
        ),
        ({"parent": "Folder:hidden"}, "the account does not see its datacenter"),
    ],
)
def test_source_that_cannot_be_copied(make, properties, reason):
    (line,) = refused(make(**properties), item())
    assert "cannot be copied" in line and reason in line


def test_source_of_which_a_property_cannot_be_read(make):
    vcenter = make()
    vcenter.missing = {(ref("VirtualMachine:vm-5"), "config.hardware.device")}
    (line,) = refused(vcenter, item())
    assert "cannot be read whole (config.hardware.device)" in line


def test_datastore_that_takes_no_copies(make):
    vcenter = make()
    vcenter.objects[ref("Datastore:ds-1")]["summary.type"] = "vsan"
    (line,) = refused(vcenter, item())
    assert line.startswith("vms[0].placement.datastore: ds1 cannot take copies: it is a vSAN datastore")


def test_space_is_that_of_all_copies_together(make):
    vcenter = make(**{"summary.storage.committed": 30 * GIB})
    # 8 GiB are thick, and of 40 GiB thin the VM uses 30: 38 GiB a copy.
    vcenter.objects[ref("Datastore:ds-2")]["summary.freeSpace"] = 80 * GIB
    items = [item(f"web-{number}", {"datastore": "fast1"}) for number in (1, 2, 3)]
    assert len(present(vcenter, *items[:2])) == 2
    (line,) = refused(vcenter, *items)
    assert line.startswith("vms[0].placement.datastore: the copies need 114GiB on fast1, which has 80GiB free")


def test_space_of_new_and_larger_disks_counts(make):
    vcenter = make(**{"summary.storage.committed": 30 * GIB})
    vcenter.objects[ref("Datastore:ds-2")]["summary.freeSpace"] = 60 * GIB
    disks = [{"at": "scsi0:1", "size": "20GiB"}, {"at": "scsi0:2", "size": "11GiB"}]
    (line,) = refused(vcenter, item(placement={"datastore": "fast1"}, disks=disks))
    assert "the copies need 61GiB on fast1" in line
