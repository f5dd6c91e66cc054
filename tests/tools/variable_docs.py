# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make docs: write the tables of docs/variables.md from the roles' argument specs and the documentation of the connection options."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.estate.vmware.plugins.doc_fragments.connection import ModuleDocFragment

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "variables.md"
_ROLES = ("vmware_collect", "vmware_report", "vmware_deliver")
#: Markup of Ansible's documentation that becomes code. M(), O() and their like may name a thing, then ``#``, and a part of it.
_CODE = re.compile(r"\b[COVEPM]\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_ENVIRONMENT = re.compile(r"E\((VMWARE_\w+)\)")


def documents() -> list[tuple[Path, str]]:
    """Every file with what should stand in it."""
    page = _PAGE.read_text(encoding="utf-8")
    for name, lines in [("source", _source_table()), *((role, _role_table(role)) for role in _ROLES)]:
        begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->"
        before, _begin, rest = page.partition(begin)
        page = before + begin + "\n" + "\n".join(lines) + "\n\n" + end + rest.partition(end)[2]
    return [(_PAGE, page)]


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
