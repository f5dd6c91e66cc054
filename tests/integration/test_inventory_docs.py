# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation, each against simulated vCenters."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.estate.vmware.plugins.inventory import vmware_inventory
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.tests.integration.inventories import LOUDLY, PLUGIN, Inventory, connection, run
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_module

_EXAMPLE = re.compile(r"^# (\S+\.(?:vmware_inventory|vmware)\.yml).*?(?=^```|^---|\Z)", re.MULTILINE | re.DOTALL)
_PAGES = {
    "inventory": REPOSITORY / "docs" / "inventory.md",
    "moving": REPOSITORY / "docs" / "moving-from-community-vmware.md",
    "readme": REPOSITORY / "README.md",
}


def examples(text):
    """The inventory files of a page, by name: what stands in them."""
    return {found[1]: yaml.safe_load(found[0]) for found in _EXAMPLE.finditer(text)}


def reached(options, estate):
    """The same with the simulators in place of the vCenters."""
    for option in CONNECTION_OPTIONS.keys() & options.keys():
        del options[option]
    if "sources" in options:
        options["sources"] = [connection(simulator, source=one["source"]) for one, simulator in zip(options["sources"], estate)]
    return options if {"sources", "scans"} & options.keys() else {**connection(estate[0]), **options}


@pytest.mark.parametrize("page", [*_PAGES, "ansible-doc"])
def test_examples(tmp_path, estate, page):
    text = vmware_inventory.EXAMPLES if page == "ansible-doc" else _PAGES[page].read_text(encoding="utf-8")
    found = examples(text)
    assert found and all(options["plugin"] == PLUGIN for options in found.values())
    assert len(found) == text.count(f"plugin: {PLUGIN}")
    if any("scans" in options for options in found.values()):
        (tmp_path / "vmware-inventory" / "scans").mkdir(parents=True)
        run_module(tmp_path, "vmware_inventory_facts", **connection(estate[1]), dest=str(tmp_path / "vmware-inventory" / "scans"))
    files = []
    for name, options in found.items():
        (tmp_path / name).write_text(yaml.safe_dump({**reached(options, estate), "groups": {**options.get("groups", {}), name.partition(".")[0]: "true"}}))
        files += ["--inventory", tmp_path / name]
    done = run(tmp_path, "ansible-inventory", *files, "--list", **LOUDLY)
    assert done.code == 0, done.said
    groups = Inventory(done.output).groups
    for name in found:
        assert groups.get(re.sub(r"\W", "_", name.partition(".")[0])), f"{name} has no hosts"
