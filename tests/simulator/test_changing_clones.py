# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated machines made with plain pyVmomi: from scratch, as whole and as linked clones, customized."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import estates
import pytest
from changing import await_property, machines, properties, wait
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl

customization = vim.vm.customization
device = vim.vm.device


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vim.ServiceInstance]:
    with estates.start_simulator(tmp_path_factory.mktemp("clones"), vms=40, guest_delay=40) as simulator:
        yield connect(simulator)


@pytest.fixture(scope="module")
def found(service: vim.ServiceInstance) -> dict[vim.VirtualMachine, dict[str, Any]]:
    return machines(service, "config.template", "runtime.connectionState", "config.guestId", "guest.toolsStatus", "config.hardware.device")


@pytest.fixture(scope="module")
def template(found: dict) -> vim.VirtualMachine:
    return next(vm for vm, row in found.items() if row["config.template"] and row["runtime.connectionState"] == "connected")


@pytest.fixture(scope="module")
def place(service: vim.ServiceInstance, template: vim.VirtualMachine) -> dict[str, Any]:
    """Folder, pool, host and datastore for new machines."""
    host = properties(template, "runtime.host")["runtime.host"]
    pool = properties(properties(host, "parent")["parent"], "resourcePool")["resourcePool"]
    folder = next(one for one in service.content.rootFolder.childEntity if isinstance(one, vim.Datacenter)).vmFolder
    return {"folder": folder, "pool": pool, "host": host, "datastore": properties(template, "datastore")["datastore"][0]}


def location(place: dict[str, Any], **more: Any) -> vim.vm.RelocateSpec:
    return vim.vm.RelocateSpec(pool=place["pool"], host=place["host"], **more)


def of_kind(vm: vim.VirtualMachine, kind: type) -> list:
    return [one for one in properties(vm, "config.hardware.device")["config.hardware.device"] if isinstance(one, kind)]


def test_clone_is_what_its_specification_says(template: vim.VirtualMachine, place: dict) -> None:
    config = vim.vm.ConfigSpec(
        numCPUs=8, memoryMB=16384, annotation="made", extraConfig=[vim.option.OptionValue(key="estate.mark", value="7")], deviceChange=[add_disk()]
    )
    address = customization.IPSettings(ip=customization.FixedIp(ipAddress="192.0.2.17"), subnetMask="255.255.255.0", gateway=["192.0.2.1"])
    customized = customization.Specification(
        identity=customization.LinuxPrep(hostName=customization.FixedName(name="web-17"), domain="corp.example"),
        globalIPSettings=customization.GlobalIPSettings(dnsServerList=["192.0.2.2"]),
        nicSettingMap=[customization.AdapterMapping(adapter=address)],
    )
    vm = wait(template.Clone(place["folder"], "web-17", vim.vm.CloneSpec(location=location(place), config=config, customization=customized, powerOn=True)))
    made = properties(vm, "config", "runtime.powerState", "parent", "resourcePool", "summary.config", "guest.customizationInfo")
    source = properties(template, "config")["config"]
    assert (made["config"].name, made["config"].hardware.numCPU, made["config"].hardware.memoryMB, made["config"].annotation) == ("web-17", 8, 16384, "made")
    assert (made["runtime.powerState"], made["parent"], made["resourcePool"]) == ("poweredOn", place["folder"], place["pool"])
    assert {option.key for option in made["config"].extraConfig} == {option.key for option in source.extraConfig} | {"estate.mark"}
    assert made["config"].uuid != source.uuid and made["config"].instanceUuid != source.instanceUuid
    assert [nic.macAddress for nic in of_kind(vm, device.VirtualEthernetCard)] != [nic.macAddress for nic in of_kind(template, device.VirtualEthernetCard)]
    disks, old = of_kind(vm, device.VirtualDisk), of_kind(template, device.VirtualDisk)
    assert [disk.capacityInBytes for disk in disks] == [*(disk.capacityInBytes for disk in old), 2 << 30]
    assert all(" web-17/web-17" in disk.backing.fileName for disk in disks)
    await_property(vm, "guest.customizationInfo", lambda info: info.customizationStatus == "TOOLSDEPLOYPKG_SUCCEEDED")
    guest = properties(vm, "guest")["guest"]
    assert (guest.hostName, guest.ipAddress, guest.net[0].ipConfig.ipAddress[0].prefixLength) == ("web-17.corp.example", "192.0.2.17", 24)
    assert vm in properties(place["folder"], "childEntity")["childEntity"]
    assert vm in properties(place["host"], "vm")["vm"]
    assert vm in properties(properties(vm, "network")["network"][0], "vm")["vm"]


def add_disk() -> device.VirtualDeviceSpec:
    backing = device.VirtualDisk.FlatVer2BackingInfo(fileName="", diskMode="persistent", thinProvisioned=True)
    return device.VirtualDeviceSpec(
        operation="add", fileOperation="create", device=device.VirtualDisk(key=-1, controllerKey=1000, capacityInKB=2 << 20, backing=backing)
    )


