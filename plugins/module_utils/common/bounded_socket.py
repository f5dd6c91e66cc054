# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""TCP and TLS sockets with a bound for each receive and send, whatever reads from them.

A parser receives again and again, and each time the timeout of an ordinary socket begins anew: a server that sends a byte
a second never times out. These sockets recompute their timeout from the deadline before each receive and send.
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

#: Bytes of status line and headers of one response, interim responses such as 100 Continue included.
MAX_HEAD_BYTES = 1 << 18
#: Bytes that one send passes to the system.
_SEND_BYTES = 1 << 16


class TooManyBytes(OSError):
    """The peer sends more than it may."""


class BoundedSocket(socket.socket):
    """A socket that keeps to time limits. A mix-in of TLS sockets, too: see :func:`bounded_tls_context`.

    Receiving and sending raise DeadlineExceeded after the deadline, TimeoutError after the timeout.

    :cvar limits: of this connection.
    :ivar bytes_allowed: bytes that it may still receive; beyond them it raises TooManyBytes.
    :ivar receive_until: a time of ``time.monotonic`` after which receiving raises TimeoutError.
    """

    limits: TimeLimits
    bytes_allowed: float = math.inf
    receive_until: float = math.inf

    @contextmanager
    def response_head(self) -> Iterator[None]:
        """Within this block the head of one response is received: one timeout for all of it, and MAX_HEAD_BYTES at most."""
        self.receive_until, self.bytes_allowed = time.monotonic() + self.limits.timeout, MAX_HEAD_BYTES
        try:
            yield
        finally:
            self.receive_until = self.bytes_allowed = math.inf

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(self.limits.next_timeout(self.receive_until))
        try:
            count = super().recv_into(*arguments)
        except TimeoutError:
            self.limits.check()
            raise
        self.bytes_allowed -= count
        if self.bytes_allowed < 0:
            raise TooManyBytes("it sends more than it should")
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        with memoryview(data) as given, given.cast("B") as view:
            sent = 0
            while sent < len(view):
                self.settimeout(self.limits.next_timeout())
                try:
                    sent += super().send(view[sent : sent + _SEND_BYTES], flags)
                except TimeoutError:
                    self.limits.check()
                    raise


def bounded_tls_context(context: ssl.SSLContext, limits: TimeLimits) -> ssl.SSLContext:
    """The same context, changed: its sockets have these limits. A handshake has the timeout that the plain socket has last been given."""
    context.sslsocket_class = _bounded_class(ssl.SSLSocket, limits)
    return context


def open_connection(host: str, port: int, limits: TimeLimits) -> BoundedSocket:
    """Open a TCP connection. Name resolution and all addresses of the host together have one timeout.

    :raises OSError: there is none; DeadlineExceeded, TimeoutError and socket.gaierror among them.
    """
    until = time.monotonic() + limits.next_timeout()
    socket_class = _bounded_class(socket.socket, limits)
    addresses = _resolve(host, port, limits, until)
    failure = OSError(f"{host} has no address")
    for number, (family, kind, protocol, _name, address) in enumerate(addresses):
        plain: BoundedSocket | None = None
        try:
            plain = socket_class(family, kind, protocol)
            # An address that does not answer leaves time for those after it.
            plain.settimeout(limits.next_timeout(until) / (len(addresses) - number))
            plain.connect(address)
            plain.settimeout(limits.next_timeout(until))
            # The answer of a proxy is part of connecting.
            plain.receive_until = until
            return plain
        except OSError as error:
            if plain:
                plain.close()
            limits.check()
            failure = error
    raise failure


def _resolve(host: str, port: int, limits: TimeLimits, until: float) -> list[tuple[Any, ...]]:
    """The result of ``socket.getaddrinfo``, which alone could take minutes."""
    arguments = (host, port, 0, socket.SOCK_STREAM)
    # An IP address needs no name server, and no thread that waits for it.
    with suppress(socket.gaierror, UnicodeError):
        return list(socket.getaddrinfo(*arguments, flags=socket.AI_NUMERICHOST))
    try:
        return list(limits.call(socket.getaddrinfo, *arguments, until=until))
    except DeadlineExceeded:
        raise
    except TimeoutError:
        raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {limits.timeout:.3g} s") from None
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from None


def _bounded_class(base: type[socket.socket], limits: TimeLimits) -> type[Any]:
    """A socket class with these limits: TLS creates its own sockets, and can be given no more than a class."""
    bases = (BoundedSocket,) if base is socket.socket else (BoundedSocket, base)
    return type(f"Bounded{base.__name__}", bases, {"limits": limits})
