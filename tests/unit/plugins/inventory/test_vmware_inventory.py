# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of the plugin needs no source; whole inventories are in tests/integration/test_inventory.py."""

from __future__ import annotations

import pytest
from ansible.inventory.data import InventoryData
from ansible_collections.estate.vmware.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.estate.vmware.plugins.inventory import vmware_inventory
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.community import OPTIONS
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import SCANS, SOURCE, SOURCES
from yaml import safe_load

DOCUMENTED = safe_load(vmware_inventory.DOCUMENTATION)["options"]


@pytest.fixture
def plugin():
    made = vmware_inventory.InventoryModule()
    made.inventory = InventoryData()
    made._groups = {}
    made.said = []
    made._warn = made.said.append
    return made


def hosts(plugin, group):
    return [host.name for host in plugin.inventory.groups[group].hosts]


def test_every_option_is_documented():
    connection = safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert CONNECTION_OPTIONS.keys() <= connection.keys()
    assert {*OPTIONS, SOURCE, SOURCES, SCANS} <= DOCUMENTED.keys()
    assert DOCUMENTED["hostname"]["required"] is False, "it is not needed with sources or scans"


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [
        ("site.vmware_inventory.yml", True),
        ("vmware_inventory.yaml", True),
        ("site.vmware.yml", True),
        ("vmware.yaml", True),
        ("site.vmware_vm_inventory.yml", True),
        ("site.yml", False),
        ("site.vmware.json", False),
        ("site.vmware_host_inventory.yml", False),
    ],
)
def test_files_that_are_taken(plugin, tmp_path, name, is_taken):
    path = tmp_path / name
    assert not plugin.verify_file(str(path)), "there is none"
    path.touch()
    assert plugin.verify_file(str(path)) == is_taken


def test_host_is_in_the_last_group_of_a_chain(plugin):
    plugin.inventory.add_host("web")
    for chain in (("dc", "dc_gold"), ("dc", "dc_gold"), ("dc", "dc_gold", "dc_gold_esx")):
        plugin._add_to_groups("web", chain)
    groups = plugin.inventory.groups
    assert (hosts(plugin, "dc"), hosts(plugin, "dc_gold"), hosts(plugin, "dc_gold_esx")) == ([], ["web"], ["web"])
    assert [group.name for group in groups["dc"].child_groups] == ["dc_gold"]


def test_host_that_is_called_like_a_group_is_a_host_of_it(plugin):
    plugin.inventory.add_host("web")
    plugin._add_to_groups("web", ("web",))
    plugin._add_to_groups("web", ("prod", "web"))
    assert hosts(plugin, "web") == ["web"] and [group.name for group in plugin.inventory.groups["prod"].child_groups] == ["web"]


def test_groups_that_several_values_share_are_told(plugin):
    plugin.inventory.add_host("web")
    for value in ("a b", "a/b", "c"):
        plugin._add_to_groups("web", (value,))
    plugin._warn_of_merged_groups()
    assert plugin.said == ["groups that several values share: a_b (a b, a/b)"]
