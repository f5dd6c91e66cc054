# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated machines moved with plain pyVmomi, and many powered on by one call."""

from __future__ import annotations

from collections.abc import Iterator

import estates
import pytest
from changing import machines, properties, wait
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[vim.ServiceInstance]:
    with estates.start_simulator(tmp_path_factory.mktemp("places"), vms=40, hosts=4, clusters=1, datastores=4) as simulator:
        yield connect(simulator)


@pytest.fixture(scope="module")
def off(service: vim.ServiceInstance) -> list[vim.VirtualMachine]:
    found = machines(service, "runtime.powerState", "config.template", "snapshot", "parent")
    return [vm for vm, row in found.items() if row["runtime.powerState"] == "poweredOff" and not row["config.template"] and "parent" in row]


def test_relocated_machine_takes_its_files_and_snapshots_along(off: list[vim.VirtualMachine]) -> None:
    vm = next(vm for vm in off if len(properties(vm, "datastore")["datastore"]) == 1)
    wait(vm.CreateSnapshot("before", "", False, False))
    before = properties(vm, "runtime.host", "datastore", "layoutEx", "summary.storage")
    near = properties(before["runtime.host"], "parent", "datastore")
    host = next(one for one in properties(near["parent"], "host")["host"] if one != before["runtime.host"])
    store = next(one for one in near["datastore"] if one not in before["datastore"])
    wait(vm.Relocate(vim.vm.RelocateSpec(host=host, datastore=store)))
    after = properties(vm, "runtime.host", "datastore", "layoutEx", "config.files.vmPathName", "summary.storage")
    assert (after["runtime.host"], after["datastore"]) == (host, [store])
    name = properties(store, "name")["name"]
    assert all(file.name.startswith(f"[{name}] ") for file in after["layoutEx"].file)
    assert after["config.files.vmPathName"].startswith(f"[{name}] ")
    assert after["summary.storage"].committed == before["summary.storage"].committed
    assert vm in properties(host, "vm")["vm"] and vm not in properties(before["runtime.host"], "vm")["vm"]
    assert vm in properties(store, "vm")["vm"] and vm not in properties(before["datastore"][0], "vm")["vm"]


def test_folders_refuse_equal_names_and_themselves(service: vim.ServiceInstance, off: list[vim.VirtualMachine]) -> None:
    vm = off[0]
    old = properties(vm, "parent", "name")
    folder = properties(old["parent"], "parent")["parent"].CreateFolder("moved here")
    wait(folder.MoveInto([vm]))
    assert properties(vm, "parent") == {"parent": folder}
    assert vm not in properties(old["parent"], "childEntity")["childEntity"]
    inner = folder.CreateFolder("inner")
    wait(off[1].Rename("same"))
    wait(inner.MoveInto([off[1]]))
    wait(vm.Rename("same"))
    with pytest.raises(vim.fault.DuplicateName):
        wait(inner.MoveInto([vm]))
    with pytest.raises(vim.fault.InvalidFolder):
        wait(inner.MoveInto([folder]))


def test_one_call_powers_many_on(service: vim.ServiceInstance, off: list[vim.VirtualMachine]) -> None:
    center = next(one for one in properties(service.content.rootFolder, "childEntity")["childEntity"] if isinstance(one, vim.Datacenter))
    template = next(vm for vm, row in machines(service, "config.template").items() if row["config.template"])
    result = wait(center.PowerOnVm([off[2], off[3], template], None))
    for attempt in result.attempted:
        wait(attempt.task)
        assert properties(attempt.vm, "runtime.powerState") == {"runtime.powerState": "poweredOn"}
    assert [attempt.vm for attempt in result.attempted] == [off[2], off[3]]
    assert [(refused.vm, type(refused.fault)) for refused in result.notAttempted] == [(template, vmodl.fault.NotSupported)]
