# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.http import Http
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload

NOTHING = {
    "username": None, "password": None, "token": None, "headers": None, "create_folders": False, "validate_certs": True, "ca_path": None,
    "timeout": 5, "deadline": 30,
}  # fmt: skip


@pytest.fixture
def server():
    """A web server that notes what it is asked, and answers as it is told."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            server.asked.append((self.command, self.path, dict(self.headers)))
            if not server.early:
                server.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = server.answers.pop(0) if server.answers else 201
            self.send_response(status)
            self.send_header("Location", "https://elsewhere.example.com/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_PUT = do_MKCOL = answer

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answers, server.early, server.content = [], [], False, b""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def place(server, tmp_path, monkeypatch):
    """A function that makes a destination on that server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    file = tmp_path / "estate.xlsx"
    file.write_bytes(b"workbook")

    def make(path="/", content=None, **options):
        if content is not None:
            file.write_bytes(content)
        return Http({**NOTHING, "url": f"http://127.0.0.1:{server.server_port}{path}", **options}, Payload(str(file), "text/csv"))

    return make


def test_file_is_uploaded_unchanged(server, place):
    assert place("/inventory/?sig=1").deliver() == ""
    ((method, path, headers),) = server.asked
    assert (method, path, server.content) == ("PUT", "/inventory/estate.xlsx?sig=1", b"workbook")
    assert headers["Content-Length"] == "8" and headers["Content-Type"] == "text/csv" and "Authorization" not in headers


@pytest.mark.parametrize(
    ("options", "header", "value"),
    [
        ({"username": "mé", "password": "pass:word"}, "Authorization", "Basic bcOpOnBhc3M6d29yZA=="),
        ({"token": "abc\n"}, "Authorization", "Bearer abc"),
        ({"headers": {"X-JFrog-Art-Api": "key"}}, "X-jfrog-art-api", "key"),
        ({"headers": {"x-ms-blob-type": "BlockBlob", "X-Number": 7}}, "X-number", "7"),
    ],
)
def test_credentials_are_headers(server, place, options, header, value):
    place(**options).deliver()
    assert {name.lower(): value for name, value in server.asked[0][2].items()}[header.lower()] == value


@pytest.mark.parametrize(
    ("status", "hint", "transient"),
    [
        (401, "check username and password", False),
        (403, "no right to write", False),
        (405, "takes no files at this url", False),
        (413, "too large", False),
        (507, "no space", False),
        (302, "url redirects", False),
        (418, "server's log", False),
        (429, "", True),
        (500, "", True),
        (503, "", True),
    ],
)
def test_error_responses(server, place, status, hint, transient):
    server.answers = [status]
    with pytest.raises(DeliveryError, match=rf"the server responded {status} .*{hint}") as caught:
        place().deliver()
    assert caught.value.transient == transient


def test_create_folders(server, place):
    server.answers = [409, 405, 201]
    place("/a/b%20c/", create_folders=True).deliver()
    assert [(method, path) for method, path, _headers in server.asked] == [
        ("PUT", "/a/b%20c/estate.xlsx"), ("MKCOL", "/a/"), ("MKCOL", "/a/b%20c/"), ("PUT", "/a/b%20c/estate.xlsx"),
    ]  # fmt: skip
    server.answers = [404]
    with pytest.raises(DeliveryError, match="set create_folders: true"):
        place("/a/").deliver()


def test_response_before_the_file_was_read(server, place):
    server.early, server.answers = True, [401]
    with pytest.raises(DeliveryError, match="the server responded 401"):
        place(content=bytes(300_000)).deliver()


def test_server_that_is_down(place, server):
    there = place()
    server.shutdown()
    server.server_close()
    with pytest.raises(DeliveryError, match="no connection to 127.0.0.1:.*Connection refused") as caught:
        there.deliver()
    assert caught.value.transient
