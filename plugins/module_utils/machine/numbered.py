# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One item for many VMs: ``count: 12`` with ``name: web-{n:02d}`` makes web-01 to web-12."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableSequence
from copy import deepcopy
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

#: Nothing else is understood: the text is no format string of Python, which could reach into objects.
_NUMBER = re.compile(r"\{n(?::0([1-9])d)?\}")
#: What is meant as a number, right or wrong.
_MEANT = re.compile(r"\{n[:}]")
_BRACE = re.compile(r"[{}]")
#: Options in which the number of a VM may stand.
NUMBERED = ("name", "networks[].address[]", "customization.linux.hostname", "customization.windows.computer_name")
#: The same, where braces may also be a part of the text.
_FREE = ("properties.*", "source.properties.*")
#: Options of which several VMs cannot have the same value, with the remedy; DHCP is no such value.
_UNIQUE = {
    "networks[].mac": "leave it out, and the server generates one for each",
    "networks[].address[]": "put {n} into it",
    "disks[].file": "leave it out, or give each VM an item of its own",
    "customization.linux.hostname": "put {n} into it, or leave it out for the name of the VM",
    "customization.windows.computer_name": "put {n} into it, or leave it out for the name of the VM",
}
DHCP = "dhcp"


def has_number(text: str) -> bool:
    """Whether a text has ``{n}`` or ``{n:02d}``."""
    return _NUMBER.search(text) is not None


def numbered(option: str, text: str, number: int) -> str:
    """A text with ``{n}`` and ``{n:02d}`` replaced by a number.

    :param option: as the user wrote it.
    :raises InvalidOption: it has other braces.
    """
    if _BRACE.search(_NUMBER.sub("", text)):
        raise InvalidOption(f"{option} must have no other braces than {{n}} or, with leading zeros, {{n:02d}} (got {quoted(text)})")
    return _replaced(text, number)


def expanded(where: str, item: Mapping[str, Any], problems: MutableSequence[str]) -> list[dict[str, Any]]:
    """The items that one item with ``count`` stands for, without ``count``; without it, only itself.

    :param where: the item as the user wrote it: ``vms[3]``.
    """
    count = item.get("count")
    one = {name: value for name, value in item.items() if name != "count"}
    if count is None:
        # Other braces are a part of the name like others.
        problems.extend(f"{where}.{option} has {{n}}, which needs count" for option, holder, key in _texts(one, NUMBERED) if _MEANT.search(holder[key]))
        return [one]
    if not has_number(one.get("name") or ""):
        problems.append(f"{where}.name must have {{n}} or {{n:02d}}, since count makes several VMs (got {quoted(one.get('name'))})")
    if count > 1:
        for path, remedy in _UNIQUE.items():
            for option, holder, key in _texts(one, (path,)):
                if holder[key] != DHCP and not (path in NUMBERED and has_number(holder[key])):
                    problems.append(f"{where}.{option} would be the same for {count} VMs: {remedy}")
    return [_numbered_item(where, one, number, problems if number == 1 else []) for number in range(1, count + 1)]


def _numbered_item(where: str, item: Mapping[str, Any], number: int, problems: MutableSequence[str]) -> dict[str, Any]:
    made = deepcopy(dict(item))
    for option, holder, key in _texts(made, NUMBERED):
        try:
            holder[key] = numbered(f"{where}.{option}", holder[key], number)
        except InvalidOption as error:
            problems.extend(error.lines)
    for _option, holder, key in _texts(made, _FREE):
        holder[key] = _replaced(holder[key], number)
    return made


def _replaced(text: str, number: int) -> str:
    return _NUMBER.sub(lambda found: f"{number:0{found[1] or 1}d}", text)


def _texts(item: Any, paths: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    """The texts that an item has at some paths: the option as the user wrote it, the mapping or list that holds it, and its key there."""
    for path in paths:
        yield from _at(item, path.replace("[]", ".[]").split("."), "")


def _at(holder: Any, path: list[str], shown: str) -> Iterator[tuple[str, Any, Any]]:
    name, *rest = path
    keys: list[tuple[Any, str]]
    if name == "*":
        keys = [(key, f"{shown}.{key}") for key in holder] if isinstance(holder, Mapping) else []
    elif name == "[]":
        keys = [(number, f"{shown}[{number}]") for number in range(len(holder))] if isinstance(holder, list) else []
    else:
        keys = [(name, f"{shown}.{name}" if shown else name)] if isinstance(holder, Mapping) and name in holder else []
    for key, option in keys:
        if rest:
            yield from _at(holder[key], rest, option)
        elif isinstance(holder[key], str):
            yield option, holder, key
