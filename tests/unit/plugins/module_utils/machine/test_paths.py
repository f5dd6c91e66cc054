# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import (
    Level,
    WrittenPath,
    inventory_paths,
    levels_of,
    listed,
    shown,
    spellings,
    stored,
    vm_levels,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

VM = [Level("Spain"), Level("Madrid"), Level("vm", True), Level("Prod"), Level("web-1")]


@pytest.mark.parametrize(
    ("written", "leads"),
    [
        ("/Spain/Madrid/Prod/web-1", True),
        ("/Spain/Madrid/vm/Prod/web-1", True),
        ("/Spain/Madrid/vm/Prod/web-1/", True),
        ("//Spain/Madrid//Prod/web-1", True),
        ("/Madrid/Prod/web-1", False),
        ("/Prod/web-1", False),
        ("/Spain/Madrid/web-1", False),
        ("/Spain/vm/Madrid/Prod/web-1", False),
        ("/Spain/Madrid/prod/web-1", False),
        ("Madrid/Prod/web-1", True),
        ("Madrid/vm/Prod/web-1", True),
        ("vm/Prod/web-1", True),
        ("Prod/web-1", True),
        ("web-1", True),
        ("vm/web-1", False),
        ("Lisbon/Spain/Madrid/Prod/web-1", False),
        ("/", False),
    ],
)
def test_ways_to_write_a_path(written, leads):
    assert WrittenPath.of(written).leads_to(VM) is leads


def test_a_folder_called_vm_is_told_from_the_level_of_that_name():
    inside = [Level("Madrid"), Level("vm", True), Level("vm"), Level("web-1")]
    assert WrittenPath.of("/Madrid/vm/vm/web-1").leads_to(inside)
    assert WrittenPath.of("/Madrid/vm/web-1").leads_to(inside)
    assert not WrittenPath.of("/Madrid/web-1").leads_to(inside)
    assert not WrittenPath.of("/Madrid/vm/vm/web-1").leads_to([Level("Madrid"), Level("vm", True), Level("web-1")])


@pytest.mark.parametrize("written", ["/Madrid/a%2fb/c", "/Madrid/a%2Fb/c"])
def test_slashes_in_names_are_escaped_in_paths(written):
    assert WrittenPath.of(written).leads_to([Level("Madrid"), Level("a/b"), Level("c")])


@pytest.mark.parametrize("written", ["a/b", "a%2fb", "a%2Fb"])
def test_a_name_may_be_written_with_its_slash(written):
    assert WrittenPath.of(written).leads_to([Level("Madrid"), Level("a/b")])


@pytest.mark.parametrize(
    "names",
    [("Madrid", "web-1"), ("100%", "50%20x"), ("a/b", "c\\d"), ("a%2fb", "%25"), ("数据库", "🦆 1"), ("%%2f", "%"), (" ", ".")],
)
def test_a_path_that_is_shown_can_be_written(names):
    levels = [Level("Madrid"), Level("vm", True), *map(Level, names)]
    assert WrittenPath.of(shown(levels)).leads_to(levels)
    assert "/vm/" not in shown(levels)


def test_names_mean_themselves_or_what_their_escapes_say():
    assert spellings("web") == ("web",)
    assert spellings("a%2fb%5C%25") == ("a%2fb%5C%25", "a/b\\%")
    assert spellings("50%20x") == ("50%20x",), "servers escape three characters alone"


@pytest.mark.parametrize(("written", "kept"), [("a/b", "a%2fb"), ("a%2fb", "a%2fb"), ("100%", "100%25"), ("%25", "%25"), ("a\\b", "a%5cb"), ("%2", "%252")])
def test_names_as_servers_keep_them(written, kept):
    assert stored(written) == kept


def test_paths_for_the_search_of_the_server_have_the_level_below_the_datacenter():
    assert list(inventory_paths(WrittenPath.of("/Spain/Madrid/web-1"))) == ["Spain/vm/Madrid/web-1", "Spain/Madrid/vm/web-1"]
    assert list(inventory_paths(WrittenPath.of("/Madrid/vm/100%"))) == ["Madrid/vm/100%25", "Madrid/vm/vm/100%25", "Madrid/vm/vm/100%25"]


