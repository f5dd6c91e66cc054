# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines that are unregistered, registered again, copied by their files and destroyed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import estates
import pytest
from plain_pyvmomi import connect
from pyVmomi import vim
from test_files import Place, outcome


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[estates.Simulator, Any]]:
    with estates.start_simulator(tmp_path_factory.mktemp("register"), kind=request.param, vms=48) as simulator:
        yield simulator, connect(simulator).content


@pytest.fixture
def place(server: tuple[estates.Simulator, Any]) -> Place:
    """With a machine that is off and has no snapshot."""
    simulator, content = server
    vms = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True).view
    stopped = (vm for vm in vms if vm.runtime.powerState == "poweredOff" and not vm.config.template and not vm.rootSnapshot and vm.resourcePool)
    vm = min(stopped, key=lambda vm: sum(disk[3] for disk in facts(vm)["disks"]))
    return Place(simulator, content, content.rootFolder.childEntity[0], vm)


def facts(vm: Any) -> dict[str, Any]:
    config = vm.config
    devices = {device.key: device for device in config.hardware.device}
    disks, cards = [], []
    for device in devices.values():
        if isinstance(device, vim.vm.device.VirtualDisk):
            controller = devices[device.controllerKey]
            disks.append((type(controller), controller.busNumber, device.unitNumber, device.capacityInKB, device.backing.fileName))
        elif isinstance(device, vim.vm.device.VirtualEthernetCard):
            cards.append((type(device), device.macAddress, getattr(device.backing, "deviceName", None) or device.backing.port.portgroupKey))
    return {
        "name": vm.name,
        "hardware": (config.hardware.numCPU, config.hardware.memoryMB, config.hardware.numCoresPerSocket, config.version, config.guestId),
        "uuids": (config.uuid, config.instanceUuid),
        "note": config.annotation,
        "disks": sorted(disks, key=str),
        "cards": sorted(cards, key=str),
    }


def test_a_machine_is_unregistered_and_registered(place: Place) -> None:
    vm, before = place.vm, facts(place.vm)
    folder, pool, path = vm.parent, vm.resourcePool, vm.config.files.vmPathName
    vm.UnregisterVM()
    task = folder.RegisterVm(path, None, False, pool, None)
    assert outcome(task) == "success"
    again = task.info.result
    assert again._GetMoId() != vm._GetMoId()
    assert facts(again) == before
    assert isinstance(outcome(folder.RegisterVm(path, "second", False, pool, None)), vim.fault.AlreadyExists)
    assert isinstance(outcome(folder.RegisterVm(path.replace(".vmx", "2.vmx"), None, False, pool, None)), vim.fault.NotFound)
    assert outcome(again.PowerOn()) == "success"
    assert outcome(again.PowerOff()) == "success"


def test_a_machine_is_copied_by_its_files_and_destroyed(place: Place) -> None:
    vm, before, store = place.vm, facts(place.vm), place.store
    file, disks = place.content.fileManager, place.content.virtualDiskManager
    file.MakeDirectory(f"[{store}] copy", place.datacenter, False)
    vmx = place.ask("GET", vm.config.files.vmPathName.partition("] ")[2])[1].decode()
    for number, (*_where, source) in enumerate(before["disks"]):
        assert outcome(disks.CopyVirtualDisk(source, place.datacenter, f"[{store}] copy/copy_{number}.vmdk", place.datacenter, None, False)) == "success"
        name = source.partition("] ")[2].rpartition("/")[2]
        vmx = vmx.replace(f'fileName = "{name}"', f'fileName = "copy_{number}.vmdk"')
    lines = [line for line in vmx.splitlines() if not line.startswith(("displayName", "uuid.", "vc.uuid", "ethernet0.generatedAddress"))]
    text = "\n".join([*lines, 'displayName = "copy"', 'uuid.action = "create"']).encode()
    assert place.ask("PUT", "copy/copy.vmx", text)[0] == 201
    task = vm.parent.RegisterVm(f"[{store}] copy/copy.vmx", None, False, vm.resourcePool, None)
    assert outcome(task) == "success"
    after = facts(task.info.result)
    assert (after["name"], after["hardware"], after["note"]) == ("copy", before["hardware"], before["note"])
    assert not set(after["uuids"]) & set(before["uuids"])
    assert [disk[:4] for disk in after["disks"]] == [disk[:4] for disk in before["disks"]]
    assert all("copy/copy_" in disk[4] for disk in after["disks"])
    assert place.ask("HEAD", "copy/copy.vmx")[0] == place.ask("HEAD", "copy/copy_0.vmdk")[0] == 200
    assert outcome(task.info.result.Destroy()) == "success"
    assert place.ask("HEAD", "copy/copy.vmx")[0] == place.ask("HEAD", "copy/copy_0.vmdk")[0] == 404
    assert facts(vm) == before
