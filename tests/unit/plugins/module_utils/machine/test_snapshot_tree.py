# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import snapshot_tree
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import snapshots_of, the_one, with_children
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties, ref

TREE = properties(node(1, "a%2fb", below=[node(2, "same", below=[node(3, "same")]), node(4, "leaf", "2026-02-19T14:30:00+01:00")]), current=3)


def test_snapshots_of_a_vm_parents_first():
    found = snapshots_of(TREE)
    assert [(one.id, one.name, one.parent, one.is_current) for one in found] == [
        (1, "a/b", None, False),
        (2, "same", "a/b", False),
        (3, "same", "same", True),
        (4, "leaf", "a/b", False),
    ]
    assert found[0].below == {ref(2), ref(3), ref(4)} and found[2].below == frozenset()
    assert found[3].created_text == "2026-02-19T13:30:00Z" and found[3].title == "leaf (id 4, 2026-02-19T13:30:00Z)"
    assert snapshots_of({}) == []


def test_sizes_and_memory():
    layout = {
        "layoutEx.file": [{"key": 1, "size": 100}, {"key": 2, "size": 20}, {"key": 3, "size": 3}, {"key": 4, "size": 4}],
        "layoutEx.disk": [{"key": 2000, "chain": [{"fileKey": [1]}, {"fileKey": [2]}]}],
        "layoutEx.snapshot": [{"key": ref(1), "dataKey": 3, "memoryKey": 4, "disk": [{"key": 2000, "chain": [{"fileKey": [1]}]}]}],
    }
    (one,) = snapshots_of(properties(node(1, "a"), current=1, **layout))
    assert (one.size, one.has_memory) == (27, True)
    assert one.row["size_gb"] == 27 / 2**30
    layout["layoutEx.snapshot"][0]["memoryKey"] = -1
    (one,) = snapshots_of(properties(node(1, "a"), current=1, **layout))
    assert (one.size, one.has_memory) == (23, False)


@pytest.mark.parametrize("created", ["", "yesterday", "0000-00-00T00:00:00Z"])
def test_time_that_cannot_be_read(created):
    (one,) = snapshots_of(properties(node(1, "a", created)))
    assert one.created is None and one.title == "a (id 1, time unknown)"


def test_what_the_server_leaves_out():
    assert snapshots_of(properties({"name": "no reference"}, {"snapshot": ref(1)}))[0].name == ""


def test_one_by_name_or_id():
    found = snapshots_of(TREE)
    assert the_one("vms[0].snapshot", "/DC/web", found, "a/b", None).id == the_one("vms[0].snapshot", "/DC/web", found, "a%2fb", None).id == 1
    assert the_one("vms[0].snapshot", "/DC/web", found, None, 3).id == 3
    assert the_one("vms[0].snapshot", "/DC/web", found, "none", None) is the_one("vms[0].snapshot", "/DC/web", found, None, 9) is None
    with pytest.raises(InvalidOption) as caught:
        the_one("vms[0].snapshot", "/DC/web", found, "same", None)
    time = "2026-02-20T14:30:00Z"
    assert str(caught.value) == f"vms[0].snapshot.name: /DC/web has 2 snapshots 'same': same (id 2, {time}), same (id 3, {time}); give id"


def test_message_of_a_missing_one():
    found = snapshots_of(TREE)
    assert str(snapshot_tree.missing("vms[0].snapshot", "/DC/web", [], "x", None)) == "vms[0].snapshot.name: /DC/web has no snapshot 'x'; it has none"
    assert str(snapshot_tree.missing("o", "/DC/web", found, None, 7)).startswith("o.id: /DC/web has no snapshot 7; there are a/b (id 1, ")


def test_children_and_order():
    found = snapshots_of(TREE)
    assert [one.id for one in with_children([found[1]], found)] == [2, 3]
    assert [one.id for one in snapshot_tree.oldest_first(found)] == [4, 1, 2, 3]


def test_long_lists_are_cut():
    found = snapshots_of(properties(*(node(number, "x") for number in range(14))))
    assert snapshot_tree.listed(found).count("(id ") == 10 and snapshot_tree.listed(found).endswith(" and 4 more")
