# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/moving-guest-modules.md names options that exist."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "moving-guest-modules.md"
#: What is a value there, not an option.
VALUES = {
    "vmware_vm": {"latest", "convert", "unregister", "5m", "dhcp", "10.0.0.5/24", "switch/port group", "https", "thin", "thick", "eager_zeroed"},
    "vmware_vm_power": set(),
    "vmware_vm_snapshot": {"wanted", "required"},
}


def paths(options, prefix=""):
    """The options of an item with those below them: cpu, cpu.count."""
    for name, spec in options.items():
        yield prefix + name
        yield from paths(spec.get("options") or {}, f"{prefix}{name}.")


@pytest.mark.parametrize(("name", "title"), [*((name, "option") for name in VALUES), ("vmware_vm", "option of vmware_deploy_ovf")])
def test_options_exist(name, title):
    module = import_module(f"ansible_collections.estate.vmware.plugins.modules.{name}")
    states = module.ARGUMENT_SPEC["state"]["choices"]
    known = {*paths(module.ITEM["options"]), *module.ARGUMENT_SPEC, *VALUES[name], *states, *(f"state: {state}" for state in states)}
    _before, table = PAGE.read_text(encoding="utf-8").split(f"| {title} | in {name} |\n| --- | --- |\n")
    rows = [line.rsplit("|", 2)[1] for line in table.partition("\n\n")[0].splitlines()]
    named = [option for row in rows for option in re.findall(r"`([^`]+)`", row)]
    assert len(named) > 5 and [option for option in named if option not in known] == []
