# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each option of the modules that change VMs is given by a test that runs the module over TLS, or docs say that it is not tried on a real server."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import IDENTITY_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import CHANGE_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection_options import OPTIONS as CONNECTION_OPTIONS
from ansible_collections.estate.vmware.plugins.modules import (
    vmware_host_service,
    vmware_template,
    vmware_vm,
    vmware_vm_info,
    vmware_vm_power,
    vmware_vm_snapshot,
)

_TESTS = Path(__file__).parents[1] / "integration"
_DOCS = Path(__file__).parents[2] / "docs" / "vm-settings.md"
MODULES = {
    "vmware_vm": vmware_vm,
    "vmware_vm_power": vmware_vm_power,
    "vmware_vm_snapshot": vmware_vm_snapshot,
    "vmware_vm_info": vmware_vm_info,
    "vmware_template": vmware_template,
    "vmware_host_service": vmware_host_service,
}
#: These run by the same code: what one of them shows of an option that all have counts for all.
ALIKE = [name for name in MODULES if name != "vmware_vm_info"]
#: Module and option to the test that gives it through a helper, where the source does not show the option below its parent.
GIVEN_BY = {
    ("vmware_vm", "source.properties"): "test_vm_ovf.py::test_ova_becomes_a_vm_as_it_shall_be",
    ("vmware_vm", "source.provisioning"): "test_vm_ovf.py::test_ova_becomes_a_vm_as_it_shall_be",
    ("vmware_vm", "source.accept_eula"): "test_vm_ovf.py::test_what_is_wrong_is_said_before_anything_is_sent",
    ("vmware_vm", "source.deployment_option"): "test_vm_ovf.py::test_what_is_wrong_is_said_before_anything_is_sent",
    ("vmware_vm_snapshot", "snapshot.filters"): "test_vm_snapshot.py::test_absent",
    ("vmware_vm_snapshot", "snapshot.description"): "test_vm_snapshot.py::test_present",
    ("vmware_vm_snapshot", "snapshot.power_after_revert"): "test_vm_snapshot.py::test_memory_and_revert",
}
#: What only a real server can show: tests compare what is sent. Docs list the same.
NOT_TRIED = [
    "customization.linux.time_zone",
    *(f"customization.windows.{name}" for name in ("workgroup", "domain", "domain_admin", "domain_password", "admin_password", "time_zone", "product_key")),
    *(f"customization.windows.{name}" for name in ("full_name", "organization", "run_once")),
    "networks.gateway",
]
_INTERNAL = {"results_path": "plugins of this collection alone set it"}


def options_of(options: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, one in options.items():
        yield (*above, name)
        yield from options_of(one.get("options") or {}, (*above, name))


class Given(ast.NodeVisitor):
    """The keys of literals in a source, with those below them: cpu, and cpu.count. Names stand for what is assigned to them anywhere in it."""

    def __init__(self, source: str) -> None:
        self.found: set[tuple[str, ...]] = set()
        self._assigned: defaultdict[str, list[ast.expr]] = defaultdict(list)
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target, value in self._pairs(node.targets[0], node.value):
                    if isinstance(target, ast.Name):
                        self._assigned[target.id].append(value)
        self.visit(tree)

    @staticmethod
    def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            return list(zip(target.elts, value.elts))
        return [(target, value)]

    def visit_Dict(self, node: ast.Dict) -> None:
        self.found |= set(self._below(node))
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg:
            self.found |= {(node.arg,), *((node.arg, *path) for path in self._below(node.value))}
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and "\n" in node.value and ":" in node.value:
            try:
                self.found |= set(_keys(yaml.safe_load(node.value)))
            except yaml.YAMLError:
                return

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
            self.found |= {(target.slice.value,), *((target.slice.value, *path) for path in self._below(node.value))}
        self.generic_visit(node)

    def _below(self, node: ast.expr, depth: int = 0) -> Iterator[tuple[str, ...]]:
        if depth > 12:
            return
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                below = list(self._below(value, depth + 1))
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield (key.value,)
                    yield from ((key.value, *path) for path in below)
                elif key is None:
                    yield from below
        elif isinstance(node, ast.Name):
            for value in self._assigned[node.id]:
                yield from self._below(value, depth + 4)
        else:
            parts = {ast.List: "elts", ast.Tuple: "elts"}.get(type(node))
            several = getattr(node, parts) if parts else []
            several += [node.value] if isinstance(node, ast.Starred) else [node.elt] if isinstance(node, ast.ListComp | ast.GeneratorExp) else []
            several += [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node.left, node.right] if isinstance(node, ast.BinOp) else []
            for part in several:
                yield from self._below(part, depth + 1)


def _keys(value: Any) -> Iterator[tuple[str, ...]]:
    for key, part in value.items() if isinstance(value, dict) else ():
        yield (str(key),)
        yield from ((str(key), *path) for path in _keys(part))
    for part in value if isinstance(value, list) else ():
        yield from _keys(part)


@cache
def given_to(module: str) -> set[tuple[str, ...]]:
    """What tests that run a module give, and all ends of these paths."""
    sources = [path.read_text(encoding="utf-8") for path in _TESTS.glob("*.py")]
    found = [Given(source).found for source in sources if re.search(rf"\b{module}\b", source)]
    return {path[start:] for paths in found for path in paths for start in range(len(path))}


def _is_given(module: str, path: tuple[str, ...]) -> bool:
    shared = path[0] in CHANGE_OPTIONS or path[0] in IDENTITY_OPTIONS
    return any(path in given_to(name) for name in (ALIKE if shared and module in ALIKE else [module]))


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_given_to_a_server(module):
    untried = []
    for full in options_of({name: spec for name, spec in MODULES[module].ARGUMENT_SPEC.items() if name not in CONNECTION_OPTIONS and name not in _INTERNAL}):
        path = full[1:] if full[0] in ("vms", "hosts") and len(full) > 1 else full
        if (module, ".".join(path)) not in GIVEN_BY and not _is_given(module, path):
            untried.append(".".join(full))
    assert untried == [], "no test in tests/integration gives these"


def test_tests_that_the_table_names_are_there():
    for (module, option), test in GIVEN_BY.items():
        file, _colons, name = test.partition("::")
        source = (_TESTS / file).read_text(encoding="utf-8")
        assert f"def {name}(" in source and module in source and option.rpartition(".")[2] in source, test


def test_docs_list_what_is_not_tried_on_a_real_server():
    (listed,) = re.findall(
        r"^\*Not tried on a real server\*, but compared with what is sent: (.*?)\.\n", _DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    known = {".".join(path[1:]) for path in options_of(vmware_vm.ARGUMENT_SPEC) if path[0] == "vms"}
    assert re.findall("`([^`]+)`", listed) == NOT_TRIED and set(NOT_TRIED) <= known
