# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import CUSTOMIZED, IP, TOOLS, is_reached, wait
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import drive


@pytest.mark.parametrize(
    ("address", "is_routable"),
    [("10.0.0.5", True), ("2001:db8::5", True), ("169.254.3.4", False), ("fe80::1", False), ("127.0.0.1", False), ("", False), ("nonsense", False)],
)
def test_address_counts_if_it_can_be_routed(address, is_routable):
    assert is_reached(IP, {"guest.net": [{"ipAddress": ["fe80::2", address]}]}) == is_routable
    assert is_reached(IP, {"guest.ipAddress": address}) == is_routable


def test_tools_and_customization_are_reached_when_the_guest_says_so():
    assert is_reached(TOOLS, {"guest.toolsRunningStatus": "guestToolsRunning"}) and not is_reached(TOOLS, {})
    for status, ended in (("SUCCEEDED", True), ("IDLE", True), ("FAILED", False), ("RUNNING", False)):
        assert is_reached(CUSTOMIZED, {"guest.customizationInfo": {"customizationStatus": f"TOOLSDEPLOYPKG_{status}"}}) == ended
    assert is_reached(CUSTOMIZED, {})


VM = MoRef("VirtualMachine", "vm-1")
ASKS = {"runtime.question": {"id": "7", "text": "Moved or copied?", "choice": {"choiceInfo": [{"key": "0", "label": "Moved"}]}}}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (TOOLS, {"guest.toolsRunningStatus": "guestToolsRunning"}),
        (IP, {"guest.ipAddress": "10.0.0.5"}),
        (CUSTOMIZED, {"guest.customizationInfo": {"customizationStatus": "TOOLSDEPLOYPKG_SUCCEEDED"}}),
        # What was asked was answered in the same moment.
        (TOOLS, {"guest.toolsRunningStatus": "guestToolsRunning", **ASKS}),
    ],
)
def test_step_ends_when_the_guest_is_as_far(name, found):
    step = wait(name, 60.0)
    assert (step.action, step.is_change) == (f"wait_for_{name}", False)
    assert drive(step.run(VM), None, waits=[found]) is None


@pytest.mark.parametrize(
    ("name", "found", "message"),
    [
        (TOOLS, None, "after 60 s VMware Tools do not run: check that they are installed, or raise wait_for.tools"),
        (IP, None, "after 60 s it has no address that can be routed"),
        (CUSTOMIZED, None, "after 60 s its customization has not ended"),
        (IP, ASKS, "the VM waits for the answer to a question \\(Moved or copied"),
        (
            CUSTOMIZED,
            {"guest.customizationInfo": {"customizationStatus": "TOOLSDEPLOYPKG_FAILED", "errorMsg": "no perl"}},
            "customization failed \\(no perl\\)",
        ),
        (CUSTOMIZED, {"guest.customizationInfo": {"customizationStatus": "TOOLSDEPLOYPKG_FAILED"}}, "customization failed \\(no reason given\\)"),
    ],
)
def test_guest_that_does_not_get_there(name, found, message):
    with pytest.raises(EstateError, match=message):
        drive(wait(name, 60.0).run(VM), None, waits=[found])


def test_nothing_was_made():
    with pytest.raises(NotPossible, match="it does not exist"):
        drive(wait(IP, 60.0).run(None), None)
    assert not is_reached(CUSTOMIZED, {"guest.customizationInfo": {"customizationStatus": "TOOLSDEPLOYPKG_PENDING"}})
    assert is_reached(CUSTOMIZED, {"guest.customizationInfo": "nonsense"})


class Events:
    """Tells nothing so many times, then this."""

    def __init__(self, outcome, silences):
        self.outcomes = [None] * silences + [outcome]

    def outcome(self, vm, session):
        assert vm == VM
        return self.outcomes.pop(0)


def test_older_servers_tell_by_events():
    events = Events("", 2)
    drive(wait(CUSTOMIZED, 60.0, events).run(VM), None)
    assert not events.outcomes
    with pytest.raises(NotPossible, match="its customization failed \\(no perl\\)"):
        drive(wait(CUSTOMIZED, 60.0, Events("no perl", 0)).run(VM), None)
    with pytest.raises(NotPossible, match="after 0 s its customization has not ended"):
        drive(wait(CUSTOMIZED, 0.0, Events("", 9)).run(VM), None)
    # Only of customization.
    drive(wait(IP, 60.0, events).run(VM), None, waits=[{"guest.ipAddress": "10.0.0.5"}])
