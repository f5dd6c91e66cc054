# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""SOAP bytes to plain Python values, with the expat parser of the standard library.

Shapes say which parts are built, see shapes.py. A value that is not of its shape is not built at all, for a part of it could be a
wrong value: if it is the value of a property, that property is reported as missing; elsewhere the whole reply is refused.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import (
    MAX_BUILT_VALUES,
    MAX_DEPTH,
    MAX_NAMES,
    MAX_SHORT_TEXT,
    MAX_TAGS,
    MAX_TEXT_BYTES,
    REFERENCE_PAGE,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shape_nodes import NamedTypeNodes, ShapeNode, ShapeNodes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_TYPE, PROPERTY, TYPE, MoRef, Shapes

#: Bytes that are parsed between two checks of the limits.
_SLICE_BYTES = 256 << 10
#: What names and notes of VMs may hold, and XML 1.0 forbids even as a character reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));", re.IGNORECASE)
_FORBIDDEN_CHARACTER = {expat.errors.codes[text] for text in (expat.errors.XML_ERROR_INVALID_TOKEN, expat.errors.XML_ERROR_BAD_CHAR_REF)}


class DecodeError(Exception):
    """The bytes are no SOAP reply."""


class TooManyElements(DecodeError):
    """The reply has more elements than a reply about so many objects should have."""


def parse(data: bytes | bytearray, shape: Any, shapes: Shapes, objects: int = REFERENCE_PAGE) -> dict[str, Any]:
    """Decode XML into a dict with one item: tag and value of the root element.

    :param shape: of that dict. :param shapes: for every PROPERTY in it.
    :param objects: managed objects that the reply may be about; bounds its elements.
    :raises TooManyElements: there are more elements than that.
    :raises DecodeError: this is no SOAP reply, or it exceeds other limits.
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


def _build(data: bytes | bytearray, shape: Any, shapes: Shapes, objects: int) -> dict[str, Any]:
    """Turn expat's events into the value that a shape describes.

    This is one function with inner handlers for speed: most CPU time of a scan is spent in ``start`` and ``end``, which
    expat calls for each tag, and they reach local variables of this function faster than attributes of an object.

    Elements form three groups. Those to skip are counted in ``skip_depth`` and not looked at. Those with parts, the
    containers, are on a stack: ``node`` and ``container`` are the innermost, ``stack`` has those around it. A simple value
    is no container: while one is open, ``node`` is its node, ``parent_node`` that of the container, and ``pieces`` its text.
    """
    nodes = ShapeNodes()
    any_node, reference_node, named_types = nodes.of(ANY), nodes.of(MoRef), NamedTypeNodes(nodes)
    properties = {(owner, path): nodes.of(property_shape) for owner, paths in shapes.items() for path, property_shape in paths.items()}
    node = parent_node = nodes.of(shape)
    container: Any = {}
    stack: list[tuple[ShapeNode, Any]] = []
    # The type that the open simple value names.
    type_name = ""
    pieces: list[str] = []
    collect = pieces.append
    join = "".join
    # The same few objects are referred to again and again.
    references: dict[str, MoRef] = {}
    type_attribute = "xsi:type"
    skip_depth = built = 0
    # In place of the node of a simple value that turned out to have parts.
    not_simple = ShapeNode(convert=_refuse_parts)
    parser: Any = expat.ParserCreate("UTF-8")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal node, parent_node, container, type_name, skip_depth, built
        if skip_depth:
            skip_depth += 1
            return
        part = node[tag]
        if part is None:
            skip()
            return
        pieces.clear()
        if part.convert is PROPERTY:
            part = property_node()
        type_name = ""
        if attributes:
            type_name = attributes.get("type", "")
            if not type_name:
                type_name = attributes.get(type_attribute) or find_type(attributes)
                if ":" in type_name:
                    type_name = type_name.rpartition(":")[2]
                if part is any_node:
                    part = named_types[type_name]
                elif type_name in part.skipped_types:
                    skip()
                    return
                elif part.convert is MoRef:
                    # Its xsi:type is ManagedObjectReference; the type of the object is the attribute type.
                    type_name = ""
            elif part is any_node:
                part = reference_node
        new = part.container
        if new is None:
            parent_node, node = node, part
            return
        if len(stack) == MAX_DEPTH:
            refuse(f"its elements are nested deeper than {MAX_DEPTH}")
            skip()
            return
        built += 1
        stack.append((node, container))
        node = part
        if new is dict:
            container = {TYPE: type_name} if type_name else {}
        elif new is list:
            container = []
        else:
            container = type_name

    def end(tag: str) -> None:
        nonlocal node, container, skip_depth, built
        if skip_depth:
            skip_depth -= 1
            if not skip_depth:
                parser.CharacterDataHandler = collect
            return
        ended = node
        new = ended.container
        value: Any
        if new is None:
            text = join(pieces)
            convert = ended.convert
            if convert is str:
                value = text
            elif convert is MoRef:
                value = references.get(text)
                if value is None or value.type != type_name:
                    if not type_name or not 0 < len(text) <= MAX_SHORT_TEXT:
                        refuse(f"{tag} names no managed object")
                        node = parent_node
                        return
                    built += 1
                    value = references[text] = MoRef(type_name, text)
            else:
                try:
                    value = convert(text)
                except ValueError:
                    refuse(f"{tag} is not of its type")
                    node = parent_node
                    return
            node = parent_node
        else:
            value = container
            if new is str:
                # Of shape ANY: a structure if it had parts, else text.
                value = join(pieces) if isinstance(value, str) else value
            elif len(value) < 2 and pieces and (not value or TYPE in value) and (text := join(pieces).strip()):
                # Text in place of a structure or an array.
                if not ended.allows_text:
                    refuse(f"{tag} is not of its type")
                value = text
            node, container = stack.pop()
        if node.container is list:
            container.append(value)
            return
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if ended.is_item:
            container.setdefault(tag, []).append(value)
        elif node is any_node:
            built += 1
            container = _with_part(container, tag, value)
        elif tag not in container:
            container[tag] = value
        elif node.other_parts is any_node is node[tag]:
            _with_part(container, tag, value)
        # Of other parts that come twice the first one counts: the value of a property was decoded by the name before it.

    def skip() -> None:
        nonlocal node, skip_depth
        skip_depth = 1
        parser.CharacterDataHandler = None
        if node.container is None:
            # A simple value that has parts is none.
            node = not_simple

    def refuse(reason: str) -> None:
        """Report the open property as missing; outside of a property, refuse the reply."""
        number = next((number for number, (outer, _container) in enumerate(stack) if outer.has_property), len(stack))
        if number < len(stack):
            open_property = stack[number][1]
        elif node.container is None and parent_node.has_property and "name" in container:
            # Its value is a simple value.
            open_property = container
        else:
            raise DecodeError(reason)
        if "val" not in open_property:
            # The first value counts, so whatever is built of the refused one is dropped.
            open_property["val"] = None
            stack[number - 1][1].setdefault("missingSet", []).append({"path": open_property["name"], "fault": {"localizedMessage": reason}})

    def property_node() -> ShapeNode:
        # The innermost container is a propSet with the name, around it is the object with its reference.
        owner, path = stack[-1][1].get("obj"), container.get("name")
        if owner is None or path is None:
            raise DecodeError("a property's value comes before its object or its name")
        found = properties.get((owner.type, path))
        return properties.get((EVERY_TYPE, path), any_node) if found is None else found

    def find_type(attributes: dict[str, str]) -> str:
        # vCenter writes xsi:type, the simulator binds another prefix to the same namespace.
        nonlocal type_attribute
        for name, value in attributes.items():
            if name.endswith(":type"):
                type_attribute = name
                return value
        return ""

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = collect
    parser.StartDoctypeDeclHandler = _refuse_doctype
    view = memoryview(data)
    scale = max(1.0, objects / REFERENCE_PAGE)
    max_tags, max_built = MAX_TAGS * scale, MAX_BUILT_VALUES * scale
    tags = 0
    try:
        for stop in range(_SLICE_BYTES, len(data) + _SLICE_BYTES, _SLICE_BYTES):
            tags += data.count(b"<", stop - _SLICE_BYTES, stop)
            parser.Parse(view[stop - _SLICE_BYTES : stop], False)
            if tags > max_tags or built > max_built or len(parser.intern) > MAX_NAMES:
                raise TooManyElements("it has more elements than any page of vSphere")
            if max(stop - parser.CurrentByteIndex, sum(map(len, pieces))) > MAX_TEXT_BYTES:
                raise DecodeError(f"a tag or a text in it is longer than {MAX_TEXT_BYTES} bytes")
        parser.Parse(b"", True)
        root: dict[str, Any] = container
        return root
    finally:
        # Parser and handlers refer to each other; this frees the page as soon as its caller drops it.
        parser = None


def _refuse_parts(_text: str) -> Any:
    raise ValueError("it has parts")


def _refuse_doctype(*_declaration: Any) -> None:
    """Refuse what could declare entities, which may grow without end."""
    raise DecodeError("it declares a document type, which no SOAP reply does")


def _with_part(container: Any, tag: str, value: Any) -> dict[str, Any]:
    """A structure of shape ANY with one more part: what comes twice becomes a list.

    :param container: the structure, or as long as it has no parts its type.
    """
    structure: dict[str, Any] = ({TYPE: container} if container else {}) if isinstance(container, str) else container
    if tag not in structure:
        structure[tag] = value
    elif isinstance(structure[tag], list):
        structure[tag].append(value)
    else:
        structure[tag] = [structure[tag], value]
    return structure
