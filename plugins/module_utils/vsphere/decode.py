# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the replies of vSphere say: pages of properties, results of methods, faults.

pyVmomi's deserialiser is the slowest part of a bulk read and refuses whole replies for one enum
value it does not know. This decoder is told which parts are wanted, see soap.py, and keeps what it
does not know as text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import intern
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap import (
    ANY,
    EVERY_OTHER,
    PROPERTY,
    TYPE,
    DecodeError,
    MoRef,
    Shapes,
    parse,
)

_MANAGERS = ("rootFolder", "propertyCollector", "sessionManager", "viewManager")
_FAULT = {"fault": {}, "localizedMessage": str}
_CONTENT = {
    "obj": MoRef,
    "propSet": [{"name": str, "val": PROPERTY}],
    "missingSet": [{"path": str, "fault": _FAULT}],
}
_PAGE = {"objects": [_CONTENT], "token": str}
_SOAP_FAULT = {"faultcode": str, "faultstring": str, "detail": {EVERY_OTHER: {"name": str}}}


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
    returned = _returned(data, {"returnval": _PAGE}, shapes)
    if not returned:
        return Page()
    try:
        return Page([_managed_object(content) for content in returned.get("objects", ())], returned.get("token", ""))
    except (AttributeError, KeyError, TypeError) as error:
        raise DecodeError(f"it is no page of properties: {error!r}") from error


def decode_value(data: bytes) -> Any:
    """What any other method returned, built as far as the reply tells types; None for nothing, a list for several.

    :raises SoapFault: the server answered with a fault.
    :raises DecodeError: this is no SOAP reply.
    """
    return _returned(data, ANY, {})


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


def _returned(data: bytes, response: Any, shapes: Shapes) -> Any:
    envelope = parse(data, {"Envelope": {"Body": {"Fault": _SOAP_FAULT, EVERY_OTHER: response}}}, shapes).get("Envelope")
    body = envelope.get("Body") if isinstance(envelope, dict) else None
    if not isinstance(body, dict) or not body:
        raise DecodeError("it is no SOAP envelope")
    if "Fault" in body:
        raise SoapFault(_soap_fault(body["Fault"]))
    method, found = next(iter(body.items()))
    if not method.endswith("Response"):
        raise DecodeError(f"it is {method[:80]} in a SOAP envelope, which vSphere does not send")
    return found.get("returnval") if isinstance(found, dict) else None


def _soap_fault(fault: Any) -> Fault:
    if not isinstance(fault, dict):
        return Fault("", str(fault))
    detail = fault.get("detail")
    name, found = next(iter(detail.items()), ("", None)) if isinstance(detail, dict) else ("", None)
    kind = found.get(TYPE, "") if isinstance(found, dict) else ""
    # InvalidProperty and its like name what is wrong, with an empty message.
    subject = found.get("name", "") if isinstance(found, dict) else ""
    return Fault(kind or name.removesuffix("Fault") or fault.get("faultcode", ""), fault.get("faultstring") or subject, subject)


def _managed_object(content: dict[str, Any]) -> ManagedObject:
    properties = {intern(item["name"]): item["val"] for item in content.get("propSet", ()) if "val" in item}
    missing = {}
    for item in content.get("missingSet", ()):
        fault = item.get("fault") or {}
        kind = fault.get("fault")
        missing[item["path"]] = Fault(kind.get(TYPE, "") if isinstance(kind, dict) else "", fault.get("localizedMessage", ""))
    return ManagedObject(content["obj"], properties, missing)
