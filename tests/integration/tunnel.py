# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An HTTP proxy that makes tunnels with CONNECT, with and without credentials, and remembers what it saw."""

from __future__ import annotations

import base64
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any


class Tunnels(socketserver.ThreadingTCPServer):
    """A proxy on a free port.

    :ivar targets: what it was asked to connect to. :ivar first_bytes: of what went through each tunnel.
    :ivar places: where a target is, that has a name only here.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, login: tuple[str, str] | None, status: int, places: Mapping[str, tuple[str, int]]) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.credentials = base64.b64encode(":".join(login).encode()).decode() if login else ""
        self.status = status
        self.places = places
        self.targets: list[str] = []
        self.first_bytes: list[bytes] = []

    @property
    def options(self) -> dict[str, Any]:
        return {"proxy_host": "127.0.0.1", "proxy_port": self.server_address[1]}


class _Tunnel(socketserver.StreamRequestHandler):
    server: Tunnels

    def handle(self) -> None:
        method, target, _version = self.rfile.readline().decode().split(" ")
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _colon, value = line.partition(": ")
            headers[name] = value
        self.server.targets.append(target)
        if self.server.credentials and headers.get("Proxy-Authorization") != f"Basic {self.server.credentials}":
            self._answer(407, "Proxy Authentication Required")
        elif method != "CONNECT" or self.server.status != 200:
            self._answer(self.server.status, "as it was told")
        else:
            self._open(target)

    def _answer(self, status: int, reason: str) -> None:
        self.wfile.write(f"HTTP/1.1 {status} {reason}\r\n\r\n".encode())

    def _open(self, target: str) -> None:
        host, _colon, port = target.rpartition(":")
        with socket.create_connection(self.server.places.get(host, (host.strip("[]"), int(port)))) as far:
            self._answer(200, "Connection established")
            back = threading.Thread(target=_pump, args=(far, self.connection), daemon=True)
            back.start()
            # One that is reset has nothing more to say.
            with suppress(OSError):
                start = self.connection.recv(1 << 16)
                self.server.first_bytes.append(start[:2])
                far.sendall(start)
            _pump(self.connection, far)
            back.join()


def _pump(near: socket.socket, far: socket.socket) -> None:
    with suppress(OSError):
        while block := near.recv(1 << 16):
            far.sendall(block)
    with suppress(OSError):
        far.shutdown(socket.SHUT_WR)


@contextmanager
def tunnels(login: tuple[str, str] | None = None, status: int = 200, places: Mapping[str, tuple[str, int]] | None = None) -> Iterator[Tunnels]:
    """A running proxy.

    :param login: the one account that it serves; everybody without. :param status: what it answers, 200 for a tunnel.
    :param places: host to address and port, for names that only the proxy knows.
    """
    with Tunnels(login, status, places or {}) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
