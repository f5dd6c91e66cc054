# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Filters of rows: from the options to one test of a row.

A filter is a mapping of fields to conditions and holds for a row when all of them do::

    {power_state: poweredOn}                  equal, case-insensitive
    {name: "web-*"}                           a pattern: * for any characters, ? for one
    {name: [web-*, db-*]}                     any of these
    {vcpu: {at_least: 4, less: 16}}           all of these OPERATORS
    {tags.Environment: Production}            one entry of a map

A condition on a field with several values holds when it holds for one of them. For a field without a value only
``{set: false}`` holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, KINDS, LIST, MAP, REAL, TEXT, TIME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.patterns import Search, SearchTimeout, wildcards

#: What messages call a row of a section; rows of other sections belong to a VM.
_ROW_NAMES = {"hosts": "host", "datastores": "datastore", "networks": "network", "clusters": "cluster"}
#: Whether a condition holds for one plain value. Lists and maps are tested value by value.
Test = Callable[[Any], bool]

_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_WILDCARDS = frozenset("*?")
#: Operators that take texts or patterns with wildcards.
_TEXTS = frozenset({"equals", "in", "matches"})
_BEGIN_OF_PATH = frozenset("/*?")
#: Characters of a pattern. Compiling a million takes seconds.
_LONGEST_PATTERN = 5000


class Condition(NamedTuple):
    """A condition on one field.

    :ivar field: its key. :ivar entry: one entry of a map; None for all of them.
    :ivar tests: all must hold for one value.
    :ivar is_set: whether there must be a value; None if it does not matter.
    """

    field: str
    entry: str | None
    tests: tuple[Test, ...]
    is_set: bool | None

    def holds(self, value: Any) -> bool:
        """Whether it holds for the plain value of a field."""
        values = [item for item in _values(value, self.entry) if item is not None and item != ""]
        if self.is_set is not None and self.is_set != bool(values):
            return False
        return not self.tests or any(all(test(item) for test in self.tests) for item in values)


