# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""SOAP replies of vSphere decoded: pages of properties, results of methods, faults.

pyVmomi's deserialiser takes three to four times the CPU and refuses a whole reply for one enum value that it does not
know. This decoder builds only the parts that shapes name, see shapes.py, and keeps values of unknown types as text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import intern
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_OTHER, OR_TEXT, PROPERTY, TYPE, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import DecodeError, parse

_MANAGERS = ("rootFolder", "propertyCollector", "sessionManager", "viewManager")
#: Managers that some servers lack.
_OPTIONAL_MANAGERS = (
    "authorizationManager", "customFieldsManager", "customizationSpecManager", "eventManager", "fileManager", "ovfManager", "searchIndex", "setting",
    "taskManager", "virtualDiskManager",
)  # fmt: skip
#: The parts of faults that say what was wrong, and with which object. Of shape ANY: a fault that is odd must not hide that it is one.
FAULT_PARTS: dict[str, Any] = dict.fromkeys(
    (
        "argumentName", "datastore", "deviceIndex", "existingState", "file", "invalidProperty", "name", "network", "obj", "object", "privilegeId", "property",
        "reason", "requestedState", "task",
    ),
    ANY,
)  # fmt: skip
#: A LocalizedMethodFault: a fault in a property, such as the error of a task.
LOCALIZED_FAULT: dict[str, Any] = {"fault": FAULT_PARTS, "localizedMessage": str}
#: Fault of the properties of an object that was deleted while it was being read.
VANISHED = "ManagedObjectNotFound"
#: Of a property that could not be read only the type and the message count.
_FAULT = {"fault": {}, "localizedMessage": str}
_CONTENT = {
    "obj": MoRef,
    "propSet": [{"name": str, "val": PROPERTY}],
    "missingSet": [{"path": str, "fault": _FAULT}],
}
_PAGE = {"objects": [_CONTENT], "token": short_text}
_OBJECT_UPDATE = {
    "kind": str,
    "obj": MoRef,
    "changeSet": [{"name": str, "val": PROPERTY}],
    "missingSet": [{"path": str, "fault": _FAULT}],
}
_TASK = "Task"
_UPDATES = {
    "version": short_text,
    "truncated": bool,
    "filterSet": [{"objectSet": [_OBJECT_UPDATE], "missingSet": [{"obj": MoRef}]}],
}
_SOAP_FAULT = {OR_TEXT: True, "faultcode": str, "faultstring": str, "detail": {OR_TEXT: True, EVERY_OTHER: {OR_TEXT: True, **FAULT_PARTS}}}
#: The members of AboutInfo.
_ABOUT = (
    "name", "fullName", "vendor", "version", "patchLevel", "build", "localeVersion", "localeBuild", "osType", "productLineId", "apiType", "apiVersion",
    "instanceUuid", "licenseProductName", "licenseProductVersion",
)  # fmt: skip
_SERVICE_CONTENT = {"about": dict.fromkeys(_ABOUT, short_text), **dict.fromkeys((*_MANAGERS, *_OPTIONAL_MANAGERS), MoRef)}


@dataclass(frozen=True)
class Fault:
    """A SOAP fault, or the reason why a property could not be read.

    :ivar type: name of the vSphere fault, such as NoPermission. :ivar message: of the server.
    :ivar subject: the property of an InvalidProperty; empty for most faults.
    :ivar parts: what else it says, those of :data:`FAULT_PARTS` that the server sent, of whatever type.
    """

    type: str
    message: str
    subject: str = ""
    parts: dict[str, Any] = field(default_factory=dict, compare=False)

    def text(self, part: str) -> str:
        """A part that is a text or a number; empty where it is not set, or something else."""
        value = self.parts.get(part)
        return str(value) if isinstance(value, (str, int)) else ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.type, self.message)))


class ManagedObject(NamedTuple):
    """A managed object in a reply: property path to value, and path to fault of a property that could not be read."""

    ref: MoRef
    properties: dict[str, Any]
    missing: dict[str, Fault]

    @property
    def has_vanished(self) -> bool:
        """Whether the object was deleted while it was being read."""
        return not self.properties and any(fault.type == VANISHED for fault in self.missing.values())


@dataclass
class Page:
    """One page of RetrievePropertiesEx. ``token`` requests the next one; empty on the last."""

    objects: list[ManagedObject] = field(default_factory=list)
    token: str = ""


class UpdateSet(NamedTuple):
    """An answer of WaitForUpdatesEx.

    :ivar version: to wait from next; empty when nothing has changed.
    :ivar updates: of each object its reference, the properties that have new values, and whether it is gone.
    :ivar is_truncated: there is more at once.
    """

    version: str
    updates: list[tuple[MoRef, dict[str, Any], bool]]
    is_truncated: bool


