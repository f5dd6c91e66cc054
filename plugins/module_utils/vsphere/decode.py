# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SOAP replies to plain Python values, by way of the standard library's expat.

pyVmomi's deserialiser is the slowest part of a bulk read and refuses whole replies for one enum
value it does not know. This decoder is told by *shapes* which parts of a structure are wanted, skips
the rest unbuilt, and keeps what it does not know as text.

A shape is plain data:

* ``str``, ``int``, ``float``, ``bool``, :data:`MoRef`: a leaf of that type;
* ``{"name": shape, …}``: a structure of which only these parts are built. It becomes a dict; the
  concrete type of a polymorphic one stands under ``_type``;
* ``[shape]``: an array, always a list, with one element too.

Without a shape a value is built as far as the reply itself tells its type (``xsi:type``).
What is not set is absent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from collections.abc import Callable, Mapping
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


@dataclass(frozen=True)
class Fault:
    """A SOAP fault, or what is said of a property that could not be read.

    :ivar type: name of the vSphere fault, such as NoPermission. :ivar message: in the server's words.
    :ivar subject: what it is about, where it says that: the property of an InvalidProperty.
    """

    type: str
    message: str
    subject: str = ""


class ManagedObject(NamedTuple):
    """What one reply says of a managed object: property path to value, and to fault where it is missing."""

    ref: MoRef
    properties: dict[str, Any]
    missing: dict[str, Fault]


@dataclass
class Page:
    """One page of RetrievePropertiesEx. ``token`` asks for the next one; empty on the last."""

    objects: list[ManagedObject] = field(default_factory=list)
    token: str = ""


def _boolean(text: str) -> bool:
    return text in ("true", "1")


_LEAVES: dict[Any, Callable[[str], Any]] = {str: str, int: int, float: float, bool: _boolean}
_XSD: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("byte", "short", "int", "long", "unsignedInt"), int),
    **dict.fromkeys(("float", "double"), float),
    "boolean": _boolean,
}
_ANY = object()
_PROPERTY = object()

_MANAGERS = ("rootFolder", "propertyCollector", "sessionManager", "viewManager")
_FAULT = {"fault": {}, "localizedMessage": str}
_CONTENT = {
    "obj": MoRef,
    "propSet": [{"name": str, "val": _PROPERTY}],
    "missingSet": [{"path": str, "fault": _FAULT}],
}
_PAGE = {"objects": [_CONTENT], "token": str}


class _Responses(dict):
    """The shape of a SOAP body: the response of any method, or a fault."""

    def __init__(self, returned: Any) -> None:
        super().__init__(Fault={"faultcode": str, "faultstring": str, "detail": _ANY})
        self._response = {"returnval": returned}

    def get(self, tag: str, default: Any = None) -> Any:
        return self._response if tag.endswith("Response") else super().get(tag, default)


class _Frame:
    """An open element: what it is to become, and its parts so far."""

    __slots__ = ("shape", "value", "type", "listed", "is_leaf")

    def __init__(self, shape: Any, kind: str, listed: bool) -> None:
        self.shape = shape
        self.type = kind
        self.listed = listed
        self.is_leaf = True
        self.value: Any = None


