# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests over connections that are kept, and what becomes of everything that sockets, TLS and HTTP raise."""

from __future__ import annotations

import dataclasses
import gzip
import http.client
import io
import socket
import ssl
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import tls, wire
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import DeadlinePassed, UnreadableAnswer, VsphereError
from estates import CertificateAuthority

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret", timeout=7)


def _untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    error.verify_code = 18
    return error


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (_untrusted(), "certificate", "its certificate is not trusted (self-signed certificate): give the certificate of its CA as ca_path"),
        (ssl.SSLError(1, "wrong version number"), "not_vsphere", "does not speak TLS"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "unreachable", "the connection was cut in the middle"),
        (socket.gaierror(-2, "Name or service not known"), "unreachable", "cannot be resolved (Name or service not known)"),
        (TimeoutError("timed out"), "timeout", "no answer within 7 s"),
        (ConnectionRefusedError(111, "Connection refused"), "unreachable", "no connection (Connection refused)"),
        (http.client.RemoteDisconnected("Remote end closed connection"), "unreachable", "the connection was cut in the middle"),
        (OSError(113, "No route to host"), "unreachable", "no connection (No route to host)"),
        (http.client.BadStatusLine("SSH-2.0-OpenSSH"), "not_vsphere", "no vCenter and no ESXi host (BadStatusLine: SSH-2.0-OpenSSH)"),
        (http.client.IncompleteRead(b"", 9), "unreachable", "the connection was cut in the middle of a conversation"),
        (EOFError("compressed file ended"), "unreachable", "the connection was cut in the middle of a conversation"),
        (zlib.error("incorrect header check"), "not_vsphere", "cannot be unzipped"),
    ],
)
def test_everything_that_goes_wrong_has_its_kind_and_a_remedy(raised, kind, message):
    with pytest.raises(VsphereError) as caught, wire._plain_errors(CONNECTION):
        raise raised
    assert caught.value.kind == kind
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("code", "remedy"), [(62, "give as hostname a name"), (64, "give as hostname a name"), (10, "have it renewed"), (20, "as ca_path")])
def test_remedy_for_a_certificate_fits_what_is_wrong_with_it(code, remedy):
    error = _untrusted()
    error.verify_code = code
    with pytest.raises(VsphereError, match=remedy), wire._plain_errors(CONNECTION):
        raise error


def test_mistakes_of_our_own_are_not_hidden():
    with pytest.raises(KeyError), wire._plain_errors(CONNECTION):
        raise KeyError


class FakeLine:
    """An HTTP connection that answers one thing and remembers what was asked."""

    def __init__(self, body=b"", length=None, **headers):
        self.status, self.reason, self.body = 200, "OK", io.BytesIO(body)
        self.length = len(body) if length is None else length
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.sock = None
        self.is_closed = False

    def request(self, method, path, body, headers):
        self.asked = headers

    def getresponse(self):
        return self

    def read(self, size):
        return self.body.read(size)

    def getheader(self, name, default=None):
        return self.headers.get(name, default)

    def close(self):
        self.is_closed = True


@pytest.fixture
def ask(monkeypatch):
    """A function that asks through a connection, and returns the reply's body."""

    def through(line, deadline=60):
        monkeypatch.setattr(wire, "Line", lambda *arguments: line)
        return wire.Wire(dataclasses.replace(CONNECTION, deadline=deadline)).request("GET", "/").body

    return through


def test_zipped_replies_are_asked_for_and_unzipped(ask):
    line = FakeLine(gzip.compress(b"<reply/>"), Content_Encoding="gzip")
    assert ask(line) == b"<reply/>"
    assert line.asked["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (FakeLine(b"garbage", Content_Encoding="gzip"), "not_vsphere"),
        (FakeLine(gzip.compress(b"x" * 999)[:20], Content_Encoding="gzip"), "unreachable"),
        (FakeLine(b"<reply", length=100), "unreachable"),
    ],
)
def test_replies_that_are_none(ask, line, kind):
    with pytest.raises(VsphereError) as caught:
        ask(line)
    assert caught.value.kind == kind
    assert line.is_closed, "nobody knows what comes next on it"


