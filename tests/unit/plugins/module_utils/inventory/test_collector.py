# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collector over replies made here: sections, aggregates, tags and failures."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory import collector
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    AuthenticationFailed,
    TimedOut,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.fake_server import HOSTS, FailingCall, FakeServer, vm


def test_sections_have_the_seconds_of_the_pass_that_read_them(monkeypatch):
    now = [0.0]
    server = FakeServer([[vm(1)], [vm(2)]])
    asked = server.retrieve

    def slow(session, wanted, *how):
        for page in asked(session, wanted, *how):
            # Names and places first, which are of no section.
            now[0] += 100.0 if "Folder" in wanted else 2.5 if "VirtualMachine" in wanted else 0.25
            yield page

    server.retrieve = slow
    monkeypatch.setattr(collector.time, "monotonic", lambda: now[0])
    scan = server.scan(monkeypatch)
    small = 0.25 * len(HOSTS)
    assert scan.seconds == {"vms": 5.0, "hosts": small, "datastores": small, "networks": small}


def test_processor_is_the_cpu_model_of_the_host(monkeypatch):
    pages = [[vm(number, runtime__host=host) for number, host in enumerate(HOSTS)], [vm(9), vm(10, runtime__host=MoRef("HostSystem", "gone"))]]
    scan = FakeServer(pages).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "host", "processor"])) == [
        ("vm0", "host-0", "CPU model 0"),
        ("vm1", "host-1", "CPU model 1"),
        ("vm2", "host-2", "CPU model 2"),
        ("vm9", None, None),
        ("vm10", None, None),
    ]


def test_three_reads_for_any_number_of_vms(monkeypatch):
    server = FakeServer([[vm(page * 100 + number) for number in range(100)] for page in range(5)])
    assert server.scan(monkeypatch).counts == {"vms": 500, "hosts": 3, "datastores": 0, "networks": 0}
    assert len(server.requests) == 3


def test_only_requested_sections_are_read(monkeypatch):
    server = FakeServer([])
    assert server.scan(monkeypatch, sections=["datastores"]).counts == {"datastores": 0}
    places, asked = server.requests
    assert set(asked) == {"Datastore"}
    assert "summary.capacity" in asked["Datastore"]
    assert "summary.hardware.vendor" not in places["HostSystem"]


def test_vm_deleted_during_the_scan_is_neither_row_nor_issue(monkeypatch):
    gone = ManagedObject(MoRef("VirtualMachine", "vm-2"), {}, {"name": Fault("ManagedObjectNotFound", ""), "runtime.host": Fault("ManagedObjectNotFound", "")})
    scan = FakeServer([[vm(1), gone, vm(3)]]).scan(monkeypatch)
    assert list(scan.rows("vms", ["name"])) == [("vm1",), ("vm3",)]
    assert scan.issue_count() == 0


def test_objects_of_an_unknown_type_are_an_issue(monkeypatch):
    scan = FakeServer([], [ManagedObject(MoRef("QuantumNetwork", "q-1"), {"name": "q"}, {})]).scan(monkeypatch)
    assert scan.counts["networks"] == 0
    assert [(issue.kind, "QuantumNetwork" in issue.message) for issue in scan.issues()] == [("unreadable", True)]


def test_vms_are_read_although_other_sections_fail(monkeypatch):
    scan = FakeServer([[vm(1, runtime__host=MoRef("HostSystem", "host-0"))]], failing_small=TimedOut("no answer within 30 s")).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "host"])) == [("vm1", "host-0")]
    assert (scan.counts, [issue.section for issue in scan.issues()]) == ({"vms": 1}, ["hosts", "datastores", "networks"])


def test_scan_fails_if_every_section_fails(monkeypatch):
    with pytest.raises(TimedOut, match="30 s"):
        FakeServer([], failing_small=TimedOut("no answer within 30 s")).scan(monkeypatch, sections=["hosts", "datastores"])


def test_section_that_fails_midway_is_left_out_with_an_issue(monkeypatch):
    server = FakeServer([[vm(1), vm(2)], FailingCall(TimedOut("no answer within 30 s"))])
    scan = server.scan(monkeypatch)
    assert scan.counts == {"hosts": 3, "datastores": 0, "networks": 0}
    assert scan.issues() == [Issue("vms", "", "", "timeout", "the section could not be read: no answer within 30 s")]


def test_standard_network_has_the_vlan_of_its_own_hosts(monkeypatch):
    def host(number, vlan, switch):
        groups = [{"spec": {"name": "VM Network", "vlanId": vlan, "vswitchName": switch}}]
        return ManagedObject(MoRef("HostSystem", f"esx-{number}"), {"name": f"esx{number}", "config.network.portgroup": groups}, {})

    def network(number, *hosts):
        properties = {"name": "VM Network", "host": [MoRef("HostSystem", f"esx-{host}") for host in hosts]}
        return ManagedObject(MoRef("Network", f"network-{number}"), properties, {})

    small = [host(1, 0, "vSwitch0"), host(2, 30, "vSwitch1"), host(3, 10, "vSwitch2"), network(1, 1), network(2, 2, 3), network(3, 1, 2)]
    scan = FakeServer([], small).scan(monkeypatch)
    assert list(scan.rows("networks", ["moid", "vlan", "switch"])) == [
        ("network-1", None, "vSwitch0"),
        ("network-2", "10, 30", "vSwitch1, vSwitch2"),
        ("network-3", "0, 30", "vSwitch0, vSwitch1"),
    ]


