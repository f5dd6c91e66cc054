# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    InvalidResponse,
    ResponseTooLarge,
    ServerFault,
    SessionExpired,
    UnknownProperty,
    Unreachable,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve, retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


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


def machines(*names):
    return [MoRef("VirtualMachine", name) for name in names]


class ObjectSession(FakeSession):
    """Answers requests for objects, one reply or error after another; then with all that is asked for."""

    def __init__(self, *replies, **following):
        super().__init__(b"", **following)
        self.replies = list(replies)
        self.asked = []
        self.renewed = 0

    def objects_page(self, refs, wanted, with_ancestors):
        self.asked.append(([ref.moid for ref in refs], {name: list(paths) for name, paths in wanted.items()}, with_ancestors))
        reply = self.replies.pop(0) if self.replies else page(*(ref.moid for ref in refs))
        if isinstance(reply, Exception):
            raise reply
        return reply

    def call_with_retries(self, attempt):
        try:
            return attempt()
        except VsphereError as error:
            if not error.transient or self.renewed:
                raise
            self.renewed += 1
            return attempt()


WANTED = {"VirtualMachine": ["name", "config.new"]}


def test_objects_are_read_in_batches():
    session = ObjectSession()
    names = [f"vm-{number}" for number in range(1001)]
    found = retrieve_objects(session, machines(*names, *names), WANTED, {})
    assert [ref.moid for ref in found] == names and found[machines("vm-7")[0]].properties == {"name": "vm-7"}
    assert [len(refs) for refs, _wanted, _above in session.asked] == [500, 500, 1]
    assert retrieve_objects(session, [], WANTED, {}) == {} and len(session.asked) == 3


def test_objects_that_are_gone_cost_no_other():
    vanished = page("b").replace(b"<propSet>", b'<missingSet><path>name</path><fault><fault xsi:type="ManagedObjectNotFound"/></fault></missingSet><propSet>')
    vanished = vanished[: vanished.index(b"<propSet>")] + vanished[vanished.index(b"</propSet>") + 10 :]
    assert list(retrieve_objects(ObjectSession(page("a", "c")), machines("a", "b", "c"), WANTED, {})) == machines("a", "c")
    assert list(retrieve_objects(ObjectSession(page()), machines("a"), WANTED, {})) == []
    assert list(retrieve_objects(ObjectSession(vanished), machines("b"), WANTED, {})) == [], "deleted while it is read"


def test_a_server_may_answer_in_pages():
    session = ObjectSession(page("a", token="t1"), t1=page("b", token="t2"), t2=page("c"))
    assert list(retrieve_objects(session, machines("a", "b", "c"), WANTED, {})) == machines("a", "b", "c")


def test_a_property_that_the_server_does_not_know_is_left_out():
    session = ObjectSession(UnknownProperty("config.new"))
    assert list(retrieve_objects(session, machines("a"), WANTED, {})) == machines("a")
    assert [wanted["VirtualMachine"] for _refs, wanted, _above in session.asked] == [["name", "config.new"], ["name"]]
    with pytest.raises(UnknownProperty):
        retrieve_objects(ObjectSession(UnknownProperty("config.other")), machines("a"), WANTED, {})


def test_replies_that_are_too_large_become_smaller():
    session = ObjectSession(ResponseTooLarge("large"), ResponseTooLarge("large"))
    names = [f"vm-{number}" for number in range(20)]
    assert list(retrieve_objects(session, machines(*names), WANTED, {})) == machines(*names)
    assert [len(refs) for refs, _wanted, _above in session.asked] == [20, 20, 7, 7, 6]
    with pytest.raises(ResponseTooLarge):
        retrieve_objects(ObjectSession(*(ResponseTooLarge("large") for _time in range(9))), machines("a"), WANTED, {})


def test_a_read_of_objects_is_repeated():
    assert list(retrieve_objects(ObjectSession(Unreachable("cut")), machines("a"), WANTED, {})) == machines("a")
    with pytest.raises(Unreachable):
        retrieve_objects(ObjectSession(Unreachable("cut"), Unreachable("cut")), machines("a"), WANTED, {})


def endless(number=0):
    return page(f"x{number}", token=f"t{number + 1}")


@pytest.mark.parametrize(
    ("first", "following", "with_ancestors"),
    [
        (page("b"), {}, False),
        (page("a", token="t1"), {"t1": page("a")}, False),
        (page("a", token="t1"), {"t1": page(token="t2")}, False),
        (page("a", token="t1"), {"t1": page("a", token="t1")}, True),
        (endless(), {f"t{number}": endless(number) for number in range(1, 300)}, True),
    ],
    ids=["another object", "the same object again", "an empty page", "the same page again", "objects without end"],
)
def test_a_server_that_does_not_stop(first, following, with_ancestors):
    with pytest.raises(InvalidResponse, match="not asked for"):
        retrieve_objects(ObjectSession(first, first, **following), machines("a"), WANTED, {}, with_ancestors)


def test_ancestors_come_along():
    folder = b'<objects><obj type="Folder">group-1</obj></objects></returnval>'
    session = ObjectSession(page("a").replace(b"</returnval>", folder))
    assert list(retrieve_objects(session, machines("a"), WANTED, {}, with_ancestors=True)) == [*machines("a"), MoRef("Folder", "group-1")]
    assert session.asked[0][2]


def test_an_ended_session_of_a_read_of_objects():
    missing = '<missingSet><path>name</path><fault><fault xsi:type="NotAuthenticated"/></fault></missingSet>'
    invalid = page("a").replace(b"<propSet>", missing.encode() + b"<propSet>")
    with pytest.raises(SessionExpired):
        retrieve_objects(ObjectSession(invalid, invalid), machines("a"), WANTED, {})
    assert list(retrieve_objects(ObjectSession(invalid), machines("a"), WANTED, {})) == machines("a")


@pytest.mark.parametrize("refused", [False, True])
def test_total_is_reported_as_soon_as_there_is_more(refused):
    """And where it cannot be counted, the pages come all the same."""

    class Counted(FakeSession):
        def view_size(self, view):
            if refused:
                raise Unreachable("gone")
            return 3

    totals: list[int] = []
    pages = retrieve(Counted(page("a", "b", token="t1"), t1=page("c")), {"VirtualMachine": ["name"]}, {}, 2, totals.append)
    assert sum(map(len, pages)) == 3 and totals == ([] if refused else [3])
    assert len(list(retrieve(Counted(page("a")), {"VirtualMachine": ["name"]}, {}, 2, totals.append))) == 1
    assert len(totals) <= 1, "one page is not counted"


def test_page_that_comes_again_and_again():
    session = FakeSession(page("a", token="t1"), t1=page("b", token="t2"), t2=page("c", token="t1"))
    with pytest.raises(InvalidResponse, match="the same page again and again"):
        read(session)
    assert session.open_views == 0
