# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Options of an item: one line of a table each, from which the argument spec is made and what was given is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import join_choices
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import Bounds, Kind


@dataclass(frozen=True)
class Option:
    """One option.

    :ivar name: ``size``; with the options around it where they are mappings: ``cpu.count``.
    :ivar description: for administrators, without a full stop.
    :ivar bounds: least and greatest value, number of characters of a text; None for none.
    :ivar words: the choices of a text, each with vSphere's word for it.
    :ivar is_secret: AnsibleModule hides its value.
    :ivar path: the vSphere property, for the docs; of a device, within it.
    """

    name: str
    kind: Kind
    description: str
    bounds: Bounds | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    default: Any = None
    is_secret: bool = False
    path: str = ""

    def argument_spec(self) -> dict[str, Any]:
        """Of this option, see common/option_specs.py."""
        spec: dict[str, Any] = {"type": self.kind.type, "check": self.check}
        if self.kind.elements:
            spec["elements"] = self.kind.elements
        if self.words:
            spec["choices"] = list(self.words)
        if self.is_required:
            spec["required"] = True
        if self.default is not None:
            spec["default"] = self.default
        if self.is_secret:
            spec["no_log"] = True
        return spec

    def value(self, where: str, given: Any) -> Any:
        """vSphere's value of what was given; of a list, a tuple.

        :param where: the option as the user wrote it, such as ``vms[3].cpu.count``.
        :raises InvalidOption: it cannot be used.
        """
        if self.kind.elements:
            return tuple(self.check(f"{where}[{number}]", element) for number, element in enumerate(given))
        return self.check(where, given)

    def check(self, where: str, given: Any) -> Any:
        """vSphere's value of what was given, or of one element of a list.

        :raises InvalidOption: it cannot be used.
        """
        value = self.kind.parse(where, given, self.bounds)
        if not self.words:
            return value
        if value not in self.words:
            raise InvalidOption(f"{where} must be {join_choices(list(self.words))} (got {quoted(value)})")
        return self.words[value]

    def shown(self, value: Any) -> Any:
        """A value of vSphere as the user writes it; one that has no word, as it is."""
        return self.kind.show(next((word for word, ours in self.words.items() if ours == value), value))


def argument_spec(options: Iterable[Option]) -> dict[str, Any]:
    """Of a table of options, see common/option_specs.py: ``cpu.count`` stands in the options of ``cpu``."""
    spec: dict[str, Any] = {}
    for option in options:
        *outer, last = option.name.split(".")
        inner = spec
        for name in outer:
            inner = inner.setdefault(name, {"type": "dict", "options": {}})["options"]
        inner[last] = option.argument_spec()
    return spec


def given_value(item: Mapping[str, Any], name: str) -> Any:
    """What an item has for an option such as ``cpu.count``; None where it is not set."""
    value: Any = item
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def values(options: Sequence[Option], where: str, item: Mapping[str, Any], problems: MutableSequence[str]) -> dict[str, Any]:
    """Option to vSphere's value, for those of a table that are set. A wrong one is left out and becomes a problem.

    :param where: the item as the user wrote it, such as ``vms[3].disks[0]``.
    :param item: of the types that its argument spec says.
    """
    found = {}
    for option in options:
        given = given_value(item, option.name)
        if given is None:
            given = option.default
        if given is None:
            continue
        try:
            found[option.name] = option.value(f"{where}.{option.name}", given)
        except InvalidOption as error:
            problems.extend(error.lines)
    return found
