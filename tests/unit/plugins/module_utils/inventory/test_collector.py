# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collector over replies made here: what it asks for, and what it makes of the answers."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.retry import call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.inventory import collector, pages
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, OK, Issue, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    AuthenticationFailed,
    ResponseTooLarge,
    SessionExpired,
    TimedOut,
    UnknownProperty,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault, ManagedObject

HOSTS = {MoRef("HostSystem", f"host-{number}"): f"CPU model {number}" for number in range(3)}
FOUR = ("vms", "hosts", "datastores", "networks")
LAN = MoRef("DistributedVirtualPortgroup", "dvportgroup-1")


DETAILS = 'config.extraConfig["guestInfo.detailed.data"]'


class FailingCall:
    """Stands among the pages: an error that this many attempts meet."""

    def __init__(self, error, times=99):
        self.error = error
        self.spent = times


class FakeServer:
    """Stands in for retrieve(): hands out pages and remembers what it was asked."""

    def __init__(self, vm_pages, small=(), spoiled_small=None):
        self.asked = []
        self.page_sizes = []
        self._vm_pages = vm_pages
        hosts = [ManagedObject(ref, {"name": ref.moid, "summary.hardware.cpuModel": model}, {}) for ref, model in HOSTS.items()]
        self._small = [*hosts, *small]
        self._spoiled_small = spoiled_small
        self.tags, self.tagged = {}, []
        self.attributes = {}

    def retrieve(self, session, wanted, shapes, page_size, tell_total=None, container=None):
        self.asked.append(wanted)
        self.page_sizes.append(page_size)
        if "VirtualMachine" in wanted:
            for page in self._vm_pages:
                if isinstance(page, list):
                    yield page
                elif page.spent:
                    page.spent -= 1
                    raise page.error
        elif self._spoiled_small and "Folder" not in wanted:
            raise self._spoiled_small
        else:
            paths = set().union(*wanted.values())
            for item in self._small:
                base = "Network" if "Network" in item.ref.type or item.ref == LAN else item.ref.type.removeprefix("Cluster")
                if item.ref.type in wanted or base in wanted:
                    yield [item._replace(missing={path: fault for path, fault in item.missing.items() if path in paths})]

    def tags_of(self, refs):
        self.tagged.append(refs)
        if isinstance(self.tags, Exception):
            raise self.tags
        return self.tags

    def custom_attributes(self):
        if isinstance(self.attributes, Exception):
            raise self.attributes
        return self.attributes

    def call_with_retries(self, attempt):
        return call_with_retries(attempt, retries=2, sleep=lambda seconds: None)

    def scan(self, monkeypatch, sections=FOUR, version=(8, 0, 2, 0), is_vcenter=True, fields=None, environment=None):
        monkeypatch.setattr(pages, "retrieve", self.retrieve)
        with ScanWriter(IN_MEMORY) as writer:
            session = SimpleNamespace(
                version=version, is_vcenter=is_vcenter, call_with_retries=self.call_with_retries, custom_attributes=self.custom_attributes
            )
            collector.collect(session, ScanRequest(select(sections, fields), environment), writer, self.tags_of)
            writer.finish(ScanHead("east", "vc", status=OK))
        return writer.reader()


def vm(number, missing=None, **properties):
    ref = MoRef("VirtualMachine", f"vm-{number}")
    return ManagedObject(ref, {"name": f"vm{number}", **{path.replace("__", "."): value for path, value in properties.items()}}, missing or {})


def test_sections_have_the_seconds_of_the_question_that_they_were_read_in(monkeypatch):
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


def test_processor_is_the_model_of_each_vms_own_host(monkeypatch):
    pages = [[vm(number, runtime__host=host) for number, host in enumerate(HOSTS)], [vm(9), vm(10, runtime__host=MoRef("HostSystem", "gone"))]]
    scan = FakeServer(pages).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "host", "processor"])) == [
        ("vm0", "host-0", "CPU model 0"),
        ("vm1", "host-1", "CPU model 1"),
        ("vm2", "host-2", "CPU model 2"),
        ("vm9", None, None),
        ("vm10", None, None),
    ]


