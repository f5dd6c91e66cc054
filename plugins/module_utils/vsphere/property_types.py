# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Shapes and plain values of any property, by the types that pyVmomi declares: for properties that the catalog has no shape for.

Replies do not name the types of the parts of a structure; pyVmomi's classes do.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

with suppress(ImportError):
    # The modules report that it is missing.
    from pyVmomi import Iso8601, VmomiSupport

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_OTHER, TYPE, MoRef

_NAMESPACE = "urn:vim25"
#: Parts of every structure that hold no data.
_NO_DATA = frozenset(("dynamicType", "dynamicProperty", "managedObjectType"))
_SIMPLE_TYPES = (bool, int, float)


def property_type(managed_type: str, path: str) -> Any:
    """pyVmomi's class of a property's values.

    :raises AttributeError: it knows no such property.
    """
    found = VmomiSupport.GetWsdlType(_NAMESPACE, managed_type)
    for name in path.split("."):
        found = found._GetPropertyInfo(name).type
    return found


def property_shape(managed_type: str, path: str) -> Any:
    """The shape of a property; None where pyVmomi does not know it."""
    try:
        return shape_of(property_type(managed_type, path))
    except (AttributeError, KeyError):
        return None


def properties(managed_type: str) -> list[str]:
    """All properties of a managed object type, in pyVmomi's order."""
    return [info.name for info in VmomiSupport.GetWsdlType(_NAMESPACE, managed_type)._GetPropertyList()]


def is_reference(declared: Any) -> bool:
    """Whether a property's values are references to managed objects."""
    return issubclass(declared, VmomiSupport.ManagedObject)


def shape_of(declared: Any, known: dict[Any, Any] | None = None) -> Any:
    """The shape of all parts of a type, with those that subclasses add.

    :param declared: pyVmomi's class, see :func:`property_type`.
    :param known: shapes of structures made so far: structures may contain each other and themselves.
    """
    known = {} if known is None else known
    if issubclass(declared, list):
        return [shape_of(declared.Item, known)]
    if is_reference(declared):
        return MoRef
    if not issubclass(declared, VmomiSupport.DataObject):
        return next((simple for simple in _SIMPLE_TYPES if issubclass(declared, simple)), ANY if declared is object else str)
    if declared not in known:
        known[declared] = {EVERY_OTHER: ANY}
        known[declared].update((info.name, shape_of(info.type, known)) for info in _parts(declared))
    return known[declared]


def plain_value(value: Any, declared: Any) -> Any:
    """A decoded value in plain types: numbers, booleans, texts, lists, and dictionaries with every part that the structure
    can have, None for a part that is not set. References and times are written as pyVmomi writes them.

    :param declared: pyVmomi's class, see :func:`property_type`.
    """
    if issubclass(declared, list):
        items = value if isinstance(value, list) else [] if value is None else [value]
        return [plain_value(item, declared.Item) for item in items]
    if isinstance(value, MoRef):
        return str(VmomiSupport.GetWsdlType(_NAMESPACE, value.type)(value.moid))
    if isinstance(value, dict):
        return _structure(value, declared)
    if isinstance(value, list):
        return [plain_value(item, object) for item in value]
    if not isinstance(value, str):
        return value
    if issubclass(declared, VmomiSupport.DataObject):
        # A structure without any part set was decoded as an empty text.
        return _structure({TYPE: value} if value else {}, declared)
    return _simple_value(value, declared)


def data_object(value: Any, declared: Any) -> Any:
    """A decoded value as pyVmomi's object, to be sent to the server again.

    :param declared: pyVmomi's class, see :func:`property_type`.
    :raises KeyError: the server named a type that pyVmomi does not know. :raises ValueError: a number or a time is none.
    """
    if issubclass(declared, list):
        return declared([data_object(item, declared.Item) for item in (value if isinstance(value, list) else [value])])
    if isinstance(value, MoRef):
        return VmomiSupport.GetWsdlType(_NAMESPACE, value.type)(value.moid)
    if issubclass(declared, VmomiSupport.DataObject):
        parts = value if isinstance(value, dict) else {}
        if TYPE in parts:
            declared = VmomiSupport.GetWsdlType(_NAMESPACE, parts[TYPE])
        return declared(**{info.name: data_object(parts[info.name], info.type) for info in _parts(declared) if info.name in parts})
    if issubclass(declared, bool):
        return value in (True, "true", "1")
    if issubclass(declared, datetime):
        return Iso8601.ParseISO8601(value)
    return declared(value)


def _structure(value: dict[str, Any], declared: Any) -> dict[str, Any]:
    if TYPE in value:
        # A type of a newer server that pyVmomi does not know is treated as the declared one.
        with suppress(KeyError):
            declared = VmomiSupport.GetWsdlType(_NAMESPACE, value[TYPE])
    if not issubclass(declared, VmomiSupport.DataObject):
        return {name: plain_value(part, object) for name, part in value.items() if name != TYPE}
    return {info.name: plain_value(value.get(info.name, _unset(info)), info.type) for info in _parts(declared)}


def _parts(declared: Any) -> list[Any]:
    return [info for info in declared._GetPropertyList() if info.name not in _NO_DATA]


def _unset(info: Any) -> Any:
    """The value of a part that the server did not send: None if it is optional, else the zero of its type."""
    if info.flags & VmomiSupport.F_OPTIONAL:
        return None
    return next((simple() for simple in _SIMPLE_TYPES if issubclass(info.type, simple)), None)


def _simple_value(text: str, declared: Any) -> Any:
    with suppress(ValueError, AttributeError):
        if issubclass(declared, bool):
            return {"true": True, "1": True}.get(text, False)
        if issubclass(declared, int):
            return int(text)
        if issubclass(declared, float):
            return float(text)
        if issubclass(declared, datetime):
            return Iso8601.ISO8601Format(Iso8601.ParseISO8601(text))
    return text
