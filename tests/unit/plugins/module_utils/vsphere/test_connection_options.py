# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of connection options, compared with every other place that names them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.estate.vmware.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.estate.vmware.plugins.inventory import vmware_inventory
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import CONNECTION_OPTIONS, OPTIONS
from ansible_collections.estate.vmware.plugins.modules import vmware_connection_info, vmware_inventory_facts

ROOT = Path(__file__).parents[5]
FRAGMENT = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
FRAGMENT_NAME = "estate.vmware.connection"
#: Options whose environment variable the page does not name: the role has the inventory's name of the host in its place.
WITHOUT_VARIABLE = {"hostname"}


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_fragment_has_the_options_in_the_order_of_the_table():
    assert list(FRAGMENT) == list(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_fragment_describes_each_option_as_the_table_has_it(name):
    option, documented = OPTIONS[name], FRAGMENT[name]
    assert documented["type"] == option.type
    assert documented.get("default") == option.default
    assert documented.get("required", False) is option.is_required
    assert f"E({option.variable})" in documented["description"][-1]


@pytest.mark.parametrize("plugin", [vmware_inventory_facts, vmware_connection_info, vmware_inventory])
def test_modules_and_inventory_plugin_document_the_fragment(plugin):
    documentation = yaml.safe_load(plugin.DOCUMENTATION)
    assert FRAGMENT_NAME in documentation["extends_documentation_fragment"]
    for name in OPTIONS.keys() & documentation["options"].keys():
        own = documentation["options"][name]
        assert own.get("type", OPTIONS[name].type) == OPTIONS[name].type, name
        assert own.get("default", OPTIONS[name].default) == OPTIONS[name].default, name


def test_role_names_a_variable_for_each_option():
    specs = yaml.safe_load((ROOT / "roles" / "vmware_collect" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    text = yaml.safe_dump(specs, width=10_000)
    named = set(re.findall(r"C\(vmware_(\w+)\)", text))
    assert OPTIONS.keys() <= named


@pytest.mark.parametrize("name", [name for name in OPTIONS if name not in WITHOUT_VARIABLE])
def test_docs_have_a_row_for_each_option(name):
    option = OPTIONS[name]
    default = {None: "", True: "`true`"}.get(option.default, f"`{option.default}`")
    row = re.search(rf"^\| `vmware_{name}` \| `(\w+)` \| (\S*) ?\|", page("variables.md"), re.MULTILINE)
    assert row and row.groups() == (option.variable, default)


def test_page_about_connecting_names_no_other_variable():
    assert set(re.findall(r"VMWARE_[A-Z_]*[A-Z]", page("connecting.md"))) <= {option.variable for option in OPTIONS.values()}


def test_secrets_are_hidden_from_logs_and_representations():
    secrets = {name for name, option in OPTIONS.items() if option.is_secret}
    assert secrets == {name for name, spec in CONNECTION_OPTIONS.items() if spec.get("no_log")}
    given = {name: spec.get("default") for name, spec in CONNECTION_OPTIONS.items()}
    given.update(hostname="vc", username="reader", password="s3cret", proxy_host="proxy", proxy_port=3128, proxy_username="me", proxy_password="s3cret")
    assert "s3cret" not in repr(Connection.from_options(given))