def test_three_questions_whatever_the_number_of_vms(monkeypatch):
    server = FakeServer([[vm(page * 100 + number) for number in range(100)] for page in range(5)])
    assert server.scan(monkeypatch).counts == {"vms": 500, "hosts": 3, "datastores": 0, "networks": 0}
    assert len(server.asked) == 3


def test_properties_younger_than_the_version_spoken_are_not_asked_for(monkeypatch):
    young = {"config.createDate": (6, 7), "guest.guestDetailedData": (8, 0, 2, 0)}
    for version in [(6, 5), (6, 7), (7, 0, 3, 0), (8, 0, 2, 0), (9, 0, 0, 0)]:
        server = FakeServer([])
        scan = server.scan(monkeypatch, version=version)
        asked = set(server.asked[2]["VirtualMachine"])
        assert asked & set(young) == {path for path, since in young.items() if since <= version}
        assert {"created", "os_edition"} <= set(scan.fields("vms")), "columns are the same whatever the server"
        assert (DETAILS in asked) == (version < (8, 0, 2, 0)), "nor are those that a younger one stands for"


def test_sections_that_nobody_wants_are_not_read(monkeypatch):
    server = FakeServer([])
    assert server.scan(monkeypatch, sections=["datastores"]).counts == {"datastores": 0}
    places, asked = server.asked
    assert set(asked) == {"Datastore"}
    assert "summary.capacity" in asked["Datastore"]
    assert "summary.hardware.vendor" not in places["HostSystem"]


def test_esxi_is_not_asked_for_what_only_vcenter_has(monkeypatch):
    server = FakeServer([])
    server.scan(monkeypatch, sections=[*FOUR, "clusters"], is_vcenter=False)
    vcenters = {"ClusterComputeResource", "DistributedVirtualPortgroup", "DistributedVirtualSwitch", "OpaqueNetwork", "VirtualApp"}
    assert not {name for asked in server.asked for name in asked} & vcenters


def test_nothing_is_asked_where_nothing_can_be(monkeypatch):
    server = FakeServer([])
    assert server.scan(monkeypatch, sections=["clusters"], is_vcenter=False).counts == {"clusters": 0}
    assert len(server.asked) == 1, "names and places"


def test_port_groups_are_asked_for_what_other_networks_do_not_have(monkeypatch):
    server = FakeServer([])
    server.scan(monkeypatch)
    common = {"config.defaultPortConfig", "config.distributedVirtualSwitch", "config.numPorts"}
    of_nsx = {"config.backingType", "config.logicalSwitchUuid", "config.segmentId", "config.transportZoneName"}
    assert set(server.asked[1]["DistributedVirtualPortgroup"]) == common | of_nsx
    server = FakeServer([])
    server.scan(monkeypatch, version=(6, 7, 3, 0))
    assert set(server.asked[1]["DistributedVirtualPortgroup"]) == common
    assert "config.defaultPortConfig" not in server.asked[1]["Network"]


def test_object_that_a_reply_holds_twice_is_one_row(monkeypatch):
    twice = [vm(1, config__hardware__numCPU=2), vm(1, guest__ipAddress="192.0.2.1")]
    scan = FakeServer([twice]).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "vcpu", "ip_address"])) == [("vm1", 2, "192.0.2.1")]


def test_property_that_may_not_be_read_is_an_issue_and_not_the_end(monkeypatch):
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
def test_value_that_makes_no_sense_costs_itself_alone(monkeypatch, path, value, field):
    item = ManagedObject(MoRef("VirtualMachine", "vm-1"), {"name": "vm1", path: value}, {})
    scan = FakeServer([[item]]).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", field])) == [("vm1", None)]
    assert (path in scan.issues()[0].property, scan.issues()[0].kind) == (True, "unreadable")


def test_value_made_of_what_could_not_be_read_is_unknown_and_not_zero(monkeypatch):
    denied = {"snapshot.rootSnapshotList": Fault("NoPermission", ""), "config.hardware.device": Fault("NoPermission", "")}
    scan = FakeServer([[vm(1, denied, network=[LAN])]], [ManagedObject(LAN, {"name": "lan"}, {})]).scan(monkeypatch)
    assert list(scan.rows("vms", ["snapshot_count", "disk_count", "primary_network", "networks"])) == [(None, None, None, ["lan"])]


