# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that are never silent for long and never done."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

#: Seconds that they go on: long enough to be late.
LONG = 40

_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n \r\n"
#: What comes first, what comes again and again, and the pause between.
DRIPS = {
    "nothing": (b"", b"", 0.3),
    "status": (b"HTTP/1.1 2", b"0", 0.3),
    "header": (b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.3),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.3),
    "100 continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.3),
    "100 continue, a flood": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0),
    "body": (_LENGTH, b" ", 0.3),
    "chunked body": (_CHUNKED, b"1\r\n \r\n", 0.3),
    "length of a chunk": (_CHUNKED, b"0", 0.3),
    "trailers": (_CHUNKED + b"0\r\n", b"X-Y: z\r\n", 0.3),
    "trailers, a flood": (_CHUNKED + b"0\r\n", b"X-Y: z\r\n" * 100, 0),
    "body without end, a flood": (b"HTTP/1.1 200 OK\r\n\r\n", b" " * 100_000, 0),
}


def drip(connection: socket.socket, first: bytes, again: bytes, pause: float) -> None:
    end = time.monotonic() + LONG
    with suppress(OSError):
        connection.sendall(first)
        while time.monotonic() < end:
            connection.sendall(again)
            time.sleep(pause)


def listening(serve: Callable[[socket.socket], None]) -> int:
    """The port of a server that is no vCenter."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            connection, _address = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]
