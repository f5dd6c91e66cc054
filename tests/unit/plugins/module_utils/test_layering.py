# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of module_utils import downwards only: common ← vsphere ← inventory ← report, inventory ← machine, and common ← deliver."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[4] / "plugins"
PREFIX = "ansible_collections.estate.vmware.plugins."
#: Package to the packages that its files may reach, directly or through what they import.
REACHABLE = {
    "common": set(),
    "vsphere": {"common"},
    "inventory": {"common", "vsphere"},
    "machine": {"common", "vsphere", "inventory"},
    "report": {"common", "vsphere", "inventory"},
    "deliver": {"common"},
}
#: Package to those of them that its own import statements may not name.
INDIRECT = {"report": {"vsphere"}}
#: What sends changes. The jobs may check options of changes, and send none.
SENDS = {f"module_utils.machine.{name}" for name in ("evidence", "perform", "run_changes", "scheduler", "work")}


@cache
def imports(module: str, everywhere: bool = True) -> frozenset[str]:
    """The modules of this collection that a module imports anywhere in its syntax tree, or as it is imported, by name below ``plugins``."""
    path = PLUGINS.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            found.add(node.module)
            # A name may itself be a module.
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    ours = (name.removeprefix(PREFIX) for name in found if name.startswith(PREFIX))
    return frozenset(name for name in ours if exists(name))


def exists(module: str) -> bool:
    path = PLUGINS.joinpath(*module.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def reached(module: str, everywhere: bool = True) -> dict[str, str]:
    """Every module that one loads at any time, or as it is imported, to the module that imports it."""
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        importer = waiting.pop()
        for name in imports(importer, everywhere) - found.keys():
            found[name] = importer
            waiting.append(name)
    return found


def package(module: str) -> str:
    kind, _dot, rest = module.partition(".")
    return rest.partition(".")[0] if kind == "module_utils" else kind


def modules(name: str) -> list[str]:
    files = (PLUGINS / "module_utils" / name).rglob("*.py")
    return [".".join(file.relative_to(PLUGINS).with_suffix("").parts).removesuffix(".__init__") for file in files]


def test_every_package_has_its_layer():
    assert {path.name for path in (PLUGINS / "module_utils").iterdir() if path.is_dir() and path.name != "__pycache__"} == set(REACHABLE)


@pytest.mark.parametrize("name", REACHABLE)
def test_imports_go_downwards(name):
    assert modules(name)
    for module in modules(name):
        for found, importer in reached(module).items():
            assert package(found) in {name, "", *REACHABLE[name]}, f"{module} reaches {found}, which {importer} imports"
        assert not {package(found) for found in imports(module)} & INDIRECT.get(name, set()), module


@pytest.mark.parametrize("name", ["action", "inventory", "plugin_utils"])
def test_only_modules_reach_what_sends_changes(name):
    for file in (PLUGINS / name).rglob("*.py"):
        module = ".".join(file.relative_to(PLUGINS).with_suffix("").parts).removesuffix(".__init__")
        assert not reached(module).keys() & SENDS, module


@pytest.mark.parametrize("name", ["inventory", "plugin_utils/inventory"])
def test_dynamic_inventory_reaches_nothing_of_changes(name):
    for file in (PLUGINS / name).rglob("*.py"):
        module = ".".join(file.relative_to(PLUGINS).with_suffix("").parts).removesuffix(".__init__")
        assert not [found for found in reached(module) if package(found) == "machine"], module


@pytest.mark.parametrize("name", ["vmware_vm", "vmware_vm_power", "vmware_vm_snapshot", "vmware_template"])
def test_filters_and_the_catalog_are_imported_where_they_are_used_alone(name):
    """They would be a third of what Python has to compile in each run of such a module."""
    catalog = "module_utils.inventory.catalog.sections"
    assert catalog in reached(f"modules.{name}")
    assert catalog not in reached(f"modules.{name}", everywhere=False)


def test_the_import_graph_is_seen():
    assert "module_utils.vsphere.transport" in imports("module_utils.vsphere.session")
    assert "module_utils.common.tls" in imports("module_utils.vsphere.https_connection")
    assert "module_utils.common.text" in reached("module_utils.vsphere.session")


def test_init_files_are_empty():
    assert all(file.read_text() == "" for file in (PLUGINS / "module_utils").rglob("__init__.py"))
