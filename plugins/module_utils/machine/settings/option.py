# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Options of an item: one line of a table each, from which the argument spec is made and what was given is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.problems import Problems
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
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
    """

    name: str
    kind: Kind
    description: str
    bounds: Bounds | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    default: Any = None
    is_secret: bool = False

    def argument_spec(self) -> dict[str, Any]:
        """Of this option, for AnsibleModule."""
        spec: dict[str, Any] = {"type": self.kind.type}
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
        """vSphere's value of what was given.

        :param where: the option as the user wrote it, such as ``vms[3].cpu.count``.
        :raises InvalidOption: it cannot be used.
        """
        value = self.kind.parse(where, given, self.bounds)
        if not self.words:
            return value
        if self.kind.elements:
            return tuple(self._word(f"{where}[{number}]", word) for number, word in enumerate(value))
        return self._word(where, value)

    def shown(self, value: Any) -> Any:
        """A value of vSphere as the user writes it; one that has no word, as it is."""
        return self.kind.show(next((word for word, ours in self.words.items() if ours == value), value))

    def _word(self, where: str, word: str) -> str:
        if word not in self.words:
            raise InvalidOption(f"{where} must be one of {', '.join(self.words)} (got {quoted(word)})")
        return self.words[word]


def argument_spec(options: Iterable[Option]) -> dict[str, Any]:
    """Of a table of options, for AnsibleModule: ``cpu.count`` stands in the options of ``cpu``."""
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


def values(options: Sequence[Option], where: str, item: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Option to vSphere's value, for those of a table that are set. A wrong one is left out and becomes a problem.

    :param where: the item as the user wrote it, such as ``vms[3].disks[0]``.
    """
    found = {}
    for option in options:
        given = given_value(item, option.name)
        if given is None:
            given = option.default
        if given is None:
            if option.is_required:
                problems.add(f"{where}.{option.name} is missing")
            continue
        value = problems.check(option.value, f"{where}.{option.name}", given)
        if value is not None:
            found[option.name] = value
    return found


def unknown_names(item: Any, known: Iterable[str], where: str, problems: Problems) -> None:
    """Report the names of an item, at its top, that no option has."""
    if not isinstance(item, Mapping):
        problems.add(f"{where} must be a mapping (got {quoted(item)})")
        return
    names = list(dict.fromkeys(name.partition(".")[0] for name in known))
    for name in item.keys() - set(names):
        problems.add(f"{where} has no option {quoted(name)}{suggestion(name, names)}")
