# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A proxy between a scan and a simulator that changes what the server says."""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from estates import CertificateAuthority, Simulator

#: Headers of one connection, not of what goes over it; and replies are not zipped, so that they can be changed.
_OWN = ("Accept-Encoding", "Connection", "Content-Length", "Host", "Transfer-Encoding")

#: ``change(request, reply) -> reply``, both SOAP envelopes.
Change = Callable[[bytes, bytes], bytes]


@contextmanager
def changed(simulator: Simulator, authority: CertificateAuthority, change: Change) -> Iterator[dict[str, Any]]:
    """Connection options for a simulator as seen through a proxy."""
    context = ssl.create_default_context(cafile=str(simulator.ca_path))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            wire = http.client.HTTPSConnection(simulator.host, simulator.port, context=context, timeout=30)
            wire.request(self.command, self.path, request, {name: value for name, value in self.headers.items() if name not in _OWN})
            response = wire.getresponse()
            reply = response.read()
            if "SOAPAction" in self.headers:
                reply = change(request, reply)
            self.send_response(response.status)
            for name, value in response.getheaders():
                if name not in _OWN:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)
            wire.close()

        do_GET = do_DELETE = do_POST

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*authority.issue("proxy"))
    server.socket = serving.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            "hostname": "127.0.0.1",
            "port": server.server_port,
            "username": simulator.username,
            "password": simulator.password,
            "ca_path": str(authority.path),
        }
    finally:
        server.shutdown()
        server.server_close()
