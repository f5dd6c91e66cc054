# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Shapes: which parts of a reply are wanted, and of which type. The decoder skips everything else unbuilt.

A shape is plain data:

* ``str``, ``int``, ``float``, ``bool``, :data:`MoRef`, :func:`short_text`, :func:`presence`: a simple value of that type;
* ``{"name": shape, …}``: a structure of which only these parts are built. It becomes a dict, with the concrete type of a
  polymorphic structure under :data:`TYPE`. Beside the names may stand :data:`EVERY_OTHER`, :data:`SKIPPED_TYPES` and :data:`OR_TEXT`;
* ``[shape]``: an array, always a list, with one element too;
* :data:`ANY`: built as far as the reply itself names types (``xsi:type``); what is of no known type stays text.

What is not set is absent. A value that is not of its shape is never built in part: see xml_decoder.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_SHORT_TEXT

#: Managed object type to property path to shape.
Shapes = Mapping[str, Mapping[str, Any]]

#: The key of a structure's concrete type in the dict that is built of it.
TYPE = "_type"
#: The shape of a value of which only the reply tells the type.
ANY = object()
#: The shape of a property's value: the one that Shapes has for its managed object type and path, else ANY.
PROPERTY = object()
#: In place of a part's name: every part that is not named.
EVERY_OTHER = "*"
#: In place of a managed object type: every type that is not named.
EVERY_TYPE = "*"
#: Beside the names of parts: a set of types; a structure of one of these types is skipped.
SKIPPED_TYPES = "-"
#: Beside the names of parts: plain text may stand in place of the structure.
OR_TEXT = "|"

#: Characters of the longest number: a 64-bit integer, and a double written without exponent.
_INTEGER_CHARACTERS = 20
_FLOAT_CHARACTERS = 400


class MoRef(NamedTuple):
    """A managed object reference: its type, such as HostSystem, and its id, unique within one source."""

    type: str
    moid: str


def presence(_text: str) -> bool:
    """The shape of a value that is only counted: True whatever it is."""
    return True


def short_text(text: str) -> str:
    """The shape of a name, a key, an id or a version: a text of MAX_SHORT_TEXT characters at most."""
    if len(text) > MAX_SHORT_TEXT:
        raise ValueError("longer than any name")
    return text


def _integer(text: str) -> int:
    # Converting a million digits takes minutes.
    if len(text) > _INTEGER_CHARACTERS or not -(1 << 63) <= (value := int(text)) < 1 << 63:
        raise ValueError("not a 64-bit integer")
    return value


def _float(text: str) -> float:
    # Neither JSON nor SQLite has infinity or NaN.
    if len(text) > _FLOAT_CHARACTERS or not isfinite(value := float(text)):
        raise ValueError("not a finite number")
    return value


def _boolean(text: str) -> bool:
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    raise ValueError("neither true nor false")


#: Shape of a simple value to the function that converts its text, which raises ValueError. Other shapes of simple values convert themselves.
CONVERTERS: dict[Any, Callable[[str], Any]] = {str: str, int: _integer, float: _float, bool: _boolean}
#: XML Schema type to shape.
XSD_SHAPES: dict[str, Any] = {
    **dict.fromkeys(("byte", "short", "int", "long", "unsignedInt"), int),
    **dict.fromkeys(("float", "double"), float),
    **dict.fromkeys(("string", "dateTime"), str),
    "boolean": bool,
}
