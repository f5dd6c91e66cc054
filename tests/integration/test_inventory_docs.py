# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation, each against simulated vCenters."""

from __future__ import annotations

import re

import yaml

from ansible_collections.estate.vmware.plugins.inventory import vmware_inventory
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS
from ansible_collections.estate.vmware.tests.integration.inventories import FAIL_ON_ERROR, PLUGIN, Inventory, connection, run
from ansible_collections.estate.vmware.tests.integration.running import REPOSITORY, run_module

_EXAMPLE = re.compile(r"^# (\S+\.(?:vmware_inventory|vmware)\.yml).*?(?=^```|^---|\Z)", re.MULTILINE | re.DOTALL)
_PAGES = [REPOSITORY / path for path in ("docs/inventory.md", "docs/moving-from-community-vmware.md", "README.md")]


def examples(page):
    """The inventory files in a page: options by name."""
    text = page.read_text(encoding="utf-8")
    found = {match[1]: yaml.safe_load(match[0]) for match in _EXAMPLE.finditer(text)}
    assert len(found) == text.count(f"plugin: {PLUGIN}")
    return found


def reached(options, estate):
    """The same with the simulators in place of the vCenters."""
    for option in CONNECTION_OPTIONS.keys() & options.keys():
        del options[option]
    if "sources" in options:
        options["sources"] = [connection(simulator, source=one["source"]) for one, simulator in zip(options["sources"], estate)]
    return options if {"sources", "scans"} & options.keys() else {**connection(estate[0]), **options}


def test_examples_have_hosts(tmp_path, estate):
    """All of them in one run, each with a group of its own besides."""
    scans = tmp_path / "vmware-inventory" / "scans"
    scans.mkdir(parents=True)
    run_module(tmp_path, "vmware_inventory_facts", **connection(estate[1]), dest=str(scans))
    files = {}
    for number, found in enumerate([yaml.safe_load(vmware_inventory.EXAMPLES), *map(examples, _PAGES)]):
        for name, options in found.items():
            group = f"example_{number}_{re.sub(r'[^a-z]', '_', name.partition('.')[0])}"
            files[group] = tmp_path / f"{group}.{name}"
            files[group].write_text(yaml.safe_dump({**reached(options, estate), "groups": {**options.get("groups", {}), group: "true"}}))
    arguments = [argument for path in files.values() for argument in ("--inventory", path)]
    done = run(tmp_path, "ansible-inventory", *arguments, "--list", **FAIL_ON_ERROR)
    assert done.code == 0, done.messages
    groups = Inventory(done.output).groups
    assert not [group for group in files if not groups.get(group)] and len(files) > 10
