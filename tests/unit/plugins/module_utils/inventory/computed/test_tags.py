# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import tags
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

TOP, PROD, WEB = (MoRef("Folder", f"group-v{number}") for number in range(3))
DATACENTER = MoRef("Datacenter", "datacenter-1")
VALUES = [{"key": 101, "value": "it-ops"}, {"key": 102, "value": ""}, {"key": 103, "value": "test"}]
TAGS = {"Environment": ["Production", "Test"]}


@pytest.fixture
def topology():
    places = {DATACENTER: ("Madrid", None), TOP: ("vm", DATACENTER), PROD: ("Prod%2fEU", TOP), WEB: ("Web", PROD)}
    made = Topology(ManagedObject(ref, {"name": name, "parent": parent}, {}) for ref, (name, parent) in places.items())
    made.custom_attributes = {101: "Owner", 102: "Cost", 103: "Env"}
    return made


def test_custom_attributes_are_those_with_a_value(topology):
    assert tags.custom_attributes(topology, VALUES) == {"Owner": "it-ops", "Env": "test"}
    assert tags.custom_attributes(topology, [{"key": 9, "value": "x"}]) == {"9": "x"}, "a value without a name is not lost"
    assert tags.custom_attributes(topology, VALUES[1:2]) is None
    assert tags.custom_attributes(topology, None) is None


def test_of_one_name_the_value_that_is_not_blank_counts(topology):
    topology.custom_attributes[104] = "Owner"
    given = [{"key": 101, "value": "team"}, {"key": 104, "value": ""}]
    assert tags.custom_attributes(topology, given) == tags.custom_attributes(topology, given[::-1]) == {"Owner": "team"}
    assert tags.custom_attributes(topology, [{"key": 101, "value": " "}, {"key": 104}]) is None


def test_environment_of_a_vm_in_a_vapp_is_by_the_folder_of_that(topology):
    vapp = MoRef("VirtualApp", "resgroup-v1")
    topology.add([ManagedObject(vapp, {"name": "erp", "parentFolder": WEB}, {})])
    topology.environment = ("folder_level", 2)
    assert tags.environment(topology, None, None, None, vapp) == "Web"


@pytest.mark.parametrize(
    ("named", "expected"),
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
def test_environment(topology, named, expected):
    topology.environment = named
    assert tags.environment(topology, TAGS, VALUES, WEB, None) == expected


@pytest.mark.parametrize("named", [("tag_category", "x"), ("custom_attribute", "x"), ("folder_level", 1)])
def test_environment_of_a_vm_that_has_nothing(topology, named):
    topology.environment = named
    assert tags.environment(topology, None, None, None, None) is None
