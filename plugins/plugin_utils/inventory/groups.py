# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Groups of hosts by what their fields say, without Jinja.

A rule names a field, or several of which each parts the groups of the one before::

    power_state                          power_state_poweredOn
    folder                               folder_Prod, and in it folder_Prod_Web
    tags.Environment                     Environment_Production
    [datacenter, cluster, host]          datacenter_Madrid, in it cluster_Madrid_gold, in it host_Madrid_gold_esx1

In a chain names carry what they lie in, for two datacenters may each have a cluster of the same name.
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

#: What groups are called, from the outside in: each is in the one before.
Chain = tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One entry of the option ``group_by``.

    :ivar levels: field and entry of it (for a field that is a map) of each level, and what its groups' names begin with.
    """

    levels: tuple[tuple[str, str, str], ...]
    separator: str
    default: str

    @property
    def fields(self) -> list[str]:
        """The fields that it looks at."""
        return [field for field, _entry, _prefix in self.levels]

    def chains(self, row: Mapping[str, Any]) -> Iterator[Chain]:
        """The groups of a host, by the raw names that its fields give them.

        :param row: field to plain value, None for what is not known.
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
            # A host on its own lies in no cluster, and yet in a datacenter.
            yield from self._below(chain, values, level + 1, row)


def parse_rules(given: Sequence[Any], sections: Iterable[Section], pseudo_fields: Sequence[str]) -> list[Rule]:
    """The option ``group_by``, checked.

    :param sections: what is read. :param pseudo_fields: what a host has besides fields of a section.
    :raises InvalidOption: it names what is no field, or something that cannot be used.
    """
    kinds = dict.fromkeys(pseudo_fields, "") | {item.key: item.kind for section in sections for item in section.fields}
    return [_rule(f"group_by[{number}]", one, kinds) for number, one in enumerate(given)]


def _rule(option: str, given: Any, kinds: Mapping[str, str]) -> Rule:
    if not isinstance(given, Mapping):
        given = {"field": given}
    for name in given:
        if name not in _OPTIONS:
            raise InvalidOption(f"{option}: there is no {name}; there are {', '.join(_OPTIONS)}")
    fields = given.get("field")
    fields = [fields] if isinstance(fields, str) else fields
    if not isinstance(fields, Sequence) or not fields or not all(isinstance(field, str) for field in fields):
        raise InvalidOption(f"{option}: {quoted(given)} names no field; give one, such as power_state, or a list of them")
    prefixes = given.get("prefix")
    if prefixes is None:
        prefixes = [field.partition(".")[2] or field for field in fields]
    prefixes = [prefixes] if isinstance(prefixes, str) else prefixes
    if not isinstance(prefixes, Sequence) or len(prefixes) != len(fields):
        raise InvalidOption(f"{option}.prefix: {quoted(prefixes)} does not go with {', '.join(fields)}; give one for each field")
    levels = []
    for field, prefix in zip(fields, prefixes):
        key, dot, entry = field.partition(".")
        if key not in kinds:
            raise InvalidOption(f"{option}: there is no field {key}; there are {', '.join(kinds)}")
        if dot and kinds[key] != MAP:
            maps = [name for name, kind in kinds.items() if kind == MAP]
            raise InvalidOption(f"{option}: {key} has no entries such as {entry}; those that have are {', '.join(maps)}")
        levels.append((key, entry, str(prefix)))
    default = "".join(_texts(given.get("default_value"))[:1])
    return Rule(tuple(levels), str(given.get("separator", "_")), default)


def _paths(field: str, entry: str, value: Any) -> list[tuple[str, ...]]:
    """The values of a field, each with those that it lies in before it."""
    if value is None or value == "":
        return []
    if field == _FOLDER:
        # Names of folders have no slash in a path that people read, or they have one and are two folders then.
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
