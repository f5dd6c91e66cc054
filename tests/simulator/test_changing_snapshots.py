# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of simulated machines: taken, reverted to, renamed and removed with plain pyVmomi."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import estates
import pytest
from changing import await_property, machines, properties, wait
from plain_pyvmomi import connect
from pyVmomi import vim

Disk = vim.vm.device.VirtualDisk


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vim.ServiceInstance]:
    with estates.start_simulator(tmp_path_factory.mktemp("snapshots"), vms=100, guest_delay=40) as simulator:
        yield connect(simulator)


@pytest.fixture(scope="module")
def found(service: vim.ServiceInstance) -> dict[vim.VirtualMachine, dict[str, Any]]:
    return machines(service, "guest.toolsRunningStatus", "snapshot", "runtime.connectionState")


@pytest.fixture(scope="module")
def running(found: dict) -> list[vim.VirtualMachine]:
    return [vm for vm, row in found.items() if row["guest.toolsRunningStatus"] == "guestToolsRunning" and not row.get("snapshot")]


def chains(vm: vim.VirtualMachine) -> list[list[str]]:
    """File names of each disk, the top one first."""
    all_of_them = []
    for disk in properties(vm, "config.hardware.device")["config.hardware.device"]:
        if isinstance(disk, Disk):
            names, backing = [], disk.backing
            while backing:
                names.append(backing.fileName)
                backing = getattr(backing, "parent", None)
            all_of_them.append(names)
    return all_of_them


def tree(vm: vim.VirtualMachine) -> list[tuple[str, int]]:
    """Names and depths."""
    rows: list[tuple[str, int]] = []

    def walk(nodes: list, depth: int) -> None:
        for node in nodes:
            rows.append((node.name, depth))
            walk(node.childSnapshotList, depth + 1)

    walk(info.rootSnapshotList if (info := properties(vm, "snapshot").get("snapshot")) else [], 0)
    return rows


def test_snapshot_freezes_disks_and_removing_it_merges_them(running: list[vim.VirtualMachine]) -> None:
    vm = running[0]
    before, files = chains(vm), len(properties(vm, "layoutEx")["layoutEx"].file)
    first = wait(vm.CreateSnapshot("one", "the first", False, True))
    second = wait(vm.CreateSnapshot("two", "", True, False))
    assert tree(vm) == [("one", 0), ("two", 1)]
    assert properties(vm, "snapshot.currentSnapshot", "rootSnapshot") == {"snapshot.currentSnapshot": second, "rootSnapshot": [first]}
    node = properties(vm, "snapshot")["snapshot"].rootSnapshotList[0]
    assert (node.quiesced, node.state, node.id, node.description) == (True, "poweredOff", 1, "the first")
    assert (node.childSnapshotList[0].quiesced, node.childSnapshotList[0].state) == (False, "poweredOn")
    for old, new in zip(before, chains(vm), strict=True):
        assert new[2:] == old
        assert [name.rsplit("-", 1)[1] for name in new[:2]] == ["000002.vmdk", "000001.vmdk"]
    layout = properties(vm, "layoutEx")["layoutEx"]
    assert [(each.key, each.memoryKey >= 0) for each in layout.snapshot] == [(first, False), (second, True)]
    wait(first.RemoveSnapshot_Task(False))
    assert tree(vm) == [("two", 0)]
    assert [len(each) for each in chains(vm)] == [2] * len(before)
    wait(vm.RemoveAllSnapshots())
    assert chains(vm) == before
    assert properties(vm, "snapshot", "rootSnapshot") == {"rootSnapshot": []}
    assert len(properties(vm, "layoutEx")["layoutEx"].file) == files


