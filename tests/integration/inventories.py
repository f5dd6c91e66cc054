# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run Ansible's commands on inventory files of the dynamic inventory, as people do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from estates import Simulator

from ansible_collections.estate.vmware.tests.integration.running import ansible_environment, run_program, source

PLUGIN = "estate.vmware.vmware_inventory"
#: With these a file that cannot be parsed is an error.
FAIL_ON_ERROR = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}


def connection(simulator: Simulator, **changes: Any) -> dict[str, Any]:
    """Options that reach a simulator; None takes one away."""
    options = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
    return {key: value for key, value in {**options, **changes}.items() if value is not None}


def sources(simulators: Iterable[Simulator], **changes: Any) -> list[dict[str, Any]]:
    """The option ``sources``, each called as its simulator."""
    return [connection(simulator, source=simulator.name, **changes) for simulator in simulators]


def inventory_file(folder: Path, name: str = "site", **options: Any) -> Path:
    """An inventory file with these options in a folder."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.vmware_inventory.yml"
    path.write_text(yaml.safe_dump({"plugin": PLUGIN, **options}, sort_keys=False, allow_unicode=True))
    return path


class CommandResult(NamedTuple):
    """A finished command: its exit code, its output, and its warnings and errors in one line."""

    code: int
    output: str
    messages: str


def run(folder: Path, *command: str | Path, **environment: str) -> CommandResult:
    """Run one of Ansible's commands where it leaves its files in a folder."""
    environment = {**ansible_environment(folder), "ANSIBLE_DEPRECATION_WARNINGS": "true", "COLUMNS": "10000", **environment}
    done = run_program(command, folder, environment)
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return CommandResult(done.returncode, done.stdout, " ".join(done.stderr.split()))


def _plain(found: dict[str, Any]) -> Any:
    """Ansible marks texts that are no templates, newer releases all of them."""
    return found["__ansible_unsafe"] if found.keys() == {"__ansible_unsafe"} else found


class Inventory:
    """The output of ``ansible-inventory --list``.

    :ivar hosts: host variables by name. :ivar groups: hosts by name of the group, those of its children not among them.
    :ivar children: groups by the name of the group that they are in. :ivar messages: warnings.
    """

    def __init__(self, output: str, messages: str = "") -> None:
        # With -v other output comes before.
        inventory: dict[str, Any] = json.loads(output[output.index("{\n") :], object_hook=_plain)
        self.hosts: Mapping[str, dict[str, Any]] = inventory.pop("_meta")["hostvars"]
        self.groups = {name: set(group.get("hosts", ())) for name, group in inventory.items()}
        self.children = {name: set(group.get("children", ())) for name, group in inventory.items() if group.get("children")}
        self.messages = messages

    def by_name(self) -> dict[str, dict[str, Any]]:
        """The variable ``vmware`` by the name of the host."""
        return {name: variables["vmware"] for name, variables in self.hosts.items()}


def listed(folder: Path, *arguments: str | Path, **options: Any) -> Inventory:
    """The inventory of a file with these options, which must be read without an error."""
    done = run(folder, "ansible-inventory", "--inventory", inventory_file(folder, **options), "--list", *arguments, **FAIL_ON_ERROR)
    assert done.code == 0, done.messages
    return Inventory(done.output, done.messages)
