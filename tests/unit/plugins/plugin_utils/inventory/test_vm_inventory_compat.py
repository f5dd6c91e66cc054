# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.inventory.group import to_safe_group_name

from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject, MoRef
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.hosts import Machine
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.vm_inventory_compat import DEFAULT_PROPERTIES, Ways

ROOT, DATACENTER, VM_ROOT = MoRef("Folder", "group-d1"), MoRef("Datacenter", "datacenter-2"), MoRef("Folder", "group-v3")
WEB, CLUSTER, HOST = MoRef("Folder", "group-v4"), MoRef("ClusterComputeResource", "domain-c7"), MoRef("HostSystem", "host-9")
LOOKUP = Topology(
    ManagedObject(ref, properties, {})
    for ref, properties in {
        DATACENTER: {"name": "Madrid", "parent": ROOT},
        VM_ROOT: {"name": "vm", "parent": DATACENTER},
        WEB: {"name": "Web %2f Live", "parent": VM_ROOT},
        CLUSTER: {"name": "gold", "parent": DATACENTER},
        HOST: {"name": "esx1", "parent": CLUSTER},
    }.items()
)


def machine(**row):
    row = {"moid": "vm-1", "name": "web", "tags": None, "custom_attributes": None, **row}
    return Machine("north", "vms", row, None, {"vmware": row})


def shown(ways, properties, **row):
    """Variables and what expressions see, of a VM that is shown."""
    one = machine(**row)
    assert ways.shows(one, properties, lambda name: to_safe_group_name(name, force=True, silent=True))
    return {name: value for name, value in one.variables.items() if name != "vmware"}, one


def value(ways, key, raw):
    (field,) = [field for field in ways.section.fields if field.key == key]
    return field.compute(LOOKUP, raw)


def test_properties_are_a_section_of_their_own():
    ways = Ways.of({})
    expected = ["moid", "vm", *(name for name in DEFAULT_PROPERTIES if name != "customValue"), "runtime.connectionState", "path"]
    assert [field.key for field in ways.section.fields] == expected
    assert "customValue" not in ways.section.properties and ways.custom_values
    assert ways.section.shapes["config.hardware.numCPU"] is int and ways.section.shapes["config.template"] is bool
    assert (ways.path, ways.with_tags, ways.sanitized, list(ways.scopes)) == (None, False, False, [])


def test_properties_become_nested_variables():
    ways = Ways.of({"properties": ["name", "config.guestId", "config.hardware", "guest.ipAddress", "customValue"]})
    properties = {
        "moid": "vm-1", "name": "web", "config.guestId": "rhel9", "config.hardware": {"numCPU": 4}, "guest.ipAddress": None,
        "runtime.connectionState": "connected", "path": "Datacenters/Madrid",
    }  # fmt: skip
    variables, one = shown(ways, properties, custom_attributes={"Owner": "Ann", "name": "x", "Cost centre": "7", "hosts": "y"})
    assert variables == {"config": {"guestId": "rhel9", "hardware": {"numCPU": 4}}, "runtime": {"connectionState": "connected"}, "Owner": "Ann"}
    assert one.seen["Cost centre"] == "7" and one.seen["vmware"] is one.row, "what no variable may be called is seen by expressions"


def test_property_and_parts_of_it_are_put_together():
    ways = Ways.of({"properties": ["config", "config.name", "config.hardware"]})
    whole = {"name": "whole", "version": "vmx-19", "hardware": {"numCPU": 4}}
    for order in (("config", "config.name"), ("config.name", "config")):
        properties = {path: {"config": whole, "config.name": "part"}[path] for path in order}
        assert shown(ways, properties)[0]["config"] == {**whole, "name": "part"}


def test_names_that_ansible_reserves_are_seen_and_are_no_variables():
    ways = Ways.of({"properties": ["name"], "with_tags": True})
    variables, one = shown(ways, {"name": "web"}, tags={"Environment": ["Prod", "Gold"], "Team": ["Web"]})
    assert set(variables) == {"categories", "tag_category"}
    assert (variables["categories"], variables["tag_category"]) == (["Environment", "Environment", "Team"], {"Environment": ["Prod", "Gold"], "Team": ["Web"]})
    assert one.seen["tags"] == ["Prod", "Gold", "Web"]


@pytest.mark.parametrize(("state", "there"), [("connected", True), (None, True), ("disconnected", False), ("orphaned", False), ("inaccessible", False)])
def test_vm_that_is_out_of_reach_is_not_shown(state, there):
    assert Ways.of({}).shows(machine(), {"runtime.connectionState": state}, str) == there