def test_revert_restores_configuration_and_disks(running: list[vim.VirtualMachine]) -> None:
    vm = running[1]
    wait(vm.PowerOff())
    disks, before = chains(vm), properties(vm, "config")["config"]
    taken = wait(vm.CreateSnapshot("before", "", False, False))
    backing = Disk.FlatVer2BackingInfo(fileName="", diskMode="persistent", thinProvisioned=True)
    add = vim.vm.device.VirtualDeviceSpec(
        operation="add", fileOperation="create", device=Disk(key=-1, controllerKey=1000, capacityInKB=1 << 20, backing=backing)
    )
    wait(vm.Reconfigure(vim.vm.ConfigSpec(memoryMB=before.hardware.memoryMB * 2, annotation="later", deviceChange=[add])))
    wait(vm.PowerOn(None))
    wait(taken.RevertToSnapshot_Task())
    after = properties(vm, "config", "runtime.powerState", "snapshot.currentSnapshot")
    assert (after["config"].hardware.memoryMB, after["config"].annotation) == (before.hardware.memoryMB, before.annotation)
    assert (after["runtime.powerState"], after["snapshot.currentSnapshot"]) == ("poweredOff", taken)
    assert [each[1:] for each in chains(vm)] == disks
    assert after["config"].changeVersion != before.changeVersion


def test_memory_brings_a_machine_back_on(running: list[vim.VirtualMachine]) -> None:
    vm = running[2]
    taken = wait(vm.CreateSnapshot("running", "", True, False))
    wait(vm.PowerOff())
    wait(taken.RevertToSnapshot_Task())
    assert properties(vm, "runtime.powerState") == {"runtime.powerState": "poweredOn"}
    await_property(vm, "guest.ipAddress", bool)
    wait(vm.RevertToCurrentSnapshot(None, True))
    assert properties(vm, "runtime.powerState") == {"runtime.powerState": "poweredOff"}
    wait(vm.CreateSnapshot("off", "", True, True))
    node = properties(vm, "snapshot")["snapshot"].rootSnapshotList[0].childSnapshotList[0]
    assert (node.state, node.quiesced) == ("poweredOff", False)


def test_rename(running: list[vim.VirtualMachine]) -> None:
    vm = running[3]
    taken = wait(vm.CreateSnapshot("old name", "old", False, False))
    taken.RenameSnapshot(name="new / name")
    node = properties(vm, "snapshot")["snapshot"].rootSnapshotList[0]
    assert (node.name, node.description) == ("new %2f name", "old")


def test_snapshots_of_the_start_can_be_removed_and_reverted_to(found: dict) -> None:
    trees = [vm for vm, row in found.items() if row.get("snapshot") and row["runtime.connectionState"] == "connected"]
    shapes = {len(tree(vm)) for vm in trees}
    assert shapes == {1, 2, 4}
    for vm in trees:
        names = tree(vm)
        root = properties(vm, "rootSnapshot")["rootSnapshot"][0]
        wait(root.RevertToSnapshot_Task())
        assert tree(vm) == names
        taken = wait(vm.CreateSnapshot("branch", "", False, False))
        assert ("branch", 1) in tree(vm)
        wait(taken.RemoveSnapshot_Task(True, True))
        wait(root.RemoveSnapshot_Task(False))
        assert len(tree(vm)) == len(names) - 1
        wait(vm.RemoveAllSnapshots())
        assert {len(each) for each in chains(vm)} == {1}
        assert not [file.name for file in properties(vm, "layoutEx")["layoutEx"].file if "-0000" in file.name or "Snapshot" in file.name]


def test_consolidation(found: dict, running: list[vim.VirtualMachine]) -> None:
    vm = running[4]
    before = chains(vm)
    wait(vm.Rename("unmerged-01"))
    wait(wait(vm.CreateSnapshot("kept", "", False, False)).RemoveSnapshot_Task(False))
    assert properties(vm, "runtime.consolidationNeeded", "snapshot") == {"runtime.consolidationNeeded": True}
    assert chains(vm) != before
    wait(vm.ConsolidateVMDisks_Task())
    assert properties(vm, "runtime.consolidationNeeded") == {"runtime.consolidationNeeded": False}
    assert chains(vm) == before


def test_no_snapshot_to_revert_to(running: list[vim.VirtualMachine]) -> None:
    with pytest.raises(vim.fault.NotFound):
        running[5].RevertToCurrentSnapshot()
