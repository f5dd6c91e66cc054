# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items, merged
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec

SPEC = item_spec(
    {
        "cpu": {"type": "dict", "options": {"count": {"type": "int", "bounds": (1, None)}, "hot_add": {"type": "bool"}}},
        "networks": {"type": "list", "elements": "dict", "options": {"network": {"type": "str", "required": True}}},
        "keep": {"type": "bool", "default": False},
    },
    with_filters=True,
)


def items(*given, common=None):
    return checked_items(SPEC, common, list(given))


def lines(*given, common=None):
    with pytest.raises(InvalidOption) as caught:
        items(*given, common=common)
    return caught.value.lines


def test_own_value_wins_and_mappings_are_merged_one_level_deep():
    common = {"cpu": {"count": 2, "hot_add": True}, "networks": [{"network": "lan"}], "keep": True}
    first, second = items({"name": "a", "cpu": {"count": 4}, "networks": []}, {"path": "DC/vm/b", "keep": False}, common=common)
    assert first == ("vms[0]", {"name": "a", "cpu": {"count": 4, "hot_add": True}, "networks": [], "keep": True})
    assert second == ("vms[1]", {"path": "DC/vm/b", "cpu": {"count": 2, "hot_add": True}, "networks": [{"network": "lan"}], "keep": False})


def test_mappings_are_not_merged_deeper():
    assert merged({"a": {"b": {"x": 1, "y": 2}}}, {"a": {"b": {"x": 3}}}) == {"a": {"b": {"x": 3}}}


def test_all_that_is_wrong_is_told():
    common = {"cpu": {"count": 0}}
    assert lines({"name": "a", "folders": "x"}, {"name": "b", "networks": [{}]}, {"name": "c"}, common=common) == [
        "common.cpu.count must be 1 or greater (got 0)",
        "vms[0].folders is unknown; did you mean folder?",
        "vms[1].networks[0].network must be set",
    ]


def test_long_list_of_problems_is_shortened():
    found = lines(*[{"nmae": "x"}] * 50)
    assert found[-2:] == ["vms[19].nmae is unknown; did you mean name?", "and 30 more"]


def test_what_names_a_vm_is_not_common():
    assert lines({"cpu": {}}, common={"name": "a", "filters": [{"name": "b"}]}) == [
        "common.name names VMs: give it in the items of vms",
        "common.filters names VMs: give it in the items of vms",
    ]
    assert items({"name": "a"}, common={"folder": "web"})[0].options["folder"] == "web"


def test_filters_where_identities_are_due():
    with pytest.raises(InvalidOption) as caught:
        checked_items(item_spec({}, with_filters=False), None, [{"filters": [{"name": "web-*"}]}])
    assert str(caught.value) == "vms[0].filters cannot be used where something is destroyed: name each VM"


@pytest.mark.parametrize("given", ["web-1", {"name": "web-1"}])
def test_no_list(given):
    with pytest.raises(InvalidOption, match="vms must be a list of items"):
        checked_items(SPEC, None, given)
