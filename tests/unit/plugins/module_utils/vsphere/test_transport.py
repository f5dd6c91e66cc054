# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests over connections that are kept, and what becomes of everything that sockets, TLS and HTTP raise."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import ssl
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from estates import CertificateAuthority

from ansible_collections.estate.vmware.plugins.module_utils.common import tls
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import transport
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.bodies import BLOCK_BYTES, Body, IncompleteBody, of_bytes
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, DeadlinePassed, ResponseTooLarge, TimedOut, VsphereError

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", timeout=7)


@pytest.fixture
def says(server):
    """A function that asks a server that gives this answer, and then says nothing more; the reply's body."""

    def ask(head=b"", body=b"", length=None, max_bytes=1 << 20, **options):
        length = b"Content-Length: %d\r\n" % (len(body) if length is None else length)
        server.raw = b"HTTP/1.1 200 OK\r\n" + length + head + b"\r\n" + body if isinstance(head, bytes) else b"".join(head)
        return bytes(transport.HttpTransport(dataclasses.replace(server.options, **options)).request("GET", "/", max_bytes=max_bytes).body)

    return ask


ZIPPED = b"Content-Encoding: gzip\r\n"


def test_zipped_replies_are_requested_and_unzipped(says, server):
    assert says(ZIPPED, gzip.compress(b"<reply/>" * 9999)) == b"<reply/>" * 9999
    assert server.asked["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        ({"head": ZIPPED, "body": b"garbage"}, "not_vsphere", "cannot be unzipped"),
        ({"head": ZIPPED, "body": gzip.compress(b"x" * 999)[:20]}, "unreachable", "connection closed mid-response"),
        ({"body": b"<reply", "length": 100}, "unreachable", "connection closed mid-response"),
        ({"head": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n"]}, "not_vsphere", "check hostname and port"),
        ({"head": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabcde\r\n0\r\n\r\n"]}, "unreachable", "connection closed mid-response"),
        ({"head": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc"]}, "unreachable", "connection closed mid-response"),
        ({"head": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"]}, "unreachable", "connection closed mid-response"),
        ({"head": [b"HTTP/1.1 nine OK\r\n\r\n"]}, "not_vsphere", "BadStatusLine"),
        ({"head": [b"HTTP/1.1 " + b"9" * 5000 + b" OK\r\n\r\n"]}, "not_vsphere", "check hostname and port"),
        ({"head": [b"\x00\xff\r\n\r\n"]}, "not_vsphere", "BadStatusLine"),
        ({"head": b"X: y\r\n" * 10_000}, "not_vsphere", "HTTPException: got more than 100 headers"),
        ({"head": b"Set-Cookie: " + b"x" * 70_000 + b"\r\n"}, "not_vsphere", "LineTooLong"),
        ({"head": [b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000]}, "not_vsphere", "the head of its response has more than 256 KB"),
    ],
)
def test_invalid_replies(says, server, answer, kind, message):
    with pytest.raises(VsphereError) as caught:
        says(**answer)
    assert caught.value.kind == kind
    assert message in str(caught.value) and len(str(caught.value)) <= 500


def test_invalid_length_is_ignored(says):
    for length in (b"-5", b"9" * 5000, b"none"):
        assert says([b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\nuntil the end"]) == b"until the end"


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b"x" * (1 << 20)},
        {"head": ZIPPED, "body": gzip.compress(b"x" * (1 << 22))},
        {"head": [b"HTTP/1.1 200 OK\r\n\r\n", b"x" * (1 << 20)]},
        {"head": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"X-Y: z\r\n" * (1 << 17)]},
    ],
    ids=["long", "zipped", "without length", "trailers"],
)
def test_reply_beyond_the_limit_is_refused(says, answer):
    with pytest.raises(ResponseTooLarge, match="larger than 0 MB") as caught:
        says(**answer, max_bytes=1 << 18)
    assert not caught.value.transient


def test_reply_as_large_as_the_limit(says):
    body = b"x" * (1 << 18)
    assert says(b"", body, max_bytes=len(body)) == says(ZIPPED, gzip.compress(body), max_bytes=len(body)) == body


def test_no_request_after_the_deadline(server):
    late = transport.HttpTransport(dataclasses.replace(server.options, deadline=0))
    with pytest.raises(DeadlinePassed, match="longer than 0 s altogether: raise deadline"):
        late.request("POST", "/", b"body")
    assert server.connections == 0


def test_pause_ends_with_the_deadline():
    begun = time.monotonic()
    transport.HttpTransport(dataclasses.replace(CONNECTION, deadline=1)).pause(60)
    assert 0.9 < time.monotonic() - begun < 10


def test_grace_period_after_the_deadline():
    late = transport.HttpTransport(dataclasses.replace(CONNECTION, deadline=0))
    with late.grace_period():
        assert 0 < late.remaining < CONNECTION.timeout
    assert late.remaining == 0


def test_grace_periods_share_one_time_until_the_server_replies(server):
    opened = transport.HttpTransport(server.options)
    with opened.grace_period():
        first = opened.remaining
        time.sleep(1)
    with opened.grace_period():
        assert opened.remaining < first - 0.9
        opened.request("POST", "/", b"body")
    with opened.grace_period():
        assert opened.remaining > first - 0.9


def test_each_grace_period_has_a_minimum(server, monkeypatch):
    opened = transport.HttpTransport(server.options)
    with opened.grace_period():
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    with opened.grace_period():
        assert 0.5 < opened.remaining <= 1


def test_two_transports_may_share_one_deadline():
    limits = dataclasses.replace(CONNECTION, deadline=1).limits()
    first, second = transport.HttpTransport(CONNECTION, limits), transport.HttpTransport(CONNECTION, limits)
    first.pause(2)
    assert second.remaining == 0


@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n"])
def test_request_of_another_thread_is_aborted_at_once(server, more):
    server.raw = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + more + b"\r\n"
    server.hold = True
    opened = transport.HttpTransport(server.options)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(opened.request, "GET", "/")
        while not server.connections:
            time.sleep(0.01)
        time.sleep(0.2)
        opened.abort_requests()
        with pytest.raises(VsphereError):
            asked.result(5)
    # That is no word about others.
    assert opened.request("POST", "/", b"body").body == b"body"


class Server(ThreadingHTTPServer):
    """Answers over TLS with what it was asked; counts connections. Asked for /bye it says that it ends the connection, for /vanish it just does."""

    daemon_threads = True

    def __init__(self, authority, **names):
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("server", **names))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.connections = 0
        self.raw = b""
        self.hold = False
        self.asked = {}
        self.requests = []
        self.together = threading.Barrier(2)

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(self.path)
        if self.path == "/together":
            self.server.together.wait(10)
        self.send_response(404)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Path", self.path)
        if self.path == "/bye":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        if self.path == "/vanish":
            self.close_connection = True

    def do_PUT(self):
        if self.path == "/refuse":
            # As servers do that have seen enough, before the body has come.
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.connection.settimeout(1)
            with suppress(OSError):
                while self.rfile.read(1 << 16):
                    pass
        elif self.path == "/stall":
            self.server.together.wait(20)
        else:
            length, received = int(self.headers["Content-Length"]), 0
            digest = hashlib.sha256()
            while received < length and (block := self.rfile.read(min(1 << 18, length - received))):
                received += len(block)
                digest.update(block)
            self.server.requests.append(received)
            self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 64\r\n\r\n" + digest.hexdigest().encode())
        self.close_connection = self.path in ("/refuse", "/stall")

    def do_GET(self):
        self.server.asked = self.headers
        self.close_connection = True
        # The client may close the connection first.
        with suppress(OSError):
            self.connection.sendall(self.server.raw)
            if self.server.hold:
                self.rfile.read(1)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(tmp_path):
    authority = CertificateAuthority(tmp_path)
    with Server(authority) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        serving.certificate = ssl.PEM_cert_to_DER_cert((tmp_path / "server.crt").read_text())
        serving.options = Connection("127.0.0.1", serving.server_port, "reader", "s3cret", ca_path=str(authority.path), timeout=10)
        yield serving
        serving.shutdown()


def test_reply_of_any_status_is_returned(server):
    reply = transport.HttpTransport(server.options).request("POST", "/rest", b"body", {"X-Mine": "1"})
    assert (reply.status, reply.reason, bytes(reply.body)) == (404, "Not Found", b"body")
    assert reply.headers["x-path"] == "/rest"


def test_connection_is_reused(server):
    opened = transport.HttpTransport(server.options)
    assert [bytes(opened.request("POST", "/", b"%d" % number).body) for number in range(5)] == [b"0", b"1", b"2", b"3", b"4"]
    assert server.connections == 1
    opened.close()
    opened.request("POST", "/", b"after")
    assert server.connections == 2


@pytest.mark.parametrize("path", ["/bye", "/vanish"])
def test_connection_closed_by_the_server_is_not_reused(server, path):
    opened = transport.HttpTransport(server.options)
    for _attempt in range(3):
        opened.request("POST", path, b"body")
        time.sleep(0.2)
    assert server.connections == 3


def test_parallel_requests_have_a_connection_each(server):
    opened = transport.HttpTransport(server.options)
    for _round in range(3):
        with ThreadPoolExecutor(2) as pool:
            # Neither is answered before both have come.
            replies = list(pool.map(lambda name: opened.request("POST", "/together", name), [b"a", b"b"]))
        assert [bytes(reply.body) for reply in replies] == [b"a", b"b"]
    assert server.connections == 2


def test_handshake_returns_the_certificate_and_sends_no_request(server):
    shown = transport.HttpTransport(server.options).handshake()
    assert (shown.certificate, shown.version) == (server.certificate, "TLSv1.3")
    assert server.requests == []


@pytest.mark.parametrize("changes", [{}, {"ca_path": None, "validate_certs": False}])
def test_certificate_of_the_newest_connection_is_known(server, changes):
    opened = transport.HttpTransport(dataclasses.replace(server.options, **changes))
    assert opened.certificate == b""
    opened.request("POST", "/", b"body")
    assert opened.certificate == server.certificate and server.connections == 1, "no connection of its own"


@pytest.mark.parametrize(
    ("held", "remedy"),
    [
        ({"ips": (), "dns": ("vc.example.com", "vc")}, r"give as hostname a name that it holds \(vc.example.com, vc\), or pin it with fingerprint"),
        ({"ips": ("192.0.2.1",), "dns": ()}, r"a name that it holds \(192.0.2.1\), or"),
        ({"ips": (), "dns": ()}, "it holds no name, so pin it with fingerprint$"),
    ],
)
def test_error_for_a_certificate_of_another_name_lists_its_names(tmp_path, held, remedy):
    authority = CertificateAuthority(tmp_path)
    with Server(authority, **held) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        opened = transport.HttpTransport(Connection("127.0.0.1", other.server_port, "reader", "s3cret", ca_path=str(authority.path), timeout=10))
        with pytest.raises(VsphereError, match=remedy) as caught:
            opened.request("POST", "/", b"s3cret")
        assert caught.value.kind == "certificate"
        assert other.requests == []
        other.shutdown()


def test_pinned_certificate_needs_no_ca(server):
    pinned = dataclasses.replace(server.options, ca_path=None, fingerprint=tls.fingerprint_of(server.certificate))
    opened = transport.HttpTransport(pinned)
    assert bytes(opened.request("POST", "/", b"body").body) == b"body"


def test_fingerprint_is_compared_before_anything_is_sent(server):
    opened = transport.HttpTransport(dataclasses.replace(server.options, ca_path=None, fingerprint=":".join(["AB"] * 32)))
    for _attempt in range(2):
        with pytest.raises(VsphereError) as caught:
            opened.request("POST", "/", b"s3cret")
        assert caught.value.kind == "certificate"
        assert ":".join(["AB"] * 32) in str(caught.value) and tls.fingerprint_of(server.certificate) in str(caught.value)
    assert server.requests == []


def zeros(length, sent=BLOCK_BYTES):
    """A body of zeros."""
    block = bytes(sent)
    return Body(length, lambda: (block[: min(sent, length - at)] for at in range(0, length, sent)))


def test_body_is_sent_while_it_is_made(server):
    opened, length = transport.HttpTransport(server.options), 48 << 20
    opened.request("PUT", "/", of_bytes(b"first"))
    tracemalloc.start()
    reply = opened.request("PUT", "/", zeros(length))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (reply.status, bytes(reply.body).decode()) == (201, hashlib.sha256(bytes(length)).hexdigest())
    assert peak < 12 << 20
    assert server.connections == 1 and server.requests == [5, length]


def test_empty_body(server):
    assert transport.HttpTransport(server.options).request("PUT", "/", of_bytes(b"")).status == 201
    assert server.requests == [0]


@pytest.mark.parametrize("actual", [5, 15])
def test_body_of_another_length_ends_the_request(server, actual):
    opened = transport.HttpTransport(server.options)
    with pytest.raises(IncompleteBody, match="announced"):
        opened.request("PUT", "/", Body(10, zeros(actual).open))
    assert opened.request("POST", "/", b"after").body == b"after"
    assert server.connections == 2
    assert 10 not in server.requests


def test_error_of_the_source_of_a_body_is_raised_as_it_is(server):
    def broken():
        yield b"x"
        raise IncompleteBody("the source is gone")

    with pytest.raises(IncompleteBody, match="the source is gone"):
        transport.HttpTransport(server.options).request("PUT", "/", Body(10, broken))


def test_server_that_refuses_a_body_before_it_has_come(server):
    with suppress(ConnectionDropped):
        assert transport.HttpTransport(server.options).request("PUT", "/refuse", zeros(64 << 20)).status == 403


def test_server_that_takes_no_more_of_a_body(server):
    opened = transport.HttpTransport(dataclasses.replace(server.options, timeout=1))
    with pytest.raises(TimedOut):
        opened.request("PUT", "/stall", zeros(64 << 20))
    server.together.abort()


def test_download_is_read_while_it_comes(server):
    server.raw = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000
    with transport.HttpTransport(server.options).download("/", {"Range": "bytes=0-"}) as reply:
        assert (reply.status, reply.length) == (200, 300_000)
        assert sum(map(len, reply.blocks)) == 300_000
    assert (server.asked["Range"], server.asked["Accept-Encoding"]) == ("bytes=0-", "identity")


def test_download_that_ends_early(server):
    server.raw = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\nx"
    with pytest.raises(ConnectionDropped), transport.HttpTransport(server.options).download("/") as reply:
        list(reply.blocks)
