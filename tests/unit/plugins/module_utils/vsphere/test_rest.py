# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session with a scripted vCenter of either generation; real HTTP is in tests/integration."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere import rest
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import (
    AuthenticationFailed,
    ConnectionDropped,
    DeadlinePassed,
    InvalidResponse,
    NotPermitted,
    NotReady,
    ServerFault,
    SessionExpired,
    SkippedByOptions,
    TimedOut,
    VsphereError,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.json_values import member, text
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.rest_server import NEWER, OLDER, FakeVcenter

CONNECTION = Connection("vc.example.com", 443, "reader", "s3cret")
VERSION_8 = (8, 0, 2, 0)


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    taken = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


@pytest.fixture(params=[NEWER, OLDER])
def vcenter(request):
    vcenter = FakeVcenter(request.param)
    vcenter.tags["t1"] = ("Gold", "c1")
    return vcenter


def session(vcenter, version=VERSION_8, **options):
    return rest.RestSession(replace(CONNECTION, **options), vcenter, version)


def read_name(value):
    return text(member(value, "name"), "name")


def name_of(opened, identifier="t1"):
    return opened.get_item("cis/tagging/tag", identifier, read_name)


@pytest.mark.parametrize(
    ("version", "speaks", "tried"),
    [
        ((8, 0, 2, 0), [NEWER, OLDER], [NEWER]),
        ((7, 0, 2, 0), [NEWER, OLDER], [NEWER]),
        ((7, 0, 1, 0), [NEWER, OLDER], [OLDER]),
        ((6, 5), [OLDER], [OLDER]),
        ((8, 0, 2, 0), [OLDER], [NEWER, OLDER]),
        ((), [NEWER, OLDER], [NEWER]),
        ((), [OLDER], [NEWER, OLDER]),
    ],
)
def test_newest_generation_that_the_server_has(version, speaks, tried):
    vcenter = FakeVcenter(*speaks)
    vcenter.tags["t1"] = ("Gold", "c1")
    with session(vcenter, version) as opened:
        assert name_of(opened) == "Gold"
    assert [asked.subject for asked in vcenter.asked if asked.purpose == "login"] == tried
    assert [asked.subject for asked in vcenter.asked if asked.purpose == "logout"] == tried[-1:]


def test_generation_is_remembered_for_a_new_login():
    vcenter = FakeVcenter(OLDER)
    with session(vcenter) as opened:
        vcenter.sessions.clear()
        name_of(opened)
    assert [asked.subject for asked in vcenter.asked if asked.purpose == "login"] == [NEWER, OLDER, OLDER]


def test_generation_does_not_change_within_a_session():
    """Else an item of the one, asked for in the other, would seem to be gone."""
    vcenter = FakeVcenter(NEWER, OLDER)
    vcenter.tags["t1"] = ("Gold", "c1")
    with pytest.raises(ServerFault, match="HTTP status 404"), session(vcenter) as opened:
        vcenter.sessions.clear()
        vcenter.troubles["login"] = [404]
        name_of(opened)
    assert {asked.subject for asked in vcenter.asked if asked.purpose == "login"} == {NEWER}


def test_server_without_rest():
    vcenter = FakeVcenter()
    with pytest.raises(ServerFault, match=r"the tagging service of vc.example.com answers HTTP status 404"), session(vcenter):
        pass
    assert vcenter.count("login") == 2


def test_missing_item(vcenter):
    with session(vcenter) as opened:
        assert name_of(opened, "t2") is None


@pytest.mark.parametrize("identifier", ["urn:vmomi:InventoryServiceTag:1-2:GLOBAL", "a b/../c?d=e#f%2f", "é🚀\n", "x" * 5000])
def test_identifier_of_any_kind(vcenter, identifier):
    vcenter.tags[identifier] = ("Silver", "c1")
    with session(vcenter) as opened:
        assert name_of(opened, identifier) == "Silver"


@pytest.mark.parametrize(("username", "password"), [("reader", "s3:cr:et"), ("prüfer@vsphere.local", "pässwörd €")])
def test_account_of_any_kind(username, password):
    vcenter = FakeVcenter(NEWER, account=f"{username}:{password}")
    with session(vcenter, username=username, password=password):
        assert vcenter.sessions


@pytest.mark.parametrize("options", [{"username": None, "password": None}, {"password": None}, {"username": ""}])
def test_session_token_is_not_enough(vcenter, options):
    with (
        pytest.raises(SkippedByOptions, match="session_token is not valid for REST, which tags need: give rest_session_token") as caught,
        session(vcenter, **options),
    ):
        pass
    assert vcenter.asked == [] and caught.value.kind == "left_out"


TOKENS = {"username": "", "password": "", "session_token": "s0ap"}


def test_given_session_is_used_and_not_ended(vcenter):
    vcenter.sessions.add("of another program")
    with session(vcenter, rest_session_token="of another program", **TOKENS) as opened:
        assert name_of(opened) == "Gold"
    assert vcenter.sessions == {"of another program"}
    assert {asked.purpose for asked in vcenter.asked} == {"look", "tag"}
    assert "of another program" not in repr(replace(CONNECTION, rest_session_token="of another program"))


def test_given_session_that_does_not_exist(vcenter, pauses):
    with pytest.raises(AuthenticationFailed, match="the server has no session of this rest_session_token: it has ended"):
        session(vcenter, rest_session_token="ended", **TOKENS).__enter__()
    assert pauses == []


@pytest.mark.parametrize("value", [None, [], "session-1"])
def test_reply_without_a_session(vcenter, value):
    vcenter.sessions.add("t0ken")
    # An older one says first that it does not know the newer path.
    vcenter.troubles["look"] = [lambda _body: value] * 2
    with pytest.raises(AuthenticationFailed, match="no session of this rest_session_token"):
        session(vcenter, rest_session_token="t0ken", **TOKENS).__enter__()


def test_given_session_that_ends_meanwhile(vcenter):
    vcenter.sessions.add("t0ken")
    with session(vcenter, rest_session_token="t0ken", **TOKENS) as opened:
        vcenter.sessions.clear()
        with pytest.raises(AuthenticationFailed, match="no session of this rest_session_token"):
            name_of(opened)
    assert vcenter.count("login") == vcenter.count("logout") == 0


def test_wrong_password_is_tried_once(vcenter, pauses):
    with pytest.raises(AuthenticationFailed, match="the login of reader to the tagging service is refused") as caught, session(vcenter, password="wr0ng"):
        pass
    assert caught.value.kind == "authentication"
    assert len([asked for asked in vcenter.asked if asked == ("login", vcenter.speaks[0])]) == 1
    assert pauses == []


@pytest.mark.parametrize(
    "problem", [503, 500, 429, ConnectionDropped("cut"), TimedOut("silent"), b'{"value": "sess', b"", b"<html>", b'{"value": {}}', b'"a\\r\\nb"']
)
@pytest.mark.parametrize("purpose", ["login", "tag"])
def test_transient_errors_are_retried(vcenter, pauses, purpose, problem):
    vcenter.troubles[purpose] = [problem] * 3
    with session(vcenter, retries=3) as opened:
        assert name_of(opened) == "Gold"
    assert pauses == [0.5, 1.0, 2.0]
    assert vcenter.count(purpose) >= 4


LASTING = [
    pytest.param(503, NotReady, r"answers HTTP status 503", True, id="not ready"),
    pytest.param(404, ServerFault, r"answers HTTP status 404", False, id="not there"),
    pytest.param(302, ServerFault, r"answers HTTP status 302", False, id="elsewhere"),
    pytest.param(400, ServerFault, r"answers HTTP status 400", False, id="no sense"),
    pytest.param(403, NotPermitted, "reader may not read tags: give the account the role Read-only", False, id="forbidden"),
    pytest.param(ConnectionDropped("cut"), ConnectionDropped, "cut", True, id="cut"),
    pytest.param(TimedOut("silent"), TimedOut, "silent", True, id="silent"),
    pytest.param(DeadlinePassed("late"), DeadlinePassed, "late", False, id="deadline"),
    pytest.param(b"<html/>", InvalidResponse, "the response of the tagging service cannot be used, it is no JSON", True, id="web page"),
    pytest.param(b"{}", InvalidResponse, "the response of the tagging service cannot be used, ", True, id="another structure"),
    pytest.param(b"null", InvalidResponse, "the response of the tagging service cannot be used, ", True, id="nothing"),
    pytest.param(b'{"value": null}', InvalidResponse, "the response of the tagging service cannot be used, ", True, id="nothing wrapped"),
    pytest.param(401, SessionExpired, "the tagging service has ended the session of reader", True, id="session lost"),
]


@pytest.mark.parametrize(("problem", "kind", "message", "tried_again"), LASTING)
def test_permanent_error_is_raised_and_leaves_no_session(vcenter, pauses, problem, kind, message, tried_again):
    vcenter.troubles["objects"] = [problem] * 9
    with pytest.raises(VsphereError, match=message) as caught, session(vcenter, retries=2) as opened:
        opened.call_action("cis/tagging/tag-association", "list-attached-tags-on-objects", {"object_ids": []}, read_name)
    assert isinstance(caught.value, kind)
    assert "\n" not in str(caught.value)
    assert pauses == ([0.5, 1.0] if tried_again else [])
    assert vcenter.sessions == set()


def test_no_pause_is_longer_than_the_deadline_allows(vcenter, pauses):
    vcenter.remaining = 0.7
    vcenter.troubles["tag"] = [503, 503]
    with session(vcenter) as opened:
        name_of(opened)
    assert pauses == [0.5, 0.7]


def test_ended_session_is_replaced_by_one_login(vcenter):
    with session(vcenter) as opened:
        logins = vcenter.count("login")
        vcenter.sessions.clear()
        assert name_of(opened) == "Gold"
        assert vcenter.count("login") == logins + 1
    assert vcenter.sessions == set()


def test_session_that_only_seems_ended_is_closed_too(vcenter):
    vcenter.troubles["tag"] = [401]
    with session(vcenter) as opened:
        assert name_of(opened) == "Gold"
    assert vcenter.sessions == set()


def test_only_the_logout_has_a_grace_period(vcenter):
    """Other threads share the transport, and its deadline."""
    vcenter.troubles["tag"] = [401]
    with session(vcenter) as opened:
        name_of(opened)
    assert vcenter.count("logout") == 2
    assert vcenter.remaining_times == [60.0] * (len(vcenter.asked) - 1) + [5.0]


def test_password_changed_meanwhile(vcenter):
    with pytest.raises(AuthenticationFailed), session(vcenter) as opened:
        vcenter.sessions.clear()
        vcenter.account = "reader:another"
        name_of(opened)


@pytest.mark.parametrize("problem", [KeyboardInterrupt, SystemExit, ZeroDivisionError])
def test_session_is_closed_whatever_happens(vcenter, problem):
    with pytest.raises(problem), session(vcenter):
        assert vcenter.sessions
        raise problem
    assert vcenter.sessions == set()


@pytest.mark.parametrize("problem", [503, ConnectionDropped("cut"), b"nonsense"])
def test_failed_logout_is_ignored(vcenter, problem):
    vcenter.troubles["logout"] = [problem]
    with session(vcenter) as opened:
        found = name_of(opened)
    assert found == "Gold"
    assert vcenter.count("logout") == 1


def test_no_secret_in_any_message(vcenter):
    """Not even where the server repeats what it was sent."""
    echo = b'{"messages": ["cmVhZGVyOnMzY3JldA== s3cret session-1"]}'
    texts = []
    for purpose in ("login", "tag"):
        for problem in (401, 403, 404, 503, echo, b'"s3cret session-1'):
            vcenter.troubles = {key: [problem] * 9 if key == purpose else [] for key in ("login", "logout", "tag")}
            with pytest.raises(VsphereError) as caught, session(vcenter, retries=0) as opened:
                # None for 404, which is no error of an item.
                if name_of(opened) is None:
                    raise VsphereError("nothing")
            texts.append(f"{caught.value!r} {caught.value.__cause__!r} {session(vcenter)!r}")
    assert len(texts) == 12
    assert not [line for line in texts if "s3cret" in line or "cmVh" in line or "session-1" in line]
