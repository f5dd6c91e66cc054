# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import tags
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import EnvironmentRule
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

TOP, PROD, WEB = (MoRef("Folder", f"group-v{number}") for number in range(3))
DATACENTER = MoRef("Datacenter", "datacenter-1")
VALUES = [{"key": 101, "value": "it-ops"}, {"key": 102, "value": ""}, {"key": 103, "value": "test"}]
TAGS = {"Environment": ["Production", "Test"]}


PLACES = {DATACENTER: ("Madrid", None), TOP: ("vm", DATACENTER), PROD: ("Prod%2fEU", TOP), WEB: ("Web", PROD)}
ATTRIBUTES = {101: "Owner", 102: "Cost", 103: "Env"}


def context(environment=None, attributes=ATTRIBUTES):
    topology = Topology(ManagedObject(ref, {"name": name, "parent": parent}, {}) for ref, (name, parent) in PLACES.items())
    return ScanContext(topology, attributes, environment and EnvironmentRule(*environment))


def test_custom_attributes_are_those_with_a_value():
    assert tags.custom_attributes(context(), VALUES) == {"Owner": "it-ops", "Env": "test"}
    assert tags.custom_attributes(context(), [{"key": 9, "value": "x"}]) == {"9": "x"}, "a value without a name is not lost"
    assert tags.custom_attributes(context(), VALUES[1:2]) is None
    assert tags.custom_attributes(context(), None) is None


def test_of_two_attributes_with_one_name_the_value_that_is_not_blank_counts():
    twice = context(attributes={**ATTRIBUTES, 104: "Owner"})
    given = [{"key": 101, "value": "team"}, {"key": 104, "value": ""}]
    assert tags.custom_attributes(twice, given) == tags.custom_attributes(twice, given[::-1]) == {"Owner": "team"}
    assert tags.custom_attributes(twice, [{"key": 101, "value": " "}, {"key": 104}]) is None


def test_environment_of_a_vm_in_a_vapp_is_that_of_the_folder_of_the_vapp():
    by_folder = context(("folder_level", 2))
    vapp = MoRef("VirtualApp", "resgroup-v1")
    by_folder.topology.add([ManagedObject(vapp, {"name": "erp", "parentFolder": WEB}, {})])
    assert tags.environment(by_folder, None, None, None, vapp) == "Web"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (("tag_category", "Environment"), "Production, Test"),
        (("tag_category", "Other"), None),
        (("custom_attribute", "Env"), "test"),
        (("custom_attribute", "Cost"), None),
        (("folder_level", 1), "Prod/EU"),
        (("folder_level", 2), "Web"),
        (("folder_level", 3), None),
        (None, None),
    ],
)
def test_environment(rule, expected):
    assert tags.environment(context(rule), TAGS, VALUES, WEB, None) == expected


@pytest.mark.parametrize("rule", [("tag_category", "x"), ("custom_attribute", "x"), ("folder_level", 1)])
def test_environment_of_a_vm_without_tags_attributes_and_folder(rule):
    assert tags.environment(context(rule), None, None, None, None) is None
