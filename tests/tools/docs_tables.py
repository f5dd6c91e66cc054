# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make docs: write the tables of docs/variables.md, docs/troubleshooting.md, docs/changing.md and docs/vm-settings.md from the code that they describe."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.estate.vmware.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.estate.vmware.plugins.module_utils.common.error_kinds import ERROR_KINDS
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import LINUX_OPTIONS, WINDOWS_OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import SAID
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.power import STATES
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import (
    COPY_DISK,
    CREATE_FOLDER,
    DELETE_DIRECTORY,
    MAKE_DIRECTORY,
    MOVE,
    OPERATIONS,
    SET_SERVICE_POLICY,
    START_SERVICE,
    STOP_SERVICE,
    TAKE_SNAPSHOT,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings import rules
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import SETTINGS
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import DEVICE_LISTS

_ROOT = Path(__file__).resolve().parents[2]
_ROLES = ("vmware_collect", "vmware_report", "vmware_deliver", "vmware_prune", "vmware_vms")
#: Markup of Ansible's documentation that becomes code. M(), O() and their like may name a thing, then ``#``, and a part of it.
_CODE = re.compile(r"\b[COVEPM]\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_ENVIRONMENT = re.compile(r"E\((VMWARE_\w+)\)")


def documents() -> list[tuple[Path, str]]:
    """Every page with what should stand in it."""
    variables = {"source": _source_table, **{role: partial(_role_table, role) for role in _ROLES}}
    changing = {"privileges": _privileges, "evidence": _evidence}
    pages: dict[str, dict[str, Callable[[], Iterable[str]]]] = {
        "variables.md": variables,
        "troubleshooting.md": {"kinds": _error_kinds},
        "changing.md": changing,
        "power.md": {"states": _power_states},
    }
    pages["vm-settings.md"] = {"settings": _settings, **{name: partial(_options, options) for name, options in DEVICE_LISTS.items()}}
    pages["vm-settings.md"]["customization"] = _customization
    return [_with_tables(page, tables) for page, tables in pages.items()]


def _with_tables(page: str, tables: Mapping[str, Callable[[], Iterable[str]]]) -> tuple[Path, str]:
    """A page of docs/ with its tables, each between the comments ``begin`` and ``end`` with the table's name."""
    path = _ROOT / "docs" / page
    text = path.read_text(encoding="utf-8")
    for name, lines in tables.items():
        begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->"
        before, _begin, rest = text.partition(begin)
        text = before + begin + "\n" + "\n".join(lines()) + "\n\n" + end + rest.partition(end)[2]
    return path, text


def _error_kinds() -> Iterator[str]:
    for kind, meaning in ERROR_KINDS.items():
        yield f"### {kind}\n"
        yield f"**Cause**: {meaning.cause.replace('``', '`')}\n"
        yield f"**Remedy**: {meaning.cure.replace('``', '`')}\n"


def _privileges() -> Iterator[str]:
    yield "| to | vSphere calls | the account needs | and |"
    yield "| --- | --- | --- | --- |"
    for operation in OPERATIONS:
        further = ", ".join(f"{privilege} {purpose}" for privilege, purpose in operation.further)
        yield f"| {operation.name} | {operation.method} | {operation.privilege} | {further} |"


_OF_FILES = {
    MAKE_DIRECTORY: "the directory is there, and was not when the call began",
    COPY_DISK: "the file is there, no task `copyVirtualDisk` of the same account goes on, and none since it was sent has failed",
    DELETE_DIRECTORY: "the directory is gone, and no task `deleteFile` of the same account goes on",
}


def _evidence() -> Iterator[str]:
    yield "| change | shows that it happened | if nothing does |"
    yield "| --- | --- | --- |"
    for operation in OPERATIONS:
        signs = []
        if operation.is_of_files:
            signs.append(_OF_FILES[operation])
        elif operation is CREATE_FOLDER:
            signs.append("a folder of this name is there")
        elif operation.makes:
            signs.append("a VM of this name in the folder that has the mark of this call, once no such task goes on")
        elif operation is MOVE:
            signs.append("the VM is in the folder, once no such task of the folder goes on")
        elif operation.tasks:
            going_on = ", that goes on" if operation.removes or operation is TAKE_SNAPSHOT else ""
            signs.append(f"a task {' or '.join(f'`{task}`' for task in operation.tasks)} of the VM, of the same account, queued since it was sent{going_on}")
        if operation.state:
            path, value = operation.state
            signs.append(f"`{path}` is {'not set' if value is None else f'`{json.dumps(value)}`'}".replace('"', ""))
        if operation in (START_SERVICE, STOP_SERVICE, SET_SERVICE_POLICY):
            signs.append("the service is as wanted (`config.service`)")
        if operation is TAKE_SNAPSHOT:
            signs.append("a snapshot of this name that was not there before")
        if operation.removes and not operation.is_of_files:
            signs.append("the object is gone")
        yield f"| {operation.name} | {'; or '.join(signs) or 'nothing'} | {'sent again' if operation.repeatable else 'unknown'} |"


def _power_states() -> Iterator[str]:
    yield "| `state` | vSphere method | from | to | the account needs |"
    yield "| --- | --- | --- | --- | --- |"
    for name, state in STATES.items():
        begins = " or ".join(SAID[begin] for begin in SAID if begin in state.begins)
        yield f"| `{name}` | {state.operation.method} | {begins}{', VMware Tools run' * state.asks_guest} | {SAID[state.after]} | {state.operation.privilege} |"


def _settings() -> Iterator[str]:
    running = {rules.nothing: "yes", rules.powered_off: "no", rules.cpu_count: "with hot add or hot remove", rules.memory_size: "with hot add"}
    yield "| option | meaning | vSphere property | while the VM runs | privilege |"
    yield "| --- | --- | --- | --- | --- |"
    for setting in SETTINGS:
        yield f"| `{setting.name}` | {_meaning(setting)} | `{setting.path}` | {running[setting.needs_off]} | `VirtualMachine.Config.{setting.privilege}` |"


def _options(options: Iterable[Option]) -> Iterator[str]:
    yield "| option | meaning | vSphere property of the device |"
    yield "| --- | --- | --- |"
    for option in options:
        yield f"| `{option.name}` | {_meaning(option)} | {f'`{option.path}`' if option.path else ''} |"


def _customization() -> Iterator[str]:
    yield "| option | meaning |"
    yield "| --- | --- |"
    for name, options in (("linux", LINUX_OPTIONS), ("windows", WINDOWS_OPTIONS)):
        for option in options:
            yield f"| `{name}.{option.name}` | {_meaning(option)} |"


def _meaning(option: Option) -> str:
    words = f": {', '.join(f'`{word}`' for word in option.words)}" if option.words else ""
    return f"{option.description}{words}{' (required)' if option.is_required else ''}"


def _source_table() -> Iterator[str]:
    yield "| variable | environment | default | meaning |"
    yield "| --- | --- | --- | --- |"
    for name, option in yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"].items():
        described = _paragraphs(option)
        (variable,) = (found[1] for line in described if (found := _ENVIRONMENT.search(line)))
        meaning = " ".join(_plain(line, "vmware_") for line in described if not _ENVIRONMENT.search(line))
        # The job uses the host's name in the inventory, and not the environment.
        environment, default = (f"`{variable}`", _default(option)) if name != "hostname" else ("", "the inventory's name of the host")
        yield f"| `vmware_{name}` | {environment} | {default} | {meaning} |"


def _role_table(role: str) -> Iterator[str]:
    specs = yaml.safe_load((_ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    yield "| variable | default | meaning |"
    yield "| --- | --- | --- |"
    for name, option in specs["argument_specs"]["main"]["options"].items():
        how_many = "Any" if option["type"] == "list" else "One"
        choices = f" {how_many} of {', '.join(f'`{choice}`' for choice in option['choices'])}." if "choices" in option else ""
        yield f"| `{name}` | {_default(option)} | {' '.join(map(_plain, _paragraphs(option)))}{choices} |"


def _paragraphs(option: dict[str, Any]) -> list[str]:
    described = option["description"]
    return [described] if isinstance(described, str) else described


def _default(option: dict[str, Any]) -> str:
    if "default" not in option:
        return ""
    default = option["default"]
    if "choices" in option and default == option["choices"]:
        return "all"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`".replace("``", '`""`')


def _plain(text: str, prefix: str = "") -> str:
    """A paragraph of Ansible's documentation in Markdown.

    :param prefix: put before the names of options.
    """

    def code(found: re.Match[str]) -> str:
        if found[0][0] != "O":
            return f"`{found[1]}`"
        plugin, of, option = found[1].rpartition("#")
        return f"`{option.rpartition(':')[2]}` of `{plugin}`" if of else f"`{prefix}{option}`"

    return _CODE.sub(code, text).replace("|", "\\|")


if __name__ == "__main__":
    for path, text in documents():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(_ROOT)}")