def test_vm_that_was_deleted_meanwhile_is_no_row_and_no_issue(monkeypatch):
    gone = ManagedObject(MoRef("VirtualMachine", "vm-2"), {}, {"name": Fault("ManagedObjectNotFound", ""), "runtime.host": Fault("ManagedObjectNotFound", "")})
    scan = FakeServer([[vm(1), gone, vm(3)]]).scan(monkeypatch)
    assert list(scan.rows("vms", ["name"])) == [("vm1",), ("vm3",)]
    assert scan.issue_count() == 0


def test_places_that_may_not_be_read_are_issues_too(monkeypatch):
    folder = ManagedObject(MoRef("Folder", "group-v1"), {}, {"name": Fault("NoPermission", "")})
    scan = FakeServer([[vm(1, parent=folder.ref)]], [folder]).scan(monkeypatch, sections=["vms"])
    assert scan.issues() == [Issue("topology", "group-v1", "name", "no_permission", "NoPermission")]


def test_what_a_section_misses_is_not_said_again_of_places(monkeypatch):
    host = ManagedObject(MoRef("HostSystem", "host-9"), {"name": "h9"}, {path: Fault("NoPermission", "") for path in ("parent", "config.network.portgroup")})
    missing = [(issue.section, issue.property) for issue in FakeServer([], [host]).scan(monkeypatch).issues()]
    assert missing == [("topology", "config.network.portgroup"), ("hosts", "parent")]


def test_objects_of_a_type_to_come_are_named(monkeypatch):
    scan = FakeServer([], [ManagedObject(MoRef("QuantumNetwork", "q-1"), {"name": "q"}, {})]).scan(monkeypatch)
    assert scan.counts["networks"] == 0
    assert [(issue.kind, "QuantumNetwork" in issue.message) for issue in scan.issues()] == [("unreadable", True)]


def test_small_sections_that_fail_cost_no_vm(monkeypatch):
    scan = FakeServer([[vm(1, runtime__host=MoRef("HostSystem", "host-0"))]], spoiled_small=TimedOut("no answer within 30 s")).scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "host"])) == [("vm1", "host-0")]
    assert (scan.counts, [issue.section for issue in scan.issues()]) == ({"vms": 1}, ["hosts", "datastores", "networks"])


def test_no_section_at_all_is_no_scan(monkeypatch):
    with pytest.raises(TimedOut, match="30 s"):
        FakeServer([], spoiled_small=TimedOut("no answer within 30 s")).scan(monkeypatch, sections=["hosts", "datastores"])


def test_section_that_fails_on_the_way_is_left_out_and_costs_no_other(monkeypatch):
    server = FakeServer([[vm(1), vm(2)], FailingCall(TimedOut("no answer within 30 s"))])
    scan = server.scan(monkeypatch)
    assert scan.counts == {"hosts": 3, "datastores": 0, "networks": 0}
    assert scan.issues() == [Issue("vms", "", "", "timeout", "the section could not be read: no answer within 30 s")]


@pytest.mark.parametrize("times", [1, 2])
def test_read_that_is_broken_off_begins_again_and_has_every_row_once(monkeypatch, times):
    denied = {"config.uuid": Fault("NoPermission", "")}
    server = FakeServer([[vm(1, denied), vm(2)], [vm(3)], FailingCall(SessionExpired("gone"), times), [vm(4)]])
    scan = server.scan(monkeypatch)
    assert [name for (name,) in scan.rows("vms", ["name"])] == ["vm1", "vm2", "vm3", "vm4"]
    assert scan.counts["vms"] == 4
    assert scan.issues() == [Issue("vms", "vm1", "config.uuid", "no_permission", "NoPermission")]
    assert len(server.asked) == 3 + times


def test_property_that_the_server_does_not_know_is_left_out_and_named(monkeypatch):
    unknown = [FailingCall(UnknownProperty(path), 1) for path in ("guest.net", "config.createDate")]
    server = FakeServer([*unknown, [vm(1, config__hardware__numCPU=2)]])
    scan = server.scan(monkeypatch)
    assert list(scan.rows("vms", ["name", "vcpu", "ip_addresses"])) == [("vm1", 2, None)]
    assert not {"guest.net", "config.createDate"} & set(server.asked[-1]["VirtualMachine"])
    assert [(issue.property, issue.kind) for issue in scan.issues()] == [("config.createDate", "missing"), ("guest.net", "missing")]


