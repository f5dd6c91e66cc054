# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits on real sockets."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.bounded_socket import MAX_HEAD_BYTES, TooManyBytes, open_connection
from ansible_collections.estate.vmware.plugins.module_utils.common.deadline import DeadlineExceeded, TimeLimits


@pytest.fixture
def peer():
    """A function that starts a server with a handler for its connections, and returns its address."""
    listeners = []

    def listen(serve):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def accept():
            connection, _address = listener.accept()
            with connection, suppress(OSError):
                serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        return listener.getsockname()

    yield listen
    for listener in listeners:
        listener.close()


def a_byte_now_and_then(connection):
    for _number in range(300):
        connection.sendall(b"x")
        time.sleep(0.1)


def silence(connection):
    time.sleep(30)


@pytest.fixture
def in_time():
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("serve", [a_byte_now_and_then, silence])
def test_receiving_ends_with_the_deadline(peer, serve, in_time):
    with open_connection(*peer(serve), TimeLimits(60, 1)) as sock, sock.makefile("rb") as stream, pytest.raises(DeadlineExceeded):
        stream.read(1000)


def test_sending_to_a_peer_that_does_not_read_ends_with_the_deadline(peer, in_time):
    with open_connection(*peer(silence), TimeLimits(60, 1)) as sock, pytest.raises(DeadlineExceeded):
        sock.sendall(bytes(50_000_000))


def test_sending_to_a_peer_that_does_not_read_ends_with_the_timeout(peer, in_time):
    with open_connection(*peer(silence), TimeLimits(1, 60)) as sock, pytest.raises(TimeoutError) as caught:
        sock.sendall(bytes(50_000_000))
    assert not isinstance(caught.value, DeadlineExceeded)


def test_sending_to_a_peer_that_reads_slowly_succeeds(peer):
    def slowly(connection):
        connection.settimeout(None)
        for _number in range(20):
            time.sleep(0.1)
            connection.recv(1 << 20)
        while connection.recv(1 << 20):
            pass

    with open_connection(*peer(slowly), TimeLimits(1, 60)) as sock:
        sock.sendall(bytes(20_000_000))


def test_head_of_a_response_has_one_timeout(peer, in_time):
    with open_connection(*peer(a_byte_now_and_then), TimeLimits(1, 60)) as sock, sock.makefile("rb") as stream:
        with pytest.raises(TimeoutError) as caught, sock.response_head():
            stream.readline()
        assert not isinstance(caught.value, DeadlineExceeded)


def test_head_of_a_response_is_limited_in_size(peer):
    def flood(connection):
        while True:
            connection.sendall(b"x: y\r\n" * 1000)

    with open_connection(*peer(flood), TimeLimits(5, 60)) as sock, sock.makefile("rb") as stream:
        with pytest.raises(TooManyBytes), sock.response_head():
            while stream.readline():
                pass
        assert sock.bytes_allowed > MAX_HEAD_BYTES, "that goes for heads alone"


def test_name_that_cannot_be_resolved_in_time(monkeypatch, in_time):
    def resolve(host, *_more, flags=0):
        if flags:
            raise socket.gaierror(socket.EAI_NONAME, "no number")
        time.sleep(30)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(socket.gaierror, match="no answer within 1 s"):
        open_connection("vc.example.com", 443, TimeLimits(1, 60))
    with pytest.raises(DeadlineExceeded):
        open_connection("vc.example.com", 443, TimeLimits(60, 1))


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example.com", "\udc80"])
def test_invalid_host_name(name):
    with pytest.raises(socket.gaierror):
        open_connection(name, 443, TimeLimits(5, 60))


def _addresses(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *question, **more: found)


def test_addresses_share_one_timeout(peer, monkeypatch, in_time):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # Connections beyond the backlog get no answer.
        waiting = [socket.socket() for _number in range(3)]
        for one in waiting:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(full.getsockname())
        _addresses(monkeypatch, full.getsockname(), peer(lambda connection: connection.sendall(b"hello")))
        with open_connection("vc.example.com", 443, TimeLimits(2, 60)) as sock:
            assert sock.makefile("rb").read() == b"hello"
        _addresses(monkeypatch, *[full.getsockname()] * 4)
        with pytest.raises(TimeoutError):
            open_connection("vc.example.com", 443, TimeLimits(1, 60))
        for one in waiting:
            one.close()


def test_host_without_an_address(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: [])
    with pytest.raises(OSError, match="has no address"):
        open_connection("vc.example.com", 443, TimeLimits(1, 60))


def test_address_that_refuses():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            open_connection(*taken.getsockname(), TimeLimits(5, 60))