@pytest.mark.parametrize("zipped", [False, True])
def test_reply_without_end_is_refused(ask, monkeypatch, zipped):
    monkeypatch.setattr(wire, "_LARGEST", 1 << 16)
    body = b"x" * (1 << 20)
    line = FakeLine(gzip.compress(body), Content_Encoding="gzip") if zipped else FakeLine(body)
    with pytest.raises(UnreadableAnswer, match="lower page_size"):
        ask(line)


@pytest.mark.parametrize(("deadline", "longest"), [(60, 7), (2, 2)])
def test_wait_is_no_longer_than_timeout_and_deadline_allow(ask, deadline, longest):
    line = FakeLine(b"<reply/>")
    ask(line, deadline)
    assert longest - 1 < line.timeout <= longest


def test_nothing_is_asked_after_the_deadline(ask):
    line = FakeLine(b"<reply/>")
    with pytest.raises(DeadlinePassed, match="longer than 0 s: raise deadline"):
        ask(line, deadline=0)
    assert not hasattr(line, "asked")


def test_last_words_may_be_said_after_the_deadline():
    late = wire.Wire(dataclasses.replace(CONNECTION, deadline=0))
    with late.last_words():
        assert 0 < late.left < CONNECTION.timeout
    assert late.left == 0


def test_server_that_drips_does_not_hold_us_for_ever(ask):
    class Dripping(FakeLine):
        def read(self, size):
            time.sleep(0.05)
            return b"x"

    with pytest.raises(DeadlinePassed):
        ask(Dripping(), deadline=1)


class Server(ThreadingHTTPServer):
    """Answers over TLS with what it was asked; counts connections. Asked for /bye it says that it ends the connection, for /vanish it just does."""

    daemon_threads = True

    def __init__(self, authority):
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue("server"))
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.connections = 0
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


def test_reply_is_told_whatever_its_status(server):
    reply = wire.Wire(server.options).request("POST", "/rest", b"body", {"X-Mine": "1"})
    assert (reply.status, reply.reason, bytes(reply.body)) == (404, "Not Found", b"body")
    assert reply.headers["x-path"] == "/rest"


def test_connection_is_kept_from_request_to_request(server):
    opened = wire.Wire(server.options)
    assert [bytes(opened.request("POST", "/", b"%d" % number).body) for number in range(5)] == [b"0", b"1", b"2", b"3", b"4"]
    assert server.connections == 1
    opened.close()
    opened.request("POST", "/", b"after")
    assert server.connections == 2


@pytest.mark.parametrize("path", ["/bye", "/vanish"])
def test_connection_that_the_server_has_ended_is_not_used_again(server, path):
    opened = wire.Wire(server.options)
    for _attempt in range(3):
        opened.request("POST", path, b"body")
        time.sleep(0.2)
    assert server.connections == 3


def test_threads_that_ask_at_once_have_a_connection_each_and_keep_both(server):
    opened = wire.Wire(server.options)
    for _round in range(3):
        with ThreadPoolExecutor(2) as pool:
            # Neither is answered before both have come.
            replies = list(pool.map(lambda name: opened.request("POST", "/together", name), [b"a", b"b"]))
        assert [bytes(reply.body) for reply in replies] == [b"a", b"b"]
    assert server.connections == 2


def test_handshake_tells_the_certificate_and_asks_nothing(server):
    shown = wire.Wire(server.options).handshake()
    assert (shown.certificate, shown.version) == (server.certificate, "TLSv1.3")
    assert server.requests == []


def test_pinned_certificate_needs_no_authority(server):
    pinned = dataclasses.replace(server.options, ca_path=None, fingerprint=tls.fingerprint_of(server.certificate))
    opened = wire.Wire(pinned)
    assert bytes(opened.request("POST", "/", b"body").body) == b"body"


def test_every_new_connection_is_compared_before_anything_is_sent(server):
    opened = wire.Wire(dataclasses.replace(server.options, ca_path=None, fingerprint=":".join(["AB"] * 32)))
    for _attempt in range(2):
        with pytest.raises(VsphereError) as caught:
            opened.request("POST", "/", b"s3cret")
        assert caught.value.kind == "certificate"
        assert ":".join(["AB"] * 32) in str(caught.value) and tls.fingerprint_of(server.certificate) in str(caught.value)
    assert server.requests == []
