# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a watcher reports, and what it leaves behind; tests/integration/test_scheduler.py has real servers."""

from __future__ import annotations

import pytest
from hostile_vcenter import returned

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, InvalidResponse, MethodFault, NotPermitted, TimedOut
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.watcher import Update, Watcher
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import PASS, Refusal, SoapServer, Xml

VM, TASK, OTHER = MoRef("VirtualMachine", "vm-1"), MoRef("Task", "task-1"), MoRef("Task", "task-2")
POWER, STATE = "runtime.powerState", "info.state"
WANTED = {"VirtualMachine": (POWER,), "Task": (STATE,)}
SHAPES = {"VirtualMachine": {POWER: short_text}, "Task": {STATE: short_text}}
CUT = ConnectionDropped("closed")


@pytest.fixture
def server():
    return SoapServer({VM: {POWER: "poweredOff", "name": "web"}, TASK: {STATE: "queued"}, OTHER: {STATE: "queued"}})


@pytest.fixture
def session(server, open_session):
    return open_session(server)


@pytest.fixture
def watcher(session):
    with Watcher(session, WANTED, SHAPES) as made:
        yield made


@pytest.fixture
def viewing(server, open_session):
    """A watcher in a session that others gave: all of its objects are in a view."""
    with Watcher(open_session(server, username="", password="", session_token=server.given_session()), WANTED, SHAPES) as made:
        yield made


def test_all_is_reported_of_what_is_new_and_changes_of_what_is_known(server, watcher):
    assert watcher.change([TASK]) == []
    assert watcher.updates(0) == [Update(TASK, {STATE: "queued"})]
    assert watcher.updates(0) == []
    watcher.change([VM])
    server.change(TASK, {STATE: "running", "info.name": "PowerOn"})
    assert sorted(watcher.updates(0)) == [Update(TASK, {STATE: "running"}), Update(VM, {POWER: "poweredOff"})]


def test_first_objects_take_one_request_and_what_follows_several_times_is_in_a_view(server, watcher):
    objects = [MoRef("Task", f"task-{number}") for number in range(10, 16)]
    for each in objects:
        server.change(each, {STATE: "queued"})
        watcher.change([each], objects)
        assert watcher.updates(0) == [Update(each, {STATE: "queued"})]
        assert len(server.filters) <= 3
    named, viewed = ["CreateFilter", "WaitForUpdatesEx"] * 3, ["CreatePropertyCollector", "CreateListView", "CreateFilter", "WaitForUpdatesEx"]
    assert server.methods() == [*named, *["DestroyPropertyFilter"] * 3, *viewed, *["ModifyListView", "WaitForUpdatesEx"] * 2]


def test_unknown_objects_that_are_named_are_gone(server, watcher):
    gone, lost = MoRef("Task", "task-8"), MoRef("Task", "task-9")
    assert watcher.change([gone, TASK]) == []
    assert watcher.updates(0) == [Update(TASK, {STATE: "queued"}), Update(gone, {}, is_gone=True)]
    assert watcher.change([OTHER, lost]) == []
    assert watcher.updates(0)[1:] == [Update(OTHER, {STATE: "queued"}), Update(lost, {}, is_gone=True)]
    assert watcher.updates(0) == []


def test_nothing_to_change_is_no_request(server, watcher):
    watcher.change([TASK, TASK])
    before = server.calls
    assert watcher.change([], [OTHER]) == []
    assert server.calls == before


def test_what_is_not_watched_any_more_is_not_reported(server, watcher):
    watcher.change([TASK, OTHER])
    watcher.updates(0)
    watcher.change([], [OTHER])
    for ref in (TASK, OTHER):
        server.change(ref, {STATE: "success"})
    assert watcher.updates(0) == [Update(TASK, {STATE: "success"})]


def test_everything_may_be_left_and_watched_again(server, watcher):
    watcher.change([TASK])
    watcher.updates(0)
    watcher.change([], [TASK])
    assert watcher.updates(0) == []
    watcher.change([TASK])
    assert watcher.updates(0) == [Update(TASK, {STATE: "queued"})]


def test_what_leaves_the_view_leaves_with_the_next_change(server, viewing):
    viewing.change([TASK])
    viewing.updates(0)
    before = server.calls
    viewing.change([], [TASK])
    assert server.calls == before and viewing.updates(0) == []
    viewing.change([OTHER])
    assert (server.asked[-1].refs("add"), server.asked[-1].refs("remove")) == ([OTHER], [TASK])
    viewing.change([], [OTHER])
    viewing.change([OTHER])
    assert viewing.updates(0) == [Update(OTHER, {STATE: "queued"})], "what comes back is new"


def test_unknown_objects_are_named_and_cost_no_other(server, viewing):
    gone, lost = MoRef("Task", "task-8"), MoRef("Task", "task-9")
    assert viewing.change([gone, TASK]) == [gone], "where the view is made"
    assert viewing.change([OTHER, lost]) == [lost], "where it is there already"
    assert [update.ref for update in viewing.updates(0)] == [TASK, OTHER]


def test_unknown_object_that_a_server_keeps_in_its_view_is_taken_out(server, viewing):
    viewing.change([TASK])
    lost = MoRef("Task", "task-9")
    viewing.change([lost])
    asked = server.asked[-1]
    assert (asked.method, asked.refs("add"), asked.refs("remove")) == ("ModifyListView", [], [lost])


def test_refusal_to_take_it_out_is_no_error(server, viewing):
    viewing.change([TASK])
    lost = MoRef("Task", "task-9")
    server.troubles["ModifyListView"] = [PASS, Refusal("InvalidArgument")]
    assert viewing.change([lost]) == [lost]
    assert viewing.updates(0) == [Update(TASK, {STATE: "queued"})]


