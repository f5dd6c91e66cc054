# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""HTTPS to one source, for SOAP and REST: connections are reused, waits bounded, replies limited in size."""

from __future__ import annotations

import http.client
import select
import socket
import ssl
import time
import weakref
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import TooManyBytes, bounded_tls_context
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import Body
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.https_connection import HttpsConnection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_REPLY_BYTES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.transport_errors import translate_transport_errors

#: Seconds for a logout, also after the deadline, and for further logouts from a server that did not answer in that time.
_GRACE_SECONDS, _MIN_GRACE_SECONDS = 5.0, 1.0
#: Bytes that are read and unzipped at a time.
_BLOCK_BYTES = 1 << 18


class Reply(NamedTuple):
    """An HTTP reply of any status, with its body unzipped."""

    status: int
    reason: str
    headers: http.client.HTTPMessage
    body: bytes | bytearray


class Download(NamedTuple):
    """An HTTP reply whose body is read block by block.

    :ivar length: of the body in bytes, None if the server does not say.
    """

    status: int
    reason: str
    headers: http.client.HTTPMessage
    length: int | None
    blocks: Iterator[bytes]


class Handshake(NamedTuple):
    """The result of a TLS handshake: the source's certificate in DER form, and the version of TLS, such as TLSv1.3."""

    certificate: bytes
    version: str


class HttpTransport:
    """Sends requests to one source over HTTPS. Threads may share it: each request has a connection of its own.

    :ivar calls: requests so far, answered or not.
    :ivar certificate: of the source in DER form, from the newest connection; empty before the first.
    """

    def __init__(self, connection: Connection, limits: TimeLimits | None = None) -> None:
        """Connect to nothing yet.

        :param limits: shared with other requests to the source; by default those of the connection begin now.
        :raises InvalidOption: the TLS options cannot be used.
        """
        self._options = connection
        self._limits = limits or connection.limits()
        self._context = bounded_tls_context(connection.tls_context(), self._limits)
        self._idle: deque[HttpsConnection] = deque()
        self._busy: set[HttpsConnection] = set()
        self._aborts = 0
        self._others: weakref.WeakSet[HttpTransport] = weakref.WeakSet()
        self._grace = _GRACE_SECONDS
        self._numbers = count(1)
        self.calls = 0
        self.certificate = b""

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; 0 after it."""
        return self._limits.remaining

    @property
    def timeout(self) -> float:
        """Seconds for one wait for data."""
        return self._limits.timeout

    def pause(self, seconds: float) -> None:
        """Sleep before a retry, but not beyond the deadline."""
        self._limits.pause(seconds)

    def to(self, connection: Connection) -> HttpTransport:
        """A transport to another host, within the same deadline. What aborts the requests of this one aborts its requests, too."""
        other = HttpTransport(connection, self._limits)
        self._others.add(other)
        return other

    def request(
        self, method: str, path: str, body: bytes | Body | None = None, headers: Mapping[str, str] | None = None, max_bytes: int = MAX_REPLY_BYTES
    ) -> Reply:
        """Send a request and wait for the whole reply. A request that failed is not sent again: see common/retry.py.

        :param body: a Body is sent while it is made. What its source raises ends the request.
        :param headers: besides Host, Content-Length and Accept-Encoding.
        :param max_bytes: that the reply may have, unzipped.
        :raises VsphereError: there is no reply, or it is late or too large. A reply with an error status is returned.
        """
        with self._exchange(method, path, body, {**(headers or {}), "Accept-Encoding": "gzip"}, max_bytes) as (https, response):
            https.allow_bytes(max_bytes + _BLOCK_BYTES)
            return Reply(response.status, response.reason, response.headers, _read_body(response, max_bytes))

    @contextmanager
    def download(self, path: str, headers: Mapping[str, str] | None = None) -> Iterator[Download]:
        """Request a file, which is read within the block, however large it is. The connection is used again only if all of it was read.

        :raises VsphereError: there is no reply, also from within the block.
        """
        with self._exchange("GET", path, None, {**(headers or {}), "Accept-Encoding": "identity"}, 0) as (_https, response):
            yield Download(response.status, response.reason, response.headers, response.length, _blocks_of(response))

    @contextmanager
    def _exchange(
        self, method: str, path: str, body: bytes | Body | None, headers: Mapping[str, str], max_bytes: int
    ) -> Iterator[tuple[HttpsConnection, http.client.HTTPResponse]]:
        """Send a request; its reply is read within the block.

        :raises VsphereError: also from within the block. Its ``was_sent`` says whether any of the request was sent.
        """
        was_sent, response = False, None
        with _noting(lambda: (was_sent, response)), translate_transport_errors(self._options, max_bytes):
            self._limits.check()
            https, aborts = self._take_connection(), self._aborts
            self._busy.add(https)
            try:
                if not https.sock:
                    https.connect()
                    self.certificate = https.certificate
                if aborts != self._aborts:
                    raise ConnectionResetError("the request was aborted")
                self.calls = next(self._numbers)
                was_sent = True
                all_sent = _send(https, method, path, body, headers)
                response = https.getresponse()
                yield https, response
            except BaseException:
                https.close()
                raise
            finally:
                self._busy.discard(https)
        self._grace = _GRACE_SECONDS
        # When the server ends the connection with its response, http.client has closed it.
        if https.sock and all_sent and response.isclosed():
            self._idle.append(https)
        else:
            https.close()

    def handshake(self) -> Handshake:
        """Connect once, without a request.

        :raises VsphereError: there is no connection, or the certificate is not trusted.
        """
        with translate_transport_errors(self._options), closing(HttpsConnection(self._options, self._context, self._limits)) as https:
            https.connect()
            return Handshake(https.certificate, https.tls_version)

    def abort_requests(self) -> None:
        """Make the requests of other threads fail at once, with a VsphereError."""
        self._aborts += 1
        for https in tuple(self._busy):
            https.abort()
        for other in tuple(self._others):
            other.abort_requests()

    def close(self) -> None:
        """Close the idle connections. A further request opens a new one."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def grace_period(self) -> Iterator[None]:
        """Give requests of this thread in the block a short time of their own, also after the deadline: for logouts.

        The time is shared by all such blocks until the server answers again, so that a silent server delays the end only once.
        """
        begun = time.monotonic()
        try:
            with self._limits.own_end(begun + self._grace):
                yield
        finally:
            self._grace = max(_MIN_GRACE_SECONDS, self._grace - (time.monotonic() - begun))

    def _take_connection(self) -> HttpsConnection:
        """An idle connection that is still open, or a new one that is not open yet."""
        while True:
            try:
                https = self._idle.pop()
            except IndexError:
                return HttpsConnection(self._options, self._context, self._limits)
            if https.tls_socket and not _has_ended(https.tls_socket):
                return https
            https.close()


