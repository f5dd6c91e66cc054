# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""OVF descriptors that a server reads, and the leases over which it takes the files of a new VM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

try:
    from pyVmomi import vim
except ImportError:
    # The session says so.
    vim = None  # type: ignore[assignment]

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidResponse, MethodFault, ObjectGone
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.fault_meanings import meaning
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import LOCALIZED_FAULT, Fault, decode_page, decode_value, localized_fault

#: The resource type of a disk in a descriptor.
_DISK = 17
#: Files and messages of one descriptor; real ones have ten.
_MAX_ITEMS = 1000
_RESULT = {
    "fileItem": [{"deviceId": str, "path": str, "size": int, "cimType": int, "compressionMethod": str, "chunkSize": int}],
    "warning": [LOCALIZED_FAULT],
    "error": [LOCALIZED_FAULT],
}
_LEASE = {
    "HttpNfcLease": {
        "state": str,
        "error": LOCALIZED_FAULT,
        "info": {
            "entity": MoRef,
            "leaseTimeout": int,
            "deviceUrl": [{"importKey": str, "url": str, "sslThumbprint": str}],
        },
    }
}


class ImportFile(NamedTuple):
    """A file that a new VM needs.

    :ivar device: the key of its device, as the lease has it. :ivar path: its ``href`` in the descriptor. :ivar size: in bytes, 0 if unknown.
    """

    device: str
    path: str
    size: int
    is_disk: bool


class ImportSpec(NamedTuple):
    """What a server made of a descriptor.

    :ivar spec: pyVmomi's ImportSpec, for :func:`begin_import`; None where there are errors. :ivar errors: and warnings in the server's words.
    :ivar config: its ConfigSpec as plain data, as far as it was asked for.
    """

    spec: Any
    files: list[ImportFile]
    warnings: list[str]
    errors: list[str]
    config: Mapping[str, Any]


class LeaseTarget(NamedTuple):
    """Where a file goes: the URL, and the certificate that its host must have."""

    url: str
    thumbprint: str


class Lease(NamedTuple):
    """A lease as it is now.

    :ivar vm: the new VM; None before it is there. :ivar timeout: seconds that it lives without progress. :ivar targets: by the key of the device.
    """

    state: str
    vm: MoRef | None
    timeout: int
    targets: dict[str, LeaseTarget]


def read_descriptor(
    session: Session,
    descriptor: str,
    pool: MoRef,
    datastore: MoRef,
    name: str,
    *,
    host: MoRef | None = None,
    networks: Mapping[str, MoRef] | None = None,
    properties: Mapping[str, str] | None = None,
    provisioning: str = "",
    deployment_option: str = "",
    shape: Mapping[str, Any] | None = None,
) -> ImportSpec:
    """Let the server read a descriptor; nothing is made.

    :param networks: by their name in the descriptor. :param provisioning: ``thin``, ``thick``, ``eagerZeroedThick``; empty for the server's choice.
    :param shape: of what is wanted of the ConfigSpec, see shapes.py.
    :raises VsphereError: no answer. What is wrong with the descriptor stands in ``errors``.
    """
    manager = vim.OvfManager
    params = manager.CreateImportSpecParams(
        entityName=name,
        locale="",
        deploymentOption=deployment_option,
        hostSystem=session.object(host) if host else None,
        networkMapping=[manager.NetworkMapping(name=inner, network=session.object(outer)) for inner, outer in (networks or {}).items()],
        propertyMapping=[vim.KeyValue(key=key, value=value) for key, value in (properties or {}).items()],
        diskProvisioning=provisioning or None,
    )
    reply = session.request(session.manager("ovfManager"), "CreateImportSpec", descriptor, session.object(pool), session.object(datastore), params)
    with session.translate_decode_errors():
        # Also holds it to the bounds of a reply, which pyVmomi does not know.
        found = decode_value(reply, {**_RESULT, "importSpec": {"configSpec": shape or {}}}) or {}
    items = found.get("fileItem", ())[:_MAX_ITEMS]
    files = [
        ImportFile(item["deviceId"], item["path"], max(0, item.get("size", 0)), item.get("cimType") == _DISK)
        for item in items
        if {"deviceId", "path"} <= item.keys()
    ]
    errors = _messages(found.get("error", ()))
    errors += [f"{one_line(item.get('path', ''))} is split or compressed" for item in items if item.get("compressionMethod") or item.get("chunkSize", 0) > 0]
    spec = None if errors else getattr(session.typed_result(reply, manager.CreateImportSpecResult), "importSpec", None)
    if spec is None and not errors:
        errors = ["the server made nothing of the descriptor"]
    config = (found.get("importSpec") or {}).get("configSpec") or {}
    return ImportSpec(spec, files, _messages(found.get("warning", ())), errors, config)


def begin_import(session: Session, spec: Any, pool: MoRef, folder: MoRef | None, host: MoRef | None = None) -> MoRef:
    """Begin to make the VM, once; returns the lease.

    :raises MethodFault: the server refuses. :raises VsphereError: whether it has begun is not known.
    """
    lease = session.invoke(pool, "ImportVApp", spec, session.object(folder) if folder else None, session.object(host) if host else None, shape=MoRef)
    if lease is None:
        raise InvalidResponse("the server began an import and named no lease: look for a half-made VM, and report it if it persists")
    return lease  # type: ignore[no-any-return]


def look_at(session: Session, lease: MoRef) -> Lease:
    """A lease as it is now.

    :raises ObjectGone: it is gone. :raises MethodFault: the import has failed.
    """
    reply = session.objects_page([lease], {lease.type: tuple(_LEASE["HttpNfcLease"])}, False)
    with session.translate_decode_errors():
        page = decode_page(reply, _LEASE)
    if not page.objects:
        raise ObjectGone("the server does not know the import any more: run again", Fault("ManagedObjectNotFound", ""))
    found = page.objects[0].properties
    if found.get("error"):
        fault = localized_fault(found["error"])
        raise MethodFault(meaning(fault), fault)
    info = found.get("info") or {}
    targets = {
        item["importKey"]: LeaseTarget(item["url"], item.get("sslThumbprint", "")) for item in info.get("deviceUrl", ()) if {"importKey", "url"} <= item.keys()
    }
    return Lease(found.get("state", ""), info.get("entity"), max(1, info.get("leaseTimeout", 300)), targets)


def _messages(faults: Any) -> list[str]:
    found = [localized_fault(fault) for fault in faults[:_MAX_ITEMS]]
    return [one_line(fault.message or fault.type or "the server does not say what") for fault in found]
