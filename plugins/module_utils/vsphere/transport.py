# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""HTTPS to a source: connections that are kept, waits that end, replies within limits, failures in plain words.

SOAP and REST both go this way.
"""

from __future__ import annotations

import http.client
import select
import socket
import ssl
import time
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import count
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import TooManyBytes, bounded_tls_context
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded, TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    CertificateRejected,
    ConnectionDropped,
    DeadlinePassed,
    NotVsphere,
    ResponseTooLarge,
    TimedOut,
    Unreachable,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.https_connection import HttpsConnection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_REPLY_BYTES

#: Seconds for saying goodbye, also where the deadline has passed; and for each further goodbye to a server that did not answer in that time.
_GRACE, _LEAST_GRACE = 5, 1
_BLOCK = 1 << 18
_CHECK_ADDRESS = "check hostname, port and the firewalls in between"


class Reply(NamedTuple):
    """An HTTP reply, whatever its status; the body as it came, unzipped."""

    status: int
    reason: str
    headers: http.client.HTTPMessage
    body: bytes | bytearray


class Handshake(NamedTuple):
    """What TLS made known: the source's certificate in DER form, and the version of TLS, such as TLSv1.3."""

    certificate: bytes
    version: str


class HttpTransport:
    """Asks one source over HTTPS. Threads may share it: each request has a connection to itself.

    :ivar calls: requests so far, answered or not.
    :ivar certificate: of the source in DER form, as the last connection showed it; empty before the first.
    """

    def __init__(self, connection: Connection, limits: TimeLimits | None = None) -> None:
        """Connect to nothing yet.

        :param limits: of all that is asked here and elsewhere together; where none are given, those of the connection begin now.
        :raises InvalidOption: the TLS options cannot be used.
        """
        self._connection = connection
        self._limits = limits or connection.limits()
        self._context = bounded_tls_context(connection.tls_context(), self._limits)
        self._idle: deque[HttpsConnection] = deque()
        self._busy: set[HttpsConnection] = set()
        self._given_up = 0
        self._grace: float = _GRACE
        self._numbers = count(1)
        self.calls = 0
        self.certificate = b""

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; 0 when it has passed."""
        return self._limits.remaining

    def pause(self, seconds: float) -> None:
        """Wait before another attempt, no longer than until the deadline."""
        self._limits.pause(seconds)

    def request(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, limit: int = MAX_REPLY_BYTES) -> Reply:
        """Send a request and wait for the whole reply. What failed is not sent again: see retry.py.

        :param headers: besides Host, Content-Length and Accept-Encoding.
        :param limit: bytes that the reply may have, unzipped.
        :raises VsphereError: there is no reply, or it came too late or is too large. The status is for the caller to judge.
        """
        with _plain_errors(self._connection, limit):
            self._limits.check()
            line, given_up = self._line(), self._given_up
            self._busy.add(line)
            try:
                if not line.sock:
                    line.connect()
                    self.certificate = line.sock.getpeercert(binary_form=True) or b""
                if given_up != self._given_up:
                    raise ConnectionResetError("nobody waits for the answer any more")
                self.calls = next(self._numbers)
                line.request(method, path, body, {**(headers or {}), "Accept-Encoding": "gzip"})
                response = line.getresponse()
                line.tls_socket.bytes_allowed = limit + _BLOCK
                reply = Reply(response.status, response.reason, response.headers, _read(response, limit))
            except BaseException:
                line.close()
                raise
            finally:
                self._busy.discard(line)
        self._grace = _GRACE
        # A server that wants no further request has had its connection closed by the library.
        if line.sock:
            self._idle.append(line)
        return reply

    def handshake(self) -> Handshake:
        """Connect once for what there is to know before anything is asked.

        :raises VsphereError: there is no connection, or the certificate is not trusted.
        """
        with _plain_errors(self._connection), closing(HttpsConnection(self._connection, self._context, self._limits)) as line:
            line.connect()
            return Handshake(line.sock.getpeercert(binary_form=True), line.sock.version())

    def give_up(self) -> None:
        """End the requests that other threads wait for: they fail at once, with a VsphereError."""
        self._given_up += 1
        for line in tuple(self._busy):
            line.give_up()

    def close(self) -> None:
        """Close the connections that are idle. A further request opens a new one."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def grace_period(self) -> Iterator[None]:
        """Give what is asked here a short time of its own, also where the deadline has passed.

        It is one time for all last words until the server answers again: who is silent once is hardly waited for at each.
        """
        begun, end = time.monotonic(), self._limits.end
        self._limits.end = begun + self._grace
        try:
            yield
        finally:
            self._limits.end = end
            self._grace = max(_LEAST_GRACE, self._grace - (time.monotonic() - begun))

    def _line(self) -> HttpsConnection:
        """A connection that nobody uses, or one that is yet to be made."""
        while True:
            try:
                line = self._idle.pop()
            except IndexError:
                return HttpsConnection(self._connection, self._context, self._limits)
            if not _has_ended(line.sock):
                return line
            line.close()