@contextmanager
def _noting(progress: Callable[[], tuple[bool, http.client.HTTPResponse | None]]) -> Iterator[None]:
    """Note in an error how far the request came: whether any of it was sent, and the cookie of its reply."""
    try:
        yield
    except VsphereError as error:
        error.was_sent, response = progress()
        error.cookie = cookie_of(response.headers) if response else ""
        raise


def cookie_of(headers: http.client.HTTPMessage) -> str:
    """The cookie that a reply sets, empty for none."""
    return headers.get("Set-Cookie", "").partition(";")[0]


def _has_ended(sock: socket.socket) -> bool:
    """Whether the server has closed an idle connection: without a request there is nothing else to receive."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _send(https: HttpsConnection, method: str, path: str, body: bytes | Body | None, headers: Mapping[str, str]) -> bool:
    """Send a request; whether all of it was sent. A server that refuses a large body may answer, and close, before it has received all."""
    if not isinstance(body, Body):
        https.request(method, path, body, dict(headers))
        return True
    try:
        https.request(method, path, body.blocks(), {**headers, "Content-Length": str(body.length)})
    except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        if https.has_data():
            return False
        raise
    return True


def _blocks_of(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """What is left of a response, block by block."""
    left = response.length
    while block := response.read(_BLOCK_BYTES):
        if left is not None:
            left -= len(block)
        yield block
    if left:
        raise http.client.IncompleteRead(b"", left)


def _read_body(response: http.client.HTTPResponse, max_bytes: int) -> bytearray:
    """The body, unzipped block by block."""
    expected, received, body = response.length, 0, bytearray()
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if (response.getheader("Content-Encoding") or "").lower() == "gzip" else None
    while block := response.read(_BLOCK_BYTES):
        received += len(block)
        body += unzip.decompress(block, max_bytes + 1 - len(body)) if unzip else block
        if len(body) > max_bytes:
            raise TooManyBytes
    if expected is not None and received < expected:
        raise http.client.IncompleteRead(b"", expected - received)
    if unzip and not unzip.eof:
        raise EOFError("the zipped reply is incomplete")
    return body