@dataclass(frozen=True)
class RowFilter:
    """All filters of one section.

    :ivar section: its key. :ivar include: all of these must hold for a row. :ivar exclude: none of these may.
    """

    section: str
    include: tuple[tuple[Condition, ...], ...] = ()
    exclude: tuple[tuple[Condition, ...], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it needs."""
        return tuple(dict.fromkeys(condition.field for one in (*self.include, *self.exclude) for condition in one))

    @property
    def naming(self) -> str:
        """The field that names a row."""
        return SECTIONS[self.section].fields[1].key

    def keeps(self, row: Mapping[str, Any], source: str = "") -> bool:
        """Whether the filter keeps a row.

        :param row: field to plain value, None for no value. :param source: the source of the row.
        :raises InvalidOption: a regular expression takes too long; the message names filter, row and source.
        """

        def holds(conditions: Iterable[Condition]) -> bool:
            return all(condition.holds(row.get(condition.field)) for condition in conditions)

        try:
            return all(map(holds, self.include)) and not any(map(holds, self.exclude))
        except SearchTimeout as error:
            named = " ".join(filter(None, (_ROW_NAMES.get(self.section, "VM"), str(row.get(self.naming) or row.get("moid") or ""))))
            raise InvalidOption(f"{error} on {named}{f' of {source}' if source else ''}: simplify the pattern") from error


def row_filters(include: Mapping[str, Any] | None, exclude: Mapping[str, Any] | None) -> dict[str, RowFilter]:
    """The filters of each section that has any.

    :param include: section to list of filters, the option ``include_filters``. :param exclude: the same, ``exclude_filters``.
    :raises InvalidOption: a section, field or operator is unknown, or a value does not fit its field.
    """
    included, excluded = _parsed("include_filters", include), _parsed("exclude_filters", exclude)
    return {section: RowFilter(section, included.get(section, ()), excluded.get(section, ())) for section in SECTIONS if section in {**included, **excluded}}


def filters_of(option: str, section: str, given: Any) -> RowFilter:
    """The filters of one section in an option of any name; all of them must hold.

    :param option: its name, for messages. :param given: a list of filters, or one filter.
    :raises InvalidOption: there is none, a field or operator is unknown, or a value does not fit its field.
    """
    found = _filters(option, section, [given] if isinstance(given, Mapping) else given)
    if not found:
        raise InvalidOption(f"{option}: the list is empty; give at least one filter")
    return RowFilter(section, found)


def _parsed(option: str, given: Any) -> dict[str, tuple[tuple[Condition, ...], ...]]:
    if given is not None and not isinstance(given, Mapping):
        raise InvalidOption(f"{option} must be a mapping of sections to lists of filters (got {quoted(given)})")
    found = {}
    for section, filters in (given or {}).items():
        if section not in SECTIONS:
            raise InvalidOption(f"{option}: there is no section {section}{suggestion(section, SECTIONS)}")
        if parsed := _filters(f"{option}.{section}", section, filters):
            found[section] = parsed
    return found


def _filters(name: str, section: str, given: Any) -> tuple[tuple[Condition, ...], ...]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise InvalidOption(f"{name} must be a list of filters, each a mapping of fields to conditions (got {quoted(given)})")
    return tuple(_filter(f"{name}[{number}]", section, one) for number, one in enumerate(given))


def _filter(name: str, section: str, given: Any) -> tuple[Condition, ...]:
    if not isinstance(given, Mapping) or not given:
        raise InvalidOption(f"{name} must be a mapping of fields to conditions, such as name: web-* (got {quoted(given)})")
    kinds = {field.key: field.kind for field in SECTIONS[section].fields}
    paths = {field.key for field in SECTIONS[section].fields if field.is_path}
    conditions = []
    for field, condition in given.items():
        key, dot, entry = str(field).partition(".")
        if key not in kinds:
            raise InvalidOption(f"{name}: {section} has no field {key}{suggestion(key, kinds)}")
        if dot and kinds[key] != MAP:
            raise InvalidOption(f"{name}: {key} of {section} is not a map; maps are {', '.join(_of_kind(section, MAP))}")
        if key in paths:
            _check_paths(f"{name}.{field}", condition)
        conditions.append(_condition(f"{name}.{field}", key, entry if dot else None, kinds[key], condition))
    return tuple(conditions)


def _check_paths(name: str, given: Any) -> None:
    """Check that conditions on a path can hold: one without its slash would silently keep nothing, and protect nothing."""
    if isinstance(given, Mapping):
        for operator in _TEXTS.intersection(given):
            _check_paths(f"{name}.{operator}", given[operator])
        return
    for one in given if isinstance(given, (list, tuple)) else [given]:
        if isinstance(one, str) and one and one[0] not in _BEGIN_OF_PATH:
            raise InvalidOption(f"{name} must begin with / (got {quoted(one)}): give the path in the datacenter, such as {quoted(f'/{one}')}")


def _of_kind(section: str, kind: str) -> list[str]:
    return [field.key for field in SECTIONS[section].fields if field.kind == kind] or ["none"]


def _condition(name: str, key: str, entry: str | None, kind: str, given: Any) -> Condition:
    if not isinstance(given, Mapping):
        return Condition(key, entry, (_any_of(alike)(name, kind, given),), None)
    if not given:
        raise InvalidOption(f"{name}: the condition is empty; give a value, a list of values, or operators: {', '.join((*OPERATORS, SET))}")
    allowed = [operator for operator, made in OPERATORS.items() if kind in made.kinds] + [SET]
    for operator in given:
        if operator not in allowed:
            raise InvalidOption(f"{name}: {operator} does not apply to {_A[kind]}; use one of {', '.join(allowed)}")
    is_set = _plain(f"{name}.{SET}", BOOLEAN, given[SET]) if SET in given else None
    tests = [OPERATORS[operator].make(f"{name}.{operator}", kind, wanted) for operator, wanted in given.items() if operator != SET]
    return Condition(key, entry, tuple(tests), is_set)


def _values(value: Any, entry: str | None) -> Iterable[Any]:
    """The single values of a field."""
    if isinstance(value, Mapping):
        value = list(value.values()) if entry is None else value.get(entry)
    if not isinstance(value, (list, tuple)):
        return (value,)
    return (single for item in value for single in (item if isinstance(item, (list, tuple)) else (item,)))


# Each returns a test of one value, from the name of the option, the kind of the field and the given value.


def alike(name: str, kind: str, given: Any) -> Test:
    """Equal, case-insensitive, or a match of a pattern with wildcards.

    :param name: of the option, for messages. :param kind: of the field, see catalog/field.py.
    :raises InvalidOption: the value does not fit such a field.
    """
    wanted = _plain(name, kind, given)
    if not isinstance(wanted, str):
        return lambda value: value == wanted
    if kind != TIME and not _WILDCARDS.isdisjoint(wanted):
        pattern = wildcards(_checked_length(name, wanted))
        return lambda value: pattern.fullmatch(str(value)) is not None
    wanted = wanted.casefold()
    return lambda value: str(value).casefold() == wanted


def _exactly(name: str, kind: str, given: Any) -> Test:
    wanted = _plain(name, kind, given)
    return lambda value: value == wanted


def _any_of(make: Callable[[str, str, Any], Test]) -> Callable[[str, str, Any], Test]:
    def tests(name: str, kind: str, given: Any) -> Test:
        several = given if isinstance(given, (list, tuple)) else [given]
        if not several:
            raise InvalidOption(f"{name}: the list is empty; name at least one value")
        made = [make(name, kind, one) for one in several]
        return made[0] if len(made) == 1 else lambda value: any(test(value) for test in made)

    return tests


def _found_by(name: str, kind: str, given: Any) -> Test:
    try:
        search = Search(_checked_length(name, _plain(name, TEXT, given)))
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidOption(f"{name} must be a regular expression (got {quoted(given)}): {error}") from error

    def test(value: Any) -> bool:
        try:
            return search(str(value))
        except SearchTimeout as error:
            raise SearchTimeout(f"{name}: {quoted(given)} {error}") from error

    return test


def _checked_length(name: str, pattern: str) -> str:
    if len(pattern) > _LONGEST_PATTERN:
        raise InvalidOption(f"{name} must be a pattern of up to {_LONGEST_PATTERN} characters (got {len(pattern)})")
    return pattern


def _compared(holds: Callable[[Any, Any], bool]) -> Callable[[str, str, Any], Test]:
    def test(name: str, kind: str, given: Any) -> Test:
        limit = _plain(name, kind, given)
        return lambda value: isinstance(value, str) == isinstance(limit, str) and holds(value, limit)

    return test


class Operator(NamedTuple):
    """``kinds``: of the fields that it applies to. ``make``: see above."""

    kinds: frozenset[str]
    make: Callable[[str, str, Any], Test]


SET = "set"
_TEXTUAL = frozenset({TEXT, LIST, MAP})
_ORDERED = frozenset({INTEGER, REAL, TIME})
OPERATORS: dict[str, Operator] = {
    "equals": Operator(frozenset(KINDS), _exactly),
    "in": Operator(frozenset(KINDS), _any_of(_exactly)),
    "matches": Operator(_TEXTUAL, _any_of(alike)),
    "regex": Operator(_TEXTUAL, _any_of(_found_by)),
    "less": Operator(_ORDERED, _compared(lambda value, limit: value < limit)),
    "at_most": Operator(_ORDERED, _compared(lambda value, limit: value <= limit)),
    "greater": Operator(_ORDERED, _compared(lambda value, limit: value > limit)),
    "at_least": Operator(_ORDERED, _compared(lambda value, limit: value >= limit)),
}

_A = {TEXT: "text", INTEGER: "a number", REAL: "a number", BOOLEAN: "true or false", TIME: "a time", LIST: "a list of texts", MAP: "a map of texts"}
_REQUIRED = {
    BOOLEAN: "true or false",
    INTEGER: "a number",
    REAL: "a number",
    TIME: "a time in ISO 8601, such as 2026-02-20T14:30:00Z",
    TEXT: "text, in quotes if YAML reads it as another type",
}


def _plain(name: str, kind: str, given: Any) -> Any:
    """The plain value of a field of this kind; one member of lists and maps."""
    kind = TEXT if kind in _TEXTUAL else kind
    try:
        return _READERS[kind](given)
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise InvalidOption(f"{name} must be {_REQUIRED[kind]} (got {quoted(given)})") from error


def _number(given: Any) -> float:
    # Numbers from templates are text.
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        raise TypeError
    return float(given)


def _boolean(given: Any) -> bool:
    return given if isinstance(given, bool) else _BOOLEANS[str(given).lower()]


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise TypeError
    return str(given)


_READERS: dict[str, Callable[[Any], Any]] = {
    TEXT: _text,
    INTEGER: _number,
    REAL: _number,
    BOOLEAN: _boolean,
    TIME: lambda given: KINDS[TIME].encode(given.isoformat() if hasattr(given, "isoformat") else given),
}