def test_hosts_have_counts_of_their_vms(monkeypatch):
    def on(number, host, **more):
        return vm(number, runtime__host=MoRef("HostSystem", host), config__hardware__numCPU=4, **more)

    states = ["poweredOn", "poweredOff", "poweredOn"]
    pages = [[on(number, "host-0", runtime__powerState=state)] for number, state in enumerate(states)]
    cores = [ManagedObject(ref, {"name": ref.moid, "summary.hardware.numCpuCores": 16}, {}) for ref in HOSTS]
    server = FakeServer(pages)
    server._small = cores
    columns = ["name", "vm_running", "vcpu_count", "vcpu_per_core"]
    assert list(server.scan(monkeypatch).rows("hosts", columns)) == [("host-0", 2, 8, 0.5), ("host-1", 0, 0, 0.0), ("host-2", 0, 0, 0.0)]


@pytest.mark.parametrize("options", [{"sections": ["hosts"]}, {"fields": {"vms": ["name"]}}, {"fields": {"vms": ["host"]}}])
def test_aggregates_without_their_section_or_fields_are_empty(monkeypatch, options):
    scan = FakeServer([[vm(1)]]).scan(monkeypatch, **options)
    assert set(scan.rows("hosts", ["vm_running", "vcpu_count", "vcpu_per_core"])) == {(None, None, None)}


def test_aggregate_that_lacks_a_field_is_left_out(monkeypatch):
    scan = FakeServer([[vm(1)]]).scan(monkeypatch, fields={"hosts": ["vm_running", "vcpu_per_core"]})
    assert set(scan.rows("hosts", ["vm_running", "vcpu_per_core"])) == {(0, None)}


def test_tags_and_custom_attributes(monkeypatch):
    server = FakeServer([[vm(1, customValue=[{"key": 7, "value": "it-ops"}])], [vm(2)]])
    server.tags = {MoRef("VirtualMachine", "vm-1"): {"Tier": ["gold", "silver"]}}
    server.attributes = {7: "Owner"}
    scan = server.scan(monkeypatch, sections=["vms"], environment=("tag_category", "Tier"))
    columns = ["name", "tags", "custom_attributes", "environment"]
    assert list(scan.rows("vms", columns)) == [("vm1", {"Tier": ["gold", "silver"]}, {"Owner": "it-ops"}, "gold, silver"), ("vm2", None, None, None)]
    assert [len(refs) for refs in server.tag_requests] == [1, 1]


def test_unreadable_tags_are_one_issue(monkeypatch):
    server = FakeServer([[vm(1)], [vm(2)]])
    server.tags = AuthenticationFailed("the login of reader is refused")
    scan = server.scan(monkeypatch)
    assert [(issue.section, issue.kind) for issue in scan.issues()] == [("tags", "authentication")]
    assert (scan.counts["vms"], len(server.tag_requests)) == (2, 1)


def test_unreadable_names_of_custom_attributes_are_an_issue(monkeypatch):
    server = FakeServer([[vm(1, customValue=[{"key": 7, "value": "it-ops"}])]])
    server.attributes = TimedOut("no answer within 30 s")
    scan = server.scan(monkeypatch, sections=["vms"])
    assert list(scan.rows("vms", ["custom_attributes"])) == [({"7": "it-ops"},)]
    assert [(issue.section, issue.kind) for issue in scan.issues()] == [("custom_attributes", "timeout")]


def test_vm_count_of_a_cluster_is_that_of_the_section_vms(monkeypatch):
    """Clusters of two datacenters may have the same name; what vCenter counts stands where VMs are not read."""
    places, rows = [], []
    for number in range(2):
        datacenter, folder = MoRef("Datacenter", f"datacenter-{number}"), MoRef("Folder", f"group-h{number}")
        cluster, host = MoRef("ClusterComputeResource", f"domain-c{number}"), MoRef("HostSystem", f"host-1{number}")
        places += [
            ManagedObject(datacenter, {"name": f"dc{number}"}, {}),
            ManagedObject(folder, {"name": "host", "parent": datacenter}, {}),
            ManagedObject(cluster, {"name": "Production", "parent": folder, "summary.usageSummary.totalVmCount": 7}, {}),
            ManagedObject(host, {"name": f"esx{number}", "parent": cluster}, {}),
        ]
        rows += [vm(10 * number + each, runtime__host=host, config__template=each == 0) for each in range(3 - number)]
    counted = ["name", "datacenter", "vm_count"]
    scan = FakeServer([rows], small=places).scan(monkeypatch, sections=["clusters", "vms"])
    assert list(scan.rows("clusters", counted)) == [("Production", "dc0", 3), ("Production", "dc1", 2)]
    scan = FakeServer([rows], small=places).scan(monkeypatch, sections=["clusters"])
    assert list(scan.rows("clusters", counted)) == [("Production", "dc0", 7), ("Production", "dc1", 7)]


def test_duplicate_datastores_name_the_first_one(monkeypatch):
    urls = ["/vmfs/volumes/1f/", "", "/vmfs/volumes/2e/", "/vmfs/volumes/1f/", None, "/vmfs/volumes/1f/"]
    stores = [ManagedObject(MoRef("Datastore", f"datastore-{number}"), {"name": f"ds{number}", "summary.url": url}, {}) for number, url in enumerate(urls)]
    scan = FakeServer([], small=stores).scan(monkeypatch, sections=["datastores"])
    assert [row[0] for row in scan.rows("datastores", ["duplicate_of"])] == [None, None, None, "ds0", None, "ds0"]
