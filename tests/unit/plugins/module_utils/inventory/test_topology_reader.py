# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The topology and its issues, through the collector."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.fake_server import FakeServer, vm


def test_unreadable_name_in_the_topology_is_an_issue(monkeypatch):
    folder = ManagedObject(MoRef("Folder", "group-v1"), {}, {"name": Fault("NoPermission", "")})
    scan = FakeServer([[vm(1, parent=folder.ref)]], [folder]).scan(monkeypatch, sections=["vms"])
    assert scan.issues() == [Issue("topology", "group-v1", "name", "no_permission", "NoPermission")]


def test_property_that_a_section_reports_is_not_reported_for_the_topology(monkeypatch):
    host = ManagedObject(MoRef("HostSystem", "host-9"), {"name": "h9"}, {path: Fault("NoPermission", "") for path in ("parent", "config.network.portgroup")})
    missing = [(issue.section, issue.property) for issue in FakeServer([], [host]).scan(monkeypatch).issues()]
    assert missing == [("topology", "config.network.portgroup"), ("hosts", "parent")]


def test_parents_in_a_loop_are_issues_and_their_vms_are_read(monkeypatch):
    one, two = (MoRef("Folder", f"group-v{number}") for number in (1, 2))
    folders = [ManagedObject(one, {"name": "a", "parent": two}, {}), ManagedObject(two, {"name": "b", "parent": one}, {})]
    scan = FakeServer([[vm(1, parent=one)]], folders).scan(monkeypatch, sections=["vms"])
    assert list(scan.rows("vms", ["name"])) == [("vm1",)]
    assert [(issue.section, issue.property, "loop" in issue.message) for issue in scan.issues()] == [("topology", "parent", True)]


def test_only_the_first_hundred_loops_are_named(monkeypatch):
    folders = [ManagedObject(ref, {"name": "x", "parent": ref}, {}) for ref in (MoRef("Folder", f"group-v{number}") for number in range(120))]
    issues = FakeServer([], folders).scan(monkeypatch, sections=["vms"]).issues()
    assert len(issues) == 101 and "20 more objects" in issues[-1].message
