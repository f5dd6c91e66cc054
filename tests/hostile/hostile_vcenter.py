# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A vCenter on loopback, over TLS, that replies correctly unless a test chooses the reply.

::

    with HostileVcenter(topology=TOPOLOGY + managed_object("Folder", "g-9", name=5)) as server:
        scan = server.scan()

It replies as a small vCenter with one datacenter and one VM. A test puts its replies into ``answers``, by SOAP method or REST path.
Bytes and texts are the body of a reply with status 200. A function takes the server and the request and returns such a body, a
:class:`Reply`, or None for the correct reply. It may also write to ``request.connection``, for errors below HTTP, and return :data:`SILENT`.
"""

from __future__ import annotations

import re
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from simulator_ca import CertificateAuthority

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, select
from ansible_collections.estate.vmware.plugins.module_utils.inventory.request import ScanRequest
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import scan_source
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection

USERNAME, PASSWORD = "reader", "s3cret-of-reader"
#: Returned by a function that has replied by itself or will not reply: the connection is closed.
SILENT = object()

_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    f' xmlns:xsd="{_SCHEMA}" xmlns:xsi="{_SCHEMA}-instance"><soapenv:Body>%s</soapenv:Body></soapenv:Envelope>'
)
_ASKED = re.compile("<type>(\\w+)</type>")
_OBJECT = re.compile(r'<objects><obj type="(\w+)">.*?</objects>', re.DOTALL)
#: Types that are another one, too.
_BASES = {
    "StoragePod": "Folder", "ClusterComputeResource": "ComputeResource", "VirtualApp": "ResourcePool",
    "VmwareDistributedVirtualSwitch": "DistributedVirtualSwitch", "DistributedVirtualPortgroup": "Network", "OpaqueNetwork": "Network",
}  # fmt: skip
_KNOWN = {*_BASES, *_BASES.values(), "Datacenter", "HostSystem", "Datastore"}
_METHOD = re.compile(rb"Body[^>]*><(?:\w+:)?(\w+)")
_KINDS = {str: "string", bool: "boolean", int: "int", float: "double"}


def envelope(body: str) -> str:
    return _ENVELOPE % body


def returned(method: str, value: str = "") -> str:
    """What a method returns: the inside of ``returnval``, or all of it where it has a type."""
    value = value if not value or value.startswith("<returnval") else f"<returnval>{value}</returnval>"
    return envelope(f'<{method}Response xmlns="urn:vim25">{value}</{method}Response>')


def fault(kind: str, message: str = "", detail: str = "") -> Reply:
    inside = f'<detail><{kind}Fault xmlns="urn:vim25" xsi:type="{kind}">{detail}</{kind}Fault></detail>'
    body = f"<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>{message}</faultstring>{inside}</soapenv:Fault>"
    return Reply(envelope(body), "500 Internal Server Error")


class Xml(str):
    """XML as it is to be sent: a whole ``val`` element where it begins so, else what is inside of one without a type."""


def reference(kind: str, moid: str) -> Xml:
    """A property's value that is a managed object."""
    return Xml(f'<val type="{kind}" xsi:type="ManagedObjectReference">{moid}</val>')


def managed_object(kind: str, moid: str, properties: Mapping[str, Any] | None = None, inside: str = "", **more: Any) -> str:
    """One object of a page.

    :param properties: path to value: a text, a number, a boolean or :class:`Xml`; those without a dot may be named as keywords.
    :param inside: XML besides.
    """
    sets = "".join(f"<propSet><name>{path}</name>{_val(value)}</propSet>" for path, value in {**(properties or {}), **more}.items())
    return f'<objects><obj type="{kind}">{moid}</obj>{sets}{inside}</objects>'


def missing(path: str, kind: str = "NoPermission", message: str = "no") -> str:
    """A property that an object lacks, for ``inside``."""
    return f'<missingSet><path>{path}</path><fault><fault xsi:type="{kind}"/><localizedMessage>{message}</localizedMessage></fault></missingSet>'