@pytest.mark.parametrize(
    ("with_path", "path", "groups"),
    [
        (None, "Datacenters/Madrid/vm", []),
        (False, "Datacenters/Madrid/vm", []),
        (True, "Datacenters/Madrid/vm", ["Datacenters", "Datacenters/Madrid", "Datacenters/Madrid/vm"]),
        ("estate", "Datacenters/Madrid", ["estate", "estate/Datacenters", "estate/Datacenters/Madrid"]),
    ],
)
def test_folders_are_groups(with_path, path, groups):
    ways = Ways.of({"with_path": with_path})
    variables, one = shown(ways, {"path": path})
    assert ways.folders(one) == groups
    assert variables.get("path") == (path if groups else None)


def test_path_of_a_vm():
    ways = Ways.of({"with_path": True})
    assert value(ways, "path", WEB) == "Datacenters/Madrid/vm/Web / Live"
    assert value(ways, "path", None) is None


def test_names_in_snake_case():
    ways = Ways.of({"properties": ["config.guestId", "customValue"], "with_sanitized_property_name": True})
    variables, _one = shown(ways, {"config.guestId": "rhel9", "guest.toolsStatus": "ok"}, custom_attributes={"Cost centre": "7", "Environment": "x"})
    assert variables == {
        "cost_centre": "7",
        "config": {"guest_id": "rhel9"},
        "config_guest_id": "rhel9",
        "guest": {"tools_status": "ok"},
        "guest_tools_status": "ok",
    }


def test_parts_of_properties():
    ways = Ways.of(
        {
            "properties": ["config.files"],
            "subproperties": [
                {"property": "runtime.host", "subelements": ["name", "parent.name", "parent.parent.name"]},
                {"property": "config.files", "subelements": ["vmPathName"]},
            ],
        }
    )
    keys = {field.key for field in ways.section.fields}
    assert keys >= {"runtime.host.name", "runtime.host.parent.name", "config.files.vmPathName"} and not keys & {"config.files", "runtime.host"}
    assert [value(ways, f"runtime.host.{part}", HOST) for part in ("name", "parent.name", "parent.parent.name")] == ["esx1", "gold", "Madrid"]
    assert value(ways, "runtime.host.name", None) is None
    assert value(ways, "config.files.vmPathName", {"vmPathName": "[ds] web.vmx"}) == "[ds] web.vmx"
    assert value(ways, "config.files.vmPathName", {}) is value(ways, "config.files.vmPathName", None) is None


def test_what_is_named_twice_is_read_once():
    again = [{"property": "runtime.host", "subelements": [part, "name"]} for part in ("name", "parent.name")]
    ways = Ways.of({"properties": ["name", "all", "name", "config.guestId", "config.guestId"], "subproperties": again})
    keys = [field.key for field in ways.section.fields]
    assert len(keys) == len(set(keys))
    assert {"runtime.host.name", "runtime.host.parent.name", "config.guestId", "guest"} <= set(keys)


def test_all_properties():
    ways = Ways.of({"properties": ["all"]})
    assert ways.section.properties.keys() >= {"config", "guest", "runtime", "summary", "name", "datastore"}


def test_property_that_nobody_knows_is_asked_for_all_the_same():
    ways = Ways.of({"properties": ["config.colour"]})
    assert "config.colour" in ways.section.properties and value(ways, "config.colour", "red") == "red"


@pytest.mark.parametrize(
    ("resources", "scopes"),
    [
        ([], []),
        ([{"datacenter": ["a", "b"]}], [[("datacenter", ["a", "b"])]]),
        (
            [
                {"datacenter": ["a"], "resources": [{"compute_resource": ["c"], "resources": [{"host_system": ["h"]}]}, {"folder": ["f"]}]},
                {"resource_pool": ["p"]},
            ],
            [
                [("datacenter", ["a"]), ("compute_resource", ["c"]), ("host_system", ["h"])],
                [("datacenter", ["a"]), ("folder", ["f"])],
                [("resource_pool", ["p"])],
            ],
        ),
        ([{"datacenter": [], "resources": [{"folder": ["f"]}]}], [[("folder", ["f"])]]),
        ([{"datacenter": ["a"]}, {"folder": []}], []),
    ],
)
def test_resources_are_scopes(resources, scopes):
    ways = Ways.of({"resources": resources})
    assert [[(step.kind, list(step.names)) for step in scope] for scope in ways.scopes] == scopes
