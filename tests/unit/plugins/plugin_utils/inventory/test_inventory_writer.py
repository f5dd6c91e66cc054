# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.inventory_writer import InventoryWriter, NameCollision


@pytest.fixture
def inventory():
    return InventoryData()


@pytest.fixture
def writer(inventory):
    return InventoryWriter(inventory)


def hosts(inventory, group):
    return [host.name for host in inventory.groups[group].hosts]


def children(inventory, group):
    return [child.name for child in inventory.groups[group].child_groups]


def test_host_is_in_the_last_group_of_a_chain(inventory, writer):
    writer.add_host("web", "north")
    for chain in (("dc", "dc_gold"), ("dc", "dc_gold"), ("dc", "dc_gold", "dc_gold_esx"), ()):
        writer.add_to_nested_groups("web", chain)
    assert (hosts(inventory, "dc"), hosts(inventory, "dc_gold"), hosts(inventory, "dc_gold_esx")) == ([], ["web"], ["web"])
    assert children(inventory, "dc") == ["dc_gold"]


def test_values_that_share_a_group_are_remembered(writer):
    writer.add_host("web", "north")
    for value in ("a b", "a/b", "c"):
        writer.add_to_nested_groups("web", (value,))
    assert writer.raw_names == {"a_b": {"a b", "a/b"}, "c": {"c"}}


def by_chain(writer, host, group):
    writer.add_to_nested_groups(host, (group,))


def by_composed(writer, host, group):
    writer.host_target.add_child(writer.host_target.add_group(group), host)


def by_keyed(writer, host, group):
    writer.group_target.add_host(host, writer.group_target.add_group(group))


@pytest.mark.parametrize("join", [by_chain, by_composed, by_keyed])
@pytest.mark.parametrize("order", ["host first", "group first", "group of another file", "host of another file"])
def test_host_that_is_called_as_a_group_is_a_host(inventory, writer, join, order):
    writer.add_host("sql", "north")
    if order == "group of another file":
        inventory.add_group("db")
    if order == "host of another file":
        inventory.add_host("db")
        writer.host("db")
    if order == "host first":
        writer.add_host("db", "north")
    join(writer, "sql", "db")
    if order != "host of another file":
        writer.add_host("db", "north")
    join(writer, "db", "linux")
    writer.host_target.set_variable("db", "ansible_user", "admin")
    collisions = writer.finish()
    inventory.reconcile_inventory()
    assert hosts(inventory, "db") == ["sql"] and hosts(inventory, "linux") == ["db"]
    assert [children(inventory, group) for group in ("db", "linux", "ungrouped")] == [[], [], []]
    assert inventory.hosts["db"].vars["ansible_user"] == "admin" and not inventory.groups["db"].vars
    assert collisions == [NameCollision("db", "" if order == "host of another file" else "north")]


@pytest.mark.parametrize("join", [by_chain, by_composed, by_keyed])
def test_host_in_the_group_of_its_name(inventory, writer, join):
    writer.add_host("web", "north")
    join(writer, "web", "web")
    assert writer.finish() == [NameCollision("web", "north")]
    inventory.reconcile_inventory()
    assert hosts(inventory, "web") == ["web"] and hosts(inventory, "ungrouped") == []


@pytest.mark.parametrize("later", [False, True])
def test_host_without_a_group_does_not_draw_that_of_its_name_along(inventory, writer, later):
    """Ansible would put the group into ``ungrouped``."""
    writer.add_host("web", "north")
    writer.add_host("db", "north")
    if not later:
        writer.add_to_group("db", "web")
    writer.finish()
    if later:
        inventory.add_group("web")
        inventory.add_host("db", "web")
    inventory.reconcile_inventory()
    assert hosts(inventory, "ungrouped") == ["web"] and children(inventory, "ungrouped") == []


@pytest.mark.parametrize("group", [None, "all", "ungrouped"])
def test_host_of_another_file_does_not_draw_our_group_along(inventory, writer, group):
    inventory.add_host("web", group)
    writer.add_host("db", "north")
    writer.add_to_group("db", "web")
    assert writer.finish() == [NameCollision("web", "")]
    inventory.reconcile_inventory()
    assert hosts(inventory, "ungrouped") == ["web"] and children(inventory, "ungrouped") == []


def test_names_that_others_share_are_none_of_ours(inventory, writer):
    inventory.add_host("web")
    inventory.add_group("web")
    writer.add_host("db", "north")
    assert writer.finish() == []


def test_where_a_host_comes_from_is_not_noted_on_the_group_of_its_name(inventory, writer, tmp_path):
    path = tmp_path / "site.vmware_inventory.yml"
    path.touch()
    inventory.current_source = str(path)
    inventory.add_group("web")
    host = writer.add_host("web", "north")
    assert (host.vars["inventory_file"], host.vars["inventory_dir"]) == (str(path), str(tmp_path))
    assert inventory.groups["web"].vars == {}
    host.set_variable("inventory_file", "first")
    assert writer.add_host("web", "south").vars["inventory_file"] == "first"


@pytest.mark.parametrize("join", [by_chain, by_composed, by_keyed])
@pytest.mark.parametrize("name", ["all", "ungrouped"])
def test_group_is_never_one_of_ansibles_own(inventory, writer, join, name):
    writer.add_host("web", "north")
    writer.add_host("db", "north")
    join(writer, "web", name)
    writer.finish()
    inventory.reconcile_inventory()
    assert hosts(inventory, f"{name}_") == ["web"] and hosts(inventory, "ungrouped") == ["db"] and hosts(inventory, "all") == []
    assert writer.renamed == {name: f"{name}_"}


def test_groups_may_lie_in_all(inventory, writer):
    writer.add_host("web", "north")
    writer.add_to_group("web", "prod")
    writer.group_target.add_child("all", "prod")
    writer.add_to_nested_groups("web", ("all", "all_gold"))
    assert children(inventory, "all_") == ["all_gold"] and "prod" in inventory.groups
    writer.finish()
    inventory.reconcile_inventory()
    assert {"prod", "all_", "ungrouped"} == set(children(inventory, "all"))


def test_groups_that_would_hold_each_other(inventory, writer):
    writer.add_host("web", "north")
    writer.group_target.add_child("gold", "gold")
    for outer, inner in (("madrid", "gold"), ("gold", "madrid"), ("gold", "madrid")):
        writer.group_target.add_child(outer, inner)
    assert children(inventory, "madrid") == ["gold"] and children(inventory, "gold") == []
    assert writer.cycles == [("gold", "madrid")]


def test_group_without_a_name_is_none(inventory, writer):
    writer.add_host("web", "north")
    by_keyed(writer, "web", "")
    writer.finish()
    assert hosts(inventory, "ungrouped") == ["web"]