def page(objects: str, token: str = "", method: str = "RetrievePropertiesEx") -> str:
    return returned(method, (f"<token>{token}</token>" if token else "") + objects)


def _val(value: Any) -> str:
    if isinstance(value, Xml):
        return value if value.startswith("<val") else f"<val>{value}</val>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'<val xsi:type="xsd:{_KINDS[type(value)]}">{text}</val>'


def machine(number: int, properties: Mapping[str, Any] | None = None, inside: str = "") -> str:
    """A VM in the folder ``group-v1`` of :data:`TOPOLOGY`, unless its properties say something else."""
    own = {"name": f"vm{number}", "parent": reference("Folder", "group-v1"), "runtime.powerState": "poweredOn", **(properties or {})}
    return managed_object("VirtualMachine", f"vm-{number}", own, inside)


TOPOLOGY = (
    managed_object("Folder", "group-d1", name="Datacenters")
    + managed_object("Datacenter", "datacenter-1", name="DC", parent=reference("Folder", "group-d1"))
    + managed_object("Folder", "group-v1", name="vm", parent=reference("Datacenter", "datacenter-1"))
)
ABOUT = {
    "name": "VMware vCenter Server", "fullName": "VMware vCenter Server 8.0.2 build-1", "vendor": "VMware, Inc.", "version": "8.0.2", "build": "1",
    "osType": "linux-x64", "productLineId": "vpx", "apiType": "VirtualCenter", "apiVersion": "8.0.2.0", "instanceUuid": "1d7e8ee7-1111",
}  # fmt: skip
USER = {"key": "52a0", "userName": USERNAME, "fullName": "Reader", "loginTime": "2026-01-01T00:00:00Z"}
_MANAGERS = ("propertyCollector", "viewManager", "sessionManager", "authorizationManager", "customFieldsManager")
_PRIVILEGES = ("System.Anonymous", "System.View", "System.Read")


def parts(values: Mapping[str, str]) -> str:
    """Parts of a structure, in XML."""
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


class Reply(NamedTuple):
    """An HTTP reply; Content-Length is added."""

    body: str | bytes
    status: str = "200 OK"
    headers: Mapping[str, str] = {}


@dataclass
class Request:
    """A request.

    :ivar method: of SOAP, or the path of REST. :ivar connection: to send the reply to.
    """

    method: str
    line: str
    headers: dict[str, str]
    body: bytes
    connection: ssl.SSLSocket = field(repr=False)


