# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Shapes compiled for the decoder: one lookup by tag answers what becomes of an element."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_NAMES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import (
    ANY,
    CONVERTERS,
    EVERY_OTHER,
    OR_TEXT,
    PROPERTY,
    SKIPPED_TYPES,
    XSD_SHAPES,
)


class ShapeNode(dict[str, Any]):
    """A compiled shape: tag of a part to the node of that part, None for a part to skip.

    :ivar container: dict or list, which collects the parts; None for a simple value; str where the reply decides (shape ANY).
    :ivar convert: makes a simple value of its text, or raises ValueError; MoRef and PROPERTY are left to the decoder.
    :ivar is_item: it is an item of a list that its parent keeps under its tag.
    :ivar other_parts: the node of every part that is not named; None to skip them.
    :ivar skipped_types: structures of these types are skipped. :ivar allows_text: plain text may stand in place of the structure.
    :ivar has_property: one of its parts is the value of a property.
    """

    __slots__ = ("container", "convert", "is_item", "other_parts", "skipped_types", "allows_text", "has_property")

    def __init__(self, container: type[Any] | None = None, convert: Any = None, is_item: bool = False, other_parts: ShapeNode | None = None) -> None:
        super().__init__()
        self.container = container
        self.convert = convert
        self.is_item = is_item
        self.other_parts = other_parts
        self.skipped_types: Container[str] = ()
        self.allows_text = False
        self.has_property = False

    def __missing__(self, tag: str) -> ShapeNode | None:
        # The server chooses the namespace prefix of Envelope, Body and Fault.
        found: ShapeNode | None = self.get(tag.rpartition(":")[2], self.other_parts)
        self[tag] = found
        return found


class ShapeNodes:
    """Compiles shapes. Each shape has one node, so that a shape may contain itself."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[Any, bool], ShapeNode] = {}

    def of(self, shape: Any, is_item: bool = False) -> ShapeNode:
        """The node of a shape."""
        key = (id(shape) if isinstance(shape, (dict, list)) else shape, is_item)
        if key in self._nodes:
            return self._nodes[key]
        node = self._nodes[key] = ShapeNode(is_item=is_item)
        if isinstance(shape, dict):
            node.container = dict
            parts = {tag: part for tag, part in shape.items() if tag not in (SKIPPED_TYPES, OR_TEXT)}.items()
            node.update((tag, self.of(part[0], True) if isinstance(part, list) else self.of(part)) for tag, part in parts)
            node.other_parts = node.pop(EVERY_OTHER, None)
            node.skipped_types = shape.get(SKIPPED_TYPES, ())
            node.allows_text = OR_TEXT in shape
            node.has_property = PROPERTY in shape.values()
        elif isinstance(shape, list):
            node.container = list
            node.other_parts = self.of(shape[0])
        elif shape is ANY:
            node.container = str
            node.other_parts = node
        else:
            node.convert = CONVERTERS.get(shape, shape)
        return node


class NamedTypeNodes(dict[str, ShapeNode]):
    """Type that a reply names (``xsi:type``, without prefix) to the node of an element whose shape is ANY."""

    def __init__(self, nodes: ShapeNodes) -> None:
        super().__init__({name: nodes.of(shape) for name, shape in XSD_SHAPES.items()})
        self._any = nodes.of(ANY)

    def __missing__(self, name: str) -> ShapeNode:
        found = self._any
        if name.startswith("ArrayOf"):
            # The items of ArrayOfInt are xsd:int without an xsi:type of their own.
            item = name.removeprefix("ArrayOf").lower()
            found = ShapeNode(list, other_parts=self[item] if item in XSD_SHAPES else self._any)
        if len(self) < MAX_NAMES:
            self[name] = found
        return found
