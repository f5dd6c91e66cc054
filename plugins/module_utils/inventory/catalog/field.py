# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a field and a section are: the words in which the catalog is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from json.encoder import encode_basestring
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import WITHOUT
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import moment

#: How a field's value is kept, and which plain Python type a reader of a scan gets for it.
TEXT = "text"  # str
INTEGER = "integer"  # int
REAL = "real"  # float
BOOLEAN = "boolean"  # bool, kept as 0 or 1
TIME = "time"  # str, ISO 8601 in UTC to the second: 2025-02-20T14:30:00Z
LIST = "list"  # list of str, kept as a JSON array
MAP = "map"  # dict of str to str or to list of str, kept as a JSON object
PLAIN = "plain"  # whatever JSON can say, kept as JSON; in no section of the catalog

#: Paths that stand for the object itself and for its tags, and are properties of no managed object.
SELF = "self"
TAGS = "tags"
#: Between a property that is a list and the part of its items that is meant: ``guest.disk[].diskPath``.
ITEM = "[]"
#: How a path ends that leads to one entry of such a list, by its key: ``config.extraConfig["answer.msg"]``.
KEYED = '"]'

#: The privileges of the role Read-only, with which properties can be read.
READ_ONLY = ("System.Anonymous", "System.View", "System.Read")
#: What a field says that gives nobody and nothing away: states, versions, models.
PUBLIC = ""
#: Words of people of no known sort. What holds text is this unless its field says something else.
WORDS = "words"


def _time(value: str) -> str:
    return moment(value).isoformat(timespec="seconds").replace("+00:00", "Z")


def _list(value: Any) -> str:
    # A list of texts needs no encoder, which takes longer to make than to use.
    return f"[{', '.join([encode_basestring(str(item)) for item in value])}]"


def _list_kept(kept: str) -> list[str]:
    found = json.loads(kept)
    if not isinstance(found, list) or not _are_texts(found):
        raise ValueError("it is no list of texts")
    return found


def _map_kept(kept: str) -> dict[str, Any]:
    found = json.loads(kept)
    if not isinstance(found, dict):
        raise ValueError("it is no map")
    for value in found.values():
        if not isinstance(value, str) and not (isinstance(value, list) and _are_texts(value)):
            raise ValueError("it is no map of texts")
    return found


def _are_texts(items: Iterable[Any]) -> bool:
    return all(isinstance(item, str) for item in items)


#: Made once: json.dumps makes one each time.
_map = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True)
class Kind:
    """One way to keep values: the SQLite column type, the ways in and out, the type of a property kept so, and what it is
    as long as its field says nothing of that: public or private. The way out raises ValueError for what the way in does not make."""

    column: str
    keep: Callable[[Any], Any]
    read: Callable[[Any], Any]
    shape: Any = str
    private: str = PUBLIC


def _as_kept(value: Any) -> Any:
    return value


KINDS: dict[str, Kind] = {
    TEXT: Kind("TEXT", str, _as_kept, private=WORDS),
    INTEGER: Kind("INTEGER", int, _as_kept, int),
    REAL: Kind("REAL", float, _as_kept, float),
    BOOLEAN: Kind("INTEGER", int, bool, bool),
    TIME: Kind("TEXT", _time, _as_kept),
    LIST: Kind("TEXT", _list, _list_kept, [str], WORDS),
    MAP: Kind("TEXT", _map, _map_kept, private=WORDS),
    PLAIN: Kind("TEXT", _map, json.loads, private=WORDS),
}


def value_as_is(topology: Any, value: Any, *others: Any) -> Any:
    """The plain value of the field's first property."""
    return value


@dataclass(frozen=True)
class Field:
    """One column of a section.

    :ivar key: its name in scan files, facts and layouts.
    :ivar path: the vSphere property it is made of, or several, or none for a total. One that only a special
        managed object type has is written with that type before it: ``DistributedVirtualPortgroup:key``.
        Where a row is an item of a list, ``property[].part`` is a part of that item, ``property[]`` all of it.
    :ivar kind: one of the kinds above.
    :ivar text: what it says, for people.
    :ivar how: makes the value: ``how(lookup, *values)``, one value a path, None for those not set.
    :ivar unit: unit of a number, empty where it has none. GB means GiB (2^30 bytes).
    :ivar private: the sort of name that its values are, see redaction.py, or :data:`PUBLIC`. Numbers, truths and
        times are public and everything else is :data:`WORDS` where nothing is said.
    """

    key: str
    path: str | tuple[str, ...]
    kind: str
    text: str
    how: Callable[..., Any] = value_as_is
    unit: str = ""
    private: str | None = None

    def __post_init__(self) -> None:
        if self.private is None:
            object.__setattr__(self, "private", KINDS[self.kind].private)

    @property
    def paths(self) -> tuple[str, ...]:
        """The properties it is made of."""
        return (self.path,) if isinstance(self.path, str) else self.path


