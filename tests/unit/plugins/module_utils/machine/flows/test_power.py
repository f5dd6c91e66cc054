# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned for each state; tests/integration/test_vm_power.py carries it out."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.power import ITEM_OPTIONS, STATES, PowerFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate

ON, OFF, SUSPENDED = "poweredOn", "poweredOff", "suspended"
VM = MoRef("VirtualMachine", "vm-1")
KNOWN = Vm(VM, "web", "/DC/web", "", "", ON, False, None, None)
TOOLS = {"guest.toolsRunningStatus": "guestToolsRunning"}


def flow(*vms: dict[str, Any], **options: Any) -> PowerFlow:
    defaults = {"state": None, "grace": "5m", "then_off": False, "pause": "0", "batch": None, "wait": True}
    return PowerFlow(checked_items(item_spec(ITEM_OPTIONS, with_filters=True), None, list(vms)), {**defaults, **options})


def plan(state: str, current: str, is_template: bool = False, **properties: Any) -> Any:
    made = flow({"name": "web"}, state=state)
    return made.plan(made.items[0], KNOWN._replace(is_template=is_template), {"runtime.powerState": current, **properties})


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("current", [ON, OFF, SUSPENDED])
def test_every_state_from_every_state(state, current):
    wanted = STATES[state]
    if current == wanted.after and not wanted.repeats:
        assert not plan(state, current, **TOOLS).steps
    elif current in wanted.begins:
        (step,) = plan(state, current, **TOOLS).steps
        assert step.action == wanted.action and step.before != step.after
    else:
        with pytest.raises(NotPossible, match="power it on first"):
            plan(state, current, **TOOLS)


@pytest.mark.parametrize(
    ("state", "properties", "message"),
    [
        ("shut_down", {}, "use state off"),
        ("rebooted", {"guest.toolsRunningStatus": "guestToolsNotRunning"}, "use state reset"),
        ("off", {"runtime.connectionState": "inaccessible"}, "it is inaccessible"),
    ],
)
def test_what_is_not_possible_is_said_in_words(state, properties, message):
    with pytest.raises(NotPossible, match=message):
        plan(state, ON, **properties)


@pytest.mark.parametrize("state", STATES)
def test_template_has_no_power(state):
    with pytest.raises(NotPossible, match="it is a template"):
        plan(state, OFF, is_template=True)


@pytest.mark.parametrize(
    ("state", "current", "sent"),
    [
        ("on", SUSPENDED, [("PowerOn", [VM, None])]),
        ("off", ON, [("PowerOff", [VM])]),
        ("suspended", ON, [("Suspend", [VM])]),
        ("reset", ON, [("Reset", [VM])]),
        ("rebooted", ON, [("RebootGuest", [VM])]),
    ],
)
def test_what_is_sent(state, current, sent):
    vcenter = FakeEstate({})
    vcenter.answers["RebootGuest"] = None
    assert carry_out(plan(state, current, **TOOLS), VM, vcenter) == [method for method, _arguments in sent]
    assert vcenter.sent == sent


@pytest.mark.parametrize(
    ("options", "waits", "sent"),
    [
        ({}, [{"runtime.powerState": OFF}], ["ShutdownGuest"]),
        ({"then_off": True}, [None], ["ShutdownGuest", "PowerOff"]),
        ({"wait": False}, [], ["ShutdownGuest"]),
        # Somebody must look whether it goes.
        ({"wait": False, "then_off": True}, [None], ["ShutdownGuest", "PowerOff"]),
    ],
)
def test_guest_that_is_asked_to_shut_down(options, waits, sent):
    vcenter, made = FakeEstate({}), flow({"name": "web"}, state="shut_down", **options)
    vcenter.answers["ShutdownGuest"] = None
    assert carry_out(made.plan(made.items[0], KNOWN, {"runtime.powerState": ON, **TOOLS}), VM, vcenter, waits=waits) == sent


def test_guest_that_does_not_shut_down():
    vcenter, made = FakeEstate({}), flow({"name": "web", "grace": "90s"}, state="shut_down")
    vcenter.answers["ShutdownGuest"] = None
    with pytest.raises(NotPossible, match="its guest has not shut down within 90 s: wait longer with grace, or power it off with then_off"):
        carry_out(made.plan(made.items[0], KNOWN, {"runtime.powerState": ON, **TOOLS}), VM, vcenter, waits=[None])


def test_pause_between_groups():
    assert (flow({"name": "a"}, state="on", pause="90s").pause, flow({"name": "a"}, state="on").pause) == (90.0, 0.0)


def groups(*orders: int, batch: int | None = None) -> list[list[str]]:
    made = flow(*({"name": f"vm{number}", "order": order} for number, order in enumerate(orders)), state="on", batch=batch)
    planned = [PlannedVm(item.where, False, None, VmOutcome(item.options["name"])) for item in made.items]
    return [[vm.outcome.name for vm in group] for group in made.groups(planned)]


def test_groups_follow_their_order():
    assert groups(2, 0, 2, -1) == [["vm3"], ["vm1"], ["vm0", "vm2"]]
    assert groups(0, 0, 0, 1, batch=2) == [["vm0", "vm1"], ["vm2"], ["vm3"]]


def test_options_of_an_item_win():
    made = flow({"name": "a", "state": "off"}, {"name": "b"}, state="on")
    assert made.doing == "power"
    assert flow({"name": "a"}, state="suspended").doing == "suspend"


def test_all_that_is_wrong_is_said():
    with pytest.raises(InvalidOption) as caught:
        flow({"name": "a", "grace": "soon"}, {"moid": "?"}, grace="x", pause="y", batch=0)
    assert [line.partition(" ")[0] for line in caught.value.lines] == ["vms[1].moid", "pause", "batch", "grace", "vms[0].grace", "vms[0].state", "vms[1].state"]
