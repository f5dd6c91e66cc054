# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A SOAP session with a vCenter or ESXi host: log in, send requests, log out. A session that was given is neither begun nor ended.

soap_requests.py builds the requests, soap_replies.py decodes the replies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.common.retry import Result, call_with_retries
from ansible_collections.estate.vmware.plugins.module_utils.common.signals import defer_signals
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    AuthenticationFailed,
    InvalidResponse,
    MethodFault,
    NotPermitted,
    NotReady,
    NotVsphere,
    ObjectGone,
    ResponseTooLarge,
    ServerFault,
    SessionExpired,
    UnknownProperty,
    VsphereError,
    is_reachable,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.fault_meanings import meaning
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_OBJECT_BYTES, MAX_REPLY_BYTES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, EVERY_TYPE, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import SoapFault, decode_page, decode_service_content, decode_value
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import (
    SoapRequests,
    managed_type,
    objects_filter,
    options,
    property_filter,
    version_tuple,
    view_filter,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport import HttpTransport, Reply, cookie_of
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import DecodeError, TooManyElements
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

_COOKIE = "vmware_soap_session"
_UNKNOWN_PROPERTY = "InvalidProperty"
_NOT_FOUND = "ManagedObjectNotFound"
_TOKEN = "token"
_ATTRIBUTES = "customFieldsManager"
_MANAGER_TYPES = {"setting": "OptionManager"}
_USER = {"key": short_text, "userName": short_text, "fullName": short_text, "loginTime": short_text}
#: Shapes of results of methods, and of properties of managers, see shapes.py.
_RESULTS: dict[str, Any] = {
    "Login": _USER,
    "CurrentTime": short_text,
    "CreateContainerView": MoRef,
    "HasPrivilegeOnEntities": {"privAvailability": [{"privId": short_text, "isGranted": bool}]},
}
_PROPERTIES: Shapes = {EVERY_TYPE: {"currentSession": _USER, "field": [{"key": int, "name": short_text}]}}
#: vSphere type of a SOAP fault to our error and its message. An ended session shows in several ways: views and
#: page tokens that were made in it are unknown, too.
_FAULTS: dict[str, tuple[type[VsphereError], str]] = {
    "InvalidLogin": (AuthenticationFailed, "the login of {account} is refused: check username, with its domain where it has one, and password"),
    "NoPermission": (NotPermitted, "{account} may not do this ({fault}): give the account the role Read-only at the top, propagating"),
    **dict.fromkeys(
        ("NotAuthenticated", _NOT_FOUND, "InvalidArgument", _UNKNOWN_PROPERTY),
        (SessionExpired, "the server has ended the session of {account} ({fault}): scan again; check the server's events if it recurs"),
    ),
}
_OTHER_FAULT = (ServerFault, "the server refuses the request ({fault}): scan again; report it if it persists")


class Session:
    """An authenticated session; a context manager that logs in and out. A session that was given is only used.

    :ivar about: AboutInfo of the server: name, fullName, version, build, apiType, apiVersion, …
    :ivar version: the API version in use, the newest that both the server and pyVmomi know: (8, 0, 2, 0) for example.
    :ivar user: UserSession of this session: key, userName, fullName, loginTime, …
    :ivar number: how many sessions were begun. What was made in an earlier one (views, filters, page tokens) is gone.
    """

    _requests: SoapRequests

    def __init__(self, connection: Connection, limits: TimeLimits | None = None) -> None:
        """Connect to nothing yet; parameters as of HttpTransport."""
        self.about: dict[str, Any] = {}
        self.version: tuple[int, ...] = ()
        self.user: dict[str, Any] = {}
        self._connection = connection
        self._limits = limits
        self._transport: HttpTransport | None = None
        self._is_logged_in = False
        self._cookie = ""
        self._content: dict[str, Any] = {}
        self._largest_page = MAX_REPLY_BYTES
        self._renewal = threading.Lock()
        self.number = 0

    def __enter__(self) -> Session:
        """Log in.

        :raises VsphereError: no session; the ``kind`` of its subclass says why. :raises InvalidOption: the TLS options cannot be used.
        """
        self._transport = HttpTransport(self._connection, self._limits)
        self._requests = SoapRequests()
        try:
            call_with_retries(self._log_in, self._connection.retries, self._log_out, is_reachable, sleep=self.transport.pause)
        except BaseException:
            self._log_out()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._log_out()

    @property
    def transport(self) -> HttpTransport:
        """For other requests to the same server within the same deadline; only within the context."""
        if self._transport is None:
            raise RuntimeError("the session is not entered")
        return self._transport

    @property
    def certificate(self) -> bytes:
        """Of the server in DER form; empty before the first connection."""
        return self._transport.certificate if self._transport else b""

    def call_with_retries(self, attempt: Callable[[], Result]) -> Result:
        """Call a function that reads from this server; after a transient error retry it in a new session. For a call that changes something: invoke."""
        number = self.number

        def recover() -> None:
            nonlocal number
            number = self.renew(number)

        return call_with_retries(attempt, self._connection.retries, recover, sleep=self.transport.pause)

    def renew(self, number: int) -> int:
        """Log in again, unless another thread has done so since the session had this number; returns the number of the session.

        :raises VsphereError: no session.
        """
        with self._renewal:
            if number == self.number:
                self._log_out()
                self._log_in()
            return self.number

    def manager(self, name: str) -> MoRef:
        """The reference of one of the managers, for :meth:`invoke`.

        :param name: in ServiceContent, such as searchIndex. :raises ServerFault: the server has none.
        """
        if name not in self._content:
            raise _no_manager(name)
        # Nearly each is named after its managed object type.
        return MoRef(_MANAGER_TYPES.get(name, name[0].upper() + name[1:]), self._content[name].moid)

    def object(self, ref: MoRef) -> Any:
        """pyVmomi's object for a reference, as arguments of :meth:`invoke` need it.

        :raises InvalidResponse: the server made up its type.
        """
        try:
            return self._requests.managed_object(ref)
        except KeyError as error:
            raise InvalidResponse(f"the server returned a reference of the unknown type {ref.type}: report it if it persists") from error

    def invoke(self, ref: MoRef, method: str, *arguments: Any, shape: Any = ANY) -> Any:
        """Call a method of any managed object, once; returns its plain result, of a method that starts a task the reference of the task.

        :param method: in pyVmomi's spelling: ``PowerOn`` for PowerOnVM_Task.
        :param arguments: of pyVmomi's types. :param shape: of the result, see shapes.py.
        :raises SessionExpired: the server has ended the session, and done nothing.
        :raises NotPermitted: the account lacks a privilege. :raises MethodFault: the server refuses the call.
        :raises VsphereError: no answer, or none that can be used: whether the call was carried out is not known.
        """
        reply = self.request(ref, method, *arguments)
        with self._translate_method_faults(ref):
            return decode_value(reply, shape)

    def request(self, ref: MoRef, method: str, *arguments: Any) -> bytes | bytearray:
        """As :meth:`invoke`, but returns the reply undecoded, which may be a fault."""
        return self._send(self.object(ref), method, arguments)

    def typed_result(self, reply: bytes | bytearray, kind: Any) -> Any:
        """The result in a reply that was decoded before, as an object of pyVmomi, for what is sent back as it came.

        :raises InvalidResponse: pyVmomi cannot read it.
        """
        try:
            return self._requests.typed(reply, kind)
        except Exception as error:  # pylint: disable=broad-exception-caught
            raise InvalidResponse(f"the server's response cannot be used ({type(error).__name__}): report it if it persists") from error

    def file_request(self, method: str, path: str, body: bytes | Body | None = None, max_bytes: int = MAX_REPLY_BYTES) -> Reply:
        """Send a request for a file of a datastore, once, with the cookie of the session; see datastore_files.py.

        :raises VsphereError: there is no reply. One with an error status is returned.
        """
        return self.transport.request(method, path, body, {"Cookie": self._cookie}, max_bytes)

    @contextmanager
    def _translate_method_faults(self, ref: MoRef) -> Iterator[None]:
        """As :meth:`translate_decode_errors`, but with all that a fault says."""
        try:
            with self.translate_decode_errors():
                yield
        except (ServerFault, SessionExpired, NotPermitted) as error:
            cause = error.__cause__
            if not isinstance(cause, SoapFault) or cause.fault.type == "NotAuthenticated":
                raise
            fault = cause.fault
            if fault.type == "NoPermission":
                privilege = fault.text("privilegeId") or "a privilege"
                raise NotPermitted(f"{self._connection.account} lacks {privilege}: give the account a role with it") from error
            if fault.type == _NOT_FOUND:
                gone = fault.parts.get("obj")
                name = gone.moid if isinstance(gone, MoRef) else ref.moid
                raise ObjectGone(f"{name} does not exist any more: look it up again", fault) from error
            raise MethodFault(meaning(fault), fault) from error

    def _log_in(self) -> None:
        token = self._connection.session_token
        self._cookie = f'{_COOKIE}="{token}"' if token else ""
        self._content = self._service_content()
        self.about = self._content["about"]
        self.version = self._requests.use_newest_version(version_tuple(self.about.get("apiVersion", "")))
        self.user = self._given_session() if token else self._new_session()
        self.number += 1

    @defer_signals()
    def _new_session(self) -> dict[str, Any]:
        try:
            user = self.call("sessionManager", "Login", self._connection.username, self._connection.password, None)
        except VsphereError as error:
            # The login may have succeeded.
            self._cookie = error.cookie or self._cookie
            self._is_logged_in = bool(error.cookie) or isinstance(error, InvalidResponse)
            raise
        self._is_logged_in = True
        return user or {}

    def _given_session(self) -> dict[str, Any]:
        # For an unknown token the server returns no session, or a fault.
        with suppress(SessionExpired, NotPermitted):
            user: dict[str, Any] | None = self._property_of("sessionManager", "currentSession")
            if user:
                return user
        raise AuthenticationFailed("the server has no session of this session_token: it has ended, or belongs to another server; give the token of a new one")

    @defer_signals()
    def _log_out(self) -> None:
        if self._is_logged_in:
            # If this fails, the session ends by itself after 30 idle minutes; what was read is kept.
            with suppress(VsphereError), self.transport.grace_period():
                try:
                    self.call("sessionManager", "Logout")
                except VsphereError as error:
                    if is_reachable(error):
                        self.call("sessionManager", "Logout")
        self._is_logged_in = False
        self.transport.close()
        self._cookie = ""

    @property
    def is_given(self) -> bool:
        """Whether the session was there before, and stays: what is made in it does not go with it."""
        return bool(self._connection.session_token)

    @property
    def calls(self) -> int:
        """Requests sent so far, of SOAP and REST."""
        return self._transport.calls if self._transport else 0

    @property
    def is_vcenter(self) -> bool:
        """Whether the server is a vCenter Server, not a standalone ESXi host."""
        return self.about.get("apiType") == "VirtualCenter"

    @property
    def api(self) -> str:
        """The API version in use, as pyVmomi and the server write it: ``vim25/8.0.2.0``."""
        return self._requests.action.strip('"').removeprefix("urn:")

    def current_time(self) -> datetime:
        """The server's clock, in UTC.

        :raises VsphereError: it cannot be read.
        """
        text = self._call(self._requests.service_instance(), "CurrentTime") or ""
        try:
            return parse_xsd_datetime(text)
        except ValueError as error:
            raise ServerFault(f"the server returned no valid time ({text}): scan again; report it if it persists") from error

    def privileges_missing(self, privileges: Sequence[str]) -> list[str]:
        """Those of some privileges, such as System.Read, that the account lacks on the root folder.

        :raises VsphereError: they cannot be read.
        """
        root = self._requests.managed_object(self._content["rootFolder"], "Folder")
        answer = self.call("authorizationManager", "HasPrivilegeOnEntities", [root], self.user.get("key", ""), list(privileges))
        if not answer or not answer.get("privAvailability"):
            raise ServerFault("the server did not return the privileges of the account: scan again; report it if it persists")
        granted = {item.get("privId") for item in answer["privAvailability"] if item.get("isGranted")}
        return [privilege for privilege in privileges if privilege not in granted]

    def call(self, manager: str, method: str, *arguments: Any) -> Any:
        """Call a method of one of the managers for its plain result.

        :param manager: its name in ServiceContent, such as sessionManager.
        :raises VsphereError: there is no such manager, or no result.
        """
        return self._call(self._manager(manager), method, *arguments, manager=manager)

    @contextmanager
    def container_view(self, types: Sequence[str], container: MoRef | None = None) -> Iterator[Any]:
        """A view of every managed object of these types below a container. It is destroyed at the end of the block.

        :param container: a folder, datacenter, cluster, resource pool or host; None for the root folder.
        """
        root = self._requests.managed_object(container or self._content["rootFolder"])
        wanted = [managed_type(name) for name in types]
        ref = self.call("viewManager", "CreateContainerView", root, wanted, True)
        if ref is None:
            raise ServerFault("the server created no view of its objects: scan again; report it if it persists")
        view = self._requests.managed_object(ref, "ContainerView")
        try:
            yield view
        finally:
            # The view ends with the session in any case.
            with suppress(VsphereError), self.transport.grace_period():
                self._call(view, "Destroy")

    def first_page(self, view: Any, wanted: Mapping[str, Sequence[str]], page_size: int) -> bytes | bytearray:
        """Request the first page of properties of the objects of a view; returns the reply undecoded.

        :param wanted: managed object type to property paths.
        :raises VsphereError: there is no reply.
        """
        # It holds for the further pages, too.
        self._largest_page = max(MAX_REPLY_BYTES, page_size * MAX_OBJECT_BYTES)
        return self._call_collector("RetrievePropertiesEx", [view_filter(view, wanted)], options(page_size))

    def objects_page(self, refs: Sequence[MoRef], wanted: Mapping[str, Sequence[str]], with_ancestors: bool) -> bytes | bytearray:
        """Request properties of some objects, those that exist; returns the reply undecoded.

        :param wanted: managed object type to property paths. :param with_ancestors: also of everything above the objects.
        :raises VsphereError: there is no reply.
        """
        spec = objects_filter([self.object(ref) for ref in refs], wanted, with_ancestors)
        return self._call_collector("RetrievePropertiesEx", [spec], options())

    def view_size(self, view: Any) -> int:
        """How many objects a view has: the number of ids in the reply, which is not decoded.

        :raises VsphereError: there is no reply.
        """
        return self._call_collector("RetrievePropertiesEx", [property_filter(view, "view")], options()).count(b"<ManagedObjectReference ")

    def next_page(self, token: str) -> bytes | bytearray:
        """Request the next page, by the token of the page before it; returns the reply undecoded. A token works once."""
        return self._call_collector("ContinueRetrievePropertiesEx", token)

    def custom_attributes(self) -> dict[int, str]:
        """Key to name of the custom attributes that are defined; an ESXi host has none.

        :raises VsphereError: they cannot be read.
        """
        if _ATTRIBUTES not in self._content:
            return {}
        defined = self._property_of(_ATTRIBUTES, "field") or ()
        return {item["key"]: unquote(item["name"]) for item in defined if "key" in item and "name" in item}

    @contextmanager
    def translate_decode_errors(self, manager: str = "") -> Iterator[None]:
        """Turn what the decoder raises into VsphereError.

        :param manager: whose method was called. A manager that is unknown does not exist; an unknown view shows that the session has ended.
        """
        try:
            yield
        except TooManyElements as error:
            raise ResponseTooLarge(f"the server's response is too large, {error}: scan again; report it if it persists") from error
        except DecodeError as error:
            raise InvalidResponse(f"the server's response cannot be used, {error}: scan again; report it if it persists") from error
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
        spec = property_filter(self._manager(manager), path)
        with self.translate_decode_errors(manager):
            page = decode_page(self._call_collector("RetrievePropertiesEx", [spec], options()), _PROPERTIES)
            for fault in (fault for found in page.objects for fault in found.missing.values()):
                raise SoapFault(fault)
        return page.objects[0].properties.get(path) if page.objects else None

    def _call_collector(self, method: str, *arguments: Any) -> bytes | bytearray:
        return self._send(self._manager("propertyCollector"), method, arguments, self._largest_page)

    def _service_content(self) -> dict[str, Any]:
        reply = self._send(self._requests.service_instance(), "RetrieveContent", ())
        try:
            return decode_service_content(reply)
        except (DecodeError, SoapFault) as error:
            raise NotVsphere.because(f"its response cannot be used, {error}") from error

    def _call(self, managed_object: Any, method: str, *arguments: Any, manager: str = "") -> Any:
        """Call a method for its plain result, None for none."""
        with self.translate_decode_errors(manager):
            return decode_value(self._send(managed_object, method, arguments), _RESULTS.get(method, ANY))

    def _manager(self, name: str) -> Any:
        return self.object(self.manager(name))

    def _send(self, managed_object: Any, method: str, arguments: Sequence[Any], max_bytes: int = MAX_REPLY_BYTES) -> bytes | bytearray:
        """Send a request; returns the body of the reply.

        :param method: in pyVmomi's spelling, such as RetrieveContent.
        :param max_bytes: that the reply may have.
        """
        request = self._requests.serialize(managed_object, method, arguments)
        headers = {"Cookie": self._cookie} if self._cookie else {}
        headers |= {"SOAPAction": self._requests.action, "Content-Type": "text/xml; charset=UTF-8"}
        reply = self.transport.request("POST", SoapRequests.path, request, headers, max_bytes)
        if not self._connection.session_token:
            self._cookie = cookie_of(reply.headers) or self._cookie
        # Status 500 carries a SOAP fault.
        if reply.status not in (200, 500):
            reason = f"HTTP status {reply.status} {reply.reason}"
            if reply.status > 500:
                raise NotReady(f"the server is not ready ({reason}): wait until all its services run, and scan again")
            raise NotVsphere.because(reason)
        return reply.body


def _no_manager(name: str) -> ServerFault:
    return ServerFault(f"the server has no {name}: scan again; report it if it persists")
