# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import live_scan
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import identities
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_rows import read_vms, wanted_fields
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import NotPermitted, ServerFault
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, FakeEstate, ref

VMS = {
    f"VirtualMachine:vm-{number}": {"name": name, "runtime.powerState": power, "config.annotation": "x"}
    for number, (name, power) in enumerate([("web-1", "poweredOn"), ("web-2", "poweredOff"), ("db-1", "poweredOn")])
}
DISK = {"_type": "VirtualDisk", "key": 2000, "controllerKey": 1000, "unitNumber": 0, "capacityInKB": 1048576, "deviceInfo": {"label": "Hard disk 1"}}


@pytest.fixture
def estate():
    return FakeEstate(VMS)


def read(estate, *items, sections=(), **fields):
    return read_vms(estate, CONNECTION, identities("vms", items), wanted_fields(fields, sections))


def names(found):
    return [row["name"] for row in found.vms]


def test_only_the_fields_that_are_asked_for(estate):
    found = read(estate, {"name": "web-1"}, vms=["power_state"])
    assert found.vms == [{"moid": "vm-0", "name": "web-1", "power_state": "poweredOn"}] and found.issues == []


def test_fields_of_filters_are_read_and_not_returned(estate):
    found = read(estate, {"filters": [{"power_state": "poweredOn"}]}, vms=["annotation"])
    assert [sorted(row) for row in found.vms] == [["annotation", "moid", "name"]] * 2


def test_vms_are_in_the_order_of_the_items_and_each_once(estate):
    assert names(read(estate, {"name": "db-1"}, {"filters": [{"name": "*"}]}, {"moid": "vm-0"}, vms=[])) == ["db-1", "web-1", "web-2"]
    assert names(read(estate, {"filters": [{"name": "x"}]}, vms=[])) == []


def test_named_vms_are_all_that_is_read(estate):
    estate.objects = {**estate.objects, **{ref(f"VirtualMachine:vm-{number}"): {"name": f"other-{number}"} for number in range(10, 20)}}
    assert names(read(estate, {"moid": "vm-1"}, vms=["power_state"])) == ["web-2"]
    assert "page" not in estate.asked or estate.asked["page"] <= 1, "the topology alone"


def test_each_vm_has_a_list_of_each_section(estate):
    estate.objects[ref("VirtualMachine:vm-0")]["config.hardware.device"] = [DISK]
    found = read(estate, {"name": "web-1"}, {"name": "web-2"}, sections=["vm_disks"], vms=[], vm_disks=["label"])
    assert [[disk["label"] for disk in row["vm_disks"]] for row in found.vms] == [["Hard disk 1"], []]


def test_what_cannot_be_read_is_an_issue_and_no_error(estate):
    estate.missing = {(ref("VirtualMachine:vm-0"), "config.annotation")}
    found = read(estate, {"name": "web-1"}, vms=["annotation"])
    assert found.vms[0]["annotation"] is None
    assert [(issue["object"], issue["property"], issue["kind"]) for issue in found.issues] == [("web-1", "config.annotation", "no_permission")]


def test_tags_that_cannot_be_read(estate, monkeypatch):
    def tags_of(refs):
        raise NotPermitted("operator may not do this")

    monkeypatch.setattr(live_scan, "tags_in", lambda *given: tags_of)
    found = read(estate, {"filters": [{"name": "web-1"}]}, vms=["tags"])
    assert names(found) == ["web-1"] and found.issues, "filters do not need them"
    with pytest.raises(ServerFault, match="filters cannot be evaluated: tags could not be read"):
        read(estate, {"filters": [{"tags.Stage": {"set": False}}]}, vms=[])


def test_vm_that_is_deleted_after_it_was_found(estate):
    def delete(request):
        if estate.asked["objects"] == 2:
            estate.objects.pop(ref("VirtualMachine:vm-0"), None)

    estate.before = delete
    assert names(read(estate, {"moid": "vm-0"}, {"moid": "vm-1"}, vms=[])) == ["web-2"]


@pytest.mark.parametrize(
    ("fields", "sections", "message"),
    [
        ({"vms": ["environment"]}, (), "fields: environment cannot be read here"),
        ({"vms": ["nonsense"]}, (), "nonsense"),
        ({"vm_disks": ["label"]}, (), "vm_disks"),
        ({"vms": "name"}, (), "is no list"),
    ],
)
def test_fields_that_cannot_be_read(fields, sections, message):
    with pytest.raises(InvalidOption, match=message):
        wanted_fields(fields, sections)


def test_all_fields_but_those_that_only_a_scan_has():
    found = wanted_fields(None, ["vm_nics"])
    assert list(found) == ["vms", "vm_nics"]
    assert "environment" not in found["vms"] and "annotation" in found["vms"]
