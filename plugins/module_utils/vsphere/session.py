# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session with a vCenter or ESXi host: log in, ask, log out.

pyVmomi builds and serialises requests and keeps the connections. No reply goes through its deserialiser,
which knows many ways to fail; they are bytes, for decode.py.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
import zlib
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import unquote

try:
    from pyVmomi import SoapStubAdapter, VmomiSupport, vim, vmodl

    PYVMOMI_ERROR = None
except ImportError as _error:
    PYVMOMI_ERROR = _error

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import (
    DecodeError,
    MoRef,
    SoapFault,
    decode_page,
    decode_service_content,
    decode_value,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    CertificateRejected,
    ConnectionCut,
    DeadlinePassed,
    LoginRefused,
    NotPermitted,
    NotReady,
    NotVsphere,
    ServerFault,
    SessionLost,
    TimedOut,
    UnknownProperty,
    Unreachable,
    UnreadableAnswer,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retry import Result, persistently

#: What every supported server understands, for the first question: which version are you?
_FIRST_VERSION = "6.5"
_NAMESPACE = "vim25/"
_CHECK_ADDRESS = "check hostname, port and the firewalls in between"


_UNKNOWN_PROPERTY = "InvalidProperty"
_TOKEN = "token"
_ATTRIBUTES = "customFieldsManager"
_ATTRIBUTE_SHAPES = {"CustomFieldsManager": {"field": [{"key": int, "name": str}]}}
#: What becomes of a SOAP fault, by its vSphere type. A session shows in several ways that it is lost: views and
#: tokens that were made in it are not known any more.
_FAULTS: dict[str, tuple[type[VsphereError], str]] = {
    "InvalidLogin": (LoginRefused, "the login of {account} is refused: check username, with its domain where it has one, and password"),
    "NoPermission": (NotPermitted, "{account} may not do this ({fault}): give the account the role Read-only at the top, propagating"),
    **dict.fromkeys(
        ("NotAuthenticated", "ManagedObjectNotFound", "InvalidArgument", _UNKNOWN_PROPERTY),
        (SessionLost, "the server has ended the session of {account} ({fault}): scan again, and look there for what ends sessions"),
    ),
}
_OTHER_FAULT = (ServerFault, "the server refuses ({fault}): scan again, and report it if it stays")
#: Seconds for saying goodbye, also where the deadline has passed.
_GRACE = 5
_BLOCK = 1 << 18
#: Bytes of one reply, unzipped. A page of 500 VMs has about 8 MB.
_LARGEST = 1 << 30


class Session:
    """An authenticated session; a context manager that logs in and out.

    :ivar about: what the server says of itself, as in AboutInfo: name, fullName, version, build, apiType, apiVersion, …
    :ivar version: the API version spoken: the newest that both the server and pyVmomi know, (8, 0, 2, 0) for example.
    """

    def __init__(self, connection: Connection) -> None:
        self.about: dict[str, Any] = {}
        self.version: tuple[int, ...] = ()
        self._connection = connection
        self._end = 0.0
        self._is_logged_in = False
        self._stub: Any = None
        self._content: dict[str, Any] = {}

    def __enter__(self) -> Session:
        """Log in.

        :raises VsphereError: its subclasses tell unreachable, timeout, certificate, not_vsphere and authentication apart.
        """
        self._end = time.monotonic() + self._connection.deadline
        self._stub = SoapStubAdapter(
            host=self._connection.host,
            port=self._connection.port,
            version=VmomiSupport.versionMap[_NAMESPACE + _FIRST_VERSION],
            sslContext=self._connection.tls_context(),
            httpConnectionTimeout=self._connection.timeout,
        )
        try:
            # Where nothing answers at all, people want to know at once.
            persistently(self._log_in, self._connection.retries, is_worth_it=lambda error: isinstance(error, (ConnectionCut, NotReady)))
        except VsphereError:
            self._stub.DropConnections()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._log_out()

    def persistently(self, attempt: Callable[[], Result]) -> Result:
        """Call something that asks this server; try again, in a new session, what failed in passing."""
        return persistently(attempt, self._connection.retries, self._renew, sleep=self._pause)

    def _log_in(self) -> None:
        self._content = self._service_content()
        self.about = self._content["about"]
        self.version, name = _newest_version(version_tuple(self.about.get("apiVersion", "")))
        self._stub.ComputeVersionInfo(name)
        self._call(self._manager("SessionManager", "sessionManager"), "Login", self._connection.username, self._connection.password, None)
        self._is_logged_in = True

    def _log_out(self) -> None:
        if self._is_logged_in:
            # Where this fails the session ends by itself after 30 idle minutes; what was read is worth more than that.
            with suppress(VsphereError), self._last_words():
                self._call(self._manager("SessionManager", "sessionManager"), "Logout")
        self._is_logged_in = False
        self._stub.DropConnections()
        self._stub.cookie = ""

    def _renew(self) -> None:
        self._log_out()
        self._log_in()

    def _pause(self, seconds: float) -> None:
        time.sleep(max(0.0, min(seconds, self._end - time.monotonic())))

    @contextmanager
    def _last_words(self) -> Iterator[None]:
        """Give what is said here a short time of its own."""
        end, self._end = self._end, time.monotonic() + _GRACE
        try:
            yield
        finally:
            self._end = end

    @property
    def is_vcenter(self) -> bool:
        """A vCenter Server, and not a standalone ESXi host."""
        return self.about.get("apiType") == "VirtualCenter"

    @contextmanager
    def container_view(self, types: Sequence[str]) -> Iterator[Any]:
        """A view of every managed object of these types below the root folder, destroyed on the way out."""
        root = _managed_object("Folder", self._content["rootFolder"], self._stub)
        wanted = [_managed_type(name) for name in types]
        ref = self._call(self._manager("ViewManager", "viewManager"), "CreateContainerView", root, wanted, True)
        if not isinstance(ref, MoRef):
            raise ServerFault("the server made no view of its objects: scan again, and report it if it stays")
        view = _managed_object("ContainerView", ref, self._stub)
        try:
            yield view
        finally:
            # A view dies with its session at the latest.
            with suppress(VsphereError), self._last_words():
                self._call(view, "Destroy")

    def first_page(self, view: Any, wanted: Mapping[str, Sequence[str]], page_size: int) -> bytes:
        """Ask for properties of the objects of a view; the reply as it came, unzipped.

        :param wanted: managed object type to property paths.
        :raises VsphereError: no reply came.
        """
        query = vmodl.query.PropertyCollector
        every_object = query.ObjectSpec(
            obj=view, skip=True, selectSet=[query.TraversalSpec(name="view", type=type(view), path="view", skip=False)]
        )
        properties = [query.PropertySpec(type=_managed_type(name), pathSet=list(paths), all=False) for name, paths in wanted.items()]
        question = query.FilterSpec(objectSet=[every_object], propSet=properties)
        return self._ask_collector("RetrievePropertiesEx", [question], query.RetrieveOptions(maxObjects=page_size))

    def next_page(self, token: str) -> bytes:
        """The page that a token of an earlier one stands for. A token works once."""
        return self._ask_collector("ContinueRetrievePropertiesEx", token)

    def custom_attributes(self) -> dict[int, str]:
        """Key to name of the custom attributes that are defined; none on an ESXi host, which has none.

        :raises VsphereError: they cannot be read.
        """
        if not self._content.get(_ATTRIBUTES):
            return {}
        query = vmodl.query.PropertyCollector
        manager = self._manager("CustomFieldsManager", _ATTRIBUTES)
        question = query.FilterSpec(objectSet=[query.ObjectSpec(obj=manager)], propSet=[query.PropertySpec(type=type(manager), pathSet=["field"])])
        with self.readable_answer():
            page = decode_page(self._ask_collector("RetrievePropertiesEx", [question], query.RetrieveOptions()), _ATTRIBUTE_SHAPES)
        defined = [item for found in page.objects for item in found.properties.get("field", ())]
        return {item["key"]: unquote(item["name"]) for item in defined if "key" in item and "name" in item}

    @contextmanager
    def readable_answer(self) -> Iterator[None]:
        """Turn what the decoder raises into our own errors."""
        try:
            yield
        except DecodeError as error:
            raise UnreadableAnswer(f"the server's answer cannot be used, {error}: scan again, and report it if it stays") from error
        except SoapFault as error:
            if error.fault.type == _UNKNOWN_PROPERTY and error.fault.subject != _TOKEN:
                raise UnknownProperty(error.fault.subject) from error
            kind, message = _FAULTS.get(error.fault.type, _OTHER_FAULT)
            raise kind(message.format(account=self._connection.username, fault=error)) from error

    def _ask_collector(self, method: str, *arguments: Any) -> bytes:
        return self._ask(self._manager("PropertyCollector", "propertyCollector"), method, arguments)

    def _service_content(self) -> dict[str, Any]:
        reply = self._ask(vim.ServiceInstance("ServiceInstance", self._stub), "RetrieveContent", ())
        try:
            return decode_service_content(reply)
        except (DecodeError, SoapFault) as error:
            raise _not_vsphere(f"its answer cannot be used, {error}") from error

    def _call(self, managed_object: Any, method: str, *arguments: Any) -> Any:
        """Call a method for its plain result."""
        with self.readable_answer():
            return decode_value(self._ask(managed_object, method, arguments))

    def _manager(self, wsdl_name: str, property_name: str) -> Any:
        return _managed_object(wsdl_name, self._content[property_name], self._stub)

    def _ask(self, managed_object: Any, method: str, arguments: Sequence[Any]) -> bytes | bytearray:
        """Send a request; the reply as it came, unzipped.

        :param method: in pyVmomi's spelling, such as RetrieveContent.
        """
        stub = self._stub
        request = stub.SerializeRequest(managed_object, managed_object._GetMethodInfo(method), arguments)
        headers = {
            "Cookie": stub.cookie,
            "SOAPAction": stub.versionId,
            "Content-Type": "text/xml; charset=UTF-8",
            "Accept-Encoding": "gzip",
        }
        with _plain_errors(self._connection):
            patience = self._patience()
            stub.schemeArgs["timeout"] = patience
            wire = stub.GetConnection()
            try:
                wire.timeout = patience
                if wire.sock:
                    wire.sock.settimeout(patience)
                wire.request("POST", stub.path, request, headers)
                response = wire.getresponse()
                reply = self._read(response)
            except BaseException:
                wire.close()
                raise
        stub.ReturnConnection(wire)
        stub.cookie = response.getheader("Set-Cookie") or stub.cookie
        # 500 carries a SOAP fault, which the decoder understands.
        if response.status not in (200, 500):
            reason = f"it answers HTTP status {response.status} {response.reason}"
            if response.status > 500:
                raise NotReady(f"the server is not ready, {reason}: wait until all its services run, and scan again")
            raise _not_vsphere(reason)
        return reply

    def _patience(self) -> float:
        """Seconds for the next wait."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise DeadlinePassed(f"the scan took longer than {self._connection.deadline} s: raise deadline, or find out what slows the server")
        return min(left, self._connection.timeout)

    def _read(self, response: http.client.HTTPResponse) -> bytes | bytearray:
        expected = response.length
        reply = bytearray()
        while block := response.read(_BLOCK):
            reply += block
            if len(reply) > _LARGEST:
                raise _too_large()
            # A server that drips is never silent for long.
            self._patience()
        if expected is not None and len(reply) < expected:
            raise http.client.IncompleteRead(bytes(reply), expected - len(reply))
        return _unzipped(reply) if response.getheader("Content-Encoding", "").lower() == "gzip" else reply


def _too_large() -> UnreadableAnswer:
    return UnreadableAnswer(f"the server's answer is larger than {_LARGEST >> 20} MB: lower page_size")


def _unzipped(data: bytearray) -> bytes:
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    reply = unzip.decompress(data, _LARGEST)
    if unzip.unconsumed_tail:
        raise _too_large()
    if not unzip.eof:
        raise EOFError("the zipped reply is cut")
    return reply


def _managed_type(wsdl_name: str) -> Any:
    """pyVmomi's class of a managed object type."""
    return VmomiSupport.GetWsdlType("urn:vim25", wsdl_name)


def version_tuple(text: str) -> tuple[int, ...]:
    """``8.0.2.0`` as numbers that compare."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _managed_object(wsdl_name: str, ref: MoRef, stub: Any) -> Any:
    return _managed_type(wsdl_name)(ref.moid, stub)


def _newest_version(server: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    """The newest API version that both pyVmomi and the server know, and pyVmomi's name of it."""
    known = {version_tuple(key.removeprefix(_NAMESPACE)): name for key, name in VmomiSupport.versionMap.items() if key.startswith(_NAMESPACE)}
    first = version_tuple(_FIRST_VERSION)
    newest = max((version for version in known if first <= version <= server), default=first)
    return newest, known[newest]


def _not_vsphere(reason: str) -> NotVsphere:
    return NotVsphere(f"a server answers, but it is no vCenter and no ESXi host ({reason}): check hostname and port")


#: OpenSSL's verification errors that another CA certificate would not cure, and what would.
_CERTIFICATE_REMEDIES = {
    9: "check the clock of this machine",
    10: "have it renewed, and check the clock of this machine",
    62: "give as hostname a name that the certificate holds",
    64: "give as hostname a name that the certificate holds",
}


@contextmanager
def _plain_errors(connection: Connection) -> Iterator[None]:
    """Turn what sockets, TLS and HTTP raise into our own errors. The one place that does."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        remedy = _CERTIFICATE_REMEDIES.get(error.verify_code, "give the certificate of its CA as ca_path")
        raise CertificateRejected(
            f"its certificate is not trusted ({error.verify_message}): {remedy}; only in a lab, switch the check off with validate_certs: false"
        ) from error
    except (ssl.SSLEOFError, http.client.IncompleteRead, EOFError, ConnectionResetError, BrokenPipeError) as error:
        raise ConnectionCut("the connection was cut in the middle of a conversation: look for what cuts it, at the server and in between") from error
    except ssl.SSLError as error:
        reason = getattr(error, "reason", None) or error
        raise NotVsphere(f"what answers does not speak TLS as a vCenter does ({reason}): check hostname and port") from error
    except socket.gaierror as error:
        raise Unreachable(f"the host name cannot be resolved ({error.strerror}): check hostname and the name servers of this machine") from error
    except TimeoutError as error:
        raise TimedOut(f"no answer within {connection.timeout} s: {_CHECK_ADDRESS}, or raise timeout") from error
    except zlib.error as error:
        raise _not_vsphere(f"its answer cannot be unzipped, {error}") from error
    except OSError as error:
        raise Unreachable(f"no connection ({error.strerror or error}): {_CHECK_ADDRESS}") from error
    except http.client.HTTPException as error:
        raise _not_vsphere(f"{type(error).__name__}: {error}") from error