@pytest.mark.parametrize("named", [DETAILS, "config.extraConfig", '["guestInfo.detailed.data"]', ""])
def test_path_with_a_key_that_a_server_refuses_is_left_out_whichever_part_it_names(monkeypatch, named):
    server = FakeServer([FailingCall(UnknownProperty(named), 1), [vm(1, config__guestFullName="Debian 12")]])
    scan = server.scan(monkeypatch, version=(7, 0))
    assert list(scan.rows("vms", ["name", "os_edition"])) == [("vm1", "Debian 12")]
    assert DETAILS not in server.asked[-1]["VirtualMachine"]
    assert {issue.kind for issue in scan.issues()} == {"missing"}


def test_entry_that_a_vm_does_not_have_is_not_set_and_no_issue(monkeypatch):
    absent, denied = Fault("InvalidProperty", ""), Fault("NoPermission", "")
    found = ManagedObject(MoRef("VirtualMachine", "vm-3"), {"name": "vm3", DETAILS: {"value": "prettyName='Debian 12.5'"}}, {})
    machines = [vm(1, {DETAILS: absent}, config__guestFullName="Debian 12"), vm(2, {DETAILS: denied}, config__guestFullName="Debian 12"), found]
    scan = FakeServer([machines]).scan(monkeypatch, version=(7, 0))
    assert list(scan.rows("vms", ["name", "os_edition"])) == [("vm1", "Debian 12"), ("vm2", None), ("vm3", "Debian 12.5")]
    assert [(issue.object, issue.kind) for issue in scan.issues()] == [("vm2", "no_permission")]


@pytest.mark.parametrize(("properties", "missing"), [({}, {}), ({"name": ""}, {}), ({}, {"name": Fault("NoPermission", "")})])
def test_row_of_an_object_without_a_name_has_its_id(monkeypatch, properties, missing):
    disks = {"config.hardware.device": [{"_type": "VirtualDisk", "key": 2000, "capacityInBytes": 1}]}
    machine = ManagedObject(MoRef("VirtualMachine", "vm-1"), {**properties, **disks}, missing)
    scan = FakeServer([[machine]]).scan(monkeypatch, sections=["vms", "vm_disks"])
    assert list(scan.rows("vms", ["name"])) + list(scan.rows("vm_disks", ["vm"])) == [("vm-1",), ("vm-1",)]
    assert {issue.property for issue in scan.issues()} == set(missing)


def test_server_that_never_knows_what_it_was_told_to_forget_is_not_asked_for_ever(monkeypatch):
    scan = FakeServer([FailingCall(UnknownProperty("guest.net"))]).scan(monkeypatch)
    assert "vms" not in scan.counts
    assert "does not know the property guest.net" in scan.issues()[0].message


def test_server_that_does_not_know_what_nobody_asked_for_is_not_asked_for_ever(monkeypatch):
    server = FakeServer([FailingCall(UnknownProperty(f"odd{number}"), 1) for number in range(50)])
    scan = server.scan(monkeypatch)
    assert "vms" not in scan.counts
    assert len(server.asked) < 10
    assert not [issue for issue in scan.issues() if issue.property.startswith("odd")]


def test_page_that_is_too_large_is_asked_for_in_smaller_ones(monkeypatch):
    server = FakeServer([[vm(1)], FailingCall(ResponseTooLarge("too large"), 2), [vm(2)]])
    scan = server.scan(monkeypatch)
    assert list(scan.rows("vms", ["name"])) == [("vm1",), ("vm2",)]
    assert scan.issues() == []
    assert server.page_sizes == [500, 500, 500, 62, 7]


def test_pages_that_were_read_in_vain_are_not_kept(monkeypatch):
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


def test_object_that_is_too_large_by_itself_costs_its_question_alone(monkeypatch):
    server = FakeServer([[vm(1)]], spoiled_small=ResponseTooLarge("too large"))
    scan = server.scan(monkeypatch)
    assert scan.counts == {"vms": 1}
    assert {(issue.section, issue.kind) for issue in scan.issues()} == {(section, "fault") for section in ("hosts", "datastores", "networks")}
    assert server.page_sizes == [500, 500, 62, 7, 1, 500]