@dataclass(frozen=True)
class Items:
    """How the rows of a section are made, where they are no managed objects but items of lists that these have.

    :ivar paths: the properties they are made of.
    :ivar each: ``each(lookup, *values)`` yields for every row property to item, for the properties that
        fields take parts of.
    """

    paths: tuple[str, ...]
    each: Callable[..., Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Totals:
    """Fields that are made of the rows of a section, where that is read too: of another one, or of all rows of their own.

    :ivar of: that section, called ``counted`` in SQL. :ivar by: its fields that say to which row here a row belongs, each with the
        field here that has the same value. A row here that lacks one of these values keeps what the fields say without this.
    :ivar sums: field to SQL over the rows of that section.
    """

    of: str
    by: Mapping[str, str]
    sums: Mapping[str, str]


@dataclass(frozen=True)
class Section:
    """A table of rows of one kind.

    :ivar key: its name, also that of its table in a scan file.
    :ivar managed_types: the managed object types whose objects are its rows, or have them; the first is the
        base of the others.
    :ivar fields: its columns in order. ``moid`` and ``name``, those of the managed object, come first.
    :ivar shapes: for properties that are structures: which parts to decode, see vsphere/xml_decoder.py. What a
        field takes of an item as it is goes without saying.
    :ivar since: for properties younger than vSphere 6.5: the first API version that has them. A server
        refuses the whole question when it does not know one of its properties, so older ones are not asked.
    :ivar until: for properties that are not needed any more: the first API version that has something better.
    :ivar items: see :class:`Items`. :ivar totals: see :class:`Totals`.
    :ivar privileges: what an account needs, on the root folder and propagating, to read all of it.
    """

    key: str
    managed_types: tuple[str, ...]
    text: str
    fields: tuple[Field, ...]
    shapes: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)
    items: Items | None = None
    totals: Totals | None = None
    privileges: tuple[str, ...] = READ_ONLY

    @property
    def properties(self) -> dict[str, str]:
        """The properties that its fields are made of, each with the managed object type that has it."""
        paths = [path for item in self.fields for path in item.paths] + list(self.items.paths if self.items else ())
        owned = (path.partition(ITEM)[0].rpartition(":") for path in paths)
        return {path: owner or self.managed_types[0] for owner, _colon, path in owned if path not in (SELF, TAGS)}

    def only(self, keys: Container[str]) -> Section:
        """This section with these fields, and with those that say whose they are."""
        chosen = (item for number, item in enumerate(self.fields) if number < _IDENTITY or item.key in keys)
        return replace(self, fields=tuple(chosen))

    def wanted_parts(self) -> dict[str, Any]:
        """Property to shape, of all its structures."""
        shapes = dict(self.shapes)
        for item in self.fields:
            for path in item.paths if item.how is value_as_is else ():
                owner, marker, part = path.partition(ITEM + ".")
                if marker:
                    (known,) = shapes.get(owner, [{}])
                    # A part that a field takes of an item makes no item wanted.
                    more = {key: types for key, types in known.items() if key == WITHOUT}
                    shapes[owner] = [merged(known, {**_nested(part.split("."), KINDS[item.kind].shape), **more})]
        return shapes


_IDENTITY = 2


def _nested(names: Sequence[str], leaf: Any) -> Any:
    return {names[0]: _nested(names[1:], leaf)} if names else leaf


def merged(one: Any, other: Any) -> Any:
    """A shape that has the parts of both."""
    if one is None or one is other:
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        parts = {**one, **{name: merged(one.get(name), part) for name, part in other.items() if name != WITHOUT}}
        if WITHOUT in parts:
            # What one of them does without the other one may want.
            parts[WITHOUT] = frozenset(parts[WITHOUT]).intersection(other.get(WITHOUT, ()))
        return parts
    if isinstance(one, list) and isinstance(other, list):
        return [merged(one[0], other[0])]
    return one
