# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""TCP and TLS connections whose every wait ends in time, beneath whatever parses what comes.

Who parses a stream asks for bytes again and again, and each time a socket's own timeout begins anew: a server that
sends a byte a second is never late. Here the deadline bounds each receive and each send.
"""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded, TimeLimits

#: Bytes that the head of one answer may have, interim answers such as 100 Continue included.
LARGEST_HEAD = 1 << 18
#: Bytes that are sent in one wait.
_PIECE = 1 << 16


class TooManyBytes(OSError):
    """A peer sends more than it was allowed."""


class BoundedSocket(socket.socket):
    """A socket that gives no wait more time than its limits allow. Makes the waits of a TLS socket, too, see :func:`bounded`.

    Receiving and sending raise DeadlineExceeded after the deadline, TimeoutError after the timeout.

    :cvar limits: of this connection.
    :ivar allowed: bytes that it may still receive; TooManyBytes is raised for more.
    :ivar until: a moment on ``time.monotonic``; TimeoutError is raised for what comes later.
    """

    limits: TimeLimits
    allowed: float = math.inf
    until: float = math.inf

    @contextmanager
    def head(self) -> Iterator[None]:
        """What is received within is the head of one answer: as a whole it has one timeout, and LARGEST_HEAD bytes at most."""
        self.until, self.allowed = time.monotonic() + self.limits.timeout, LARGEST_HEAD
        try:
            yield
        finally:
            self.until = self.allowed = math.inf

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(self.limits.wait(self.until))
        try:
            count = super().recv_into(*arguments)
        except TimeoutError:
            self.limits.check()
            raise
        self.allowed -= count
        if self.allowed < 0:
            raise TooManyBytes("it sends more than it should")
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        with memoryview(data) as given, given.cast("B") as view:
            sent = 0
            while sent < len(view):
                self.settimeout(self.limits.wait())
                try:
                    sent += super().send(view[sent : sent + _PIECE], flags)
                except TimeoutError:
                    self.limits.check()
                    raise


def bound_tls(context: ssl.SSLContext, limits: TimeLimits) -> ssl.SSLContext:
    """The same context, which from now on makes connections with these limits. A handshake has what is left of the last wait of the plain socket."""
    context.sslsocket_class = _bounded(ssl.SSLSocket, limits)
    return context


def connected(host: str, port: int, limits: TimeLimits) -> BoundedSocket:
    """A TCP connection. Name resolution and all addresses of the host together have one timeout.

    :raises OSError: there is none, DeadlineExceeded, TimeoutError and socket.gaierror among them.
    """
    until = time.monotonic() + limits.wait()
    kind = _bounded(socket.socket, limits)
    addresses = _resolved(host, port, limits, until)
    failure = OSError(f"{host} has no address")
    for number, (*of_socket, _name, address) in enumerate(addresses):
        plain = None
        try:
            plain = kind(*of_socket)
            # One that is silent leaves time for those after it.
            plain.settimeout(limits.wait(until) / (len(addresses) - number))
            plain.connect(address)
            plain.settimeout(limits.wait(until))
            # What a proxy says belongs to connecting.
            plain.until = until
            return plain
        except OSError as error:
            if plain:
                plain.close()
            limits.check()
            failure = error
    raise failure


def _resolved(host: str, port: int, limits: TimeLimits, until: float) -> list[tuple[Any, ...]]:
    """What getaddrinfo says of a host, which it may not say for minutes."""
    question = (host, port, 0, socket.SOCK_STREAM)
    # Who has an address need not ask a name server, nor start a thread for it.
    with suppress(socket.gaierror, UnicodeError):
        return socket.getaddrinfo(*question, flags=socket.AI_NUMERICHOST)
    try:
        return limits.call(socket.getaddrinfo, *question, until=until)
    except DeadlineExceeded:
        raise
    except TimeoutError:
        raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {limits.timeout:.3g} s") from None
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "it is no host name") from None


def _bounded(kind: type[socket.socket], limits: TimeLimits) -> type[Any]:
    """A class of sockets of one kind that all have these limits: TLS makes its own sockets, and takes no more than a class."""
    bases = (BoundedSocket,) if kind is socket.socket else (BoundedSocket, kind)
    return type(f"Bounded{kind.__name__}", bases, {"limits": limits})
