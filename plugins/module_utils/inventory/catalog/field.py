# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a field and a section are: the classes that the catalog is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from json.encoder import encode_basestring
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

#: Kinds of fields, each with the plain Python type that a reader of a scan gets.
TEXT = "text"  # str
INTEGER = "integer"  # int
REAL = "real"  # float
BOOLEAN = "boolean"  # bool, stored as 0 or 1
TIME = "time"  # str, ISO 8601 in UTC to the second: 2025-02-20T14:30:00Z
LIST = "list"  # list of str, stored as a JSON array
MAP = "map"  # dict of str to str or to list of str, stored as a JSON object
PLAIN = "plain"  # any JSON value, stored as JSON; used by the dynamic inventory only, not by the catalog

#: Paths that stand for the object itself and for its tags; no vSphere properties.
SELF = "self"
TAGS = "tags"
#: Separates a list property from the part of its items: ``guest.disk[].diskPath``.
ITEM = "[]"
#: The end of a path to one entry of a list, by its key: ``config.extraConfig["answer.msg"]``.
KEYED = '"]'

#: The privileges of the role Read-only.
READ_ONLY = ("System.Anonymous", "System.View", "System.Read")
#: Redaction category of text that has no category of its own, see redaction.py.
WORDS = "words"
#: Default of :attr:`Field.redact_as`: text is redacted as :data:`WORDS`, numbers, booleans and times are shown.
BY_KIND = "by kind"


def _encode_time(value: str) -> str:
    return parse_xsd_datetime(value).isoformat(timespec="seconds").replace("+00:00", "Z")


def _encode_list(value: Any) -> str:
    # Faster than json.dumps, which builds an encoder for each call.
    return f"[{', '.join([encode_basestring(str(item)) for item in value])}]"


def _decode_list(stored: str) -> list[str]:
    found = json.loads(stored)
    if not isinstance(found, list) or not _are_texts(found):
        raise ValueError("it is not a list of texts")
    return found


def _decode_map(stored: str) -> dict[str, Any]:
    found = json.loads(stored)
    if not isinstance(found, dict):
        raise ValueError("it is not a map")
    for value in found.values():
        if not isinstance(value, str) and not (isinstance(value, list) and _are_texts(value)):
            raise ValueError("it is not a map of texts")
    return found


def _are_texts(items: Iterable[Any]) -> bool:
    return all(isinstance(item, str) for item in items)


#: Built once: json.dumps builds one for each call.
_encode_map = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True)
class Kind:
    """How values of a kind are stored in a scan file.

    :ivar column: the SQLite column type.
    :ivar encode: plain value to stored value. :ivar decode: the reverse; raises ValueError for what ``encode`` never returns.
    :ivar shape: the type of a property that is stored as it is.
    :ivar redact_as: redaction category of fields that declare none; None for shown as it is.
    """

    column: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    shape: Any = str
    redact_as: str | None = None


def _unchanged(value: Any) -> Any:
    return value


KINDS: dict[str, Kind] = {
    TEXT: Kind("TEXT", str, _unchanged, redact_as=WORDS),
    INTEGER: Kind("INTEGER", int, _unchanged, int),
    REAL: Kind("REAL", float, _unchanged, float),
    BOOLEAN: Kind("INTEGER", int, bool, bool),
    TIME: Kind("TEXT", _encode_time, _unchanged),
    LIST: Kind("TEXT", _encode_list, _decode_list, [str], WORDS),
    MAP: Kind("TEXT", _encode_map, _decode_map, redact_as=WORDS),
    PLAIN: Kind("TEXT", _encode_map, json.loads, redact_as=WORDS),
}


@dataclass(frozen=True)
class Field:
    """One column of a section.

    :ivar key: its name in scan files, facts and layouts.
    :ivar path: the vSphere property it is computed from, or several, or none for a field of :class:`Aggregates`. A property
        of a subclass is written with its managed object type: ``DistributedVirtualPortgroup:key``.
        Where a row is an item of a list, ``property[].part`` is a part of that item, ``property[]`` the whole item.
    :ivar kind: one of the kinds above.
    :ivar description: what it means, for administrators.
    :ivar compute: ``compute(*values)`` returns the value; one argument a path, None for a property that is not set. Functions marked
        ``in_context`` take a context before these, see computed/context.py. Without any, the value is that of the property.
    :ivar unit: unit of a number, empty where it has none. GB means GiB (2^30 bytes).
    :ivar redact_as: redaction category of its values, see redaction.py; None to show them in redacted reports too.
    :ivar on_request: it is read only where it is asked for by name.
    :ivar is_path: its values begin with a slash.
    :ivar shape: parts of its structure that the section's shape lacks, so that they are decoded only where the field is read.
    """

    key: str
    path: str | tuple[str, ...]
    kind: str
    description: str
    compute: Callable[..., Any] | None = None
    unit: str = ""
    redact_as: str | None = BY_KIND
    on_request: bool = False
    is_path: bool = False
    shape: Any = None

    def __post_init__(self) -> None:
        if self.redact_as == BY_KIND:
            object.__setattr__(self, "redact_as", KINDS[self.kind].redact_as)

    @property
    def paths(self) -> tuple[str, ...]:
        """The properties it is made of."""
        return (self.path,) if isinstance(self.path, str) else self.path


