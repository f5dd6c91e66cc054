# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is requested of a server, through the collector."""

from __future__ import annotations

from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.fake_server import DETAILS, FakeServer, vm


def test_properties_newer_than_the_api_version_are_not_requested(monkeypatch):
    young = {"config.createDate": (6, 7), "guest.guestDetailedData": (8, 0, 2, 0)}
    for version in [(6, 5), (6, 7), (7, 0, 3, 0), (8, 0, 2, 0), (9, 0, 0, 0)]:
        server = FakeServer([])
        scan = server.scan(monkeypatch, version=version)
        asked = set(server.requests[2]["VirtualMachine"])
        assert asked & set(young) == {path for path, since in young.items() if since <= version}
        assert {"created", "os_edition"} <= set(scan.fields("vms")), "columns are the same whatever the server"
        assert (DETAILS in asked) == (version < (8, 0, 2, 0)), "nor are those that a younger one stands for"


def test_properties_of_port_groups_are_requested_of_port_groups_only(monkeypatch):
    server = FakeServer([])
    server.scan(monkeypatch)
    common = {"config.defaultPortConfig", "config.distributedVirtualSwitch", "config.numPorts"}
    of_nsx = {"config.backingType", "config.logicalSwitchUuid", "config.segmentId", "config.transportZoneName"}
    assert set(server.requests[1]["DistributedVirtualPortgroup"]) == common | of_nsx
    server = FakeServer([])
    server.scan(monkeypatch, version=(6, 7, 3, 0))
    assert set(server.requests[1]["DistributedVirtualPortgroup"]) == common
    assert "config.defaultPortConfig" not in server.requests[1]["Network"]


def test_only_properties_of_requested_fields_are_requested(monkeypatch):
    server = FakeServer([[vm(1, config__hardware__numCPU=2)]])
    scan = server.scan(monkeypatch, sections=["vms"], fields={"vms": ["vcpu"]})
    assert set(server.requests[-1]["VirtualMachine"]) == {"name", "config.hardware.numCPU"}
    assert list(scan.fields("vms")) == ["moid", "name", "vcpu"]
    assert server.tag_requests == [], "tags were not asked for"