class HostileVcenter:
    """The server, a context manager. Its attributes may be changed while it runs.

    :ivar about: AboutInfo. :ivar user: of the session. :ivar clock: the current time.
    :ivar topology: XML of the objects that are no VMs, :ivar machines: of the VMs, :ivar attributes: of the custom attributes that are defined.
    :ivar answers: see above. :ivar requests: all requests so far.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None, topology: str = TOPOLOGY, machines: str = "", attributes: str = "", **more: Any) -> None:
        self.answers = dict(answers or {})
        self.topology, self.machines, self.attributes = topology, machines or machine(1), attributes
        self.about: Mapping[str, str] = {**ABOUT, **more.pop("about", {})}
        self.user: Mapping[str, str] = {**USER, **more.pop("user", {})}
        self.clock: str = more.pop("clock", "2026-01-01T00:00:00Z")
        if more:
            raise TypeError(f"a hostile vCenter takes no {', '.join(more)}")
        self.requests: list[Request] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> HostileVcenter:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.close()

    def options(self, **more: Any) -> dict[str, Any]:
        """Connection options of modules: patient for a few seconds, and for no second attempt."""
        own = {"hostname": "127.0.0.1", "port": self.port, "username": USERNAME, "password": PASSWORD, "validate_certs": False}
        return {**own, "timeout": 5, "deadline": 20, "retries": 0, **more}

    def connection(self, **more: Any) -> Connection:
        return Connection.from_options(self.options(**more))

    def scan(self, sections: list[str] | None = None, path: str = IN_MEMORY, page_size: int = 500, with_tags: bool = False, **more: Any) -> Scan:
        """Read it in this process. :param more: connection options."""
        request = ScanRequest(select(sections or list(SECTIONS)), with_tags=with_tags, page_size=page_size)
        return scan_source(self.connection(**more), "hostile", request, path)

    def asked(self, method: str) -> int:
        """How many requests there were for a method or path."""
        return sum(request.method == method for request in self.requests)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), tls_context().wrap_socket(connection, server_side=True) as secure, secure.makefile("rb") as stream:
            while request := _read(stream, secure):
                self.requests.append(request)
                answer = self._answer(request)
                if answer is SILENT:
                    return
                _send(secure, answer)

    def _answer(self, request: Request) -> Any:
        chosen = self.answers.get(request.method)
        answer = chosen(self, request) if callable(chosen) else chosen
        answer = self._right(request) if answer is None else answer
        return Reply(answer) if isinstance(answer, (str, bytes)) else answer

    def _right(self, request: Request) -> str | Reply:
        method = request.method
        if method == "RetrieveServiceContent":
            managers = "".join(f'<{name} type="{name[0].upper()}{name[1:]}">{name}</{name}>' for name in _MANAGERS)
            return returned(method, f'<rootFolder type="Folder">group-d1</rootFolder>{managers}<about>{parts(self.about)}</about>')
        if method == "Login":
            return Reply(returned(method, parts(self.user)), headers={"Set-Cookie": 'vmware_soap_session="abc"; Path=/; HttpOnly; Secure'})
        if method in ("Logout", "DestroyView"):
            return returned(method)
        if method == "CurrentTime":
            return returned(method, self.clock)
        if method == "CreateContainerView":
            return returned(method, '<returnval type="ContainerView">view-1</returnval>')
        if method == "HasPrivilegeOnEntities":
            granted = "".join(f"<privAvailability><privId>{name}</privId><isGranted>true</isGranted></privAvailability>" for name in _PRIVILEGES)
            return returned(method, f'<entity type="Folder">group-d1</entity>{granted}')
        if method == "RetrievePropertiesEx":
            return page(self._objects(request.body))
        if method.startswith("/"):
            return Reply("{}", "404 Not Found")
        return fault("NotSupported", f"no {method}")

    def _objects(self, question: bytes) -> str:
        if b'type="CustomFieldsManager"' in question:
            fields = Xml(f'<val xsi:type="ArrayOfCustomFieldDef">{self.attributes}</val>')
            return managed_object("CustomFieldsManager", "customFieldsManager", field=fields)
        asked = set(_ASKED.findall(question.decode()))
        return self.machines if "VirtualMachine" in asked else _OBJECT.sub(lambda found: _if_asked(found, asked), self.topology)


def _if_asked(found: re.Match[str], asked: set[str]) -> str:
    # A type that is none is sent whatever was asked.
    return found[0] if _BASES.get(found[1], found[1]) in asked or found[1] in asked or found[1] not in _KNOWN else ""


@cache
def tls_context() -> ssl.SSLContext:
    """The TLS context of a server whose certificate no client trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*CertificateAuthority(Path(folder)).issue("hostile"))
    return context


def _read(stream: Any, connection: ssl.SSLSocket) -> Request | None:
    line = stream.readline().decode("latin-1").strip()
    if not line:
        return None
    headers = {}
    while header := stream.readline().decode("latin-1").strip():
        name, _colon, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    path = line.split()[1]
    method = _METHOD.search(body)
    return Request(path if path.startswith(("/api", "/rest")) or not method else method[1].decode(), line, headers, body, connection)


def _send(connection: ssl.SSLSocket, reply: Reply) -> None:
    body = reply.body if isinstance(reply.body, bytes) else reply.body.encode("utf-8", "surrogatepass")
    headers = {"Content-Type": "text/xml", "Content-Length": str(len(body)), **reply.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(f"HTTP/1.1 {reply.status}\r\n{head}\r\n".encode("latin-1") + body)


Answer = Callable[[HostileVcenter, Request], Any]