def on_request(*fields: Field) -> tuple[Field, ...]:
    """These fields, to be read only where they are asked for by name."""
    return tuple(replace(item, on_request=True) for item in fields)


@dataclass(frozen=True)
class Items:
    """Makes the rows of a section whose rows are items of lists, such as disks of a VM, and not managed objects.

    :ivar paths: the properties that hold the lists.
    :ivar expand: ``expand(*values)`` yields a mapping a row: property to the item that fields take parts of.
    """

    paths: tuple[str, ...]
    expand: Callable[..., Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Aggregates:
    """Fields computed by SQL, at the end of a scan, from the rows of another section or of their own, where that section is read too.

    :ivar section: key of that section. It is called ``counted`` in SQL.
    :ivar join_on: its fields, each with the field of this section that must be equal. A row here that lacks one of them is not changed.
    :ivar columns: field of this section to an SQL aggregate over the matching rows.
    """

    section: str
    join_on: Mapping[str, str]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Section:
    """A table of rows of one kind.

    :ivar key: its name, also that of its table in a scan file.
    :ivar managed_types: the managed object types of its rows, or of the objects that hold its items; the first is the base
        class of the others.
    :ivar description: what its rows are, for administrators.
    :ivar fields: its columns in order. ``moid`` and the name of the managed object come first.
    :ivar shapes: for properties that are structures: which parts to decode, see vsphere/xml_decoder.py. Parts that fields
        take unchanged need no entry.
    :ivar since: for properties younger than vSphere 6.5: the first API version that has them. A server rejects a whole
        request that names a property it does not know, so older servers are not asked for them.
    :ivar until: for properties that a newer one replaces: the first API version that has the newer one.
    :ivar items: see :class:`Items`. :ivar aggregates: see :class:`Aggregates`.
    :ivar privileges: what an account needs on the root folder, propagating, to read all of it.
    :ivar on_request: it is read only where it is asked for by name.
    """

    key: str
    managed_types: tuple[str, ...]
    description: str
    fields: tuple[Field, ...]
    shapes: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)
    items: Items | None = None
    aggregates: Aggregates | None = None
    privileges: tuple[str, ...] = READ_ONLY
    on_request: bool = False

    @property
    def properties(self) -> dict[str, str]:
        """The vSphere properties that its fields need, each with the managed object type that has it."""
        paths = [path for item in self.fields for path in item.paths] + list(self.items.paths if self.items else ())
        owned = (path.partition(ITEM)[0].rpartition(":") for path in paths)
        return {path: owner or self.managed_types[0] for owner, _colon, path in owned if path not in (SELF, TAGS)}

    def usual(self) -> Section:
        """This section with the fields that are read where none are named."""
        return replace(self, fields=tuple(item for item in self.fields if not item.on_request))

    def only(self, keys: Container[str]) -> Section:
        """This section with these fields and those that identify a row."""
        chosen = (item for number, item in enumerate(self.fields) if number < _IDENTITY or item.key in keys)
        return replace(self, fields=tuple(chosen))

    def wanted_parts(self) -> dict[str, Any]:
        """Property to shape, for all properties that are structures."""
        shapes = dict(self.shapes)
        for item in self.fields:
            if item.shape is not None:
                owner = item.paths[0].partition(ITEM)[0]
                shapes[owner] = merged(shapes.get(owner), item.shape)
            for path in item.paths if item.compute is None else ():
                owner, marker, part = path.partition(ITEM + ".")
                if marker:
                    (known,) = shapes.get(owner, [{}])
                    # A field that takes a part of an item does not make excluded items wanted.
                    more = {key: types for key, types in known.items() if key == SKIPPED_TYPES}
                    shapes[owner] = [merged(known, {**_nested(part.split("."), KINDS[item.kind].shape), **more})]
        return shapes


#: Number of fields at the beginning of a section that identify a row.
_IDENTITY = 2


def _nested(names: Sequence[str], leaf: Any) -> Any:
    return {names[0]: _nested(names[1:], leaf)} if names else leaf


def merged(one: Any, other: Any) -> Any:
    """A shape that has the parts of both."""
    if one is None or one is other:
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        parts = {**one, **{name: merged(one.get(name), part) for name, part in other.items() if name != SKIPPED_TYPES}}
        if SKIPPED_TYPES in parts:
            # Excluded is what both exclude.
            parts[SKIPPED_TYPES] = frozenset(parts[SKIPPED_TYPES]).intersection(other.get(SKIPPED_TYPES, ()))
        return parts
    if isinstance(one, list) and isinstance(other, list):
        return [merged(one[0], other[0])]
    return one
