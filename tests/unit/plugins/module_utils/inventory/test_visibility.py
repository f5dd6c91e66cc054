# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that the account may not see, through the collector."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    SessionExpired,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.fake_server import LAN, FailingCall, FakeServer, vm


def test_invisible_object_is_one_issue(monkeypatch):
    host, folder, store = MoRef("HostSystem", "host-77"), MoRef("Folder", "group-v7"), MoRef("Datastore", "datastore-7")
    inner = ManagedObject(MoRef("Folder", "group-v8"), {"name": "Web", "parent": folder}, {})
    pages = [[vm(1, runtime__host=host), vm(2, runtime__host=host)], FailingCall(SessionExpired("gone"), 1), [vm(3, datastore=[store], parent=inner.ref)]]
    scan = FakeServer(pages, [inner]).scan(monkeypatch, sections=["vms", "vm_nics"])
    assert scan.counts["vms"] == 3
    assert scan.issues() == [
        Issue("topology", "host-77", "runtime.host", "no_permission", "the account may not see HostSystem host-77, to which vm1 refers"),
        Issue("topology", "datastore-7", "datastore", "no_permission", "the account may not see Datastore datastore-7, to which vm3 refers"),
        Issue("topology", "group-v7", "parent", "no_permission", "the account may not see Folder group-v7"),
    ]


def test_invisible_object_in_a_structure_is_an_issue(monkeypatch):
    store = ManagedObject(MoRef("Datastore", "datastore-1"), {"name": "ds", "host": [{"key": MoRef("HostSystem", "host-77")}]}, {})
    issues = FakeServer([], [store]).scan(monkeypatch, sections=["datastores"]).issues()
    assert [(issue.object, issue.property) for issue in issues] == [("host-77", "host")]


def test_only_the_first_hundred_invisible_objects_are_named(monkeypatch):
    hosts = [MoRef("HostSystem", f"unseen-{number}") for number in range(150)]
    issues = FakeServer([[vm(number, runtime__host=ref) for number, ref in enumerate(hosts)]]).scan(monkeypatch, sections=["vms"]).issues()
    assert [issue.object for issue in issues] == [ref.moid for ref in hosts[:100]] + [""]
    assert "50 more" in issues[-1].message


def test_objects_of_vcenter_are_no_issue_on_esxi(monkeypatch):
    scan = FakeServer([[vm(1, network=[LAN])]]).scan(monkeypatch, sections=["vms"], is_vcenter=False)
    assert scan.issues() == []