class SoapFault(Exception):
    """The server answered with a fault instead of a result."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def decode_page(data: bytes | bytearray, shapes: Shapes, page_size: int = 1) -> Page:
    """Decode a reply of RetrievePropertiesEx or ContinueRetrievePropertiesEx.

    :param shapes: of the properties that are structures. :param page_size: objects that were requested; bounds the elements.
    :raises SoapFault: the server answered with a fault.
    :raises TooManyElements: the page is larger than it should be.
    :raises DecodeError: this is no such reply.
    """
    returned = _returned(data, {"returnval": _PAGE}, shapes, page_size)
    if not returned:
        return Page()
    try:
        if returned.get("token") == "":
            raise DecodeError("its token is empty")
        return Page([_managed_object(content) for content in returned.get("objects", ())], returned.get("token", ""))
    except (AttributeError, KeyError, TypeError) as error:
        raise DecodeError(f"it is no page of properties: {error!r}") from error


def decode_updates(data: bytes | bytearray, shapes: Shapes, most_objects: int) -> UpdateSet:
    """Decode a reply of WaitForUpdatesEx; parameters and errors as of :func:`decode_page`. A task that left the filter is gone: the server has
    forgotten it. That another object left is no update: a VM leaves before the task that removes it has ended.
    """
    returned = _returned(data, {"returnval": _UPDATES}, shapes, most_objects)
    if not returned:
        return UpdateSet("", [], False)
    updates: list[tuple[MoRef, dict[str, Any], bool]] = []
    try:
        for changed in returned.get("filterSet", ()):
            for item in changed.get("objectSet", ()):
                has_left = item.get("kind") == "leave"
                if not has_left or item["obj"].type == _TASK:
                    updates.append((item["obj"], {change["name"]: change.get("val") for change in item.get("changeSet", ())}, has_left))
            updates += [(item["obj"], {}, True) for item in changed.get("missingSet", ())]
    except (AttributeError, KeyError, TypeError) as error:
        raise DecodeError(f"it is no set of updates: {error!r}") from error
    return UpdateSet(returned.get("version", ""), updates, returned.get("truncated", False))


def decode_value(data: bytes | bytearray, shape: Any = ANY) -> Any:
    """Decode the result of any other method; None if there is none.

    :param shape: of the result. Of shape ANY several results become a list.
    :raises SoapFault: the server answered with a fault.
    :raises DecodeError: this is no SOAP reply, or the result is not of its shape.
    """
    return _returned(data, ANY if shape is ANY else {"returnval": shape}, {})


def decode_service_content(data: bytes | bytearray) -> dict[str, Any]:
    """Decode the reply of RetrieveServiceContent: ``about`` and the references of the managers.

    :raises SoapFault: the server answered with a fault.
    :raises DecodeError: this is no such reply.
    """
    content: dict[str, Any] | None = decode_value(data, _SERVICE_CONTENT)
    if not content or "about" not in content:
        raise DecodeError("it holds no service content")
    lacking = [name for name in _MANAGERS if name not in content]
    if lacking:
        raise DecodeError(f"its service content lacks {', '.join(lacking)}")
    return content


def _returned(data: bytes | bytearray, response: Any, shapes: Shapes, page_size: int = 1) -> Any:
    envelope = parse(data, {"Envelope": {"Body": {"Fault": _SOAP_FAULT, EVERY_OTHER: response}}}, shapes, page_size).get("Envelope")
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
    parts = _fault_parts(found)
    # InvalidProperty has a name and no message.
    subject = parts["name"] if isinstance(parts.get("name"), str) else ""
    return Fault(kind or name.removesuffix("Fault") or fault.get("faultcode", ""), fault.get("faultstring") or subject, subject, parts)


def localized_fault(value: Any) -> Fault:
    """The fault in a value of shape :data:`LOCALIZED_FAULT`; of whatever else is given, a fault without a type."""
    value = value if isinstance(value, dict) else {}
    found = value.get("fault")
    return Fault(found.get(TYPE, "") if isinstance(found, dict) else "", value.get("localizedMessage", ""), parts=_fault_parts(found))


def _fault_parts(found: Any) -> dict[str, Any]:
    return {name: part for name, part in found.items() if name != TYPE} if isinstance(found, dict) else {}


def _managed_object(content: dict[str, Any]) -> ManagedObject:
    properties = {intern(item["name"]): item["val"] for item in content.get("propSet", ()) if "val" in item}
    missing = {}
    for item in content.get("missingSet", ()):
        fault = item.get("fault") or {}
        kind = fault.get("fault")
        missing[item["path"]] = Fault(kind.get(TYPE, "") if isinstance(kind, dict) else "", fault.get("localizedMessage", ""))
        # A refused value may have been built in part.
        properties.pop(item["path"], None)
    return ManagedObject(content["obj"], properties, missing)
