# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to a proxy, and its responses."""

from __future__ import annotations

import base64
import queue
import socket
import threading

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded, TimeLimits
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import proxy as proxy_file
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import VsphereError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.proxy import Proxy


@pytest.fixture
def proxy():
    """A function that makes a proxy that gives one answer; what it was asked is in the queue that comes with it."""
    listeners = []

    def answering(answer, **login):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        asked = queue.Queue()

        def serve():
            tunnel, _address = listener.accept()
            with tunnel:
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += tunnel.recv(1)
                asked.put(request.decode())
                if answer is None:
                    tunnel.recv(1)
                else:
                    tunnel.sendall(answer)
                    asked.put(tunnel.recv(100))

        threading.Thread(target=serve, daemon=True).start()
        return Proxy(*listener.getsockname(), **login), asked

    yield answering
    for listener in listeners:
        listener.close()


def connected(one):
    with one.connect("vc.example.com", 443, TimeLimits(1, 60)) as tunnel:
        tunnel.sendall(b"hello")


def test_bytes_after_the_response_of_the_proxy_belong_to_the_source(proxy):
    one, asked = proxy(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
    connected(one)
    assert [asked.get(timeout=5), asked.get(timeout=5)] == ["CONNECT vc.example.com:443 HTTP/1.1\r\nHost: vc.example.com:443\r\n\r\n", b"hello"]


def test_credentials_are_sent_if_given(proxy):
    one, asked = proxy(b"HTTP/1.0 200 OK\r\n\r\n", username="me", password="pr0xÿ")
    connected(one)
    credentials = base64.b64encode("me:pr0xÿ".encode()).decode()
    assert f"\r\nProxy-Authorization: Basic {credentials}\r\n" in asked.get(timeout=5)


@pytest.mark.parametrize(("host", "target"), [("2001:db8::1", "[2001:db8::1]:443"), ("bücher.example", "xn--bcher-kva.example:443")])
def test_address_of_the_source_in_the_request(proxy, host, target):
    one, asked = proxy(b"HTTP/1.1 200 OK\r\n\r\n")
    one.connect(host, 443, TimeLimits(1, 60)).close()
    assert asked.get(timeout=5).startswith(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n")


LOGIN = {"username": "me", "password": "pr0xy"}


@pytest.mark.parametrize(
    ("answer", "login", "kind", "message"),
    [
        (b"HTTP/1.1 407 Who?\r\n\r\n", {}, "proxy", "requires a login (HTTP status 407 Who?): give proxy_username and proxy_password"),
        (b"HTTP/1.1 407 Who?\r\n\r\n", LOGIN, "proxy", "rejects the login of me (HTTP status 407 Who?): check proxy_username"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", {}, "proxy", "does not connect to vc.example.com:443 (HTTP status 403 Forbidden)"),
        (b"HTTP/1.1 503 No\r\n\r\n", {}, "unreachable", "cannot reach vc.example.com:443 (HTTP status 503 No): check hostname"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", {}, "proxy", "is no HTTP proxy (BadStatusLine)"),
        (b"", {}, "timeout", "has not reached vc.example.com:443 within 1 s"),
        (None, {}, "timeout", "has not reached vc.example.com:443 within 1 s"),
    ],
)
def test_proxy_that_refuses_to_connect(proxy, answer, login, kind, message):
    one, _asked = proxy(answer, **login)
    with pytest.raises(VsphereError) as caught:
        connected(one)
    assert caught.value.kind == kind
    assert message in str(caught.value) and one.address in str(caught.value)
    assert "pr0xy" not in str(caught.value)


def test_proxy_that_is_down():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        one = Proxy(*taken.getsockname())
        with pytest.raises(VsphereError, match="no connection to the proxy 127.0.0.1:.*Connection refused.*check proxy_host and proxy_port") as caught:
            connected(one)
    assert caught.value.kind == "proxy"


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (socket.gaierror(-2, "Name or service not known"), "the name of the proxy p:1 cannot be resolved (Name or service not known)"),
        (TimeoutError("timed out"), "the proxy p:1 does not answer within 1 s"),
        (OSError(113, "No route to host"), "no connection to the proxy p:1 (No route to host)"),
    ],
)
def test_proxy_that_cannot_be_reached(monkeypatch, raised, message):
    def fail(*arguments):
        raise raised

    monkeypatch.setattr(proxy_file, "open_connection", fail)
    with pytest.raises(VsphereError) as caught:
        connected(Proxy("p", 1))
    assert caught.value.kind == "proxy" and message in str(caught.value)


def test_proxy_that_closes_the_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut():
            tunnel, _address = listener.accept()
            tunnel.recv(1)
            tunnel.close()

        threading.Thread(target=cut, daemon=True).start()
        one = Proxy(*listener.getsockname())
        with pytest.raises(VsphereError, match=f"the proxy {one.address} closed the connection") as caught:
            connected(one)
    assert caught.value.transient


@pytest.mark.parametrize("answers", [True, False])
def test_deadline_is_no_fault_of_the_proxy(proxy, monkeypatch, answers):
    """Whoever raises the timeout would wait no longer."""
    one, _asked = proxy(None)
    if not answers:

        def passed(*arguments):
            raise DeadlineExceeded("it took longer than 0.1 s")

        monkeypatch.setattr(proxy_file, "open_connection", passed)
    with pytest.raises(DeadlineExceeded):
        one.connect("vc.example.com", 443, TimeLimits(5, 0.1))


def test_proxy_with_an_endless_answer(proxy):
    one, _asked = proxy(b"HTTP/1.1 200 OK\r\n" + b"X-Padding: x\r\n" * 20000)
    with pytest.raises(VsphereError, match="is no HTTP proxy") as caught:
        connected(one)
    assert caught.value.kind == "proxy"
