# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of objects, through the collector."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.fake_server import LAN, FakeServer, vm

DISKS = [{"_type": "VirtualDisk", "key": key, "capacityInBytes": size << 30, "backing": {}} for key, size in ((2000, 40), (2001, 8))]


def test_unreadable_property_is_an_issue_and_an_empty_value(monkeypatch):
    denied = {"config.uuid": Fault("NoPermission", "Permission denied"), "guest.net": Fault("SystemError", "")}
    scan = FakeServer([[vm(1, denied, config__hardware__numCPU=4)]]).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "vcpu", "bios_uuid"])) == [("vm1", 4, None)]
    assert scan.issues() == [
        Issue("vms", "vm1", "config.uuid", "no_permission", "NoPermission: Permission denied"),
        Issue("vms", "vm1", "guest.net", "unreadable", "SystemError"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("config.hardware.numCPU", "many", "vcpu"),
        ("runtime.bootTime", "yesterday", "boot_time"),
        ("guest.net", [None], "ip_addresses"),
        ("summary.storage.committed", "much", "used_gb"),
    ],
)
def test_nonsense_value_is_an_issue_and_one_empty_value(monkeypatch, path, value, field):
    item = ManagedObject(MoRef("VirtualMachine", "vm-1"), {"name": "vm1", path: value}, {})
    scan = FakeServer([[item]]).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", field])) == [("vm1", None)]
    assert (path in scan.issues()[0].property, scan.issues()[0].kind) == (True, "unreadable")


def test_value_computed_from_an_unreadable_property_is_empty_and_not_zero(monkeypatch):
    denied = {"snapshot.rootSnapshotList": Fault("NoPermission", ""), "config.hardware.device": Fault("NoPermission", "")}
    scan = FakeServer([[vm(1, denied, network=[LAN])]], [ManagedObject(LAN, {"name": "lan"}, {})]).scan(monkeypatch)
    assert list(scan.rows("vms", ["snapshot_count", "disk_count", "primary_network", "networks"])) == [(None, None, None, ["lan"])]


@pytest.mark.parametrize(("properties", "missing"), [({}, {}), ({"name": ""}, {}), ({}, {"name": Fault("NoPermission", "")})])
def test_object_without_a_name_has_its_id_as_name(monkeypatch, properties, missing):
    disks = {"config.hardware.device": [{"_type": "VirtualDisk", "key": 2000, "capacityInBytes": 1}]}
    machine = ManagedObject(MoRef("VirtualMachine", "vm-1"), {**properties, **disks}, missing)
    scan = FakeServer([[machine]]).scan(monkeypatch, sections=["vms", "vm_disks"])
    assert list(scan.rows("vms", ["name"])) + list(scan.rows("vm_disks", ["vm"])) == [("vm-1",), ("vm-1",)]
    assert {issue.property for issue in scan.issues()} == set(missing)


def test_each_section_reports_its_own_missing_properties(monkeypatch):
    denied = {path: Fault("NoPermission", "") for path in ("config.uuid", "config.hardware.device")}
    scan = FakeServer([[vm(1, denied)]]).scan(monkeypatch, sections=["vms", "vm_disks"])
    assert [(issue.section, issue.property) for issue in scan.issues()] == [
        ("vms", "config.uuid"),
        ("vms", "config.hardware.device"),
        ("vm_disks", "config.hardware.device"),
    ]


def test_special_characters_in_names(monkeypatch):
    names = {"a%2fb": "a/b", "=cmd()": "=cmd()", "🚀": "🚀", "x" * 80: "x" * 80, "100%25": "100%"}
    scan = FakeServer([[vm(number, name=name) for number, name in enumerate(names)]]).scan(monkeypatch)
    assert [name for (name,) in scan.rows("vms", ["name"])] == list(names.values())


def test_rows_of_items_have_the_name_of_their_object(monkeypatch):
    pages = [[vm(1, config__hardware__device=DISKS), vm(2)], [vm(3, config__hardware__device=DISKS[:1])]]
    scan = FakeServer(pages).scan(monkeypatch, sections=["vms", "vm_disks"])
    assert list(scan.rows("vm_disks", ["moid", "vm", "key", "capacity_gb"])) == [
        ("vm-1", "vm1", 2000, 40.0),
        ("vm-1", "vm1", 2001, 8.0),
        ("vm-3", "vm3", 2000, 40.0),
    ]
    assert (scan.counts, scan.issue_count()) == ({"vms": 3, "vm_disks": 3}, 0)


def test_unreadable_items_are_issues_of_each_section_that_needs_them(monkeypatch):
    denied = {"config.hardware.device": Fault("NoPermission", "")}
    scan = FakeServer([[vm(1, denied)]]).scan(monkeypatch, sections=["vms", "vm_disks", "vm_partitions"])
    assert scan.counts == {"vms": 1, "vm_disks": 0, "vm_partitions": 0}
    assert {(issue.section, issue.kind) for issue in scan.issues()} >= {("vms", "no_permission"), ("vm_disks", "no_permission")}


def test_unreadable_addresses_leave_the_rows_of_adapters(monkeypatch):
    nic = {"_type": "VirtualE1000", "key": 4000, "macAddress": "00:50:56:00:00:01", "backing": {}}
    scan = FakeServer([[vm(1, {"guest.net": Fault("NoPermission", "")}, config__hardware__device=[nic])]]).scan(monkeypatch, sections=["vm_nics"])
    assert list(scan.rows("vm_nics", ["mac", "ipv4"])) == [("00:50:56:00:00:01", None)]


def test_nonsense_items_affect_their_vm_only(monkeypatch):
    scan = FakeServer([[vm(1, config__hardware__device=["?"]), vm(2, config__hardware__device=DISKS)]]).scan(monkeypatch, sections=["vm_disks"])
    assert [name for (name,) in scan.rows("vm_disks", ["vm"])] == ["vm2", "vm2"]
    assert [(issue.object, issue.kind) for issue in scan.issues()] == [("vm1", "unreadable")]