def test_lost_session_is_replaced_and_everything_reported_anew(server, watcher):
    watcher.change([TASK, OTHER])
    watcher.updates(0)
    server.end_sessions()
    server.remove(OTHER)
    server.change(TASK, {STATE: "success"})
    assert watcher.updates(0) == [Update(OTHER, {}, is_gone=True)]
    assert watcher.updates(0) == [Update(TASK, {STATE: "success"})]
    assert server.methods().count("CreatePropertyCollector") == 1


def test_session_that_is_lost_while_objects_are_added(server, watcher):
    watcher.change([TASK])
    server.end_sessions()
    assert watcher.change([OTHER]) == []
    assert {update.ref for update in watcher.updates(0)} == {TASK, OTHER}


def test_session_that_somebody_else_renewed(session, watcher):
    """The sending threads log in anew, too."""
    watcher.change([TASK])
    session.renew(session.number)
    assert watcher.change([OTHER]) == []
    assert {update.ref for update in watcher.updates(0)} == {TASK, OTHER}


@pytest.mark.parametrize("lost", [CUT, TimedOut("no answer"), Refusal("ManagedObjectNotFound"), Refusal("NotAuthenticated"), b"<nonsense/>"])
def test_lost_answer_misses_no_change(server, watcher, lost):
    """The server may have counted it as delivered."""
    watcher.change([TASK])
    watcher.updates(0)
    server.change(TASK, {STATE: "success"})
    server.troubles["WaitForUpdatesEx"] = [lost]
    assert watcher.updates(0) == [Update(TASK, {STATE: "success"})]


def test_server_that_refuses_is_not_asked_for_ever(server, watcher):
    server.answers["CreateFilter"] = lambda asked: Refusal("NoPermission")
    with pytest.raises(NotPermitted):
        watcher.change([TASK])
    assert server.methods().count("CreateFilter") == 1
    assert server.open == server.filters == {}, "nothing half-made is left"


def test_property_that_the_server_does_not_know(server, watcher):
    server.answers["CreateFilter"] = lambda asked: Refusal("InvalidProperty", STATE, {"name": STATE})
    with pytest.raises(MethodFault, match=f"InvalidProperty: {STATE}"):
        watcher.change([TASK])


@pytest.mark.parametrize("method", ["CreatePropertyCollector", "CreateListView"])
def test_server_that_names_no_view_or_collector(server, viewing, method):
    server.answers[method] = lambda asked: None
    with pytest.raises(InvalidResponse, match="created no view or collector"):
        viewing.change([TASK])


def test_server_without_end_of_changes(server, watcher, monkeypatch):
    endless = returned("WaitForUpdatesEx", "<version>1</version><truncated>true</truncated>").encode()
    watcher.change([TASK])
    server.answers["WaitForUpdatesEx"] = lambda asked: endless
    monkeypatch.setattr("ansible_collections.estate.vmware.plugins.module_utils.vsphere.watcher._MOST_ANSWERS", 3)
    with pytest.raises(InvalidResponse, match="change after change without end"):
        watcher.updates(0)


def update(ref, state):
    return f'<objectSet><kind>modify</kind><obj type="Task">{ref.moid}</obj><changeSet><name>{STATE}</name><val>{state}</val></changeSet></objectSet>'


def test_several_answers_are_one_and_only_the_first_is_waited_for(server, watcher):
    watcher.change([TASK, OTHER])
    more = Xml(f"<returnval><version>7</version><filterSet>{update(TASK, 'running')}</filterSet><truncated>true</truncated></returnval>")
    server.troubles["WaitForUpdatesEx"] = [more, Xml(f"<returnval><version>8</version><filterSet>{update(OTHER, 'error')}</filterSet></returnval>")]
    assert watcher.updates(4) == [Update(TASK, {STATE: "running"}), Update(OTHER, {STATE: "error"})]
    waits = [(asked.text("version"), asked.text("options/maxWaitSeconds")) for asked in server.asked if asked.method == "WaitForUpdatesEx"]
    assert waits == [("", "4"), ("7", "0")]
    watcher.updates(0)
    assert server.asked[-1].text("version") == "8"


def test_update_of_a_stranger_is_no_news(server, watcher):
    watcher.change([TASK])
    watcher.updates(0)
    server.troubles["WaitForUpdatesEx"] = [Xml(f"<returnval><version>7</version><filterSet>{update(OTHER, 'error')}</filterSet></returnval>")]
    assert watcher.updates(0) == []


@pytest.mark.parametrize(
    ("seconds", "timeout", "remaining", "expected"),
    [(0, 30, 60, "0"), (0.2, 30, 60, "1"), (100, 30, 60, "15"), (100, 600, 600, "20"), (100, 30, 2.5, "3"), (100, 30, 0.0, "0")],
)
def test_wait_is_below_every_other_limit(server, watcher, seconds, timeout, remaining, expected):
    watcher.change([TASK])
    server.timeout, server.remaining = timeout, remaining
    watcher.updates(seconds)
    assert server.asked[-1].text("options/maxWaitSeconds") == expected


def test_nothing_is_left_in_a_session_that_stays(server, open_session):
    session = open_session(server, username="", password="", session_token=server.given_session())
    with Watcher(session, WANTED, SHAPES) as watcher:
        watcher.change([TASK])
        assert len(server.open) == 2
    assert server.open == {}


def test_what_a_new_session_takes_along_is_not_removed_one_by_one(server, session):
    with Watcher(session, WANTED, SHAPES) as watcher:
        watcher.change([TASK])
    assert not any(method.startswith("Destroy") for method in server.methods())
