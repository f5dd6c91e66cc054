# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of simulated machines, changed with plain pyVmomi: what is accepted shows, the rest is refused as by a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import estates
import pytest
from changing import machines, properties, wait
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl

Spec = vim.vm.ConfigSpec
device = vim.vm.device


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vim.ServiceInstance]:
    with estates.start_simulator(tmp_path_factory.mktemp("config"), vms=60) as simulator:
        yield connect(simulator)


@pytest.fixture(scope="module")
def found(service: vim.ServiceInstance) -> dict[vim.VirtualMachine, dict[str, Any]]:
    return machines(service, "runtime.powerState", "config.template", "config.cpuHotAddEnabled", "snapshot", "parent")


@pytest.fixture(scope="module")
def off(found: dict) -> vim.VirtualMachine:
    return next(vm for vm, row in found.items() if row["runtime.powerState"] == "poweredOff" and not row["config.template"] and not row.get("snapshot"))


def running(found: dict, hot_add: bool) -> vim.VirtualMachine:
    return next(vm for vm, row in found.items() if row["runtime.powerState"] == "poweredOn" and row["config.cpuHotAddEnabled"] is hot_add)


def test_settings_show_and_leave_other_machines_alone(service: vim.ServiceInstance, found: dict, off: vim.VirtualMachine) -> None:
    before = {vm: properties(vm, "config", "summary.config") for vm in list(found)[:12] if vm != off}
    old = properties(off, "config")["config"]
    option = vim.option.OptionValue(key="owner.team", value="web")
    wait(off.Reconfigure(Spec(numCPUs=old.hardware.numCPU * 2, memoryMB=12288, annotation="changed", extraConfig=[option])))
    new = properties(off, "config", "summary.config")
    config = new["config"]
    assert (config.hardware.numCPU, config.hardware.memoryMB, config.annotation) == (old.hardware.numCPU * 2, 12288, "changed")
    assert (new["summary.config"].numCpu, new["summary.config"].memorySizeMB, new["summary.config"].annotation) == (old.hardware.numCPU * 2, 12288, "changed")
    assert len(config.extraConfig) == len(old.extraConfig) + 1
    assert config.changeVersion != old.changeVersion
    with pytest.raises(vim.fault.ConcurrentAccess):
        wait(off.Reconfigure(Spec(annotation="late", changeVersion=old.changeVersion)))
    wait(off.Reconfigure(Spec(annotation="", extraConfig=[vim.option.OptionValue(key="owner.team", value="")], changeVersion=config.changeVersion)))
    cleared = properties(off, "config")["config"]
    assert not cleared.annotation
    assert len(cleared.extraConfig) == len(old.extraConfig)
    for vm, row in before.items():
        assert str(properties(vm, "config", "summary.config")) == str(row)


def disk(**parts: Any) -> device.VirtualDeviceSpec:
    backing = device.VirtualDisk.FlatVer2BackingInfo(fileName=parts.pop("file", ""), diskMode="persistent", thinProvisioned=True)
    made = device.VirtualDisk(**{"key": -1, "controllerKey": 1000, "capacityInKB": 2 << 20, "backing": backing, **parts})
    return device.VirtualDeviceSpec(operation="add", fileOperation="create", device=made)


def devices(vm: vim.VirtualMachine, kind: type) -> list:
    return [one for one in properties(vm, "config.hardware.device")["config.hardware.device"] if isinstance(one, kind)]


def test_disk_comes_grows_and_goes(off: vim.VirtualMachine) -> None:
    files = len(properties(off, "layoutEx")["layoutEx"].file)
    controller = device.VirtualDeviceSpec(operation="add", device=device.ParaVirtualSCSIController(key=-5, busNumber=1, sharedBus="noSharing"))
    wait(off.Reconfigure(Spec(deviceChange=[controller, disk(controllerKey=-5, unitNumber=3)])))
    made = devices(off, device.VirtualDisk)[-1]
    assert (made.key, made.controllerKey, made.unitNumber, made.capacityInBytes) == (2019, 1001, 3, 2 << 30)
    assert made.backing.fileName.endswith(".vmdk") and made.backing.uuid
    made.capacityInKB = 3 << 20
    made.capacityInBytes = 3 << 30
    wait(off.Reconfigure(Spec(deviceChange=[device.VirtualDeviceSpec(operation="edit", device=made)])))
    assert devices(off, device.VirtualDisk)[-1].capacityInBytes == 3 << 30
    made.capacityInKB = 1 << 20
    made.capacityInBytes = 1 << 30
    with pytest.raises(vim.fault.InvalidDeviceOperation):
        wait(off.Reconfigure(Spec(deviceChange=[device.VirtualDeviceSpec(operation="edit", device=made)])))
    wait(off.Reconfigure(Spec(deviceChange=[device.VirtualDeviceSpec(operation="remove", fileOperation="destroy", device=made)])))
    assert len(properties(off, "layoutEx")["layoutEx"].file) == files


