# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole scans of a server with wrong replies: each ends soon, as a failed scan or with issues that name what is wrong."""

from __future__ import annotations

import time
from itertools import count

import pytest
from hostile_vcenter import PASSWORD, TOPOLOGY, HostileVcenter, Reply, Xml, envelope, fault, machine, managed_object, missing, page, reference

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection

_NEXT = "ContinueRetrievePropertiesEx"
_STRUCTURE = Xml("<val><a>1</a></val>")


def host(**properties):
    return managed_object("HostSystem", "host-9", {"name": "esx", **{path.replace("__", "."): value for path, value in properties.items()}})


def scan(*arguments, **parts):
    """Scan a server with these replies. It must not take long, log out, and repeat no password."""
    began = time.monotonic()
    with HostileVcenter(*arguments, **parts) as server:
        found = server.scan()
        assert server.asked("Login") == server.asked("Logout")
    assert time.monotonic() - began < 20
    assert PASSWORD not in found.head.error + "".join(issue.message for issue in found.issues())
    return found


WRONG_TOPOLOGY = {
    "name of a folder is a structure": (managed_object("Folder", "g-9", name=_STRUCTURE), "name"),
    "name of a folder is a megabyte": (managed_object("Folder", "g-9", name="x" * 1_000_000), "name"),
    "parent is a text": (managed_object("Folder", "g-9", name="n", parent="group-d1"), "parent"),
    "port groups are a text": (host(config__network__portgroup="text"), "config.network.portgroup"),
    "port group is a text": (host(config__network__portgroup=Xml("<HostPortGroup>x</HostPortGroup>")), "config.network.portgroup"),
    "VLAN is no number": (
        host(config__network__portgroup=Xml("<HostPortGroup><spec><vlanId>many</vlanId></spec></HostPortGroup>")),
        "config.network.portgroup",
    ),
    "CPU model is a structure": (host(summary__hardware__cpuModel=_STRUCTURE), "summary.hardware.cpuModel"),
    "key is a structure": (managed_object("DistributedVirtualPortgroup", "d-9", name="n", key=_STRUCTURE), "key"),
    "id of a reference is a megabyte": (managed_object("Folder", "g-9", name="n", parent=reference("Folder", "x" * 1_000_000)), "parent"),
}


@pytest.mark.parametrize(("topology", "path"), WRONG_TOPOLOGY.values(), ids=WRONG_TOPOLOGY)
def test_property_of_the_topology_of_another_type_is_an_issue(topology, path):
    found = scan(topology=TOPOLOGY + topology)
    assert found.head.status == "partial"
    issues = [issue for issue in found.issues() if issue.property == path]
    assert {issue.kind for issue in issues} == {"unreadable"}
    assert {issue.object for issue in issues} <= {"n", "esx", "g-9"}
    assert found.counts["vms"] == 1


