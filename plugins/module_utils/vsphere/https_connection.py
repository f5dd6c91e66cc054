# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""One HTTPS connection to a source: by way of the proxy where there is one, and to the pinned certificate alone where one is pinned."""

from __future__ import annotations

import http.client
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

#: OpenSSL's verification errors that say so: of a host name, of an address.
_OTHER_NAME = (62, 64)


class HttpsConnection(http.client.HTTPConnection):
    """Connects with its first request, or when it is told to. Raises what sockets, TLS and HTTP raise, and VsphereError.

    :ivar opened: the connection, None before the first. The library forgets its ``sock`` with the head of an answer that is the last one.
    """

    default_port = http.client.HTTPS_PORT
    sock: BoundedSocket | None
    tls_socket: BoundedSocket | None = None

    def __init__(self, connection: Connection, context: ssl.SSLContext, limits: TimeLimits) -> None:
        """Connect to nothing yet.

        :param context: whose connections have these limits, see bounded_tls_context().
        :param limits: of connecting as a whole, and of every wait afterwards.
        """
        super().__init__(connection.host, connection.port)
        self._connection = connection
        self._limits = limits
        self._context = context

    def connect(self) -> None:
        """Open the connection. Nothing has been sent to the source, but for the TLS handshake, when it raises or returns."""
        plain = self._plain()
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            safe = self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException as error:
            plain.close()
            if isinstance(error, TimeoutError):
                self._limits.check()
            if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _OTHER_NAME:
                raise self._other_name(error) from error
            raise
        try:
            self._compare(safe.getpeercert(binary_form=True))
        except BaseException:
            safe.close()
            raise
        self.sock = self.tls_socket = safe

    def getresponse(self) -> http.client.HTTPResponse:
        """As of the base, but its head has one timeout, and a bound."""
        try:
            with self.sock.response_head():
                return super().getresponse()
        except TooManyBytes as error:
            raise http.client.HTTPException(f"the head of its answer has more than {MAX_HEAD_BYTES >> 10} KB") from error

    def give_up(self) -> None:
        """End what another thread waits for: it fails at once."""
        if self.tls_socket:
            with suppress(OSError):
                # That of a TLS socket forgets its TLS, while another thread reads from it.
                socket.socket.shutdown(self.tls_socket, socket.SHUT_RDWR)

    def _plain(self) -> BoundedSocket:
        proxy = self._connection.proxy
        return (proxy.connect if proxy else open_connection)(self.host, self.port, self._limits)

    def _other_name(self, error: ssl.SSLCertVerificationError) -> CertificateRejected:
        """What to say of a certificate that is for others, which is looked at a second time, unchecked, for the names that it holds."""
        names = None
        context = bounded_tls_context(tls.unverified_context(), self._limits)
        with suppress(OSError, VsphereError), context.wrap_socket(self._plain(), server_hostname=self.host) as shown:
            names = tls.certificate_names(shown.getpeercert(binary_form=True))
        if names == []:
            remedy = "it holds no name, so pin it with fingerprint"
        else:
            held = f" ({', '.join(names)})" if names else ""
            remedy = f"give as hostname a name that it holds{held}, or pin it with fingerprint"
        return CertificateRejected(f"its certificate is not for this host ({error.verify_message}): {remedy}")

    def _compare(self, certificate: bytes | None) -> None:
        pinned = self._connection.fingerprint
        if pinned and (found := tls.fingerprint_of(certificate or b"")) != pinned:
            raise CertificateRejected(
                f"its certificate has the fingerprint {found}, and fingerprint is {pinned}: find out why it has another one, then give that"
            )
