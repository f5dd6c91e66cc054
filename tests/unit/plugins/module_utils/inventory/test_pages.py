# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages of objects, through the collector: repeated reads, unknown properties, large pages."""

from __future__ import annotations

import gc
import weakref

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    ResponseTooLarge,
    SessionExpired,
    UnknownProperty,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.fake_server import DETAILS, FOUR, FailingCall, FakeServer, vm


def test_types_of_vcenter_are_not_requested_of_esxi(monkeypatch):
    server = FakeServer([])
    server.scan(monkeypatch, sections=[*FOUR, "clusters"], is_vcenter=False)
    vcenters = {"ClusterComputeResource", "DistributedVirtualPortgroup", "DistributedVirtualSwitch", "OpaqueNetwork", "VirtualApp"}
    assert not {name for asked in server.requests for name in asked} & vcenters


def test_section_without_types_on_esxi_needs_no_read(monkeypatch):
    server = FakeServer([])
    assert server.scan(monkeypatch, sections=["clusters"], is_vcenter=False).counts == {"clusters": 0}
    assert len(server.requests) == 1, "names and places"


def test_object_twice_in_a_reply_is_one_object(monkeypatch):
    twice = [vm(1, config__hardware__numCPU=2), vm(1, guest__ipAddress="192.0.2.1")]
    scan = FakeServer([twice]).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "vcpu", "ip_address"])) == [("vm1", 2, "192.0.2.1")]


@pytest.mark.parametrize("times", [1, 2])
def test_interrupted_read_starts_again_and_has_every_row_once(monkeypatch, times):
    denied = {"config.uuid": Fault("NoPermission", "")}
    server = FakeServer([[vm(1, denied), vm(2)], [vm(3)], FailingCall(SessionExpired("gone"), times), [vm(4)]])
    scan = server.scan(monkeypatch)
    assert [name for (name,) in scan.rows("vms", ["name"])] == ["vm1", "vm2", "vm3", "vm4"]
    assert scan.counts["vms"] == 4
    assert scan.issues() == [Issue("vms", "vm1", "config.uuid", "no_permission", "NoPermission")]
    assert len(server.requests) == 3 + times


def test_property_unknown_to_the_server_is_left_out_with_an_issue(monkeypatch):
    unknown = [FailingCall(UnknownProperty(path), 1) for path in ("guest.net", "config.createDate")]
    server = FakeServer([*unknown, [vm(1, config__hardware__numCPU=2)]])
    scan = server.scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "vcpu", "ip_addresses"])) == [("vm1", 2, None)]
    assert not {"guest.net", "config.createDate"} & set(server.requests[-1]["VirtualMachine"])
    assert [(issue.property, issue.kind) for issue in scan.issues()] == [("config.createDate", "missing"), ("guest.net", "missing")]


@pytest.mark.parametrize("named", [DETAILS, "config.extraConfig", '["guestInfo.detailed.data"]', ""])
def test_keyed_path_is_left_out_whichever_part_the_server_names(monkeypatch, named):
    server = FakeServer([FailingCall(UnknownProperty(named), 1), [vm(1, config__guestFullName="Debian 12")]])
    scan = server.scan(monkeypatch, version=(7, 0))
    assert list(scan.rows("vms", ["name", "os_edition"])) == [("vm1", "Debian 12")]
    assert DETAILS not in server.requests[-1]["VirtualMachine"]
    assert {issue.kind for issue in scan.issues()} == {"missing"}


def test_missing_entry_of_a_keyed_path_is_no_issue(monkeypatch):
    absent, denied = Fault("InvalidProperty", ""), Fault("NoPermission", "")
    found = ManagedObject(MoRef("VirtualMachine", "vm-3"), {"name": "vm3", DETAILS: {"value": "prettyName='Debian 12.5'"}}, {})
    machines = [vm(1, {DETAILS: absent}, config__guestFullName="Debian 12"), vm(2, {DETAILS: denied}, config__guestFullName="Debian 12"), found]
    scan = FakeServer([machines]).scan(monkeypatch, version=(7, 0))
    assert list(scan.rows("vms", ["name", "os_edition"])) == [("vm1", "Debian 12"), ("vm2", None), ("vm3", "Debian 12.5")]
    assert [(issue.object, issue.kind) for issue in scan.issues()] == [("vm2", "no_permission")]


def test_server_that_repeats_an_unknown_property_is_given_up(monkeypatch):
    scan = FakeServer([FailingCall(UnknownProperty("guest.net"))]).scan(monkeypatch)
    assert "vms" not in scan.counts
    assert "does not know the property guest.net" in scan.issues()[0].message


def test_server_that_names_properties_that_were_not_requested_is_given_up(monkeypatch):
    server = FakeServer([FailingCall(UnknownProperty(f"odd{number}"), 1) for number in range(50)])
    scan = server.scan(monkeypatch)
    assert "vms" not in scan.counts
    assert len(server.requests) < 10
    assert not [issue for issue in scan.issues() if issue.property.startswith("odd")]


def test_page_that_is_too_large_is_read_in_smaller_pages(monkeypatch):
    server = FakeServer([[vm(1)], FailingCall(ResponseTooLarge("too large"), 2), [vm(2)]])
    scan = server.scan(monkeypatch)
    assert list(scan.rows("vms", ["name"])) == [("vm1",), ("vm2",)]
    assert scan.issues() == []
    assert server.page_sizes == [500, 500, 500, 62, 7]


def test_pages_of_failed_attempts_are_freed(monkeypatch):
    """Errors hang in cycles with what was read, for which nobody searches while a scan is made."""
    server, read = FakeServer([[vm(1)]]), []
    asked = server.retrieve

    class Page:
        def __init__(self):
            self.cycle = self

    def retrieve(session, wanted, shapes, page_size, *how):
        assert not any(page() for page in read)
        if page_size > 7:
            read.append(weakref.ref(Page()))
            raise ResponseTooLarge("too large")
        return asked(session, wanted, shapes, page_size, *how)

    server.retrieve = retrieve
    gc.disable()
    try:
        assert server.scan(monkeypatch).counts["vms"] == 1
    finally:
        gc.enable()
    assert len(read) == 6


def test_single_object_that_is_too_large_fails_its_sections_only(monkeypatch):
    server = FakeServer([[vm(1)]], failing_small=ResponseTooLarge("too large"))
    scan = server.scan(monkeypatch)
    assert scan.counts == {"vms": 1}
    assert {(issue.section, issue.kind) for issue in scan.issues()} == {(section, "fault") for section in ("hosts", "datastores", "networks")}
    assert server.page_sizes == [500, 500, 62, 7, 1, 500]