def test_detached_disk_can_be_attached_again(off: vim.VirtualMachine) -> None:
    wait(off.Reconfigure(Spec(deviceChange=[disk()])))
    made = devices(off, device.VirtualDisk)[-1]
    wait(off.Reconfigure(Spec(deviceChange=[device.VirtualDeviceSpec(operation="remove", device=made)])))
    attach = disk(file=made.backing.fileName)
    with pytest.raises(vim.fault.FileAlreadyExists):
        wait(off.Reconfigure(Spec(deviceChange=[attach])))
    attach.fileOperation = None
    wait(off.Reconfigure(Spec(deviceChange=[attach])))
    assert devices(off, device.VirtualDisk)[-1].capacityInBytes == 2 << 30


def test_adapters_get_addresses(off: vim.VirtualMachine) -> None:
    (old,) = devices(off, device.VirtualEthernetCard)
    add = device.VirtualDeviceSpec(operation="add", device=device.VirtualVmxnet3(key=-1, backing=old.backing))
    wait(off.Reconfigure(Spec(deviceChange=[add])))
    made = devices(off, device.VirtualEthernetCard)[1]
    assert (made.key, made.unitNumber, made.addressType) == (old.key + 1, 8, "assigned")
    assert made.macAddress.startswith("00:50:56:")
    made.addressType, made.macAddress = "manual", "02:00:00:00:00:01"
    wait(off.Reconfigure(Spec(deviceChange=[device.VirtualDeviceSpec(operation="edit", device=made)])))
    assert devices(off, device.VirtualEthernetCard)[1].macAddress == "02:00:00:00:00:01"


def edit_drive(backing: Any) -> device.VirtualDeviceSpec:
    return device.VirtualDeviceSpec(operation="edit", device=device.VirtualCdrom(key=3000, controllerKey=200, unitNumber=0, backing=backing))


def test_refused_whatever_the_power_state(found: dict, off: vim.VirtualMachine) -> None:
    store = properties(properties(off, "datastore")["datastore"][0], "name")["name"]
    iso = device.VirtualCdrom.IsoBackingInfo(fileName=f"[{store}] not/there.iso")
    unknown = device.VirtualEthernetCard.NetworkBackingInfo(deviceName="not there")
    sibling = next(row["name"] for vm, row in found.items() if vm != off and row.get("parent") == found[off].get("parent"))
    for fault, spec in (
        (vmodl.fault.InvalidArgument, Spec(memoryMB=-4)),
        (vmodl.fault.InvalidArgument, Spec(memoryMB=1021)),
        (vmodl.fault.InvalidArgument, Spec(numCPUs=3, numCoresPerSocket=2)),
        (vmodl.fault.InvalidArgument, Spec(guestId="none")),
        (vim.fault.DuplicateName, Spec(name=sibling)),
        (vim.fault.InvalidDeviceSpec, Spec(deviceChange=[disk(unitNumber=7)])),
        (vim.fault.InvalidDeviceSpec, Spec(deviceChange=[disk(unitNumber=0)])),
        (vim.fault.InvalidController, Spec(deviceChange=[disk(controllerKey=1003)])),
        (vim.fault.DeviceNotFound, Spec(deviceChange=[device.VirtualDeviceSpec(operation="remove", device=device.VirtualDisk(key=2999))])),
        (vim.fault.NoDiskSpace, Spec(deviceChange=[thick(disk(capacityInKB=50 << 30))])),
        (vim.fault.FileNotFound, Spec(deviceChange=[edit_drive(iso)])),
        (
            vim.fault.InvalidDeviceBacking,
            Spec(deviceChange=[device.VirtualDeviceSpec(operation="add", device=device.VirtualVmxnet3(key=-1, backing=unknown))]),
        ),
    ):
        before = str(properties(off, "config", "layoutEx"))
        with pytest.raises(fault):
            wait(off.Reconfigure(spec))
        assert str(properties(off, "config", "layoutEx")) == before


