# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Rows of a section from objects of vSphere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import ITEM, KINDS, Field, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, takes_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.references import own_name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.issues import missing_properties, value_issue
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import Issue
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: What computing functions raise for values that the vSphere API forbids.
_NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class RowMaker:
    """Makes the rows of one section.

    :param report: takes the issues of properties that are missing or make no sense.
    """

    def __init__(self, section: Section, context: ScanContext, report: Callable[[Issue], None]) -> None:
        self._section = section
        self._properties = section.properties.keys()
        self._report = report
        #: Path of a part of an item to the property that has the item, and the names that lead to the part.
        self._parts: dict[str, tuple[str, list[str]]] = {}
        self._columns: list[_Column] = []
        for field in section.fields:
            paths = [path.rpartition(":")[2] for path in field.paths]
            for path in paths:
                owner, marker, part = path.partition(ITEM)
                if marker:
                    self._parts[path] = (owner, part.strip(".").split(".") if part else [])
            owners = {path.partition(ITEM)[0] for path in paths}
            self._columns.append(_Column(field.key, paths, owners, _value_maker(field, paths, context), field.compute is own_name))
        self._makers = [column.make for column in self._columns]
        #: Paths that all items of an object share.
        self._common = {path for column in self._columns for path in column.paths if path not in self._parts}

    def rows(self, objects: Iterable[ManagedObject]) -> list[tuple[Any, ...]]:
        """The rows of objects that have ``SELF`` and ``TAGS`` among their properties, as :meth:`ScanWriter.add_rows` takes them."""
        types = self._section.managed_types
        rows: list[tuple[Any, ...]] = []
        for item in objects:
            if item.ref.type in types:
                for issue in missing_properties(self._section.key, item, self._properties):
                    self._report(issue)
                rows += [self._row(item, properties) for properties in (self._items(item) if self._section.items else [item.properties])]
        return rows

    def _items(self, item: ManagedObject) -> Iterator[dict[str, Any]]:
        """What each row is made of, where rows are items of lists."""
        items = self._section.items
        if items is None or items.paths[0] in item.missing:
            return
        common = {path: item.properties.get(path) for path in self._common}
        try:
            for structures in items.expand(*map(item.properties.get, items.paths)):
                properties = dict(common)
                for path, (owner, names) in self._parts.items():
                    part = structures.get(owner)
                    for name in names:
                        part = part.get(name) if isinstance(part, dict) else None
                    properties[path] = part
                yield properties
        except _NONSENSE as error:
            self._report(value_issue(self._section.key, item, items.paths[0], "rows", error))

    def _row(self, item: ManagedObject, properties: Mapping[str, Any]) -> tuple[Any, ...]:
        if not item.missing:
            try:
                return tuple([make(properties) for make in self._makers])
            except _NONSENSE:
                # Find out below which value it is.
                pass
        return tuple([self._value(item, properties, column) for column in self._columns])

    def _value(self, item: ManagedObject, properties: Mapping[str, Any], column: _Column) -> Any:
        if not item.missing.keys().isdisjoint(column.properties) and not column.is_name:
            # Unknown, even where the other properties would give some value.
            return None
        try:
            return column.make(properties)
        except _NONSENSE as error:
            self._report(value_issue(self._section.key, item, ", ".join(column.paths), column.key, error))
            return None


class _Column(NamedTuple):
    """A field ready for use: ``make`` takes path to value and returns the stored value. ``is_name``: it identifies the row."""

    key: str
    paths: list[str]
    properties: set[str]
    make: Callable[[Mapping[str, Any]], Any]
    is_name: bool


def _value_maker(field: Field, paths: Sequence[str], context: ScanContext) -> Callable[[Mapping[str, Any]], Any]:
    """A scan makes millions of values, so there is one function, as short as possible, for each way to make one."""
    encode = KINDS[field.kind].encode
    if not paths:
        # Filled at the end, see Aggregates.
        return lambda properties: None
    first, *others = paths
    if field.compute is None:

        def make_unchanged(properties: Mapping[str, Any]) -> Any:
            value = properties.get(first)
            return None if value is None else encode(value)

        return make_unchanged
    compute = field.compute
    if takes_context(compute):

        def make_in_context_of_one(properties: Mapping[str, Any]) -> Any:
            value = compute(context, properties.get(first))
            return None if value is None else encode(value)

        def make_in_context(properties: Mapping[str, Any]) -> Any:
            value = compute(context, properties.get(first), *map(properties.get, others))
            return None if value is None else encode(value)

        return make_in_context if others else make_in_context_of_one

    def make_of_one(properties: Mapping[str, Any]) -> Any:
        value = compute(properties.get(first))
        return None if value is None else encode(value)

    def make(properties: Mapping[str, Any]) -> Any:
        value = compute(properties.get(first), *map(properties.get, others))
        return None if value is None else encode(value)

    return make if others else make_of_one
