# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ServerFault, SessionExpired, Unreachable
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session


def page(*names: str, token: str = "", token_last: bool = False) -> bytes:
    mark = f"<token>{token}</token>" if token else ""
    objects = "".join(
        f'<objects><obj type="VirtualMachine">{name}</obj><propSet><name>name</name><val xsi:type="xsd:string">{name}</val></propSet></objects>'
        for name in names
    )
    content = objects + mark if token_last else mark + objects
    return (
        '<E:Envelope xmlns:E="e" xmlns:xsi="i" xmlns:xsd="x"><E:Body><RetrievePropertiesExResponse xmlns="urn:vim25">'
        f"<returnval>{content}</returnval></RetrievePropertiesExResponse></E:Body></E:Envelope>"
    ).encode()


class FakeSession:
    """Answers with pages by token, and remembers views and questions."""

    def __init__(self, first: bytes, **following: bytes):
        self.first = first
        self.following = following
        self.open_views = 0
        self.tokens: list[str] = []
        self.aborted = 0
        self.transport = self

    translate_decode_errors = Session(Connection("vc", 443, "reader", "s3cret")).translate_decode_errors

    @contextmanager
    def container_view(self, types, container=None):
        self.open_views += 1
        try:
            yield object()
        finally:
            self.open_views -= 1

    def abort_requests(self):
        self.aborted += 1

    def first_page(self, view, wanted, page_size):
        return self.first

    def next_page(self, token):
        self.tokens.append(token)
        return self.following[token]


def read(session) -> list[list[str]]:
    pages = retrieve(session, {"VirtualMachine": ["name"]}, {}, 2)
    return [[item.properties["name"] for item in objects] for objects in pages]


@pytest.mark.parametrize("token_last", [False, True], ids=["token first", "token last"])
def test_each_page_is_requested_once(token_last):
    session = FakeSession(page("a", "b", token="t1", token_last=token_last), t1=page("c", "d", token="t2", token_last=token_last), t2=page("e"))
    assert read(session) == [["a", "b"], ["c", "d"], ["e"]]
    assert session.tokens == ["t1", "t2"]
    assert session.open_views == 0


def test_name_that_looks_like_a_token():
    assert read(FakeSession(page("&lt;token&gt;x&lt;/token&gt;"))) == [["<token>x</token>"]]


def test_next_page_is_requested_while_this_one_is_processed():
    asked = threading.Event()

    class Watched(FakeSession):
        def next_page(self, token):
            asked.set()
            return super().next_page(token)

    pages = retrieve(Watched(page("a", token="t1"), t1=page("b")), {"VirtualMachine": ["name"]}, {}, 1)
    next(pages)
    assert asked.wait(10), "the second page is requested only after the first one"
    assert len(list(pages)) == 1


def test_no_objects():
    assert read(FakeSession(page())) == [[]]


def test_view_is_destroyed_when_the_reader_stops_early():
    session = FakeSession(page("a", token="t1"), t1=page("b"))
    pages = retrieve(session, {"VirtualMachine": ["name"]}, {}, 1)
    next(pages)
    pages.close()
    assert session.open_views == 0
    assert session.aborted == 1, "the request for the next page is aborted"


def test_view_is_destroyed_when_a_page_cannot_be_fetched():
    class Broken(FakeSession):
        def next_page(self, token):
            raise Unreachable("gone")

    session = Broken(page("a", token="t1"))
    with pytest.raises(Unreachable):
        read(session)
    assert session.open_views == 0


def test_page_without_any_property_shows_an_ended_session():
    missing = '<missingSet><path>name</path><fault><fault xsi:type="NotAuthenticated"/></fault></missingSet>'
    invalid = page("a").replace(b"<propSet>", missing.encode() + b"<propSet>")
    with pytest.raises(SessionExpired):
        read(FakeSession(invalid))


@pytest.mark.parametrize("reply", [b"<html/>", b"no xml"])
def test_undecodable_page(reply):
    with pytest.raises(ServerFault, match="cannot be used"):
        read(FakeSession(reply))