@pytest.fixture
def topology():
    places = {
        "Folder:group-d1": ("Datacenters", None),
        "Folder:group-d2": ("Spain", "Folder:group-d1"),
        "Datacenter:dc-1": ("Madrid", "Folder:group-d2"),
        "Folder:group-v1": ("vm", "Datacenter:dc-1"),
        "Folder:group-v2": ("Prod", "Folder:group-v1"),
        "Folder:group-h1": ("host", "Datacenter:dc-1"),
        "ClusterComputeResource:c-1": ("gold", "Folder:group-h1"),
        "HostSystem:host-1": ("esx1", "ClusterComputeResource:c-1"),
        "ComputeResource:s-1": ("esx2", "Folder:group-h1"),
        "HostSystem:host-2": ("esx2", "ComputeResource:s-1"),
        "ResourcePool:pool-1": ("Resources", "ClusterComputeResource:c-1"),
        "ResourcePool:pool-2": ("web", "ResourcePool:pool-1"),
        "ResourcePool:pool-3": ("Resources", "ComputeResource:s-1"),
        "VirtualApp:app-1": ("shop", "ResourcePool:pool-2"),
        "VirtualApp:app-2": ("db", "VirtualApp:app-1"),
        "StoragePod:pod-1": ("fast", "Folder:group-s1"),
        "Folder:group-s1": ("datastore", "Datacenter:dc-1"),
        "Datastore:ds-1": ("ds1", "StoragePod:pod-1"),
    }
    found = Topology()
    for ref, (name, parent) in places.items():
        properties = {"name": name, **({"parent": MoRef(*parent.split(":"))} if parent else {})}
        if ref == "VirtualApp:app-1":
            properties["parentFolder"] = MoRef("Folder", "group-v2")
        found.add([ManagedObject(MoRef(*ref.split(":")), properties, {})])
    found.complete()
    return found


@pytest.mark.parametrize(
    ("ref", "path", "others"),
    [
        ("Datacenter:dc-1", "/Spain/Madrid", ["Madrid", "Spain/Madrid"]),
        ("Folder:group-v1", "/Spain/Madrid/vm", ["/Spain/Madrid", "vm"]),
        ("Folder:group-v2", "/Spain/Madrid/Prod", ["/Spain/Madrid/vm/Prod", "Prod"]),
        ("ClusterComputeResource:c-1", "/Spain/Madrid/gold", ["/Spain/Madrid/host/gold", "host/gold", "gold"]),
        ("HostSystem:host-1", "/Spain/Madrid/gold/esx1", ["gold/esx1", "esx1"]),
        ("HostSystem:host-2", "/Spain/Madrid/esx2", ["/Spain/Madrid/host/esx2/esx2", "esx2"]),
        ("ResourcePool:pool-1", "/Spain/Madrid/gold/Resources", ["/Spain/Madrid/gold", "gold", "gold/Resources"]),
        ("ResourcePool:pool-2", "/Spain/Madrid/gold/web", ["gold/Resources/web", "gold/web", "web"]),
        ("ResourcePool:pool-3", "/Spain/Madrid/esx2/Resources", ["esx2"]),
        ("VirtualApp:app-2", "/Spain/Madrid/gold/web/shop/db", ["shop/db"]),
        ("StoragePod:pod-1", "/Spain/Madrid/fast", ["fast"]),
        ("Datastore:ds-1", "/Spain/Madrid/ds1", ["/Spain/Madrid/datastore/fast/ds1", "fast/ds1", "ds1"]),
    ],
)
def test_levels_of_places(topology, ref, path, others):
    levels = levels_of(topology, MoRef(*ref.split(":")))
    assert shown(levels) == path
    for written in (path, *others):
        assert WrittenPath.of(written).leads_to(levels), written


def test_a_vapp_is_a_level_of_its_machines(topology):
    app, inner, folder = MoRef("VirtualApp", "app-1"), MoRef("VirtualApp", "app-2"), MoRef("Folder", "group-v2")
    assert shown(vm_levels(topology, folder, None, "a/b")) == "/Spain/Madrid/Prod/a%2fb"
    assert shown(vm_levels(topology, None, app, "web")) == "/Spain/Madrid/Prod/shop/web"
    assert shown(vm_levels(topology, None, inner, "web")) == "/Spain/Madrid/Prod/shop/db/web"
    assert shown(vm_levels(topology, None, None, "lost")) == "/lost"
    assert shown(vm_levels(topology, MoRef("Folder", "group-v99"), None, "web")) == "/group-v99/web", "of a folder that the account does not see"


def test_few_paths_are_listed():
    assert listed(["/b", "/a"]) == "/a, /b"
    assert listed([f"/{number}" for number in range(9)]) == "/0, /1, /2, /3, /4 and 4 more"