def test_linked_clone_stands_on_the_disks_of_its_source(found: dict, place: dict) -> None:
    source = next(
        vm
        for vm, row in found.items()
        if not row["config.template"]
        and row["runtime.connectionState"] == "connected"
        and all(getattr(disk.backing, "diskMode", "") == "persistent" for disk in row["config.hardware.device"] if isinstance(disk, device.VirtualDisk))
    )
    where = location(place, diskMoveType="createNewChildDiskBacking")
    with pytest.raises(vmodl.fault.InvalidArgument):
        wait(source.Clone(place["folder"], "linked", vim.vm.CloneSpec(location=where)))
    taken = wait(source.CreateSnapshot("base", "", False, False))
    vm = wait(source.Clone(place["folder"], "linked", vim.vm.CloneSpec(location=where, snapshot=taken)))
    frozen = [disk.backing.fileName for disk in properties(taken, "config")["config"].hardware.device if isinstance(disk, device.VirtualDisk)]
    disks = of_kind(vm, device.VirtualDisk)
    assert [disk.backing.parent.fileName for disk in disks] == frozen
    usage = properties(vm, "summary.storage")["summary.storage"]
    assert usage.unshared < usage.committed
    disks[0].capacityInKB += 1 << 20
    disks[0].capacityInBytes += 1 << 30
    with pytest.raises(vim.fault.InvalidDeviceOperation):
        wait(vm.Reconfigure(vim.vm.ConfigSpec(deviceChange=[device.VirtualDeviceSpec(operation="edit", device=disks[0])])))
    wait(wait(vm.CreateSnapshot("own", "", False, False)).RemoveSnapshot_Task(False))
    assert [disk.backing.parent.fileName for disk in of_kind(vm, device.VirtualDisk)] == frozen
    wait(vm.Destroy())
    assert properties(source, "snapshot.currentSnapshot") == {"snapshot.currentSnapshot": taken}


def test_clones_that_are_refused(template: vim.VirtualMachine, place: dict) -> None:
    wait(template.Clone(place["folder"], "taken", vim.vm.CloneSpec(location=location(place), template=True)))
    mismatch = customization.Specification(
        identity=customization.LinuxPrep(hostName=customization.FixedName(name="a"), domain="b"), globalIPSettings=customization.GlobalIPSettings()
    )
    windows = customization.Specification(identity=customization.Sysprep(), globalIPSettings=customization.GlobalIPSettings())
    windows.identity.guiUnattended = customization.GuiUnattended(timeZone=1)
    windows.identity.userData = customization.UserData(fullName="a", orgName="b", computerName=customization.FixedName(name="c"), productId="")
    windows.identity.identification = customization.Identification()
    for fault, name, spec in (
        (vim.fault.DuplicateName, "taken", vim.vm.CloneSpec(location=location(place))),
        (vmodl.fault.InvalidArgument, "no-pool", vim.vm.CloneSpec(location=vim.vm.RelocateSpec())),
        (vim.fault.NicSettingMismatch, "nics", vim.vm.CloneSpec(location=location(place), customization=mismatch)),
        (vim.fault.UncustomizableGuest, "windows", vim.vm.CloneSpec(location=location(place), customization=windows)),
        (vmodl.fault.InvalidArgument, "memory", vim.vm.CloneSpec(location=location(place), config=vim.vm.ConfigSpec(memoryMB=-4))),
    ):
        spec.powerOn = spec.template = False
        with pytest.raises(fault) as caught:
            wait(template.Clone(place["folder"], name, spec))
        if fault is vim.fault.DuplicateName:
            assert properties(caught.value.object, "name") == {"name": "taken"}
    names = [properties(one, "name")["name"] for one in properties(place["folder"], "childEntity")["childEntity"]]
    assert not {"no-pool", "nics", "windows", "memory"} & set(names)


def test_machine_from_scratch(place: dict) -> None:
    store = properties(place["datastore"], "name")["name"]
    with pytest.raises(vim.fault.InvalidVmConfig):
        wait(place["folder"].CreateVm(vim.vm.ConfigSpec(name="scratch"), place["pool"], place["host"]))
    controller = device.VirtualDeviceSpec(operation="add", device=device.ParaVirtualSCSIController(key=-9, busNumber=0, sharedBus="noSharing"))
    disk = add_disk()
    disk.device.controllerKey = -9
    spec = vim.vm.ConfigSpec(
        name="scratch / 1",
        files=vim.vm.FileInfo(vmPathName=f"[{store}]"),
        numCPUs=2,
        memoryMB=2048,
        guestId="debian11_64Guest",
        deviceChange=[controller, disk],
    )
    vm = wait(place["folder"].CreateVm(spec, place["pool"], place["host"]))
    made = properties(vm, "name", "config", "guest.toolsStatus", "runtime.powerState", "environmentBrowser")
    assert (made["name"], made["config"].files.vmPathName) == ("scratch %2f 1", f"[{store}] scratch _ 1/scratch _ 1.vmx")
    assert (made["config"].hardware.numCPU, made["guest.toolsStatus"], made["runtime.powerState"]) == (2, "toolsNotInstalled", "poweredOff")
    with pytest.raises(vim.fault.DuplicateName):
        wait(place["folder"].CreateVm(spec, place["pool"], place["host"]))
    wait(vm.PowerOn(None))
    wait(vm.PowerOff())
    wait(vm.Destroy())


def test_host_alone_makes_machines_and_no_clones(tmp_path: Any) -> None:
    with estates.start_simulator(tmp_path, kind="esxi", vms=3) as simulator:
        service = connect(simulator)
        vm = next(iter(machines(service)))
        place = properties(vm, "runtime.host", "resourcePool", "parent", "datastore")
        with pytest.raises(vmodl.fault.NotSupported):
            vm.Clone(place["parent"], "copy", vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), powerOn=False, template=False))
        store = properties(place["datastore"][0], "name")["name"]
        spec = vim.vm.ConfigSpec(name="new", files=vim.vm.FileInfo(vmPathName=f"[{store}]"))
        made = wait(place["parent"].CreateVm(spec, place["resourcePool"], None))
        assert made._GetMoId().isdecimal()
        wait(made.PowerOn(None))
