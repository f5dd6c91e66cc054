# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.common_steps import move, power_off, power_on, rename, shut_down, with_power
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, OutcomeUnknown
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out, drive, refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import OFF, ON, SUSPENDED, estate, machine

REF = ref("VirtualMachine:vm-1")
PROD = ref("Folder:prod-1")


def vm(parent=PROD, vapp=None):
    return Vm(REF, "web-1", "/Spain/Madrid/Prod/web-1", "", "", OFF, False, parent, vapp)


@pytest.fixture
def vcenter():
    return estate(machine(1, "web-1"))


@pytest.mark.parametrize(
    ("step", "shown", "sent"),
    [
        (power_off(ON), ("on", "off"), ("PowerOff", [REF])),
        (power_off("strange"), ("strange", "off"), ("PowerOff", [REF])),
        (power_on(), ("off", "on"), ("PowerOn", [REF, None])),
        (power_on(SUSPENDED), ("suspended", "on"), ("PowerOn", [REF, None])),
    ],
)
def test_power(vcenter, step, shown, sent):
    assert (step.before["power_state"], step.after["power_state"]) == shown
    drive(step.run(REF), vcenter)
    assert vcenter.sent == [sent]


def test_rename(vcenter):
    step = rename(vm(), "a/b")
    assert (step.before, step.after) == ({"name": "web-1"}, {"name": "a/b"})
    drive(step.run(REF), vcenter)
    assert vcenter.sent == [("Rename", [REF, "a%2fb"])]


@pytest.mark.parametrize("step", [power_off(ON), power_on(), shut_down(1.0), rename(vm(), "x")])
def test_there_must_be_a_vm(vcenter, step):
    with pytest.raises(NotPossible, match="it does not exist"):
        drive(step.run(None), vcenter)
    assert not vcenter.sent


@pytest.mark.parametrize(
    ("grace", "remedy", "waits", "sent"),
    [
        (60.0, "", [{"runtime.powerState": OFF}], ["ShutdownGuest"]),
        # Nobody waits.
        (None, "", [], ["ShutdownGuest"]),
        # The guest did not go.
        (60.0, "", [None], ["ShutdownGuest", "PowerOff"]),
    ],
)
def test_guest_is_shut_down(vcenter, grace, remedy, waits, sent):
    vcenter.answers["ShutdownGuest"] = None
    assert carry_out(Plan([shut_down(grace, remedy)]), REF, vcenter, waits=waits) == sent


def test_guest_that_does_not_go_is_an_error_where_it_is_not_powered_off(vcenter):
    vcenter.answers["ShutdownGuest"] = None
    with pytest.raises(NotPossible, match="its guest has not shut down within 60 s: wait longer with grace, or power it off with then_off"):
        drive(shut_down(60.0, "power it off with then_off").run(REF), vcenter, waits=[None])
    assert [method for method, _arguments in vcenter.sent] == ["ShutdownGuest"]


def test_refusals_are_told_with_the_step(vcenter):
    vcenter.answers["PowerOff"] = refusal("InvalidState")
    with pytest.raises(Exception, match="cannot power off: the server refuses it \\(InvalidState\\)"):
        drive(power_off(ON).run(REF), vcenter)


def test_vm_is_moved(vcenter):
    places, folder = Places(vcenter), ref("Folder:old-1")
    step = move(vm(), folder, places)
    assert (step.before, step.after) == ({"folder": "/Spain/Madrid/Prod"}, {"folder": "/Spain/Madrid/a%2fb"})
    drive(step.run(REF), vcenter)
    assert vcenter.sent == [("MoveInto", [folder, [REF]])]
    assert move(vm(parent=None), folder, places).before == {"folder": ""}
    with pytest.raises(NotPossible, match="it is in a vApp"):
        move(vm(None, ref("VirtualApp:app-1")), folder, places)


@pytest.mark.parametrize("has_moved", [True, False])
def test_move_whose_answer_was_lost(vcenter, has_moved):
    folder = ref("Folder:old-1")
    vcenter.answers["MoveInto"] = ConnectionDropped("connection closed")
    vcenter.objects[REF]["parent"] = folder if has_moved else PROD
    work = move(vm(), folder, Places(vcenter)).run(REF)
    if has_moved:
        drive(work, vcenter)
    else:
        with pytest.raises((ConnectionDropped, OutcomeUnknown)):
            drive(work, vcenter)


def failing(error):
    def run(_vm):
        raise error
        yield

    return Step("reconfigure", run)


@pytest.mark.parametrize(
    ("error", "is_last", "answer", "end", "sent"),
    [
        (refusal("InvalidState"), False, None, "; it is on again", ["PowerOn"]),
        (refusal("InvalidState"), False, refusal("InsufficientResources"), "; it was on before, and is off now: power it on", ["PowerOn"]),
        # It is the step that powers it on that has failed.
        (refusal("InvalidState"), True, None, "; it was on before, and is off now: power it on", []),
        # Nobody knows what goes on with it.
        (OutcomeUnknown("whether it was carried out is unknown"), False, None, "; it was on before, and is off now: power it on", []),
    ],
)
def test_vm_that_was_powered_off_for_a_change_that_fails(vcenter, error, is_last, answer, end, sent):
    vcenter.answers["PowerOn"] = answer
    with pytest.raises(type(error)) as raised:
        drive(with_power(failing(error), is_last).run(REF), vcenter)
    assert str(raised.value).endswith(end) and [method for method, _arguments in vcenter.sent] == sent
    assert ("powering it on again failed, too" in str(raised.value)) == (answer is not None)


def test_step_that_succeeds_is_the_same(vcenter):
    step = with_power(rename(vm(), "b"))
    assert (step.action, step.after) == ("rename", {"name": "b"})
    drive(step.run(REF), vcenter)
    assert [method for method, _arguments in vcenter.sent] == ["Rename"]
