# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine import customization_events
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization_events import CustomizationEvents
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.vsphere.soap_server import Refusal, SoapServer

WEB, DB, OTHER = (MoRef("VirtualMachine", f"vm-{number}") for number in range(3))
SINCE = datetime(2026, 11, 28, 12, 30, tzinfo=timezone.utc)


def event(kind, vm, text="it says so"):
    return {TYPE: kind, "vm": {TYPE: "VmEventArgument", "name": "web", "vm": vm}, "fullFormattedMessage": text}


@pytest.fixture
def server():
    made = SoapServer()
    made.events = []
    made.answers["QueryEvents"] = lambda asked: list(made.events)
    return made


@pytest.fixture
def outcome(server, open_session):
    """A function that asks for the outcome of a VM."""
    events, session = CustomizationEvents(SINCE), open_session(server)
    return lambda vm: events.outcome(vm, session)


def test_one_request_tells_of_all_vms(server, outcome):
    server.events = [event("CustomizationSucceeded", WEB), event("CustomizationNetworkSetupFailed", DB, "no\nnetwork")]
    assert (outcome(WEB), outcome(DB), outcome(OTHER)) == ("", "no network", None)
    assert server.methods() == ["QueryEvents"]
    asked = server.asked[-1]
    assert (asked.text("filter/entity/entity"), asked.text("filter/entity/recursion")) == ("rootFolder", "all")
    assert asked.text("filter/time/beginTime").startswith("2026-11-28T12:30:00")
    assert "CustomizationSucceeded" in [each.text for each in asked.arguments.findall("filter/eventTypeId")]


def test_it_is_looked_again_only_after_a_while(server, outcome, monkeypatch):
    assert outcome(WEB) is None
    server.events = [event("CustomizationSucceeded", WEB)]
    assert outcome(WEB) is None and len(server.methods()) == 1
    monkeypatch.setattr(customization_events, "PAUSE", 0.0)
    assert outcome(WEB) == ""
    assert outcome(WEB) == "" and len(server.methods()) == 2, "what is known is not asked for"


@pytest.mark.parametrize("text", ["", " \n"])
def test_failure_without_a_reason(server, outcome, text):
    server.events = [event("CustomizationFailed", WEB, text)]
    assert outcome(WEB), "an empty text would be success"


@pytest.mark.parametrize("odd", [{TYPE: "CustomizationSucceeded"}, {TYPE: "CustomizationSucceeded", "vm": {TYPE: "VmEventArgument"}}])
def test_event_without_a_vm(server, outcome, odd):
    server.events = [odd, event("CustomizationSucceeded", WEB)]
    assert outcome(WEB) == ""


def test_ended_session_is_replaced(server, outcome):
    server.end_sessions()
    server.events = [event("CustomizationSucceeded", WEB)]
    assert outcome(WEB) == ""


def test_events_that_cannot_be_read(server, outcome):
    server.answers["QueryEvents"] = lambda asked: Refusal("InvalidArgument")
    with pytest.raises(MethodFault):
        outcome(WEB)
