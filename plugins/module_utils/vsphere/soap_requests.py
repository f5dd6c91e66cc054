# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""SOAP requests to vSphere, built and serialised with pyVmomi, which connects to nothing here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

try:
    from pyVmomi import VmomiSupport, vim, vmodl
    from pyVmomi.SoapAdapter import SoapResponseDeserializer, SoapStubAdapter

    PYVMOMI_ERROR = None
except ImportError as _error:
    PYVMOMI_ERROR = _error

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

#: The API version of the first requests, before the server's own is known: every supported server understands it.
_FIRST_VERSION = "6.5"
_NAMESPACE = "vim25/"
#: The properties that lead upwards, and the types that have them: a VM in a vApp has no parent, and a vApp lies in a pool and in a folder.
_WAYS_UP = (("ManagedEntity", "parent"), ("VirtualMachine", "parentVApp"), ("VirtualApp", "parentFolder"))
_VERSION_PART = re.compile(r"(?<![^.])[0-9]{1,9}(?![^.])")


def version_tuple(text: str) -> tuple[int, ...]:
    """``8.0.2.0`` as numbers that compare."""
    return tuple(map(int, _VERSION_PART.findall(text)))


def newest_version(server: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    """The newest API version that both pyVmomi and the server know, and pyVmomi's name of it."""
    known = {version_tuple(key.removeprefix(_NAMESPACE)): name for key, name in VmomiSupport.versionMap.items() if key.startswith(_NAMESPACE)}
    first = version_tuple(_FIRST_VERSION)
    newest = max((version for version in known if first <= version <= server), default=first)
    return newest, known[newest]


def managed_type(wsdl_name: str) -> Any:
    """pyVmomi's class of a managed object type."""
    return VmomiSupport.GetWsdlType("urn:vim25", wsdl_name)


class SoapRequests:
    """Builds the requests of one session, in one version of the API: at first the oldest that is supported.

    :ivar path: of the HTTP requests.
    """

    path = "/sdk"

    def __init__(self) -> None:
        self._stub: Any = SoapStubAdapter(path=self.path, version=VmomiSupport.versionMap[_NAMESPACE + _FIRST_VERSION])

    def use_newest_version(self, server: tuple[int, ...]) -> tuple[int, ...]:
        """Build requests in the newest version that the server and pyVmomi know, from now on; returns it."""
        version, name = newest_version(server)
        self._stub.ComputeVersionInfo(name)
        return version

    @property
    def action(self) -> str:
        """The header SOAPAction: the API version in use."""
        return str(self._stub.versionId)

    def serialize(self, managed_object: Any, method: str, arguments: Sequence[Any]) -> bytes:
        """The body of a request.

        :param method: in pyVmomi's spelling, such as RetrieveContent.
        """
        body: bytes = self._stub.SerializeRequest(managed_object, managed_object._GetMethodInfo(method), arguments)
        return body

    def typed(self, reply: bytes | bytearray, kind: Any) -> Any:
        """The result in a reply as an object of pyVmomi, to be sent on. Raises what pyVmomi raises.

        :param kind: its type. The reply was decoded before, by which it is known to be within our bounds.
        """
        return SoapResponseDeserializer(self._stub).Deserialize(bytes(reply), kind)

    def service_instance(self) -> Any:
        """The object with which a conversation begins."""
        return vim.ServiceInstance("ServiceInstance", self._stub)

    def managed_object(self, ref: MoRef, wsdl_name: str = "") -> Any:
        """pyVmomi's object for a reference.

        :param wsdl_name: its type; by default the one that the reference names.
        """
        return managed_type(wsdl_name or ref.type)(ref.moid, self._stub)


def options(page_size: int | None = None) -> Any:
    """RetrieveOptions: objects per page at most; None leaves it to the server."""
    query = vmodl.query.PropertyCollector
    return query.RetrieveOptions() if page_size is None else query.RetrieveOptions(maxObjects=page_size)


def wait_options(seconds: int, most_objects: int) -> Any:
    """WaitOptions: how long the server may wait for a change, and objects in one answer at most."""
    return vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=seconds, maxObjectUpdates=most_objects)


def view_filter(view: Any, wanted: Mapping[str, Sequence[str]]) -> Any:
    """A FilterSpec for properties of the objects of a view.

    :param wanted: managed object type to property paths.
    """
    query = vmodl.query.PropertyCollector
    every_object = query.ObjectSpec(obj=view, skip=True, selectSet=[query.TraversalSpec(name="view", type=type(view), path="view", skip=False)])
    properties = [query.PropertySpec(type=managed_type(name), pathSet=list(paths), all=False) for name, paths in wanted.items()]
    return query.FilterSpec(objectSet=[every_object], propSet=properties)


def objects_filter(objects: Sequence[Any], wanted: Mapping[str, Sequence[str]], with_ancestors: bool = False) -> Any:
    """A FilterSpec for properties of some objects; those that do not exist are left out of the reply.

    :param wanted: managed object type to property paths. :param with_ancestors: also of everything above the objects.
    """
    query = vmodl.query.PropertyCollector

    def above(number: int) -> list[Any]:
        # Names of selections hold within the whole filter.
        names = [f"{path} {number}" for _owner, path in _WAYS_UP]
        further = [query.SelectionSpec(name=name) for name in names]
        return [
            query.TraversalSpec(name=name, type=managed_type(owner), path=path, skip=False, selectSet=further) for name, (owner, path) in zip(names, _WAYS_UP)
        ]

    every_object = [query.ObjectSpec(obj=each, skip=False, selectSet=above(number) if with_ancestors else []) for number, each in enumerate(objects)]
    properties = [query.PropertySpec(type=managed_type(name), pathSet=list(paths), all=False) for name, paths in wanted.items()]
    return query.FilterSpec(objectSet=every_object, propSet=properties, reportMissingObjectsInResults=True)


def property_filter(managed_object: Any, path: str) -> Any:
    """A FilterSpec for one property of one object."""
    query = vmodl.query.PropertyCollector
    wanted = query.PropertySpec(type=type(managed_object), pathSet=[path], all=False)
    return query.FilterSpec(objectSet=[query.ObjectSpec(obj=managed_object, skip=False)], propSet=[wanted])
