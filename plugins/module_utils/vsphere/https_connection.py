# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One HTTPS connection to a source: through the proxy if there is one, and to the pinned certificate alone if one is pinned."""

from __future__ import annotations

import http.client
import select
import socket
import ssl
from contextlib import suppress

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import (
    MAX_HEAD_BYTES,
    BoundedSocket,
    TooManyBytes,
    bounded_tls_context,
    open_connection,
)
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import CertificateRejected, VsphereError

#: OpenSSL's verification errors for a wrong name: of a host, of an address.
_WRONG_NAME = (62, 64)


class BoundedTlsSocket(BoundedSocket, ssl.SSLSocket):
    """The sockets that the contexts of bounded_tls_context() make; only a type."""


class HttpsConnection(http.client.HTTPConnection):
    """Connects with its first request, or with connect(). Raises what sockets, TLS and HTTP raise, and VsphereError.

    :ivar tls_socket: of the connection, None before it is made. http.client drops its own ``sock`` with the head of a last response.
    """

    default_port = http.client.HTTPS_PORT
    tls_socket: BoundedTlsSocket | None = None

    def __init__(self, connection: Connection, context: ssl.SSLContext, limits: TimeLimits) -> None:
        """Connect to nothing yet.

        :param context: with these limits, see bounded_tls_context().
        :param limits: of connecting as a whole, and of each wait afterwards.
        """
        super().__init__(connection.host, connection.port)
        self._options = connection
        self._limits = limits
        self._context = context

    @property
    def certificate(self) -> bytes:
        """Of the source in DER form; empty without a connection."""
        return (self.tls_socket and self.tls_socket.getpeercert(binary_form=True)) or b""

    @property
    def tls_version(self) -> str:
        """Such as TLSv1.3; empty without a connection."""
        return (self.tls_socket and self.tls_socket.version()) or ""

    def connect(self) -> None:
        """Open the connection. Until this returns nothing but the TLS handshake is sent to the source.

        :raises CertificateRejected: the certificate is for another name, or not the pinned one.
        """
        plain = self._open_plain()
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = self._wrap(self._context, plain)
        except BaseException as error:
            plain.close()
            if isinstance(error, TimeoutError):
                self._limits.check()
            if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _WRONG_NAME:
                raise self._wrong_name(error) from error
            raise
        try:
            self._check_fingerprint(secured.getpeercert(binary_form=True))
        except BaseException:
            secured.close()
            raise
        self.sock = self.tls_socket = secured

    def getresponse(self) -> http.client.HTTPResponse:
        """As of the base class, but with one timeout and a bound for the head."""
        if not self.tls_socket:
            raise http.client.NotConnected
        try:
            with self.tls_socket.response_head():
                return super().getresponse()
        except TooManyBytes as error:
            raise http.client.HTTPException(f"the head of its response has more than {MAX_HEAD_BYTES >> 10} KB") from error

    def allow_bytes(self, count: int) -> None:
        """Let so many more bytes be received; further ones raise TooManyBytes."""
        if self.tls_socket:
            self.tls_socket.bytes_allowed = count

    def has_data(self) -> bool:
        """Whether something was received that has not been read."""
        if not self.tls_socket:
            return False
        poll = select.poll()
        poll.register(self.tls_socket, select.POLLIN)
        return bool(self.tls_socket.pending() or any(event & select.POLLIN for _number, event in poll.poll(0)))

    def abort(self) -> None:
        """Make the wait of another thread fail at once."""
        if self.tls_socket:
            with suppress(OSError):
                # The shutdown of a TLS socket drops its TLS state while another thread reads from it.
                socket.socket.shutdown(self.tls_socket, socket.SHUT_RDWR)

    def _open_plain(self) -> BoundedSocket:
        proxy = self._options.proxy
        return (proxy.connect if proxy else open_connection)(self.host, self.port, self._limits)

    def _wrap(self, context: ssl.SSLContext, plain: BoundedSocket) -> BoundedTlsSocket:
        secured: BoundedTlsSocket = context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[assignment]
        return secured

    def _wrong_name(self, error: ssl.SSLCertVerificationError) -> CertificateRejected:
        """The error for a certificate of another name, with the names that it holds: a second, unverified handshake shows it."""
        names = None
        context = bounded_tls_context(tls.unverified_context(), self._limits)
        with suppress(OSError, VsphereError), self._wrap(context, self._open_plain()) as unverified:
            names = tls.certificate_names(unverified.getpeercert(binary_form=True) or b"")
        if names == []:
            remedy = "it holds no name, so pin it with fingerprint"
        else:
            held = f" ({', '.join(names)})" if names else ""
            remedy = f"give as hostname a name that it holds{held}, or pin it with fingerprint"
        return CertificateRejected(f"the certificate is not for this host ({error.verify_message}): {remedy}")

    def _check_fingerprint(self, certificate: bytes | None) -> None:
        pinned = self._options.fingerprint
        if pinned and (found := tls.fingerprint_of(certificate or b"", tls.algorithm_of(pinned))) != pinned:
            raise CertificateRejected(
                f"the certificate has the fingerprint {found}, and fingerprint is {pinned}: find out why it changed, then give the new one"
            )