def thick(spec: device.VirtualDeviceSpec) -> device.VirtualDeviceSpec:
    spec.device.backing.thinProvisioned = False
    return spec


def test_refused_while_running(found: dict) -> None:
    hot, cold = running(found, True), running(found, False)
    before = properties(hot, "config.hardware")["config.hardware"]
    wait(hot.Reconfigure(Spec(numCPUs=before.numCPU * 2, memoryMB=before.memoryMB * 2)))
    for vm, fault, spec in (
        (cold, vim.fault.CpuHotPlugNotSupported, Spec(numCPUs=64)),
        (cold, vim.fault.MemoryHotPlugNotSupported, Spec(memoryMB=1 << 20)),
        (hot, vim.fault.CpuHotPlugNotSupported, Spec(numCPUs=before.numCPU)),
        (hot, vim.fault.MemoryHotPlugNotSupported, Spec(memoryMB=before.memoryMB)),
        (hot, vim.fault.InvalidPowerState, Spec(cpuHotAddEnabled=False)),
        (hot, vim.fault.InvalidPowerState, Spec(guestId="otherGuest")),
        (hot, vim.fault.DeviceHotPlugNotSupported, Spec(deviceChange=[disk(controllerKey=201, unitNumber=0)])),
    ):
        with pytest.raises(fault):
            wait(vm.Reconfigure(spec))
    with pytest.raises(vim.fault.InvalidPowerState):
        wait(hot.Destroy())


def test_destroyed_machine_is_gone_for_every_session(service: vim.ServiceInstance, found: dict, off: vim.VirtualMachine) -> None:
    place = properties(off, "runtime.host", "parent", "datastore", "network", "resourcePool")
    store = place["datastore"][0]
    free = properties(store, "summary.freeSpace")["summary.freeSpace"]
    wait(off.Destroy())
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        properties(off, "name")
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        off.PowerOff()
    assert properties(store, "summary.freeSpace")["summary.freeSpace"] > free
    assert off not in properties(place["runtime.host"], "vm")["vm"]
    assert off not in properties(place["parent"], "childEntity")["childEntity"]
    for user in [store, *place["network"]]:
        assert off not in properties(user, "vm")["vm"]
    assert off not in machines(service)


def test_template_and_back(found: dict) -> None:
    template = next(vm for vm, row in found.items() if row["config.template"])
    host = properties(template, "runtime.host")["runtime.host"]
    pool = properties(properties(host, "parent")["parent"], "resourcePool")["resourcePool"]
    with pytest.raises(vmodl.fault.NotSupported):
        template.MarkAsTemplate()
    template.MarkAsVirtualMachine(pool, host)
    assert properties(template, "config.template", "resourcePool") == {"config.template": False, "resourcePool": pool}
    assert template in properties(pool, "vm")["vm"]
    template.MarkAsTemplate()
    assert properties(template, "config.template", "resourcePool", "summary.config.template") == {"config.template": True, "summary.config.template": True}


def test_custom_values_show_in_the_summary(service: vim.ServiceInstance, found: dict) -> None:
    vm, other = running(found, True), running(found, False)
    before = str(properties(other, "customValue", "summary.customValue"))
    fields = service.content.customFieldsManager
    field = next(one for one in properties(fields, "field")["field"] if one.name == "Owner")
    fields.SetField(vm, field.key, "set by key")
    assert {value.value for value in properties(vm, "summary.customValue")["summary.customValue"] if value.key == field.key} == {"set by key"}
    vm.SetCustomValue("Owner", "set by name")
    assert {value.value for value in properties(vm, "customValue")["customValue"] if value.key == field.key} == {"set by name"}
    with pytest.raises(vmodl.fault.InvalidArgument):
        vm.SetCustomValue("Rack", "of hosts alone")
    assert str(properties(other, "customValue", "summary.customValue")) == before


def test_host_alone_has_no_custom_values(tmp_path: Any) -> None:
    with estates.start_simulator(tmp_path, kind="esxi", vms=3) as simulator:
        vm = next(iter(machines(connect(simulator))))
        with pytest.raises(vmodl.fault.NotSupported):
            vm.SetCustomValue("owner", "me")