def test_what_is_referred_to_and_not_there_is_named_once(monkeypatch):
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


def test_what_is_not_there_is_named_inside_of_structures_too(monkeypatch):
    store = ManagedObject(MoRef("Datastore", "datastore-1"), {"name": "ds", "host": [{"key": MoRef("HostSystem", "host-77")}]}, {})
    issues = FakeServer([], [store]).scan(monkeypatch, sections=["datastores"]).issues()
    assert [(issue.object, issue.property) for issue in issues] == [("host-77", "host")]


def test_not_all_of_very_many_unseen_objects_are_named(monkeypatch):
    hosts = [MoRef("HostSystem", f"unseen-{number}") for number in range(150)]
    issues = FakeServer([[vm(number, runtime__host=ref) for number, ref in enumerate(hosts)]]).scan(monkeypatch, sections=["vms"]).issues()
    assert [issue.object for issue in issues] == [ref.moid for ref in hosts[:100]] + [""]
    assert "50 more" in issues[-1].message


def test_what_an_esxi_host_does_not_tell_of_vcenter_is_no_issue(monkeypatch):
    scan = FakeServer([[vm(1, network=[LAN])]]).scan(monkeypatch, sections=["vms"], is_vcenter=False)
    assert scan.issues() == []


def test_each_section_says_what_it_misses_itself(monkeypatch):
    denied = {path: Fault("NoPermission", "") for path in ("config.uuid", "config.hardware.device")}
    scan = FakeServer([[vm(1, denied)]]).scan(monkeypatch, sections=["vms", "vm_disks"])
    assert [(issue.section, issue.property) for issue in scan.issues()] == [
        ("vms", "config.uuid"),
        ("vms", "config.hardware.device"),
        ("vm_disks", "config.hardware.device"),
    ]


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


def test_hard_names(monkeypatch):
    names = {"a%2fb": "a/b", "=cmd()": "=cmd()", "🚀": "🚀", "x" * 80: "x" * 80, "100%25": "100%"}
    scan = FakeServer([[vm(number, name=name) for number, name in enumerate(names)]]).scan(monkeypatch)
    assert [name for (name,) in scan.rows("vms", ["name"])] == list(names.values())


DISKS = [{"_type": "VirtualDisk", "key": key, "capacityInBytes": size << 30, "backing": {}} for key, size in ((2000, 40), (2001, 8))]


def test_rows_of_items_say_whose_they_are(monkeypatch):
    pages = [[vm(1, config__hardware__device=DISKS), vm(2)], [vm(3, config__hardware__device=DISKS[:1])]]
    scan = FakeServer(pages).scan(monkeypatch, sections=["vms", "vm_disks"])
    assert list(scan.rows("vm_disks", ["moid", "vm", "key", "capacity_gb"])) == [
        ("vm-1", "vm1", 2000, 40.0),
        ("vm-1", "vm1", 2001, 8.0),
        ("vm-3", "vm3", 2000, 40.0),
    ]
    assert (scan.counts, scan.issue_count()) == ({"vms": 3, "vm_disks": 3}, 0)


def test_items_that_may_not_be_read_are_issues_of_each_section_that_lacks_them(monkeypatch):
    denied = {"config.hardware.device": Fault("NoPermission", "")}
    scan = FakeServer([[vm(1, denied)]]).scan(monkeypatch, sections=["vms", "vm_disks", "vm_partitions"])
    assert scan.counts == {"vms": 1, "vm_disks": 0, "vm_partitions": 0}
    assert {(issue.section, issue.kind) for issue in scan.issues()} >= {("vms", "no_permission"), ("vm_disks", "no_permission")}


def test_addresses_that_may_not_be_read_cost_no_adapter(monkeypatch):
    nic = {"_type": "VirtualE1000", "key": 4000, "macAddress": "00:50:56:00:00:01", "backing": {}}
    scan = FakeServer([[vm(1, {"guest.net": Fault("NoPermission", "")}, config__hardware__device=[nic])]]).scan(monkeypatch, sections=["vm_nics"])
    assert list(scan.rows("vm_nics", ["mac", "ipv4"])) == [("00:50:56:00:00:01", None)]


