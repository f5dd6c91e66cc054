# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session with a vCenter or ESXi host: log in, ask, log out.

pyVmomi logs in, builds and serialises requests. Bulk replies stay bytes, for decode.py.
"""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
from contextlib import contextmanager
from types import TracebackType
from typing import Any
from collections.abc import Iterator, Mapping, Sequence

try:
    from pyVmomi import SoapStubAdapter, VmomiSupport, vim, vmodl

    PYVMOMI_ERROR = None
except ImportError as _error:
    PYVMOMI_ERROR = _error

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import DecodeError, MoRef, SoapFault, decode_service_content
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    CertificateRejected,
    LoginRefused,
    NotPermitted,
    NotVsphere,
    ServerFault,
    TimedOut,
    Unreachable,
    VsphereError,
)

#: What every supported server understands, for the first question: which version are you?
_FIRST_VERSION = "6.5"
_NAMESPACE = "vim25/"
_CHECK_ADDRESS = "check hostname, port and the firewalls in between"


class Session:
    """An authenticated session; a context manager that logs in and out.

    :ivar about: what the server says of itself, as in AboutInfo: name, fullName, version, build, apiType, apiVersion, …
    """

    def __init__(self, connection: Connection) -> None:
        self.about: dict[str, Any] = {}
        self._connection = connection
        self._stub: Any = None
        self._content: dict[str, Any] = {}

    def __enter__(self) -> Session:
        """Log in.

        :raises VsphereError: its subclasses tell unreachable, timeout, certificate, not_vsphere and authentication apart.
        """
        connection = self._connection
        self._stub = SoapStubAdapter(
            host=connection.host,
            port=connection.port,
            version=VmomiSupport.versionMap[_NAMESPACE + _FIRST_VERSION],
            sslContext=connection.tls_context(),
            httpConnectionTimeout=connection.timeout,
        )
        self._content = self._service_content()
        self.about = self._content["about"]
        self._stub.ComputeVersionInfo(_newest_version(self.api_version))
        with _plain_errors(connection):
            self._manager("SessionManager", "sessionManager").Login(connection.username, connection.password)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            with _plain_errors(self._connection):
                self._manager("SessionManager", "sessionManager").Logout()
        except VsphereError:
            # The session ends by itself after 30 idle minutes; what was read is worth more than this.
            pass
        finally:
            self._stub.DropConnections()

    @property
    def api_version(self) -> tuple[int, ...]:
        """The server's API version, (8, 0, 2, 0) for example."""
        return version_tuple(self.about.get("apiVersion", ""))

    @property
    def is_vcenter(self) -> bool:
        """A vCenter Server, and not a standalone ESXi host."""
        return self.about.get("apiType") == "VirtualCenter"

    @contextmanager
    def container_view(self, types: Sequence[str]) -> Iterator[Any]:
        """A view of every managed object of these types below the root folder, destroyed on the way out."""
        with _plain_errors(self._connection):
            view = self._manager("ViewManager", "viewManager").CreateContainerView(
                _managed_object("Folder", self._content["rootFolder"], self._stub), [_managed_type(name) for name in types], True
            )
        try:
            yield view
        finally:
            try:
                with _plain_errors(self._connection):
                    view.Destroy()
            except VsphereError:
                # A view dies with its session at the latest.
                pass

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

    def _ask_collector(self, method: str, *arguments: Any) -> bytes:
        collector = self._manager("PropertyCollector", "propertyCollector")
        return self._ask(collector, collector._GetMethodInfo(method), arguments)

    def _service_content(self) -> dict[str, Any]:
        instance = vim.ServiceInstance("ServiceInstance", self._stub)
        reply = self._ask(instance, instance._GetMethodInfo("RetrieveContent"), ())
        try:
            return decode_service_content(reply)
        except (DecodeError, SoapFault) as error:
            raise _not_vsphere(f"{error}") from error

    def _manager(self, wsdl_name: str, property_name: str) -> Any:
        return _managed_object(wsdl_name, self._content[property_name], self._stub)

    def _ask(self, managed_object: Any, method: Any, arguments: Sequence[Any]) -> bytes:
        stub = self._stub
        request = stub.SerializeRequest(managed_object, method, arguments)
        headers = {
            "Cookie": stub.cookie,
            "SOAPAction": stub.versionId,
            "Content-Type": "text/xml; charset=UTF-8",
            "Accept-Encoding": "gzip",
        }
        with _plain_errors(self._connection):
            wire = stub.GetConnection()
            try:
                wire.request("POST", stub.path, request, headers)
                response = wire.getresponse()
                reply = response.read()
            except BaseException:
                wire.close()
                raise
        stub.ReturnConnection(wire)
        # 500 carries a SOAP fault, which the decoder understands.
        if response.status not in (200, 500):
            raise _not_vsphere(f"HTTP status {response.status} {response.reason}")
        return gzip.decompress(reply) if response.getheader("Content-Encoding", "").lower() == "gzip" else reply


