# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory import patterns
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import OPERATORS, filters_of, row_filters

ROWS = {
    "web": {
        "name": "web-1", "power_state": "poweredOn", "vcpu": 4, "ram_mb": 4096, "used_gb": 10.5, "template": False, "created": "2024-05-06T07:08:09Z",
        "networks": ["VLAN 10", "Backup"], "tags": {"Environment": ["Production", "Gold"], "Team": ["Web"]}, "custom_attributes": {"Owner": "Ann"},
        "annotation": "first\nsecond",
    },
    "DB": {"name": "DB[1]*", "power_state": "poweredOff", "vcpu": 8, "template": True, "networks": [], "tags": {"Environment": ["Test"]}, "annotation": ""},
    "new": {"name": "new"},
}  # fmt: skip


def kept(include=None, exclude=None):
    """The rows that are kept, by their key above."""
    wanted = row_filters({"vms": include or []}, {"vms": exclude or []})["vms"]
    return [key for key, row in ROWS.items() if wanted.keeps(row)]


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ({"power_state": "poweredOn"}, ["web"]),
        ({"power_state": "POWEREDON"}, ["web"]),
        ({"name": "WEB-*"}, ["web"]),
        ({"name": "?B*"}, ["DB"]),
        ({"name": "eb-1"}, []),
        ({"name": "web.1"}, []),
        ({"name": "DB[1]*"}, ["DB"]),
        ({"name": "*[1]*"}, ["DB"]),
        ({"name": ["db*", "new"]}, ["DB", "new"]),
        ({"name": {"equals": "web-*"}}, []),
        ({"name": {"equals": "WEB-1"}}, []),
        ({"name": {"equals": "web-1"}}, ["web"]),
        ({"name": {"in": ["web-1", "new"]}}, ["web", "new"]),
        ({"name": {"matches": ["w*", "n*"]}}, ["web", "new"]),
        ({"name": {"regex": "^(web|new)"}}, ["web", "new"]),
        ({"name": {"regex": "^WEB"}}, []),
        ({"name": {"regex": ["1$", "(?i)NEW"]}}, ["web", "new"]),
        ({"vcpu": 4}, ["web"]),
        ({"vcpu": "8"}, ["DB"]),
        ({"vcpu": [4, "8"]}, ["web", "DB"]),
        ({"vcpu": {"less": 8}}, ["web"]),
        ({"vcpu": {"at_most": 8}}, ["web", "DB"]),
        ({"vcpu": {"greater": 4}}, ["DB"]),
        ({"vcpu": {"at_least": 4, "less": 8}}, ["web"]),
        ({"used_gb": {"greater": 10}}, ["web"]),
        ({"template": True}, ["DB"]),
        ({"template": "no"}, ["web"]),
        ({"created": {"less": "2024-05-06"}}, []),
        ({"created": {"less": "2024-05-07T00:00:00+02:00"}}, ["web"]),
        ({"created": {"at_least": datetime(2024, 5, 6, tzinfo=timezone.utc)}}, ["web"]),
        ({"networks": "backup"}, ["web"]),
        ({"networks": {"matches": "vlan*"}}, ["web"]),
        ({"networks": {"set": True}}, ["web"]),
        ({"networks": {"set": False}}, ["DB", "new"]),
        ({"tags": "gold"}, ["web"]),
        ({"tags.Environment": "Prod*"}, ["web"]),
        ({"tags.Environment": ["Test", "Gold"]}, ["web", "DB"]),
        ({"tags.Team": "Production"}, []),
        ({"tags.Team": {"set": True}}, ["web"]),
        ({"custom_attributes.Owner": "ann"}, ["web"]),
        ({"annotation": {"set": True}}, ["web"]),
        ({"annotation": "*second"}, ["web"]),
        ({"annotation": {"set": False}}, ["DB", "new"]),
        ({"annotation": {"set": True, "regex": "third"}}, []),
        ({"name": "*", "vcpu": 8}, ["DB"]),
    ],
)
def test_conditions(condition, rows):
    assert kept([condition]) == rows
    assert kept(exclude=[condition]) == [key for key in ROWS if key not in rows]