WRONG_MACHINES = {
    "number of 30 digits": ({"config.hardware.numCPU": Xml(f'<val xsi:type="xsd:int">{"9" * 30}</val>')}, "vcpu"),
    "number is a text": ({"config.hardware.numCPU": "many"}, "vcpu"),
    "number is a structure": ({"config.hardware.memoryMB": _STRUCTURE}, "ram_mb"),
    "size is no number": ({"summary.storage.committed": Xml('<val xsi:type="xsd:double">NaN</val>')}, "used_gb"),
    "text is a structure": ({"config.annotation": _STRUCTURE}, "annotation"),
    "devices are a text": ({"config.hardware.device": "text"}, "disk_count"),
    "device is a text": ({"config.hardware.device": Xml("<VirtualDevice>x</VirtualDevice>")}, "disk_count"),
    "part of a device is a structure": (
        {"config.hardware.device": Xml('<VirtualDevice xsi:type="VirtualDisk"><capacityInKB><a/></capacityInKB></VirtualDevice>')},
        "storage_total_gb",
    ),
    "addresses are structures": ({"guest.net": Xml("<GuestNicInfo><ipAddress><a/></ipAddress></GuestNicInfo>")}, "ip_addresses"),
    "host is a text": ({"runtime.host": "esx"}, "host"),
    "time is no time": ({"runtime.bootTime": "yesterday"}, "boot_time"),
    "time before the year 1": ({"runtime.bootTime": "0001-01-01T00:00:00+14:00"}, "boot_time"),
    "snapshots without end": (
        {"snapshot.rootSnapshotList": Xml("<Tree>" + "<childSnapshotList>" * 260 + "</childSnapshotList>" * 260 + "</Tree>")},
        "snapshot_count",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("properties", "field"), WRONG_MACHINES.values(), ids=WRONG_MACHINES)
def test_property_of_a_vm_of_another_type_is_the_only_one_missing(properties, field):
    found = scan(machines=machine(1, properties) + machine(2))
    assert found.head.status == "partial"
    assert list(found.rows("vms", ["name", "power_state", field]))[0] == ("vm1", "poweredOn", None)
    assert found.counts["vms"] == 2
    assert {(issue.object, issue.kind) for issue in found.issues()} == {("vm1", "unreadable")}
    assert any(path in issue.property for path in properties for issue in found.issues())


def test_name_that_is_a_structure_or_missing_is_the_id():
    lost = machine(1, {"name": _STRUCTURE}, missing("runtime.host"))
    found = scan(machines=lost + machine(2))
    assert [row[0] for row in found.rows("vms", ["name"])] == ["vm-1", "vm2"]
    assert {issue.object for issue in found.issues()} == {"vm-1"}


PARENT_CYCLES = {
    "itself": [("group-x", "group-x")],
    "two of each other": [("group-x", "group-y"), ("group-y", "group-x")],
    "a way into a cycle": [("group-x", "group-y"), ("group-y", "group-z"), ("group-z", "group-y")],
    "ten thousand": [(f"group-{number or 'x'}", f"group-{number + 1}") for number in range(10_000)],
}


@pytest.mark.parametrize("parents", PARENT_CYCLES.values(), ids=PARENT_CYCLES)
@pytest.mark.parametrize("kind", ["Folder", "ResourcePool"])
def test_parents_that_form_a_loop_are_an_issue(parents, kind):
    topology = "".join(managed_object(kind, moid, name=moid, parent=reference(kind, parent)) for moid, parent in parents)
    owner = {"parent" if kind == "Folder" else "resourcePool": reference(kind, "group-x")}
    began = time.process_time()
    found = scan(topology=TOPOLOGY + topology, machines="".join(machine(number, owner) for number in range(100)))
    assert time.process_time() - began < 10
    assert found.counts["vms"] == 100
    issues = [issue for issue in found.issues() if issue.property == "parent" and issue.kind == "unreadable" and "loop" in issue.message]
    assert len(issues) == 1 or len(parents) > 100


def test_objects_of_earlier_pages_count_once():
    pages = (page(machine(1), f"T{number}", _NEXT) if number < 5 else page(machine(2), "", _NEXT) for number in count())
    found = scan({_NEXT: lambda server, request: next(pages), "RetrievePropertiesEx": first_page_with_a_token})
    assert list(found.rows("vms", ["name"])) == [("vm1",), ("vm2",)]
    assert [(issue.section, issue.message.split()[0]) for issue in found.issues()] == [("vms", "5")]


def first_page_with_a_token(server, request):
    return page(server.machines, "T") if b"<type>VirtualMachine</type>" in request.body else None


@pytest.mark.parametrize("objects", [machine(1), "", machine(2) + machine(2)], ids=["seen", "empty", "twice in one page"])
@pytest.mark.parametrize("changes", [False, True], ids=["same token", "other tokens"])
def test_endless_pages_are_an_error(objects, changes):
    numbers = count()
    found = scan({_NEXT: lambda server, request: page(objects, f"T{next(numbers) * changes}", _NEXT), "RetrievePropertiesEx": first_page_with_a_token})
    assert found.head.status == "partial"
    assert "vms" not in found.counts
    assert [issue.kind for issue in found.issues() if issue.section == "vms"] == ["fault"]
    assert next(numbers) < 30


CHECKS = {
    "version is a structure": {"about": {"apiVersion": "<x>1</x>"}},
    "version twice": {"about": {"version": "8.0.2</version><version>8.0.3"}},
    "version of superscripts": {"about": {"apiVersion": "8.\u00b2"}},
    "version of 5,000 digits": {"about": {"apiVersion": "9" * 5000}},
    "name of a megabyte": {"about": {"name": "x" * 1_000_000}},
    "session key is a structure": {"user": {"key": "<a>1</a>"}},
    "user is a megabyte": {"user": {"userName": "x" * 1_000_000}},
    "clock of the year 1": {"clock": "0001-01-01T00:00:00+14:00"},
    "clock of no time": {"clock": "<a/>"},
    "session is a text": {"answers": {"Login": envelope("<LoginResponse><returnval>x</returnval></LoginResponse>")}},
    "view is a text": {"answers": {"CreateContainerView": envelope("<CreateContainerViewResponse><returnval>x</returnval></CreateContainerViewResponse>")}},
    "everything is nothing": {"answers": {"RetrievePropertiesEx": envelope("<RetrievePropertiesExResponse/>")}},
    "document type": {"answers": {"RetrieveServiceContent": '<?xmlx ><x ?><!DOCTYPE a [<!ENTITY b "c">]>' + envelope("").split("?>")[1]}},
}


@pytest.mark.parametrize("parts", CHECKS.values(), ids=CHECKS)
def test_wrong_values_about_the_server(parts):
    found = scan(**parts)
    assert found.head.status in ("ok", "partial") or found.head.error_kind in ("fault", "not_vsphere")
    with HostileVcenter(**parts) as server:
        checked = check_connection(server.connection(), SECTIONS.values())
    assert checked["ok"] or checked["kind"] in ("fault", "not_vsphere", "permission")


def test_custom_attributes_that_are_a_text_or_of_no_manager():
    for parts in ({"attributes": "<CustomFieldDef>key name</CustomFieldDef>"}, {"answers": {"RetrievePropertiesEx": without_attributes}}):
        found = scan(**parts)
        (issue,) = found.issues()
        assert (issue.section, issue.kind, found.counts["vms"]) == ("custom_attributes", "fault", 1)
        assert "session" not in issue.message


def without_attributes(server, request):
    return fault("ManagedObjectNotFound", "gone") if b"CustomFieldsManager" in request.body else None


def test_vms_among_the_topology_and_odd_ids():
    odd = managed_object("VirtualMachine", "../%2f&amp; \u202e\U0001f986'\"", name="odd")
    found = scan(topology=TOPOLOGY + machine(7) + odd, machines=odd + machine(1))
    assert [row[0] for row in found.rows("vms", ["name"])] == ["odd", "vm1"]


def test_missing_set_of_structures():
    found = scan(machines=machine(1, inside="<missingSet><path>runtime.host</path><fault><fault><a><b/></a></fault></fault></missingSet>") + machine(2))
    assert found.counts["vms"] == 2
    assert {issue.property for issue in found.issues()} == {"runtime.host"}


def test_secret_that_a_server_repeats_is_masked():
    message = f"bad password {PASSWORD} of reader"
    for answers in ({"Login": fault("NotSupported", message)}, {"Login": Reply("", f"404 {message}")}):
        with HostileVcenter(answers) as server:
            for error in (server.scan().head.error, check_connection(server.connection(), [])["error"]):
                assert "bad password ******** of reader" in error
    found = scan(machines=machine(1, inside=missing("guest.hostName", "NoPermission", message)))
    assert [issue.message for issue in found.issues() if issue.property == "guest.hostName"] == ["NoPermission: bad password ******** of reader"]
