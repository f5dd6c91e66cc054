# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.inventory.group import to_safe_group_name

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, takes_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.hosts import Machine
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.vm_inventory_compat import DEFAULT_PROPERTIES, CompatOptions

ROOT, DATACENTER, VM_ROOT = MoRef("Folder", "group-d1"), MoRef("Datacenter", "datacenter-2"), MoRef("Folder", "group-v3")
WEB, CLUSTER, HOST = MoRef("Folder", "group-v4"), MoRef("ClusterComputeResource", "domain-c7"), MoRef("HostSystem", "host-9")
TOPOLOGY = Topology(
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


def wanted(compat, properties, **row):
    """Variables and what expressions see, of a VM that is shown."""
    one = machine(**row)
    assert compat.apply_to(one, properties, lambda name: to_safe_group_name(name, force=True, silent=True))
    return {name: value for name, value in one.variables.items() if name != "vmware"}, one


def value(compat, key, raw):
    (field,) = [field for field in compat.section.fields if field.key == key]
    return field.compute(*([ScanContext(TOPOLOGY)] if takes_context(field.compute) else []), raw)


def test_properties_are_a_section_of_their_own():
    compat = CompatOptions.of({})
    expected = ["moid", "vm", *(name for name in DEFAULT_PROPERTIES if name != "customValue"), "runtime.connectionState", "path"]
    assert [field.key for field in compat.section.fields] == expected
    assert "customValue" not in compat.section.properties and compat.custom_values
    assert compat.section.shapes["config.hardware.numCPU"] is int and compat.section.shapes["config.template"] is bool
    assert (compat.path, compat.with_tags, compat.sanitized, list(compat.scopes)) == (None, False, False, [])


def test_properties_become_nested_variables():
    compat = CompatOptions.of({"properties": ["name", "config.guestId", "config.hardware", "guest.ipAddress", "customValue"]})
    properties = {
        "moid": "vm-1", "name": "web", "config.guestId": "rhel9", "config.hardware": {"numCPU": 4}, "guest.ipAddress": None,
        "runtime.connectionState": "connected", "path": "Datacenters/Madrid",
    }  # fmt: skip
    variables, one = wanted(compat, properties, custom_attributes={"Owner": "Ann", "name": "x", "Cost centre": "7", "hosts": "y"})
    assert variables == {"config": {"guestId": "rhel9", "hardware": {"numCPU": 4}}, "runtime": {"connectionState": "connected"}, "Owner": "Ann"}
    assert one.expression_variables["Cost centre"] == "7" and one.expression_variables["vmware"] is one.row, (
        "what no variable may be called is seen by expressions"
    )


def test_property_and_parts_of_it_are_put_together():
    compat = CompatOptions.of({"properties": ["config", "config.name", "config.hardware"]})
    whole = {"name": "whole", "version": "vmx-19", "hardware": {"numCPU": 4}}
    for order in (("config", "config.name"), ("config.name", "config")):
        properties = {path: {"config": whole, "config.name": "part"}[path] for path in order}
        assert wanted(compat, properties)[0]["config"] == {**whole, "name": "part"}


def test_names_that_ansible_reserves_are_seen_and_are_no_variables():
    compat = CompatOptions.of({"properties": ["name"], "with_tags": True})
    variables, one = wanted(compat, {"name": "web"}, tags={"Environment": ["Prod", "Gold"], "Team": ["Web"]})
    assert set(variables) == {"categories", "tag_category"}
    assert (variables["categories"], variables["tag_category"]) == (["Environment", "Environment", "Team"], {"Environment": ["Prod", "Gold"], "Team": ["Web"]})
    assert one.expression_variables["tags"] == ["Prod", "Gold", "Web"]


@pytest.mark.parametrize(("state", "there"), [("connected", True), (None, True), ("disconnected", False), ("orphaned", False), ("inaccessible", False)])
def test_vm_that_is_out_of_reach_is_not_shown(state, there):
    assert CompatOptions.of({}).apply_to(machine(), {"runtime.connectionState": state}, str) == there


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
    compat = CompatOptions.of({"with_path": with_path})
    variables, one = wanted(compat, {"path": path})
    assert compat.folders(one) == groups
    assert variables.get("path") == (path if groups else None)


def test_path_of_a_vm():
    compat = CompatOptions.of({"with_path": True})
    assert value(compat, "path", WEB) == "Datacenters/Madrid/vm/Web / Live"
    assert value(compat, "path", None) is None


def test_names_in_snake_case():
    compat = CompatOptions.of({"properties": ["config.guestId", "customValue"], "with_sanitized_property_name": True})
    variables, _one = wanted(compat, {"config.guestId": "rhel9", "guest.toolsStatus": "ok"}, custom_attributes={"Cost centre": "7", "Environment": "x"})
    assert variables == {
        "cost_centre": "7",
        "config": {"guest_id": "rhel9"},
        "config_guest_id": "rhel9",
        "guest": {"tools_status": "ok"},
        "guest_tools_status": "ok",
    }


def test_parts_of_properties():
    compat = CompatOptions.of(
        {
            "properties": ["config.files"],
            "subproperties": [
                {"property": "runtime.host", "subelements": ["name", "parent.name", "parent.parent.name"]},
                {"property": "config.files", "subelements": ["vmPathName"]},
            ],
        }
    )
    keys = {field.key for field in compat.section.fields}
    assert keys >= {"runtime.host.name", "runtime.host.parent.name", "config.files.vmPathName"} and not keys & {"config.files", "runtime.host"}
    assert [value(compat, f"runtime.host.{part}", HOST) for part in ("name", "parent.name", "parent.parent.name")] == ["esx1", "gold", "Madrid"]
    assert value(compat, "runtime.host.name", None) is None
    assert value(compat, "config.files.vmPathName", {"vmPathName": "[ds] web.vmx"}) == "[ds] web.vmx"
    assert value(compat, "config.files.vmPathName", {}) is value(compat, "config.files.vmPathName", None) is None


def test_what_is_named_twice_is_read_once():
    again = [{"property": "runtime.host", "subelements": [part, "name"]} for part in ("name", "parent.name")]
    compat = CompatOptions.of({"properties": ["name", "all", "name", "config.guestId", "config.guestId"], "subproperties": again})
    keys = [field.key for field in compat.section.fields]
    assert len(keys) == len(set(keys))
    assert {"runtime.host.name", "runtime.host.parent.name", "config.guestId", "guest"} <= set(keys)


def test_all_properties():
    compat = CompatOptions.of({"properties": ["all"]})
    assert compat.section.properties.keys() >= {"config", "guest", "runtime", "summary", "name", "datastore"}


def test_unknown_property_is_requested():
    compat = CompatOptions.of({"properties": ["config.colour"]})
    assert "config.colour" in compat.section.properties and value(compat, "config.colour", "red") == "red"


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
    compat = CompatOptions.of({"resources": resources})
    assert [[(step.kind, list(step.names)) for step in scope] for scope in compat.scopes] == scopes
