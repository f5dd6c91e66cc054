# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server over TLS that serves a folder, for OVA files at URLs."""

from __future__ import annotations

import base64
import functools
import http.server
import io
import os
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from simulator_ca import CertificateAuthority


class WebServer(http.server.ThreadingHTTPServer):
    """:ivar asked: method, path and range of each request."""

    daemon_threads = True
    asked: list[tuple[str, str, str | None]]

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ranges = tells_length = True
    account = ""
    moved: Mapping[str, str] = MappingProxyType({})

    def send_head(self) -> BinaryIO | None:
        wanted = self.headers.get("Range")
        self.server.asked.append((self.command, self.path, wanted))  # type: ignore[attr-defined]
        if self.account and self.headers.get("Authorization") != f"Basic {base64.b64encode(self.account.encode()).decode()}":
            self.send_error(401)
            return None
        if self.path in self.moved:
            self.send_response(302)
            self.send_header("Location", self.moved[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        path = Path(self.translate_path(self.path))
        if not wanted or not self.ranges or not path.is_file():
            return super().send_head()  # type: ignore[return-value]
        first, last = map(int, wanted.removeprefix("bytes=").split("-"))
        with path.open("rb") as file:
            file.seek(first)
            part = file.read(last + 1 - first)
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        if self.tells_length:
            self.send_header("Content-Range", f"bytes {first}-{last}/{path.stat().st_size}")
        self.end_headers()
        return io.BytesIO(part)

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def serve_folder(folder: str | os.PathLike[str], authority: CertificateAuthority, **options: Any) -> Iterator[WebServer]:
    """Serve a folder on the loopback address until the end of the block.

    Options are ``ranges`` (parts of files), ``tells_length`` (of the whole file), ``account`` (``name:password`` that it requires) and
    ``moved`` (paths that are elsewhere, with their URLs).
    """
    handler = functools.partial(type("Handler", (_Handler,), options), directory=str(folder))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("web"))
    with WebServer(("127.0.0.1", 0), handler) as server:
        server.asked = []
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