def test_all_include_filters_and_no_exclude_filter():
    assert kept([{"name": "*"}, {"vcpu": {"at_least": 4}}]) == ["web", "DB"]
    assert kept(exclude=[{"name": "web*"}, {"vcpu": 8}]) == ["new"]
    assert kept([{"vcpu": {"at_least": 4}}], [{"template": True}]) == ["web"]


def test_all_operators_must_hold_for_one_value():
    row = {"networks": ["a1", "b2"]}
    wanted = row_filters({"vms": [{"networks": {"regex": "a", "matches": "*2"}}]}, None)["vms"]
    assert not wanted.keeps(row)


def test_value_of_another_type_does_not_match():
    wanted = row_filters({"vms": [{"vcpu": {"less": 3}}]}, None)["vms"]
    assert not wanted.keeps({"vcpu": "two"})


@pytest.mark.parametrize(
    ("section", "row", "named"),
    [
        ("vms", {"name": "web01", "annotation": "a" * 60 + "b"}, "on VM web01 of east: simplify the pattern"),
        ("vm_disks", {"vm": "web01", "file": "a" * 60 + "b"}, "on VM web01 of east: simplify the pattern"),
        ("hosts", {"moid": "host-7", "name": None, "serial": "a" * 60 + "b"}, "on host host-7 of east: simplify the pattern"),
    ],
)
def test_a_regular_expression_that_takes_too_long_names_filter_row_and_source(monkeypatch, section, row, named):
    monkeypatch.setattr(patterns, "MAX_SEARCH_SECONDS", 0.2)
    field = list(row)[-1]
    wanted = row_filters({section: [{field: {"regex": "(a+)+$"}}]}, None)[section]
    with pytest.raises(InvalidOption) as error:
        wanted.keeps(row, "east")
    assert str(error.value) == f"include_filters.{section}[0].{field}.regex: '(a+)+$' took longer than 0.2 s {named}"


