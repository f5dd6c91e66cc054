# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""SOAP bytes to plain Python values, by way of the standard library's expat.

This parser is told by *shapes* which parts of a structure are wanted and skips the rest unbuilt.
A shape is plain data:

* ``str``, ``int``, ``float``, ``bool``, :data:`MoRef`, :func:`short_text`, :func:`presence`: a leaf of that type;
* ``{"name": shape, …}``: a structure of which only these parts are built. It becomes a dict; the
  concrete type of a polymorphic one stands under ``_type``. With :data:`SKIPPED_TYPES` beside the names, a set of
  types, one of these types is skipped as a whole. With :data:`OR_TEXT` a plain text may stand in its place;
* ``[shape]``: an array, always a list, with one element too.

Without a shape a value is built as far as the reply itself tells its type (``xsi:type``), and what is of no known type stays text.
What is not set is absent. What has a shape is of that shape or is not there: a property's value that has anything in it that is
not of its type is missing as a whole, for a part of it could make a wrong value. Elsewhere in a reply such a thing is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from math import isfinite
from typing import Any, NamedTuple
from xml.parsers import expat

TYPE = "_type"

#: Managed object type to property path to shape.
Shapes = Mapping[str, Mapping[str, Any]]


class MoRef(NamedTuple):
    """A managed object reference: its type, such as HostSystem, and its id, unique within one source."""

    type: str
    moid: str


class DecodeError(Exception):
    """The bytes are no SOAP reply."""


class TooManyElements(DecodeError):
    """A reply holds more than any about so many objects should."""


def presence(text: str) -> bool:
    """The shape of a leaf of which matters only that it is there: of what is counted and never named."""
    return True


def short_text(text: str) -> str:
    """The shape of a leaf that is a name, a key or a version: a text of no more than 1,000 characters."""
    if len(text) > _LONGEST_WORD:
        raise ValueError("longer than any name")
    return text


def _integer(text: str) -> int:
    # Reading a number of a million digits takes minutes.
    if len(text) > 20 or not -(1 << 63) <= (value := int(text)) < 1 << 63:
        raise ValueError("longer than a long")
    return value


def _real(text: str) -> float:
    # Neither JSON nor SQLite can say what is no number.
    if len(text) > 400 or not isfinite(value := float(text)):
        raise ValueError("no finite number")
    return value


def _boolean(text: str) -> bool:
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    raise ValueError("neither true nor false")


#: The shape of what only the reply itself tells the type of.
ANY = object()
#: The shape of a property's value: the one given for its managed object type and its path.
PROPERTY = object()
#: In place of a name in a structure: every part that is not named.
EVERY_OTHER = "*"

#: See above.
SKIPPED_TYPES = "-"
OR_TEXT = "|"
#: In place of a managed object type: every one of which nothing is said.
EVERY_TYPE = "*"

_READERS: dict[Any, Callable[[str], Any]] = {str: str, int: _integer, float: _real, bool: _boolean}
_XSD: dict[str, Any] = {
    **dict.fromkeys(("byte", "short", "int", "long", "unsignedInt"), int),
    **dict.fromkeys(("float", "double"), float),
    **dict.fromkeys(("string", "dateTime"), str),
    "boolean": bool,
}

# Far beyond what vSphere sends: elements within each other, and bytes of one text or tag. Of the 1,000
# calls within each other that Python allows, the depth leaves readers of a value some three a level.
_DEEPEST = 250
_LONGEST = 8 << 20
_LONGEST_WORD = 1000
_SLICE = 256 << 10
# A page of 500 VMs has some 250,000 tags, and 80,000 structures and references are made of it. Small elements take twenty
# times the memory that their text takes, so these bound the memory. Larger pages may have more.
_PAGE = 500
_MOST_TAGS = 2_500_000
_MOST_BUILT = 600_000
# Names of elements, attributes and types in one reply: vSphere has some thousands.
_MOST_NAMES = 10_000
# What guests and people put into names and notes, and XML 1.0 forbids even as a reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));", re.IGNORECASE)
_FORBIDDEN_CHARACTER = {expat.errors.codes[text] for text in (expat.errors.XML_ERROR_INVALID_TOKEN, expat.errors.XML_ERROR_BAD_CHAR_REF)}


def parse(data: bytes, shape: Any, shapes: Shapes, objects: int = _PAGE) -> dict[str, Any]:
    """The root element as the one part of a structure.

    :param shape: of that structure. :param shapes: for every PROPERTY in it.
    :param objects: how many managed objects it may tell of, which says how many elements are too many.
    :raises TooManyElements: it tells more than so many objects have.
    :raises DecodeError: this is no SOAP reply, or one beyond all that vSphere sends.
    """
    try:
        return _build(data, shape, shapes, objects)
    except expat.ExpatError as error:
        if error.code not in _FORBIDDEN_CHARACTER:
            raise _malformed(error) from error
    mended = _FORBIDDEN.sub("\ufffd", data.decode("utf-8", "replace")).encode()
    try:
        return _build(mended, shape, shapes, objects)
    except expat.ExpatError as error:
        raise _malformed(error) from error