class _Builder:
    """Turns expat's events into the value that a shape describes."""

    def __init__(self, returned: Any, shapes: Shapes) -> None:
        self._shapes = shapes
        self._stack = [_Frame({"Envelope": {"Body": _Responses(returned)}}, "", False)]
        self._text: list[str] = []
        self._skipped = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._listen()

    def build(self, data: bytes) -> dict[str, Any]:
        try:
            self._parser.Parse(data, True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise DecodeError(f"it is no well-formed XML: {error}") from error
        return self._stack[0].value or {}

    def _listen(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append

    def _skip(self) -> None:
        self._skipped = 1
        self._parser.StartElementHandler = self._start_skipped
        self._parser.EndElementHandler = self._end_skipped
        self._parser.CharacterDataHandler = None

    def _start_skipped(self, tag: str, attributes: dict[str, str]) -> None:
        self._skipped += 1

    def _end_skipped(self, tag: str) -> None:
        self._skipped -= 1
        if not self._skipped:
            self._listen()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._text.clear()
        parent = self._stack[-1]
        parent.is_leaf = False
        shape = parent.shape
        listed = False
        if isinstance(shape, dict):
            # Envelope, Body and Fault carry the server's choice of namespace prefix.
            shape = shape.get(tag.rpartition(":")[2] if ":" in tag else tag)
            if shape is None:
                self._skip()
                return
        if isinstance(shape, list):
            shape = shape[0]
            listed = True
        if shape is _PROPERTY:
            shape = self._shape_of_property((parent.value or {}).get("name"))
        kind = ""
        if attributes:
            kind = attributes.get("type", "")
            if not kind:
                # vCenter writes xsi:type, the simulator binds another prefix to the same namespace.
                kind = next((value for key, value in attributes.items() if key.endswith(":type")), "").rpartition(":")[2]
            elif shape is _ANY:
                shape = MoRef
        self._stack.append(_Frame(shape, kind, listed))

    def _shape_of_property(self, path: str | None) -> Any:
        # The frame around a propSet is that of its object, whose reference came first.
        ref = (self._stack[-2].value or {}).get("obj")
        return self._shapes.get(ref.type, {}).get(path, _ANY) if ref else _ANY

    def _end(self, tag: str) -> None:
        frame = self._stack.pop()
        parent = self._stack[-1]
        value = self._value(frame)
        if isinstance(parent.shape, list):
            if parent.value is None:
                parent.value = []
            parent.value.append(value)
            return
        if parent.value is None:
            parent.value = {}
        tag = tag.rpartition(":")[2] if ":" in tag else tag
        if frame.listed:
            parent.value.setdefault(tag, []).append(value)
        elif parent.shape is _ANY and tag in parent.value:
            # Nothing says that this is an array, but it came again.
            earlier = parent.value[tag]
            parent.value[tag] = earlier + [value] if isinstance(earlier, list) else [earlier, value]
        else:
            parent.value[tag] = value

    def _value(self, frame: _Frame) -> Any:
        shape, value, kind = frame.shape, frame.value, frame.type
        if frame.is_leaf:
            return self._leaf(shape, kind)
        if value is None:
            # All its parts were skipped.
            value = [] if isinstance(shape, list) else {}
        if shape is _ANY and kind.startswith("ArrayOf"):
            return [item for items in value.values() for item in (items if isinstance(items, list) else [items])]
        if kind and isinstance(value, dict):
            value[TYPE] = kind
        return value

    def _leaf(self, shape: Any, kind: str) -> Any:
        text = "".join(self._text)
        self._text.clear()
        if shape is MoRef:
            return MoRef(kind, text)
        if isinstance(shape, list):
            return []
        if isinstance(shape, dict):
            return {TYPE: kind} if kind else text.strip() or {}
        if shape is _ANY:
            if kind.startswith("ArrayOf"):
                return []
            read = _XSD.get(kind, str)
        else:
            read = _LEAVES[shape]
        try:
            return read(text)
        except ValueError:
            return text


def _refuse_doctype(*declaration: Any) -> None:
    raise ValueError("SOAP has no document type declaration")


class SoapFault(Exception):
    """The server answered with a fault instead of a result."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.type}: {fault.message}" if fault.message else fault.type)
        self.fault = fault


def decode_page(data: bytes, shapes: Shapes) -> Page:
    """One reply of RetrievePropertiesEx or ContinueRetrievePropertiesEx.

    :param shapes: for the properties that are structures.
    :raises SoapFault: the server answered with a fault.
    :raises DecodeError: this is no such reply.
    """
    returned = _returned(data, _PAGE, shapes)
    if not returned:
        return Page()
    try:
        return Page([_managed_object(content) for content in returned.get("objects", ())], returned.get("token", ""))
    except (AttributeError, KeyError, TypeError) as error:
        raise DecodeError(f"it is no page of properties: {error!r}") from error


def decode_value(data: bytes) -> Any:
    """What any other method returned, built as far as the reply tells types; None for nothing.

    :raises SoapFault: the server answered with a fault.
    :raises DecodeError: this is no SOAP reply.
    """
    return _returned(data, _ANY, {})


def decode_service_content(data: bytes) -> dict[str, Any]:
    """The reply of RetrieveServiceContent: ``about`` and the references of the managers.

    :raises SoapFault: the server answered with a fault.
    :raises DecodeError: this is no such reply.
    """
    content = decode_value(data)
    if not isinstance(content, dict) or not isinstance(content.get("about"), dict):
        raise DecodeError("it holds no service content")
    lacking = [name for name in _MANAGERS if not isinstance(content.get(name), MoRef)]
    if lacking:
        raise DecodeError(f"its service content lacks {', '.join(lacking)}")
    return content


def _returned(data: bytes, returned: Any, shapes: Shapes) -> Any:
    envelope = _Builder(returned, shapes).build(data).get("Envelope")
    body = envelope.get("Body") if isinstance(envelope, dict) else None
    if not isinstance(body, dict) or not body:
        raise DecodeError("it is no SOAP envelope")
    if "Fault" in body:
        raise SoapFault(_soap_fault(body["Fault"]))
    response = next(iter(body.values()))
    return response.get("returnval") if isinstance(response, dict) else None


def _soap_fault(fault: Any) -> Fault:
    if not isinstance(fault, dict):
        return Fault("", str(fault))
    detail = fault.get("detail")
    name, found = next(iter(detail.items()), ("", None)) if isinstance(detail, dict) else ("", None)
    kind = found.get(TYPE, "") if isinstance(found, dict) else ""
    # InvalidProperty and its like name what is wrong, with an empty message.
    subject = str(found.get("name") or "") if isinstance(found, dict) else ""
    return Fault(kind or name.removesuffix("Fault") or str(fault.get("faultcode", "")), str(fault.get("faultstring") or subject), subject)


def _managed_object(content: dict[str, Any]) -> ManagedObject:
    properties = {item["name"]: item["val"] for item in content.get("propSet", ()) if "val" in item}
    missing = {}
    for item in content.get("missingSet", ()):
        fault = item.get("fault") or {}
        kind = fault.get("fault")
        missing[item["path"]] = Fault(kind.get(TYPE, "") if isinstance(kind, dict) else "", fault.get("localizedMessage", ""))
    return ManagedObject(content["obj"], properties, missing)
