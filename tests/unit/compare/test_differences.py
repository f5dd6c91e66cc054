# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy

import pytest

from ansible_collections.estate.vmware.tests.compare.differences import NOTHING, differences

_INVENTORY = {
    "_meta": {
        "hostvars": {
            "web": {"guest": {"net": [{"network": "a"}, {"network": "b"}]}, "cpus": 1},
            "db": {"guest": {"net": [{"network": "c"}]}, "cpus": 2},
        }
    },
    "all": {"children": ["ungrouped", "on"]},
    "on": {"hosts": ["web", "db"], "children": ["more"]},
    "more": {"hosts": ["db"]},
}


@pytest.fixture
def found():
    """A function that changes an inventory and tells the differences then."""

    def find(change):
        ours = copy.deepcopy(_INVENTORY)
        change(ours)
        return [tuple(one) for one in differences(_INVENTORY, ours)]

    return find


def test_equal_inventories_whatever_their_order_have_none(found):
    assert found(lambda ours: ours["on"].update(hosts=["db", "web"])) == []
    unsafe = {"guest": {"net": [{"network": {"__ansible_unsafe": "c"}}]}, "cpus": 2}
    assert found(lambda ours: ours["_meta"]["hostvars"].update(db=unsafe)) == []


def test_hosts_and_groups_that_one_lacks(found):
    assert found(lambda ours: ours["_meta"]["hostvars"].pop("web")) == [("host web", 1, "web", "a host", NOTHING)]
    assert found(lambda ours: ours.update(extra={})) == [("group extra", 1, "extra", NOTHING, "a group")]


def test_members_of_groups(found):
    assert found(lambda ours: ours["on"].update(hosts=["web", "app"])) == [("hosts of on", 1, "on", ["db"], ["app"])]
    assert found(lambda ours: ours["on"].pop("children")) == [("children of on", 1, "on", ["more"], [])]


def test_variables_of_several_hosts_and_members_of_lists_are_one_difference(found):
    def rename(ours):
        for variables in ours["_meta"]["hostvars"].values():
            for adapter in variables["guest"]["net"]:
                adapter["network"] = "x"

    assert found(rename) == [("variable guest.net[].network", 3, "db", "c", "x")]


@pytest.mark.parametrize("value", (1.0, True, "1", None))
def test_a_value_of_another_type_is_another_value(found, value):
    (one,) = found(lambda ours: ours["_meta"]["hostvars"]["web"].update(cpus=value))
    assert one[0] == "variable cpus" and one[3] == 1 and one[4] is value


def test_lists_of_another_length_are_told_whole(found):
    (one,) = found(lambda ours: ours["_meta"]["hostvars"]["web"]["guest"].update(net=[]))
    assert one == ("variable guest.net", 1, "web", [{"network": "a"}, {"network": "b"}], [])


def test_a_variable_that_one_lacks(found):
    (one,) = found(lambda ours: ours["_meta"]["hostvars"]["db"].pop("cpus"))
    assert one == ("variable cpus", 1, "db", 2, NOTHING)


def test_a_name_with_dots_is_not_a_path(found):
    (one,) = found(lambda ours: ours["_meta"]["hostvars"]["db"].update({"guest.net": "x"}))
    assert one == ('variable "guest.net"', 1, "db", NOTHING, "x")