def _has_ended(sock: socket.socket) -> bool:
    """Whether an idle connection has something to say: nobody asked, so that is its end."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _read(response: http.client.HTTPResponse, limit: int) -> bytearray:
    """The body, unzipped as it comes."""
    expected, received, reply = response.length, 0, bytearray()
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if response.getheader("Content-Encoding", "").lower() == "gzip" else None
    while block := response.read(_BLOCK):
        received += len(block)
        reply += unzip.decompress(block, limit + 1 - len(reply)) if unzip else block
        if len(reply) > limit:
            raise TooManyBytes
    if expected is not None and received < expected:
        raise http.client.IncompleteRead(b"", expected - received)
    if unzip and not unzip.eof:
        raise EOFError("the zipped reply is cut")
    return reply


def not_vsphere(reason: str) -> NotVsphere:
    """What to say of a server that is of another kind."""
    return NotVsphere(f"a server answers, but it is no vCenter and no ESXi host ({reason}): check hostname and port")


_TRUST = "give the certificate of its CA as ca_path, or pin it with fingerprint"
#: OpenSSL's verification errors that another CA certificate would not cure, and what would.
_CERTIFICATE_REMEDIES = {
    9: "check the clock of this machine",
    10: "have it renewed, and check the clock of this machine",
}


@contextmanager
def _plain_errors(connection: Connection, limit: int = MAX_REPLY_BYTES) -> Iterator[None]:
    """Turn what sockets, TLS and HTTP raise into our own errors. The one place that does.

    :param limit: bytes that the reply might have.
    """
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        remedy = _CERTIFICATE_REMEDIES.get(error.verify_code, _TRUST)
        raise CertificateRejected(
            f"its certificate is not trusted ({error.verify_message}): {remedy}; only in a lab, switch the check off with validate_certs: false"
        ) from error
    except (ssl.SSLEOFError, http.client.IncompleteRead, EOFError, ConnectionResetError, BrokenPipeError) as error:
        raise ConnectionDropped("the connection was cut in the middle of a conversation: look for what cuts it, at the server and in between") from error
    except ssl.SSLError as error:
        reason = getattr(error, "reason", None) or error
        raise NotVsphere(f"what answers does not speak TLS as a vCenter does ({reason}): check hostname and port") from error
    except socket.gaierror as error:
        raise Unreachable(f"the host name cannot be resolved ({error.strerror}): check hostname and the name servers of this machine") from error
    except DeadlineExceeded as error:
        raise DeadlinePassed(f"everything together took longer than {connection.deadline} s: raise deadline, or find out what slows the server") from error
    except TimeoutError as error:
        raise TimedOut(f"no answer within {connection.timeout} s: {_CHECK_ADDRESS}, or raise timeout") from error
    except TooManyBytes as error:
        raise ResponseTooLarge(f"the server's answer is larger than {limit >> 20} MB: scan again, and report it if it stays") from error
    except zlib.error as error:
        raise not_vsphere(f"its answer cannot be unzipped, {error}") from error
    except OSError as error:
        raise Unreachable(f"no connection ({error.strerror or error}): {_CHECK_ADDRESS}") from error
    except (http.client.HTTPException, ValueError) as error:
        # The library converts what a server says without much ado.
        raise not_vsphere(f"{type(error).__name__}: {error}") from error
