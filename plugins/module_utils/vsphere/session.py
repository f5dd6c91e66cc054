# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A session with a vCenter or ESXi host: log in, ask, log out. Or use one that exists, and leave it as it was.

pyVmomi builds and serialises requests. No reply goes through its deserialiser,
which knows many ways to fail; they are bytes, for soap_replies.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Any
from urllib.parse import unquote

try:
    from pyVmomi import SoapStubAdapter, VmomiSupport, vim, vmodl

    PYVMOMI_ERROR = None
except ImportError as _error:
    PYVMOMI_ERROR = _error

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.retry import Result, call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.common.signals import defer_signals
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    AuthenticationFailed,
    InvalidResponse,
    NotPermitted,
    NotReady,
    ResponseTooLarge,
    ServerFault,
    SessionExpired,
    UnknownProperty,
    VsphereError,
    is_reachable,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_OBJECT_BYTES, MAX_REPLY_BYTES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_TYPE, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import SoapFault, decode_page, decode_service_content, decode_value
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport, not_vsphere
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import DecodeError, TooManyElements
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

#: What every supported server understands, for the first question: which version are you?
_FIRST_VERSION = "6.5"
_NAMESPACE = "vim25/"
# No version has numbers of more digits.
_VERSION_PART = re.compile(r"(?<![^.])[0-9]{1,9}(?![^.])")
_COOKIE = "vmware_soap_session"
_UNKNOWN_PROPERTY = "InvalidProperty"
_NOT_FOUND = "ManagedObjectNotFound"
_TOKEN = "token"
_ATTRIBUTES = "customFieldsManager"
_USER = {"key": short_text, "userName": short_text, "fullName": short_text, "loginTime": short_text}
#: What methods return and what managers have, see xml_decoder.py.
_RESULTS: dict[str, Any] = {
    "Login": _USER,
    "CurrentTime": short_text,
    "CreateContainerView": MoRef,
    "HasPrivilegeOnEntities": {"privAvailability": [{"privId": short_text, "isGranted": bool}]},
}
_PROPERTIES: Shapes = {EVERY_TYPE: {"currentSession": _USER, "field": [{"key": int, "name": short_text}]}}
#: What becomes of a SOAP fault, by its vSphere type. A session shows in several ways that it is lost: views and
#: tokens that were made in it are not known any more.
_FAULTS: dict[str, tuple[type[VsphereError], str]] = {
    "InvalidLogin": (AuthenticationFailed, "the login of {account} is refused: check username, with its domain where it has one, and password"),
    "NoPermission": (NotPermitted, "{account} may not do this ({fault}): give the account the role Read-only at the top, propagating"),
    **dict.fromkeys(
        ("NotAuthenticated", _NOT_FOUND, "InvalidArgument", _UNKNOWN_PROPERTY),
        (SessionExpired, "the server has ended the session of {account} ({fault}): scan again, and look there for what ends sessions"),
    ),
}
_OTHER_FAULT = (ServerFault, "the server refuses ({fault}): scan again, and report it if it stays")