def test_items_that_make_no_sense_cost_their_vm_alone(monkeypatch):
    scan = FakeServer([[vm(1, config__hardware__device=["?"]), vm(2, config__hardware__device=DISKS)]]).scan(monkeypatch, sections=["vm_disks"])
    assert [name for (name,) in scan.rows("vm_disks", ["vm"])] == ["vm2", "vm2"]
    assert [(issue.object, issue.kind) for issue in scan.issues()] == [("vm1", "unreadable")]


def test_only_what_was_asked_for_is_asked_for(monkeypatch):
    server = FakeServer([[vm(1, config__hardware__numCPU=2)]])
    scan = server.scan(monkeypatch, sections=["vms"], fields={"vms": ["vcpu"]})
    assert set(server.asked[-1]["VirtualMachine"]) == {"name", "config.hardware.numCPU"}
    assert list(scan.fields("vms")) == ["moid", "name", "vcpu"]
    assert server.tagged == [], "tags were not asked for"


def test_vms_are_counted_to_their_hosts(monkeypatch):
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
def test_what_was_not_read_is_not_counted(monkeypatch, options):
    scan = FakeServer([[vm(1)]]).scan(monkeypatch, **options)
    assert set(scan.rows("hosts", ["vm_running", "vcpu_count", "vcpu_per_core"])) == {(None, None, None)}


def test_hosts_can_do_without_the_fields_that_a_total_needs(monkeypatch):
    scan = FakeServer([[vm(1)]]).scan(monkeypatch, fields={"hosts": ["vm_running", "vcpu_per_core"]})
    assert set(scan.rows("hosts", ["vm_running", "vcpu_per_core"])) == {(0, None)}


def test_tags_and_custom_attributes(monkeypatch):
    server = FakeServer([[vm(1, customValue=[{"key": 7, "value": "it-ops"}])], [vm(2)]])
    server.tags = {MoRef("VirtualMachine", "vm-1"): {"Tier": ["gold", "silver"]}}
    server.attributes = {7: "Owner"}
    scan = server.scan(monkeypatch, sections=["vms"], environment=("tag_category", "Tier"))
    columns = ["name", "tags", "custom_attributes", "environment"]
    assert list(scan.rows("vms", columns)) == [("vm1", {"Tier": ["gold", "silver"]}, {"Owner": "it-ops"}, "gold, silver"), ("vm2", None, None, None)]
    assert [len(refs) for refs in server.tagged] == [1, 1]


def test_tags_that_cannot_be_read_are_one_issue(monkeypatch):
    server = FakeServer([[vm(1)], [vm(2)]])
    server.tags = AuthenticationFailed("the login of reader is refused")
    scan = server.scan(monkeypatch)
    assert [(issue.section, issue.kind) for issue in scan.issues()] == [("tags", "authentication")]
    assert (scan.counts["vms"], len(server.tagged)) == (2, 1)


def test_names_of_custom_attributes_that_cannot_be_read_are_an_issue(monkeypatch):
    server = FakeServer([[vm(1, customValue=[{"key": 7, "value": "it-ops"}])]])
    server.attributes = TimedOut("no answer within 30 s")
    scan = server.scan(monkeypatch, sections=["vms"])
    assert list(scan.rows("vms", ["custom_attributes"])) == [({"7": "it-ops"},)]
    assert [(issue.section, issue.kind) for issue in scan.issues()] == [("custom_attributes", "timeout")]


def test_vms_of_a_cluster_are_those_that_the_section_has(monkeypatch):
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


def test_datastores_of_one_store_name_the_first_of_them(monkeypatch):
    urls = ["/vmfs/volumes/1f/", "", "/vmfs/volumes/2e/", "/vmfs/volumes/1f/", None, "/vmfs/volumes/1f/"]
    stores = [ManagedObject(MoRef("Datastore", f"datastore-{number}"), {"name": f"ds{number}", "summary.url": url}, {}) for number, url in enumerate(urls)]
    scan = FakeServer([], small=stores).scan(monkeypatch, sections=["datastores"])
    assert [row[0] for row in scan.rows("datastores", ["duplicate_of"])] == [None, None, None, "ds0", None, "ds0"]
