# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.groups import parse_rules

ROW = {
    "source": "north", "resource": "vm", "power_state": "poweredOn", "template": False, "vcpu": 4, "folder": "/Prod/Web", "host": "esx1",
    "cluster": "gold", "datacenter": "Madrid", "networks": ["lan", "", "backup"], "annotation": "", "environment": None,
    "tags": {"Environment": ["Production", "Gold"], "Team": ["Web"]}, "custom_attributes": {"Owner": "Ann", "Cost centre": ""},
}  # fmt: skip


def rules(*given):
    return parse_rules(list(given), [SECTIONS["vms"], SECTIONS["hosts"]], ("source", "resource"))


def chains(given, **changes):
    (rule,) = rules(given)
    return list(rule.chains({**ROW, **changes}))


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ("power_state", [("power_state_poweredOn",)]),
        ("template", [("template_false",)]),
        ("vcpu", [("vcpu_4",)]),
        ("source", [("source_north",)]),
        ("resource", [("resource_vm",)]),
        ("folder", [("folder_Prod", "folder_Prod_Web")]),
        ("networks", [("networks_lan",), ("networks_backup",)]),
        ("tags", [("tags_Environment_Production",), ("tags_Environment_Gold",), ("tags_Team_Web",)]),
        ("tags.Environment", [("Environment_Production",), ("Environment_Gold",)]),
        ("tags.Nothing", []),
        ("custom_attributes.Owner", [("Owner_Ann",)]),
        ("custom_attributes.Cost centre", []),
        ("annotation", []),
        ("environment", []),
        (["datacenter", "cluster", "host"], [("datacenter_Madrid", "cluster_Madrid_gold", "host_Madrid_gold_esx1")]),
        (["folder", "power_state"], [("folder_Prod", "folder_Prod_Web", "power_state_Prod_Web_poweredOn")]),
        (
            ["cluster", "networks"],
            [("cluster_gold", "networks_gold_lan"), ("cluster_gold", "networks_gold_backup")],
        ),
        ({"field": "power_state", "prefix": ""}, [("poweredOn",)]),
        ({"field": "power_state", "prefix": "is", "separator": "-"}, [("is-poweredOn",)]),
        ({"field": "power_state", "separator": ""}, [("power_statepoweredOn",)]),
        ({"field": "environment", "default_value": "unknown"}, [("environment_unknown",)]),
        ({"field": "tags.Nothing", "default_value": 0}, [("Nothing_0",)]),
        ({"field": "tags.Nothing", "default_value": ""}, []),
        ({"field": ["datacenter", "cluster"], "prefix": ["dc", ""]}, [("dc_Madrid", "Madrid_gold")]),
        ({"field": ["datacenter", "environment"], "default_value": "none"}, [("datacenter_Madrid", "environment_Madrid_none")]),
    ],
)
def test_groups_of_a_host(given, groups):
    assert chains(given) == groups


def test_level_that_is_missing_is_passed_over():
    assert chains(["datacenter", "cluster", "host"], cluster=None) == [("datacenter_Madrid", "host_Madrid_esx1")]
    assert chains(["datacenter", "cluster", "host"], datacenter=None) == [("cluster_gold", "host_gold_esx1")]
    assert chains(["datacenter", "cluster"], datacenter=None, cluster="") == []


@pytest.mark.parametrize(("folder", "groups"), [("/", []), (None, []), ("//a//b/", [("folder_a", "folder_a_b")])])
def test_folders_are_as_many_groups_as_there_are_names(folder, groups):
    assert chains("folder", folder=folder) == groups


def test_fields_of_a_rule():
    (rule,) = rules({"field": ["tags.Environment", "custom_attributes.Owner", "source"]})
    assert rule.fields == ["tags", "custom_attributes", "source"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("colour", ["group_by[0]", "colour", "power_state", "source"]),
        ("power_state.on", ["group_by[0]", "power_state", "on", "tags", "custom_attributes"]),
        ({"field": "host", "colour": "red"}, ["group_by[0]", "colour", "default_value"]),
        ({"prefix": "x"}, ["group_by[0]", "field must be"]),
        ([], ["group_by[0]", "field must be"]),
        ([["host"]], ["group_by[0]", "field must be"]),
        (7, ["group_by[0]", "7"]),
        ({"field": ["datacenter", "cluster"], "prefix": "dc"}, ["group_by[0].prefix", "datacenter, cluster"]),
        ({"field": "host", "prefix": 7}, ["group_by[0].prefix", "7"]),
    ],
)
def test_rules_that_cannot_be(given, words):
    with pytest.raises(InvalidOption) as error:
        rules(given)
    assert all(word in str(error.value) for word in words), error.value