def test_only_sections_with_filters():
    found = row_filters({"hosts": [{"name": "a"}], "vms": []}, {"datastores": [{"type": "NFS", "name": "b"}]})
    assert {section: wanted.fields for section, wanted in found.items()} == {"hosts": ("name",), "datastores": ("type", "name")}
    assert row_filters(None, None) == {} == row_filters({}, {})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([{"name": "a"}], ["include_filters must be a mapping of sections"]),
        ({"pods": [{"name": "a"}]}, ["no section pods", "vms, hosts"]),
        ({"vms": {"name": "a"}}, ["include_filters.vms must be a list"]),
        ({"vms": "name"}, ["include_filters.vms must be a list"]),
        ({"vms": ["name"]}, ["include_filters.vms[0] must be a mapping", "(got 'name')"]),
        ({"vms": [{"name": "a"}, {}]}, ["include_filters.vms[1] must be a mapping"]),
        ({"vms": [{"nme": "a"}]}, ["include_filters.vms[0]:", "vms has no field nme; did you mean name?"]),
        ({"vms": [{7: "a"}]}, ["vms has no field 7"]),
        ({"vms": [{"name.x": "a"}]}, ["name of vms is not a map", "custom_attributes, tags"]),
        ({"vm_disks": [{"vm.x": "a"}]}, ["vm of vm_disks is not a map", "none"]),
        ({"vms": [{"name": {}}]}, ["include_filters.vms[0].name:", "empty", *OPERATORS]),
        ({"vms": [{"name": []}]}, ["the list is empty"]),
        ({"vms": [{"name": {"like": "a"}}]}, ["like does not apply to text", "equals, in, matches, regex, set"]),
        ({"vms": [{"name": {"less": "a"}}]}, ["less does not apply to text"]),
        ({"vms": [{"vcpu": {"regex": "1"}}]}, ["regex does not apply to a number", "equals, in, less, at_most, greater, at_least, set"]),
        ({"vms": [{"vcpu": "many"}]}, ["include_filters.vms[0].vcpu must be a number (got 'many')"]),
        ({"vms": [{"vcpu": [4, True]}]}, ["True", "a number"]),
        ({"vms": [{"vcpu": {"less": None}}]}, ["vcpu.less", "None", "a number"]),
        ({"vms": [{"name": 7}]}, ["7", "text", "in quotes"]),
        ({"vms": [{"power_state": True}]}, ["True", "text", "in quotes"]),
        ({"vms": [{"name": ""}]}, ["''", "text"]),
        ({"vms": [{"name": {"matches": {"a": 1}}}]}, ["name.matches", "text"]),
        ({"vms": [{"name": {"regex": "("}}]}, ["name.regex", "must be a regular expression (got '(')"]),
        ({"vms": [{"name": {"regex": "x" * 5001}}]}, ["name.regex must be a pattern of up to 5000 characters (got 5001)"]),
        ({"vms": [{"name": "*" * 5001}]}, ["name must be a pattern of up to 5000 characters (got 5001)"]),
        ({"vms": [{"vcpu": 10**400}]}, ["vcpu must be a number"]),
        ({"vms": [{"vcpu": 10**5000}]}, ["more than can be shown", "a number"]),
        ({"vms": [{"name": ["x" * 100_000, 7]}]}, ["vms[0].name must be text", "7"]),
        ({"vms": [{"name": {"regex": 3}}]}, ["name.regex", "3", "text"]),
        ({"vms": [{"template": "perhaps"}]}, ["'perhaps'", "true or false"]),
        ({"vms": [{"created": {"less": "yesterday"}}]}, ["'yesterday'", "ISO 8601"]),
        ({"vms": [{"created": {"less": 5}}]}, ["created.less", "5", "ISO 8601"]),
        ({"vms": [{"name": {"set": "often"}}]}, ["name.set", "'often'", "true or false"]),
    ],
)
def test_invalid_filters(given, words):
    with pytest.raises(InvalidOption) as error:
        row_filters(given, None)
    assert all(word in str(error.value) for word in words), str(error.value)
    assert len(str(error.value)) < 500
    with pytest.raises(InvalidOption, match="^exclude_filters"):
        row_filters(None, given)


def test_filters_of_any_option():
    wanted = filters_of("vms[1].filters", "vms", [{"name": "web-*"}, {"vcpu": {"at_least": 4}}])
    assert [wanted.keeps({"name": "web-1", "vcpu": vcpu}) for vcpu in (2, 4)] == [False, True] and wanted.fields == ("name", "vcpu")
    assert filters_of("vms[1].filters", "vms", {"name": "web-*"}).keeps({"name": "web-1"}), "one filter"
    for given, message in (
        ([], "vms[1].filters: the list is empty; give at least one filter"),
        ("web-*", "vms[1].filters must be a list of filters"),
        ([{"vcpu": "x"}], "vms[1].filters[0].vcpu must be a number (got 'x')"),
    ):
        with pytest.raises(InvalidOption) as caught:
            filters_of("vms[1].filters", "vms", given)
        assert message in str(caught.value)


@pytest.mark.parametrize("condition", ["Prod/Web", ["/Prod", "Test"], {"in": ["Prod"]}, {"matches": "Prod/*"}, {"equals": "vm"}])
def test_path_without_its_slash_is_refused(condition):
    """It would keep nothing, and protect nothing, without a word."""
    for section in ("vms", "datastores"):
        with pytest.raises(
            InvalidOption, match=r"^protected\[0\].folder(.\w+)? must begin with / \(got '[PTv].*'\): give the path in the datacenter, such as '/"
        ):
            filters_of("protected", section, [{"folder": condition}])


@pytest.mark.parametrize("condition", ["/", "/Prod/Web", "*Web", "?Prod*", ["/Prod", "*/Web"], {"regex": "Web$"}, {"set": True}])
def test_paths(condition):
    assert filters_of("protected", "vms", [{"folder": condition}]).fields == ("folder",)