def _malformed(error: expat.ExpatError) -> DecodeError:
    return DecodeError(f"it is no well-formed XML: {error}")


class _Node(dict):
    """A shape made ready for use: the tag of each part to the node of that part, None for one to skip.

    :ivar make: what its parts are collected in: dict or list, None where it is a leaf and has none, str where nobody knows.
    :ivar read: what its text becomes. :ivar listed: it is an item of a list that its parent keeps under its tag.
    :ivar rest: the node of every part that is not named. :ivar without: types that are skipped. :ivar or_text: its value may be plain text.
    :ivar has_property: one of its parts is the value of a property.
    """

    __slots__ = ("make", "read", "listed", "rest", "without", "or_text", "has_property")

    def __init__(self, make: Any = None, read: Any = None, listed: bool = False, rest: _Node | None = None) -> None:
        super().__init__()
        self.make = make
        self.read = read
        self.listed = listed
        self.rest = rest
        self.without: Container[str] = ()
        self.or_text = False
        self.has_property = False

    def __missing__(self, tag: str) -> _Node | None:
        # Envelope, Body and Fault carry the server's choice of namespace prefix.
        found = self[tag] = self.get(tag.rpartition(":")[2], self.rest)
        return found


class _Kinds(dict):
    """The type that a reply names to the node that this makes of an element without a shape."""

    def __init__(self, nodes: _Nodes) -> None:
        super().__init__({kind: nodes.of(shape) for kind, shape in _XSD.items()})
        self._any = nodes.of(ANY)

    def __missing__(self, kind: str) -> _Node:
        found = self._any
        if kind.startswith("ArrayOf"):
            # ArrayOfInt holds xsd:int without saying so again.
            item = kind.removeprefix("ArrayOf").lower()
            found = _Node(list, rest=self[item] if item in _XSD else self._any)
        if len(self) < _MOST_NAMES:
            self[kind] = found
        return found


