# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of datastores: over HTTP, by the managers of files and disks, and those of machines."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any, NamedTuple

import estates
import pytest
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl


class Place(NamedTuple):
    """A simulator with a session, and a datastore of it with the machine that has its files there."""

    simulator: estates.Simulator
    content: Any
    datacenter: Any
    vm: Any

    @property
    def store(self) -> str:
        return str(self.vm.config.files.vmPathName.partition("]")[0].lstrip("["))

    @property
    def folder(self) -> str:
        return str(self.vm.config.files.vmPathName.partition("] ")[2].rpartition("/")[0])

    @property
    def disk(self) -> Any:
        return next(device for device in self.vm.config.hardware.device if isinstance(device, vim.vm.device.VirtualDisk))

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        context = ssl.create_default_context(cafile=str(self.simulator.ca_path))
        connection = http.client.HTTPSConnection(self.simulator.host, self.simulator.port, timeout=10, context=context)
        place = urllib.parse.urlencode({"dcPath": self.datacenter.name, "dsName": self.store})
        cookie = self.content.propertyCollector._stub.cookie.partition(";")[0]
        connection.request(method, f"/folder/{urllib.parse.quote(path)}?{place}", body, {"Cookie": cookie, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with estates.start_simulator(tmp_path_factory.mktemp("files"), kind=request.param, vms=12) as simulator:
        content = connect(simulator).content
        vms = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True).view
        stopped = next(vm for vm in vms if vm.runtime.powerState == "poweredOff" and not vm.config.template)
        datacenter = content.rootFolder.childEntity[0]
        assert isinstance(datacenter, vim.Datacenter)
        yield Place(simulator, content, datacenter, stopped)


def outcome(task: Any) -> Any:
    while task.info.state not in ("success", "error"):
        time.sleep(0.01)
    return task.info.error or "success"


def test_files_need_a_session(place: Place) -> None:
    path = f"{place.folder}/a.txt"
    assert place.ask("PUT", path, b"text", Cookie="vmware_soap_session=none")[0] == 401
    assert place.ask("GET", path, Cookie="")[0] == 401


def test_a_file_is_put_read_and_overwritten(place: Place) -> None:
    path = f"{place.folder}/ä b.txt"
    assert place.ask("GET", path)[0] == 404
    assert place.ask("PUT", path, b"first")[0] == 201
    assert place.ask("GET", path) == (200, b"first")
    assert place.ask("PUT", path, b"second!")[0] == 200
    assert place.ask("GET", path, Range="bytes=2-4") == (206, b"con")
    assert place.ask("HEAD", path) == (200, b"")
    assert place.ask("PUT", "no such folder/a.txt", b"x")[0] == 404
    assert place.simulator.rest_calls()["PUT /folder/*"] >= 3


def test_half_a_body_is_no_file(place: Place) -> None:
    path = f"{place.folder}/half.bin"
    context = ssl.create_default_context(cafile=str(place.simulator.ca_path))
    connection = http.client.HTTPSConnection(place.simulator.host, place.simulator.port, timeout=10, context=context)
    query = urllib.parse.urlencode({"dcPath": place.datacenter.name, "dsName": place.store})
    connection.putrequest("PUT", f"/folder/{urllib.parse.quote(path)}?{query}")
    connection.putheader("Cookie", place.content.propertyCollector._stub.cookie.partition(";")[0])
    connection.putheader("Content-Length", "100")
    connection.endheaders(b"x" * 50)
    connection.close()
    time.sleep(0.1)
    assert place.ask("GET", path)[0] == 404


def test_machines_have_a_configuration_file_and_descriptors(place: Place) -> None:
    config = place.vm.config
    status, text = place.ask("GET", f"{place.folder}/{config.files.vmPathName.rpartition('/')[2]}")
    assert status == 200
    lines = dict(line.split(" = ", 1) for line in text.decode().splitlines())
    assert lines["memSize"] == f'"{config.hardware.memoryMB}"'
    assert lines["numvcpus"] == f'"{config.hardware.numCPU}"'
    assert lines["uuid.bios"].replace(" ", "").replace("-", "").strip('"') == config.uuid.replace("-", "")
    assert "scsi0.virtualDev" in lines and "ethernet0.present" in lines
    assert any(key.endswith(".fileName") for key in lines)
    assert b"# Disk DescriptorFile" in place.ask("GET", place.disk.backing.fileName.partition("] ")[2])[1]


def test_folders_and_files_are_made_copied_and_deleted(place: Place) -> None:
    manager, datacenter, base = place.content.fileManager, place.datacenter, f"[{place.store}] made"
    with pytest.raises(vim.fault.FileNotFound):
        manager.MakeDirectory(f"{base}/deep/er", datacenter, False)
    manager.MakeDirectory(f"{base}/deep/er", datacenter, True)
    with pytest.raises(vim.fault.FileAlreadyExists):
        manager.MakeDirectory(base, datacenter, False)
    assert place.ask("PUT", "made/a.txt", b"a")[0] == 201
    copy = (f"{base}/a.txt", datacenter, f"{base}/deep/b.txt", datacenter, False)
    assert outcome(manager.CopyFile(*copy)) == "success"
    assert isinstance(outcome(manager.CopyFile(*copy)), vim.fault.FileAlreadyExists)
    assert place.ask("GET", "made/deep/b.txt") == (200, b"a")
    assert outcome(manager.DeleteFile(base, datacenter)) == "success"
    assert isinstance(outcome(manager.DeleteFile(base, datacenter)), vim.fault.FileNotFound)
    assert isinstance(outcome(manager.DeleteFile("[nowhere] a", datacenter)), vim.fault.InvalidDatastore)


def test_a_disk_is_copied(place: Place) -> None:
    source, target = place.disk.backing.fileName, f"[{place.store}] copied/copied.vmdk"
    disks = place.content.virtualDiskManager
    assert isinstance(outcome(disks.CopyVirtualDisk(source, place.datacenter, target, place.datacenter, None, False)), vim.fault.FileNotFound)
    place.content.fileManager.MakeDirectory(f"[{place.store}] copied", place.datacenter, False)
    assert outcome(disks.CopyVirtualDisk(source, place.datacenter, target, place.datacenter, None, False)) == "success"
    sectors = place.disk.capacityInKB * 2
    assert f"RW {sectors} ".encode() in place.ask("GET", "copied/copied.vmdk")[1]
    assert outcome(disks.DeleteVirtualDisk(target, place.datacenter)) == "success"
    spec = vim.VirtualDiskManager.VirtualDiskSpec(diskType="thin", adapterType="lsiLogic")
    if place.simulator.kind == "esxi":
        with pytest.raises(vmodl.fault.NotSupported):
            disks.CopyVirtualDisk(source, place.datacenter, target, place.datacenter, spec, False)
    else:
        assert outcome(disks.CopyVirtualDisk(source, place.datacenter, target, place.datacenter, spec, False)) == "success"


def test_what_machines_use_is_locked(place: Place) -> None:
    vms = place.content.viewManager.CreateContainerView(place.content.rootFolder, [vim.VirtualMachine], True).view
    running = next(vm for vm in vms if vm.runtime.powerState == "poweredOn" and vm.layoutEx)
    name = running.layoutEx.file[0].name
    assert isinstance(outcome(place.content.fileManager.DeleteFile(name, place.datacenter)), vim.fault.FileLocked)
    disk = next(file.name for file in running.layoutEx.file if file.type == "diskDescriptor")
    task = place.content.virtualDiskManager.CopyVirtualDisk(disk, place.datacenter, disk.replace(".vmdk", "-2.vmdk"), place.datacenter, None, False)
    assert isinstance(outcome(task), vim.fault.FileLocked)