class Session:
    """An authenticated session; a context manager that logs in and out, but for a session that was given.

    :ivar about: what the server says of itself, as in AboutInfo: name, fullName, version, build, apiType, apiVersion, …
    :ivar version: the API version spoken: the newest that both the server and pyVmomi know, (8, 0, 2, 0) for example.
    :ivar user: what it says of this session, as in UserSession: key, userName, fullName, loginTime, …
    :ivar transport: for other questions to the same server within the same deadline; there once the session is entered.
    """

    transport: HttpTransport | None = None

    def __init__(self, connection: Connection, limits: TimeLimits | None = None) -> None:
        """Connect to nothing yet; parameters as of HttpTransport."""
        self.about: dict[str, Any] = {}
        self.version: tuple[int, ...] = ()
        self.user: dict[str, Any] = {}
        self._connection = connection
        self._limits = limits
        self._is_logged_in = False
        self._stub: Any = None
        self._cookie = ""
        self._content: dict[str, Any] = {}
        self._largest_page = MAX_REPLY_BYTES

    def __enter__(self) -> Session:
        """Log in.

        :raises VsphereError: its subclasses tell unreachable, timeout, certificate, not_vsphere and authentication apart.
        """
        self.transport = HttpTransport(self._connection, self._limits)
        # It only builds requests and never connects.
        self._stub = SoapStubAdapter(version=VmomiSupport.versionMap[_NAMESPACE + _FIRST_VERSION])
        try:
            call_with_retries(self._log_in, self._connection.retries, should_retry=is_reachable, sleep=self.transport.pause)
        except BaseException:
            self._log_out()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._log_out()

    def call_with_retries(self, attempt: Callable[[], Result]) -> Result:
        """Call something that asks this server; try again, in a new session, what failed in passing."""
        return call_with_retries(attempt, self._connection.retries, self._renew, sleep=self.transport.pause)

    def _log_in(self) -> None:
        token = self._connection.session_token
        self._cookie = f'{_COOKIE}="{token}"' if token else ""
        self._content = self._service_content()
        self.about = self._content["about"]
        self.version, name = _newest_version(version_tuple(self.about.get("apiVersion", "")))
        self._stub.ComputeVersionInfo(name)
        self.user = self._given_session() if token else self._new_session()

    @defer_signals()
    def _new_session(self) -> dict[str, Any]:
        try:
            user = self.call("sessionManager", "Login", self._connection.username, self._connection.password, None)
        except InvalidResponse:
            # Whatever it says, there may be a session.
            self._is_logged_in = True
            raise
        self._is_logged_in = True
        return user or {}

    def _given_session(self) -> dict[str, Any]:
        # Strangers get no session, or a fault.
        with suppress(SessionExpired, NotPermitted):
            if user := self._property_of("sessionManager", "currentSession"):
                return user
        raise AuthenticationFailed("the server has no session of this session_token: it has ended, or it is another server's; give the token of a new one")

    @defer_signals()
    def _log_out(self) -> None:
        if self._is_logged_in:
            # Where this fails the session ends by itself after 30 idle minutes; what was read is worth more than that.
            with suppress(VsphereError), self.transport.grace_period():
                self.call("sessionManager", "Logout")
        self._is_logged_in = False
        self.transport.close()
        self._cookie = ""

    def _renew(self) -> None:
        self._log_out()
        self._log_in()

    @property
    def calls(self) -> int:
        """Requests sent so far, of SOAP and REST."""
        return self.transport.calls if self.transport else 0

    @property
    def is_vcenter(self) -> bool:
        """A vCenter Server, and not a standalone ESXi host."""
        return self.about.get("apiType") == "VirtualCenter"

    @property
    def api(self) -> str:
        """The API version spoken, as pyVmomi and the server write it: ``vim25/8.0.2.0``."""
        return self._stub.versionId.strip('"').removeprefix("urn:")

    def current_time(self) -> datetime:
        """The server's clock, in UTC."""
        told = self._call(vim.ServiceInstance("ServiceInstance", self._stub), "CurrentTime") or ""
        try:
            return parse_xsd_datetime(told)
        except ValueError as error:
            raise ServerFault(f"the server tells no time ({told}): scan again, and report it if it stays") from error

    def privileges_missing(self, privileges: Sequence[str]) -> list[str]:
        """Those of some privileges, such as System.Read, that the account lacks on the root folder."""
        root = _managed_object("Folder", self._content["rootFolder"], self._stub)
        told = self.call("authorizationManager", "HasPrivilegeOnEntities", [root], self.user.get("key", ""), list(privileges))
        if not told or not told.get("privAvailability"):
            raise ServerFault("the server does not tell which privileges the account has: scan again, and report it if it stays")
        granted = {answer.get("privId") for answer in told["privAvailability"] if answer.get("isGranted")}
        return [privilege for privilege in privileges if privilege not in granted]

    def call(self, manager: str, method: str, *arguments: Any) -> Any:
        """Call a method of one of the managers for its plain result.

        :param manager: its name in ServiceContent, such as sessionManager.
        :raises VsphereError: there is no such manager, or no result.
        """
        return self._call(self._manager(manager), method, *arguments, manager=manager)

    @contextmanager
    def container_view(self, types: Sequence[str], container: MoRef | None = None) -> Iterator[Any]:
        """A view of every managed object of these types below a container, destroyed on the way out.

        :param container: a folder, datacenter, cluster, resource pool or host; None for the root folder.
        """
        root = container or self._content["rootFolder"]
        root = _managed_object(root.type, root, self._stub)
        wanted = [_managed_type(name) for name in types]
        ref = self.call("viewManager", "CreateContainerView", root, wanted, True)
        if ref is None:
            raise ServerFault("the server made no view of its objects: scan again, and report it if it stays")
        view = _managed_object("ContainerView", ref, self._stub)
        try:
            yield view
        finally:
            # A view dies with its session at the latest.
            with suppress(VsphereError), self.transport.grace_period():
                self._call(view, "Destroy")

    def first_page(self, view: Any, wanted: Mapping[str, Sequence[str]], page_size: int) -> bytes:
        """Ask for properties of the objects of a view; the reply as it came, unzipped.

        :param wanted: managed object type to property paths.
        :raises VsphereError: no reply came.
        """
        query = vmodl.query.PropertyCollector
        every_object = query.ObjectSpec(obj=view, skip=True, selectSet=[query.TraversalSpec(name="view", type=type(view), path="view", skip=False)])
        properties = [query.PropertySpec(type=_managed_type(name), pathSet=list(paths), all=False) for name, paths in wanted.items()]
        question = query.FilterSpec(objectSet=[every_object], propSet=properties)
        # That of the further pages, too.
        self._largest_page = max(MAX_REPLY_BYTES, page_size * MAX_OBJECT_BYTES)
        return self._ask_collector("RetrievePropertiesEx", [question], query.RetrieveOptions(maxObjects=page_size))

    def view_size(self, view: Any) -> int:
        """How many objects a view has. The answer is the list of their ids, which nobody decodes.

        :raises VsphereError: no reply came.
        """
        query = vmodl.query.PropertyCollector
        listed = query.PropertySpec(type=type(view), pathSet=["view"], all=False)
        question = query.FilterSpec(objectSet=[query.ObjectSpec(obj=view, skip=False)], propSet=[listed])
        return self._ask_collector("RetrievePropertiesEx", [question], query.RetrieveOptions()).count(b"<ManagedObjectReference ")

    def next_page(self, token: str) -> bytes:
        """The page that a token of an earlier one stands for. A token works once."""
        return self._ask_collector("ContinueRetrievePropertiesEx", token)

    def custom_attributes(self) -> dict[int, str]:
        """Key to name of the custom attributes that are defined; none on an ESXi host, which has none.

        :raises VsphereError: they cannot be read.
        """
        if _ATTRIBUTES not in self._content:
            return {}
        defined = self._property_of(_ATTRIBUTES, "field") or ()
        return {item["key"]: unquote(item["name"]) for item in defined if "key" in item and "name" in item}

    @contextmanager
    def translate_decode_errors(self, manager: str = "") -> Iterator[None]:
        """Turn what the decoder raises into our own errors.

        :param manager: that was asked. No session makes it, as it makes a view.
        """
        try:
            yield
        except TooManyElements as error:
            raise ResponseTooLarge(f"the server's answer is too large, {error}: scan again, and report it if it stays") from error
        except DecodeError as error:
            raise InvalidResponse(f"the server's answer cannot be used, {error}: scan again, and report it if it stays") from error
        except SoapFault as error:
            if error.fault.type == _UNKNOWN_PROPERTY and error.fault.subject != _TOKEN:
                raise UnknownProperty(error.fault.subject) from error
            if error.fault.type == _NOT_FOUND and manager:
                raise _no_manager(manager) from error
            kind, message = _FAULTS.get(error.fault.type, _OTHER_FAULT)
            raise kind(message.format(account=self._connection.account, fault=error)) from error

    def _property_of(self, manager: str, path: str) -> Any:
        """A property of one of the managers; None where it is not set.

        :raises VsphereError: it cannot be read.
        """
        asked = self._manager(manager)
        query = vmodl.query.PropertyCollector
        wanted = query.PropertySpec(type=type(asked), pathSet=[path], all=False)
        question = query.FilterSpec(objectSet=[query.ObjectSpec(obj=asked, skip=False)], propSet=[wanted])
        with self.translate_decode_errors(manager):
            page = decode_page(self._ask_collector("RetrievePropertiesEx", [question], query.RetrieveOptions()), _PROPERTIES)
            for fault in (fault for found in page.objects for fault in found.missing.values()):
                raise SoapFault(fault)
        return page.objects[0].properties.get(path) if page.objects else None

    def _ask_collector(self, method: str, *arguments: Any) -> bytes:
        return self._ask(self._manager("propertyCollector"), method, arguments, self._largest_page)

    def _service_content(self) -> dict[str, Any]:
        reply = self._ask(vim.ServiceInstance("ServiceInstance", self._stub), "RetrieveContent", ())
        try:
            return decode_service_content(reply)
        except (DecodeError, SoapFault) as error:
            raise not_vsphere(f"its answer cannot be used, {error}") from error

    def _call(self, managed_object: Any, method: str, *arguments: Any, manager: str = "") -> Any:
        """Call a method for its plain result, None for none."""
        with self.translate_decode_errors(manager):
            return decode_value(self._ask(managed_object, method, arguments), _RESULTS.get(method, ANY))

    def _manager(self, name: str) -> Any:
        if name not in self._content:
            raise _no_manager(name)
        # Each is named after its managed object type.
        return _managed_object(name[0].upper() + name[1:], self._content[name], self._stub)

    def _ask(self, managed_object: Any, method: str, arguments: Sequence[Any], limit: int = MAX_REPLY_BYTES) -> bytes | bytearray:
        """Send a request; the reply as it came, unzipped.

        :param method: in pyVmomi's spelling, such as RetrieveContent.
        :param limit: bytes that the reply may have.
        """
        stub = self._stub
        request = stub.SerializeRequest(managed_object, managed_object._GetMethodInfo(method), arguments)
        headers = {"Cookie": self._cookie} if self._cookie else {}
        headers |= {"SOAPAction": stub.versionId, "Content-Type": "text/xml; charset=UTF-8"}
        reply = self.transport.request("POST", stub.path, request, headers, limit)
        if not self._connection.session_token:
            self._cookie = reply.headers.get("Set-Cookie", "").partition(";")[0] or self._cookie
        # 500 carries a SOAP fault, which the decoder understands.
        if reply.status not in (200, 500):
            reason = f"it answers HTTP status {reply.status} {reply.reason}"
            if reply.status > 500:
                raise NotReady(f"the server is not ready, {reason}: wait until all its services run, and scan again")
            raise not_vsphere(reason)
        return reply.body


def _managed_type(wsdl_name: str) -> Any:
    """pyVmomi's class of a managed object type."""
    return VmomiSupport.GetWsdlType("urn:vim25", wsdl_name)


def _no_manager(name: str) -> ServerFault:
    return ServerFault(f"the server has no {name}: scan again, and report it if it stays")


def version_tuple(text: str) -> tuple[int, ...]:
    """``8.0.2.0`` as numbers that compare."""
    return tuple(map(int, _VERSION_PART.findall(text)))


def _managed_object(wsdl_name: str, ref: MoRef, stub: Any) -> Any:
    return _managed_type(wsdl_name)(ref.moid, stub)


def _newest_version(server: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    """The newest API version that both pyVmomi and the server know, and pyVmomi's name of it."""
    known = {version_tuple(key.removeprefix(_NAMESPACE)): name for key, name in VmomiSupport.versionMap.items() if key.startswith(_NAMESPACE)}
    first = version_tuple(_FIRST_VERSION)
    newest = max((version for version in known if first <= version <= server), default=first)
    return newest, known[newest]