def _managed_type(wsdl_name: str) -> Any:
    """pyVmomi's class of a managed object type."""
    return VmomiSupport.GetWsdlType("urn:vim25", wsdl_name)


def version_tuple(text: str) -> tuple[int, ...]:
    """``8.0.2.0`` as numbers that compare."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _managed_object(wsdl_name: str, ref: MoRef, stub: Any) -> Any:
    return _managed_type(wsdl_name)(ref.moid, stub)


def _newest_version(api_version: tuple[int, ...]) -> str:
    """pyVmomi's name of the newest API version that both it and the server know."""
    known = {version_tuple(key.removeprefix(_NAMESPACE)): name for key, name in VmomiSupport.versionMap.items() if key.startswith(_NAMESPACE)}
    first = version_tuple(_FIRST_VERSION)
    return known[max((version for version in known if first <= version <= api_version), default=first)]


def _not_vsphere(reason: str) -> NotVsphere:
    return NotVsphere(f"a server answers, but it is no vCenter and no ESXi host ({' '.join(reason.split())}): check hostname and port")


@contextmanager
def _plain_errors(connection: Connection) -> Iterator[None]:
    """Turn what sockets, TLS, HTTP and pyVmomi raise into our own errors. The one place that does."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise CertificateRejected(
            f"its certificate is not trusted ({error.verify_message}): give the certificate of its CA as ca_path;"
            " only in a lab, switch the check off with validate_certs: false"
        ) from error
    except ssl.SSLEOFError as error:
        raise Unreachable(f"the connection was cut: {_CHECK_ADDRESS}") from error
    except ssl.SSLError as error:
        reason = getattr(error, "reason", None) or error
        raise NotVsphere(f"what answers does not speak TLS as a vCenter does ({reason}): check hostname and port") from error
    except socket.gaierror as error:
        raise Unreachable(f"the host name cannot be resolved ({error.strerror}): check hostname and the name servers of this machine") from error
    except TimeoutError as error:
        raise TimedOut(f"no answer within {connection.timeout} s: {_CHECK_ADDRESS}, or raise timeout") from error
    except OSError as error:
        raise Unreachable(f"no connection ({error.strerror or error}): {_CHECK_ADDRESS}") from error
    except http.client.HTTPException as error:
        raise _not_vsphere(f"{type(error).__name__}: {error}") from error
    except vim.fault.InvalidLogin as error:
        raise LoginRefused(
            f"the login of {connection.username} is refused: check username, with its domain where it has one, and password"
        ) from error
    except vim.fault.NoPermission as error:
        raise NotPermitted(
            f"the account {connection.username} lacks the privilege {error.privilegeId}: give it the role Read-only at the top, propagating"
        ) from error
    except vmodl.MethodFault as error:
        raise ServerFault(f"the server answers {type(error).__name__}: {error.msg or 'it gives no reason'}") from error
