# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of the plugin needs no source; whole inventories are in tests/integration/test_inventory.py."""

from __future__ import annotations

import pytest
from yaml import safe_load

from ansible_collections.estate.vmware.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.estate.vmware.plugins.inventory import vmware_inventory
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import SCANS, SOURCE, SOURCES
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.vm_inventory_compat import OPTIONS

DOCUMENTED = safe_load(vmware_inventory.DOCUMENTATION)["options"]


@pytest.fixture
def plugin():
    return vmware_inventory.InventoryModule()


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