class _Nodes:
    """Makes nodes of shapes, one of each, so that a shape may hold itself."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, bool], _Node] = {}

    def of(self, shape: Any, listed: bool = False) -> _Node:
        key = (id(shape) if isinstance(shape, (dict, list)) else shape, listed)
        if key in self._made:
            return self._made[key]
        node = self._made[key] = _Node(listed=listed)
        if isinstance(shape, dict):
            node.make = dict
            parts = {tag: part for tag, part in shape.items() if tag not in (SKIPPED_TYPES, OR_TEXT)}.items()
            node.update((tag, self.of(part[0], True) if isinstance(part, list) else self.of(part)) for tag, part in parts)
            node.rest = node.pop(EVERY_OTHER, None)
            node.without = shape.get(SKIPPED_TYPES, ())
            node.or_text = OR_TEXT in shape
            node.has_property = PROPERTY in shape.values()
        elif isinstance(shape, list):
            node.make = list
            node.rest = self.of(shape[0])
        elif shape is ANY:
            node.make = str
            node.rest = node
        else:
            node.read = _READERS.get(shape, shape)
        return node


def _build(data: bytes, shape: Any, shapes: Shapes, objects: int) -> dict[str, Any]:
    """Turn expat's events into the value that a shape describes.

    Most of a scan's CPU time goes here, so its state is in local variables: attributes of an object cost more.
    """
    nodes = _Nodes()
    unknown, reference, kinds = nodes.of(ANY), nodes.of(MoRef), _Kinds(nodes)
    properties = {(kind, path): nodes.of(shape) for kind, paths in shapes.items() for path, shape in paths.items()}
    references: dict[str, MoRef] = {}
    type_attribute = "xsi:type"
    # The innermost open element that can have parts, and what is made of it. Within it a leaf may be open, of the type
    # that it names; then the node is that of the leaf, and beside it is that of the element around it.
    node = beside = nodes.of(shape)
    whole: Any = {}
    kind = ""
    around: list[tuple[_Node, Any]] = []
    text: list[str] = []
    collect = text.append
    join = "".join
    skipped = built = 0
    misplaced = _Node(read=_refuse)
    parser: Any = expat.ParserCreate("UTF-8")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal node, beside, whole, kind, skipped, built
        if skipped:
            skipped += 1
            return
        part = node[tag]
        if part is None:
            skip()
            return
        text.clear()
        if part.read is PROPERTY:
            part = node_of_property()
        kind = ""
        if attributes:
            kind = attributes.get("type", "")
            if not kind:
                kind = attributes.get(type_attribute) or find_type(attributes)
                if ":" in kind:
                    kind = kind.rpartition(":")[2]
                if part is unknown:
                    part = kinds[kind]
                elif kind in part.without:
                    skip()
                    return
                elif part.read is MoRef:
                    # The other attribute names its type.
                    kind = ""
            elif part is unknown:
                part = reference
        make = part.make
        if make is None:
            beside, node = node, part
            return
        if len(around) == _DEEPEST:
            refuse(f"its elements are nested deeper than {_DEEPEST}")
            skip()
            return
        built += 1
        around.append((node, whole))
        node = part
        if make is dict:
            whole = {TYPE: kind} if kind else {}
        elif make is list:
            whole = []
        else:
            whole = kind

    def skip() -> None:
        nonlocal node, skipped
        skipped = 1
        parser.CharacterDataHandler = None
        if node.make is None:
            # A simple value has no parts.
            node = misplaced

    def refuse(reason: str) -> None:
        """Let the open property be missing."""
        number = next((number for number, (outer, _made) in enumerate(around) if outer.has_property), len(around))
        if number < len(around):
            found = around[number][1]
        elif node.make is None and beside.has_property and "name" in whole:
            # The value itself is simple.
            found = whole
        else:
            raise DecodeError(reason)
        if "val" not in found:
            # The first one counts, so whatever comes of the rest does not.
            found["val"] = None
            around[number - 1][1].setdefault("missingSet", []).append({"path": found["name"], "fault": {"localizedMessage": reason}})

    def node_of_property() -> _Node:
        # Open is a propSet, with its name; around it is its object, with its reference.
        owner, path = around[-1][1].get("obj"), whole.get("name")
        if owner is None or path is None:
            raise DecodeError("a property's value comes before what tells which property it is")
        found = properties.get((owner.type, path))
        return properties.get((EVERY_TYPE, path), unknown) if found is None else found

    def find_type(attributes: dict[str, str]) -> str:
        # vCenter writes xsi:type, the simulator binds another prefix to the same namespace.
        nonlocal type_attribute
        for name, value in attributes.items():
            if name.endswith(":type"):
                type_attribute = name
                return value
        return ""

    def end(tag: str) -> None:
        nonlocal node, whole, skipped, built
        if skipped:
            skipped -= 1
            if not skipped:
                parser.CharacterDataHandler = collect
            return
        ended = node
        make = ended.make
        if make is None:
            said = join(text)
            read = ended.read
            if read is str:
                value = said
            elif read is MoRef:
                # The same few objects are named again and again.
                value = references.get(said)
                if value is None or value.type != kind:
                    if not kind or not 0 < len(said) <= _LONGEST_WORD:
                        refuse(f"{tag} names no managed object")
                        node = beside
                        return
                    built += 1
                    value = references[said] = MoRef(kind, said)
            else:
                try:
                    value = read(said)
                except ValueError:
                    refuse(f"{tag} is not of its type")
                    node = beside
                    return
            node = beside
        else:
            value = whole
            if make is str:
                # It may have turned out to be a structure.
                value = join(text) if isinstance(value, str) else value
            elif len(value) < 2 and text and (not value or TYPE in value) and (said := join(text).strip()):
                # Text, and no part of the structure or array that is due.
                if not ended.or_text:
                    refuse(f"{tag} is not of its type")
                value = said
            node, whole = around.pop()
        if node.make is list:
            whole.append(value)
            return
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if ended.listed:
            whole.setdefault(tag, []).append(value)
        elif node is unknown:
            built += 1
            whole = _with_part(whole, tag, value)
        elif tag not in whole:
            whole[tag] = value
        elif node.rest is unknown is node[tag]:
            _with_part(whole, tag, value)
        # Of two others the first one counts: what came after the name was read by that name.

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = collect
    # What declares a document type may declare entities, which grow without end.
    parser.StartDoctypeDeclHandler = _refuse_doctype
    view = memoryview(data)
    tags, room = 0, max(1.0, objects / _PAGE)
    try:
        for stop in range(_SLICE, len(data) + _SLICE, _SLICE):
            tags += data.count(b"<", stop - _SLICE, stop)
            parser.Parse(view[stop - _SLICE : stop], False)
            if tags > _MOST_TAGS * room or built > _MOST_BUILT * room or len(parser.intern) > _MOST_NAMES:
                raise TooManyElements("it has more elements than any page of vSphere")
            if max(stop - parser.CurrentByteIndex, sum(map(len, text))) > _LONGEST:
                raise DecodeError(f"a tag or a text in it is longer than {_LONGEST} bytes")
        parser.Parse(b"", True)
        return whole
    finally:
        # Parser and handlers hold each other, but a page is to go as soon as nobody needs it.
        parser = None


def _refuse(text: str) -> Any:
    raise ValueError("it has parts")


def _refuse_doctype(*declared: Any) -> None:
    raise DecodeError("it declares a document type, which no SOAP reply does")


def _with_part(whole: Any, tag: str, value: Any) -> dict[str, Any]:
    """A structure of which nothing but its type is known, if that, with one more part."""
    if isinstance(whole, str):
        whole = {TYPE: whole} if whole else {}
    if tag not in whole:
        whole[tag] = value
    # Nothing says that this is an array, but it came again.
    elif isinstance(whole[tag], list):
        whole[tag].append(value)
    else:
        whole[tag] = [whole[tag], value]
    return whole
