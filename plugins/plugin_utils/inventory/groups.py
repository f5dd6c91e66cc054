# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Groups of hosts by the values of fields, without Jinja.

A rule names a field, or several, each of which divides the groups of the one before::

    power_state                          power_state_poweredOn
    folder                               folder_Prod, and in it folder_Prod_Web
    tags.Environment                     Environment_Production
    [datacenter, cluster, host]          datacenter_Madrid, in it cluster_Madrid_gold, in it host_Madrid_gold_esx1

Names of nested groups contain those of the outer ones: two datacenters may have clusters of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import MAP, Section

#: The one field whose values are paths.
_FOLDER = "folder"
_OPTIONS = ("field", "prefix", "separator", "default_value")

#: Names of groups, from the outermost: each is in the one before.
Chain = tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One entry of the option ``group_by``.

    :ivar levels: of each level the field, its entry (for a field that is a map), and the prefix of the groups' names.
    """

    levels: tuple[tuple[str, str, str], ...]
    separator: str
    default: str

    @property
    def fields(self) -> list[str]:
        """The fields it uses."""
        return [field for field, _entry, _prefix in self.levels]

    def chains(self, row: Mapping[str, Any]) -> Iterator[Chain]:
        """The groups of a host; names may have characters that Ansible replaces.

        :param row: field to plain value, None for unknown.
        """
        yield from self._below((), (), 0, row)

    def _below(self, chain: Chain, values: tuple[str, ...], level: int, row: Mapping[str, Any]) -> Iterator[Chain]:
        if level == len(self.levels):
            if chain:
                yield chain
            return
        field, entry, prefix = self.levels[level]
        found = False
        for path in _paths(field, entry, row.get(field)) or ([(self.default,)] if self.default else []):
            found = True
            names, inner = chain, values
            for value in path:
                inner = (*inner, value)
                names = (*names, self.separator.join(part for part in (prefix, *inner) if part))
            yield from self._below(names, inner, level + 1, row)
        if not found:
            # A standalone host is in no cluster, but in a datacenter.
            yield from self._below(chain, values, level + 1, row)


def parse_rules(given: Sequence[Any], sections: Iterable[Section], pseudo_fields: Sequence[str]) -> list[Rule]:
    """The option ``group_by``, checked.

    :param sections: those that are read. :param pseudo_fields: fields that are in no section.
    :raises InvalidOption: a field does not exist, or an entry cannot be used.
    """
    kinds = dict.fromkeys(pseudo_fields, "") | {item.key: item.kind for section in sections for item in section.fields}
    return [_rule(f"group_by[{number}]", one, kinds) for number, one in enumerate(given)]


def _rule(option: str, given: Any, kinds: Mapping[str, str]) -> Rule:
    if not isinstance(given, Mapping):
        given = {"field": given}
    for name in given:
        if name not in _OPTIONS:
            raise InvalidOption(f"{option}: unknown option {name}; valid options: {', '.join(_OPTIONS)}")
    fields = given.get("field")
    fields = [fields] if isinstance(fields, str) else fields
    if not isinstance(fields, Sequence) or not fields or not all(isinstance(field, str) for field in fields):
        raise InvalidOption(f"{option}: field must be a field, such as power_state, or a list of fields (got {quoted(given)})")
    prefixes = given.get("prefix")
    if prefixes is None:
        prefixes = [field.partition(".")[2] or field for field in fields]
    prefixes = [prefixes] if isinstance(prefixes, str) else prefixes
    if not isinstance(prefixes, Sequence) or len(prefixes) != len(fields):
        raise InvalidOption(f"{option}.prefix: must have one prefix for each of {', '.join(fields)} (got {quoted(prefixes)})")
    levels = []
    for field, prefix in zip(fields, prefixes):
        key, dot, entry = field.partition(".")
        if key not in kinds:
            raise InvalidOption(f"{option}: unknown field {key}; valid fields: {', '.join(kinds)}")
        if dot and kinds[key] != MAP:
            maps = [name for name, kind in kinds.items() if kind == MAP]
            raise InvalidOption(f"{option}: {key} has no entries, so no {entry}; fields with entries: {', '.join(maps)}")
        levels.append((key, entry, str(prefix)))
    default = "".join(_texts(given.get("default_value"))[:1])
    return Rule(tuple(levels), str(given.get("separator", "_")), default)


def _paths(field: str, entry: str, value: Any) -> list[tuple[str, ...]]:
    """The values of a field, each after those that contain it."""
    if value is None or value == "":
        return []
    if field == _FOLDER:
        # A slash in the name of a folder cannot be told from one between folders: it makes two groups.
        parts = tuple(part for part in str(value).split("/") if part)
        return [parts] if parts else []
    if isinstance(value, Mapping):
        if entry:
            return [(text,) for text in _texts(value.get(entry))]
        return [(f"{name}_{text}",) for name, texts in value.items() for text in _texts(texts)]
    return [(text,) for text in _texts(value)]


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    values = value if isinstance(value, (list, tuple)) else [value]
    return [str(one) for one in values if one is not None and one != ""]
