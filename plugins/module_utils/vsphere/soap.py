# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SOAP bytes to plain Python values, by way of the standard library's expat.

This parser is told by *shapes* which parts of a structure are wanted and skips the rest unbuilt.
A shape is plain data:

* ``str``, ``int``, ``float``, ``bool``, :data:`MoRef`, :func:`present`: a leaf of that type;
* ``{"name": shape, …}``: a structure of which only these parts are built. It becomes a dict; the
  concrete type of a polymorphic one stands under ``_type``. With :data:`WITHOUT` beside the names, a set of
  types, one of these types is skipped as a whole;
* ``[shape]``: an array, always a list, with one element too.

Without a shape a value is built as far as the reply itself tells its type (``xsi:type``).
What is not set is absent; what does not read as its type says, and what is of no known type, stays text.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from collections.abc import Callable, Container, Mapping
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


def present(text: str) -> bool:
    """The shape of a leaf of which matters only that it is there: of what is counted and never named."""
    return True


def _integer(text: str) -> int:
    # Reading a number of a million digits takes minutes.
    if len(text) > 20 or not -(1 << 63) <= (value := int(text)) < 1 << 63:
        raise ValueError("longer than a long")
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
WITHOUT = "-"

_READERS: dict[Any, Callable[[str], Any]] = {str: str, int: _integer, float: float, bool: _boolean}
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
_SLICE = 256 << 10

# No document type declaration comes before the first element, so there are no entities to expand.
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<[^?!]")
# What guests and people put into names and notes, and XML 1.0 forbids even as a reference.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));", re.IGNORECASE
)
_FORBIDDEN_CHARACTER = {expat.errors.codes[text] for text in (expat.errors.XML_ERROR_INVALID_TOKEN, expat.errors.XML_ERROR_BAD_CHAR_REF)}


def parse(data: bytes, shape: Any, shapes: Shapes) -> dict[str, Any]:
    """The root element as the one part of a structure.

    :param shape: of that structure. :param shapes: for every PROPERTY in it.
    :raises DecodeError: this is no SOAP reply, or one beyond all that vSphere sends.
    """
    if not _BEGINNING.match(data):
        raise DecodeError("it does not begin as a SOAP reply does")
    try:
        return _build(data, shape, shapes)
    except expat.ExpatError as error:
        if error.code not in _FORBIDDEN_CHARACTER:
            raise _malformed(error) from error
    mended = _FORBIDDEN.sub("\ufffd", data.decode("utf-8", "replace")).encode()
    try:
        return _build(mended, shape, shapes)
    except expat.ExpatError as error:
        raise _malformed(error) from error


def _malformed(error: expat.ExpatError) -> DecodeError:
    return DecodeError(f"it is no well-formed XML: {error}")


class _Node(dict):
    """A shape made ready for use: the tag of each part to the node of that part, None for one to skip.

    :ivar make: what its parts are collected in: dict or list, None where it is a leaf and has none, str where nobody knows.
    :ivar read: what its text becomes. :ivar listed: it is an item of a list that its parent keeps under its tag.
    :ivar rest: the node of every part that is not named. :ivar without: types that are skipped.
    """

    __slots__ = ("make", "read", "listed", "rest", "without")

    def __init__(self, make: Any = None, read: Any = None, listed: bool = False, rest: _Node | None = None) -> None:
        super().__init__()
        self.make = make
        self.read = read
        self.listed = listed
        self.rest = rest
        self.without: Container[str] = ()

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
            parts = ((tag, part) for tag, part in shape.items() if tag != WITHOUT)
            node.update((tag, self.of(part[0], True) if isinstance(part, list) else self.of(part)) for tag, part in parts)
            node.rest = node.pop(EVERY_OTHER, None)
            node.without = shape.get(WITHOUT, ())
        elif isinstance(shape, list):
            node.make = list
            node.rest = self.of(shape[0])
        elif shape is ANY:
            node.make = str
            node.rest = node
        else:
            node.read = _READERS.get(shape, shape)
        return node


def _build(data: bytes, shape: Any, shapes: Shapes) -> dict[str, Any]:
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
    skipped = 0
    parser: Any = expat.ParserCreate("UTF-8")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal node, beside, whole, kind, skipped
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
            elif part is unknown:
                part = reference
        make = part.make
        if make is None:
            beside, node = node, part
            return
        if len(around) == _DEEPEST:
            raise DecodeError(f"its elements are nested deeper than {_DEEPEST}")
        around.append((node, whole))
        node = part
        if make is dict:
            whole = {TYPE: kind} if kind else {}
        elif make is list:
            whole = []
        else:
            whole = kind

    def skip() -> None:
        nonlocal skipped
        skipped = 1
        parser.CharacterDataHandler = None

    def node_of_property() -> _Node:
        # Open is a propSet, with its name; around it is its object, with its reference.
        owner, path = around[-1][1].get("obj"), whole.get("name")
        if owner is None or path is None:
            raise DecodeError("a property's value comes before what tells which property it is")
        return properties.get((owner.type, path), unknown)

    def find_type(attributes: dict[str, str]) -> str:
        # vCenter writes xsi:type, the simulator binds another prefix to the same namespace.
        nonlocal type_attribute
        for name, value in attributes.items():
            if name.endswith(":type"):
                type_attribute = name
                return value
        return ""

    def end(tag: str) -> None:
        nonlocal node, whole, skipped
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
                    value = references[said] = MoRef(kind, said)
            else:
                try:
                    value = read(said)
                except ValueError:
                    value = said
            node = beside
        else:
            value = whole
            if make is str:
                # It may have turned out to be a structure.
                value = join(text) if isinstance(value, str) else value
            elif not value and text and make is dict:
                value = join(text).strip() or value
            node, whole = around.pop()
        if node.make is list:
            whole.append(value)
            return
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if ended.listed:
            whole.setdefault(tag, []).append(value)
        elif node is unknown:
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
    view = memoryview(data)
    for stop in range(_SLICE, len(data) + _SLICE, _SLICE):
        parser.Parse(view[stop - _SLICE : stop], False)
        if max(stop - parser.CurrentByteIndex, sum(map(len, text))) > _LONGEST:
            raise DecodeError(f"a tag or a text in it is longer than {_LONGEST} bytes")
    parser.Parse(b"", True)
    # Parser and handlers hold each other, but a page is to go as soon as nobody needs it.
    parser = None
    return whole


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
