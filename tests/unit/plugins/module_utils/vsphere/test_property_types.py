# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import (
    data_object,
    is_reference,
    plain_value,
    properties,
    property_type,
    shape_of,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_OTHER, TYPE, MoRef

MACHINE = "VirtualMachine"
HOST = MoRef("HostSystem", "host-1")


def declared(path):
    return property_type(MACHINE, path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("config.guestId", str),
        ("config.template", bool),
        ("config.hardware.numCPU", int),
        ("runtime.maxMemoryUsage", int),
        ("runtime.powerState", str),
        ("config.createDate", str),
        ("runtime.host", MoRef),
        ("network", [MoRef]),
        ("availableField", [{"key": int, "name": str}]),
        ("nothing", AttributeError),
        ("config.nothing.at.all", AttributeError),
    ],
    ids=str,
)
def test_shape_of_a_property(path, expected):
    if expected is AttributeError:
        with pytest.raises(AttributeError):
            declared(path)
        return
    found = shape_of(declared(path))
    if path == "availableField":
        (found,), (expected,) = found, expected
        found = {name: found[name] for name in expected}
    assert found == expected


def test_shape_of_a_structure_has_all_its_parts_and_those_of_subclasses():
    found = shape_of(declared("config"))
    assert (found["template"], found["hardware"]["numCPU"], found["hardware"]["device"][0]["key"]) == (bool, int, int)
    assert found[EVERY_OTHER] is ANY and "dynamicType" not in found
    tree = shape_of(declared("snapshot"))["rootSnapshotList"][0]
    assert tree["childSnapshotList"][0] is tree, "a structure that holds itself"


def test_properties_of_a_managed_object_type():
    found = properties(MACHINE)
    assert {"config", "guest", "name", "parent", "snapshot"} <= set(found) and len(found) == len(set(found))


@pytest.mark.parametrize(("path", "is_one"), [("runtime.host", True), ("config", False), ("name", False)])
def test_references(path, is_one):
    assert is_reference(declared(path)) == is_one


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("config.guestId", "rhel9_64Guest", "rhel9_64Guest"),
        ("config.guestId", "12", "12"),
        ("config.template", True, True),
        ("config.template", "true", True),
        ("config.template", "0", False),
        ("config.hardware.numCPU", "4", 4),
        ("config.hardware.numCPU", "many", "many"),
        ("config.createDate", "2025-02-20T14:30:00.123456Z", "2025-02-20T14:30:00.123456Z"),
        ("config.createDate", "2025-02-20T14:30:00+02:00", "2025-02-20T14:30:00+02:00"),
        ("config.createDate", "yesterday", "yesterday"),
        ("runtime.host", HOST, "'vim.HostSystem:host-1'"),
        ("network", [MoRef("Network", "network-1"), MoRef("OpaqueNetwork", "network-o2")], ["'vim.Network:network-1'", "'vim.OpaqueNetwork:network-o2'"]),
        ("network", None, []),
        ("network", HOST, ["'vim.HostSystem:host-1'"]),
        ("runtime.powerState", "poweredOn", "poweredOn"),
        ("runtime.powerState", "hibernating", "hibernating"),
        ("config.files", {"vmPathName": "[ds] a.vmx"}, {"vmPathName": "[ds] a.vmx"}),
    ],
)
def test_value_of_each_type(path, value, expected):
    found = plain_value(value, declared(path))
    if isinstance(expected, dict):
        found = {name: part for name, part in found.items() if part is not None}
    assert found == expected and type(found) is type(expected)


def test_structure_has_every_part_that_it_can_have():
    found = plain_value({"numCpu": 4}, declared("summary.config"))
    assert found.keys() >= {"name", "template", "numCpu", "annotation"} and not {"dynamicType", "dynamicProperty"} & found.keys()
    assert (found["numCpu"], found["annotation"], found["template"]) == (4, None, False), "one that must have a value has its zero"


def test_subclass_is_known_by_the_type_that_was_sent():
    disk = {TYPE: "VirtualDisk", "key": "2000", "capacityInKB": "1024", "backing": {TYPE: "VirtualDiskFlatVer2BackingInfo", "thinProvisioned": "true"}}
    (found,) = plain_value([disk], declared("config.hardware.device"))
    assert (found["key"], found["capacityInKB"], found["backing"]["thinProvisioned"]) == (2000, 1024, True)
    assert "macAddress" not in found and TYPE not in found


def test_type_of_a_newer_server_has_what_the_declared_one_has():
    (found,) = plain_value([{TYPE: "VirtualQuantumDevice", "key": "7", "qubits": "8"}], declared("config.hardware.device"))
    assert found["key"] == 7 and found["unitNumber"] is None


def test_structure_without_any_part_set():
    assert plain_value("", declared("config.files"))["vmPathName"] is None
    assert plain_value("VirtualMachineFileInfo", declared("config.files"))["vmPathName"] is None


def test_value_of_an_undeclared_type():
    assert plain_value({TYPE: "Colour", "red": ["1", {"deep": HOST}]}, object) == {"red": ["1", {"deep": "'vim.HostSystem:host-1'"}]}
    assert plain_value(1.5, object) == 1.5 and plain_value(None, object) is None


def test_values_agree_with_what_pyvmomi_writes():
    """The same of an object that pyVmomi has made."""
    theirs = vim.vm.FileInfo(vmPathName="[ds] a.vmx")
    ours = plain_value({"vmPathName": "[ds] a.vmx"}, vim.vm.FileInfo)
    assert ours == {info.name: getattr(theirs, info.name) for info in theirs._GetPropertyList() if not info.name.startswith("dynamic")}


def test_a_decoded_value_becomes_an_object_again():
    made = data_object({TYPE: "VirtualDisk", "key": "7", "capacityInKB": 8, "backing": {TYPE: "VirtualDiskFlatVer2BackingInfo", "thinProvisioned": "true",
                        "datastore": MoRef("Datastore", "ds-1")}, "unknown": "x"}, vim.vm.device.VirtualDevice)  # fmt: skip
    assert isinstance(made, vim.vm.device.VirtualDisk) and (made.key, made.capacityInKB) == (7, 8)
    assert made.backing.thinProvisioned is True and made.backing.datastore._moId == "ds-1"
    assert data_object("", vim.vm.FileInfo).vmPathName is None
    created = data_object({"createDate": "2026-11-28T10:00:00Z", "npivNodeWorldWideName": ["1", "2"]}, vim.vm.ConfigInfo)
    assert created.createDate.year == 2026 and list(created.npivNodeWorldWideName) == [1, 2]
    with pytest.raises(KeyError):
        data_object({TYPE: "VirtualQuantumDevice"}, vim.vm.device.VirtualDevice)
    with pytest.raises(ValueError):
        data_object({"key": "x"}, vim.vm.device.VirtualDevice)
