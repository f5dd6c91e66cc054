# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.filling import Filling, Meeting


@pytest.fixture
def inventory():
    return InventoryData()


@pytest.fixture
def filling(inventory):
    return Filling(inventory)


def hosts(inventory, group):
    return [host.name for host in inventory.groups[group].hosts]


def children(inventory, group):
    return [child.name for child in inventory.groups[group].child_groups]


def test_host_is_in_the_last_group_of_a_chain(inventory, filling):
    filling.add("web", "north")
    for chain in (("dc", "dc_gold"), ("dc", "dc_gold"), ("dc", "dc_gold", "dc_gold_esx"), ()):
        filling.join_chain("web", chain)
    assert (hosts(inventory, "dc"), hosts(inventory, "dc_gold"), hosts(inventory, "dc_gold_esx")) == ([], ["web"], ["web"])
    assert children(inventory, "dc") == ["dc_gold"]


def test_values_that_share_a_group_are_remembered(filling):
    filling.add("web", "north")
    for value in ("a b", "a/b", "c"):
        filling.join_chain("web", (value,))
    assert filling.wished == {"a_b": {"a b", "a/b"}, "c": {"c"}}


def by_chain(filling, host, group):
    filling.join_chain(host, (group,))


def by_composed(filling, host, group):
    filling.of_hosts.add_child(filling.of_hosts.add_group(group), host)


def by_keyed(filling, host, group):
    filling.of_groups.add_host(host, filling.of_groups.add_group(group))


@pytest.mark.parametrize("join", [by_chain, by_composed, by_keyed])
@pytest.mark.parametrize("order", ["host first", "group first", "group of another file", "host of another file"])
def test_host_that_is_called_as_a_group_is_a_host(inventory, filling, join, order):
    filling.add("sql", "north")
    if order == "group of another file":
        inventory.add_group("db")
    if order == "host of another file":
        inventory.add_host("db")
        filling.host("db")
    if order == "host first":
        filling.add("db", "north")
    join(filling, "sql", "db")
    if order != "host of another file":
        filling.add("db", "north")
    join(filling, "db", "linux")
    filling.of_hosts.set_variable("db", "ansible_user", "admin")
    meetings = filling.finish()
    inventory.reconcile_inventory()
    assert hosts(inventory, "db") == ["sql"] and hosts(inventory, "linux") == ["db"]
    assert [children(inventory, group) for group in ("db", "linux", "ungrouped")] == [[], [], []]
    assert inventory.hosts["db"].vars["ansible_user"] == "admin" and not inventory.groups["db"].vars
    assert meetings == [Meeting("db", "" if order == "host of another file" else "north")]


@pytest.mark.parametrize("join", [by_chain, by_composed, by_keyed])
def test_host_in_the_group_of_its_name(inventory, filling, join):
    filling.add("web", "north")
    join(filling, "web", "web")
    assert filling.finish() == [Meeting("web", "north")]
    inventory.reconcile_inventory()
    assert hosts(inventory, "web") == ["web"] and hosts(inventory, "ungrouped") == []


@pytest.mark.parametrize("later", [False, True])
def test_host_without_a_group_does_not_draw_that_of_its_name_along(inventory, filling, later):
    """Ansible would put the group into ``ungrouped``."""
    filling.add("web", "north")
    filling.add("db", "north")
    if not later:
        filling.join("db", "web")
    filling.finish()
    if later:
        inventory.add_group("web")
        inventory.add_host("db", "web")
    inventory.reconcile_inventory()
    assert hosts(inventory, "ungrouped") == ["web"] and children(inventory, "ungrouped") == []


@pytest.mark.parametrize("group", [None, "all", "ungrouped"])
def test_host_of_another_file_does_not_draw_our_group_along(inventory, filling, group):
    inventory.add_host("web", group)
    filling.add("db", "north")
    filling.join("db", "web")
    assert filling.finish() == [Meeting("web", "")]
    inventory.reconcile_inventory()
    assert hosts(inventory, "ungrouped") == ["web"] and children(inventory, "ungrouped") == []


def test_names_that_others_share_are_none_of_ours(inventory, filling):
    inventory.add_host("web")
    inventory.add_group("web")
    filling.add("db", "north")
    assert filling.finish() == []


def test_where_a_host_comes_from_is_not_noted_on_the_group_of_its_name(inventory, filling, tmp_path):
    path = tmp_path / "site.vmware_inventory.yml"
    path.touch()
    inventory.current_source = str(path)
    inventory.add_group("web")
    host = filling.add("web", "north")
    assert (host.vars["inventory_file"], host.vars["inventory_dir"]) == (str(path), str(tmp_path))
    assert inventory.groups["web"].vars == {}
    host.set_variable("inventory_file", "first")
    assert filling.add("web", "south").vars["inventory_file"] == "first"


@pytest.mark.parametrize("join", [by_chain, by_composed, by_keyed])
@pytest.mark.parametrize("name", ["all", "ungrouped"])
def test_group_is_never_one_of_ansibles_own(inventory, filling, join, name):
    filling.add("web", "north")
    filling.add("db", "north")
    join(filling, "web", name)
    filling.finish()
    inventory.reconcile_inventory()
    assert hosts(inventory, f"{name}_") == ["web"] and hosts(inventory, "ungrouped") == ["db"] and hosts(inventory, "all") == []
    assert filling.renamed == {name: f"{name}_"}


def test_groups_may_lie_in_all(inventory, filling):
    filling.add("web", "north")
    filling.join("web", "prod")
    filling.of_groups.add_child("all", "prod")
    filling.join_chain("web", ("all", "all_gold"))
    assert children(inventory, "all_") == ["all_gold"] and "prod" in inventory.groups
    filling.finish()
    inventory.reconcile_inventory()
    assert {"prod", "all_", "ungrouped"} == set(children(inventory, "all"))


def test_groups_that_would_hold_each_other(inventory, filling):
    filling.add("web", "north")
    filling.of_groups.add_child("gold", "gold")
    for outer, inner in (("madrid", "gold"), ("gold", "madrid"), ("gold", "madrid")):
        filling.of_groups.add_child(outer, inner)
    assert children(inventory, "madrid") == ["gold"] and children(inventory, "gold") == []
    assert filling.unnested == [("gold", "madrid")]


def test_group_without_a_name_is_none(inventory, filling):
    filling.add("web", "north")
    by_keyed(filling, "web", "")
    filling.finish()
    assert hosts(inventory, "ungrouped") == ["web"]
