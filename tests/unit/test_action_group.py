# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action group has every module that connects to a source, so that ``module_defaults`` gives all of them the connection."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("vmware_*.py"))
PACKAGE = "ansible_collections.estate.vmware.plugins"


def spec(name):
    return getattr(import_module(f"{PACKAGE}.modules.{name}"), "ARGUMENT_SPEC", {})


def options(name):
    documentation = yaml.safe_load(import_module(f"{PACKAGE}.modules.{name}").DOCUMENTATION)
    return documentation["options"]


def test_group_has_the_modules_that_connect():
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    assert groups == {"vmware": [name for name in MODULES if "hostname" in spec(name)]}


CHANGING = [name for name in MODULES if "protected" in spec(name)]


@pytest.mark.parametrize("name", CHANGING)
def test_module_that_changes_has_an_action_plugin_that_follows_it(name):
    base = import_module(f"{PACKAGE}.plugin_utils.job.followed_module").ChangingModule
    assert issubclass(import_module(f"{PACKAGE}.action.{name}").ActionModule, base)


@pytest.mark.parametrize("name", CHANGING)
def test_items_are_documented(name):
    """ansible-test compares them with what Ansible checks; this with what we check."""
    module = import_module(f"{PACKAGE}.modules.{name}")

    def documented(described):
        return {key: documented(value["suboptions"]) if "suboptions" in value else None for key, value in described.items()}

    def declared(specs):
        return {key: declared(value["options"]) if "options" in value else None for key, value in specs.items()}

    assert documented(options(name)["vms"]["suboptions"]) == declared(module.ITEM["options"])
