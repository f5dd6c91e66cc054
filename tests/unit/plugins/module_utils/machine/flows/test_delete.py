# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned to remove VMs, and what is sent; tests/integration/test_vm_remove.py has what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.delete import OPTIONS, AbsentFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.retirement import Stamp
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import OFF, ON, SUSPENDED, estate, machine

VM = ref("VirtualMachine:vm-1")


def flow(*items):
    return AbsentFlow(checked_items(item_spec(OPTIONS, with_filters=False), None, list(items)), {})


def planned(vcenter, *items):
    return flow(*items).plans(vcenter, CONNECTION)


def one(vcenter, **item):
    (found,) = planned(vcenter, {"name": "web-1", "delete": "destroy", **item})
    return found


def retired(vcenter, age, name="web-1-old"):
    stamp = Stamp(vcenter.now - age, "/Spain/Madrid/Prod/web-1")
    found = machine(2, name, **{"config.extraConfig": [{"key": key, "value": value} for key, value in stamp.extra_config.items()]})
    vcenter.objects[ref("VirtualMachine:vm-2")] = {path: ref(value[1:]) if path == "parent" else value for path, value in found["VirtualMachine:vm-2"].items()}


@pytest.mark.parametrize(
    ("state", "item", "actions", "sent"),
    [
        (OFF, {}, ["destroy"], ["Destroy"]),
        (ON, {"power_off": True}, ["power_off", "destroy"], ["PowerOff", "Destroy"]),
        (SUSPENDED, {"power_off": True, "delete": "unregister"}, ["power_off", "unregister"], ["PowerOff", "Unregister"]),
        (OFF, {"delete": "unregister"}, ["unregister"], ["Unregister"]),
        (OFF, {"keep_disks": ["scsi0:1"]}, ["detach_disks", "destroy"], ["Reconfigure", "Destroy"]),
        (ON, {"keep_disks": ["all"], "power_off": True}, ["power_off", "detach_disks", "destroy"], ["PowerOff", "Reconfigure", "Destroy"]),
    ],
)
def test_steps_in_order_and_what_is_sent(state, item, actions, sent):
    vcenter = estate(machine(1, "web-1", **{"runtime.powerState": state}))
    found = one(vcenter, **item)
    assert (found.plan.actions, found.error) == (actions, None)
    before = {"path": "/Spain/Madrid/Prod/web-1"}
    after = {"path": None} if sent[-1] == "Destroy" else {"path": None, "files": "stay"}
    assert (found.plan.steps[-1].before, found.plan.steps[-1].after) == (before, after)
    assert carry_out(found.plan, VM, vcenter) == sent


def test_disks_that_stay_are_named_and_detached_without_their_files():
    vcenter = estate(machine(1, "web-1"))
    found = one(vcenter, keep_disks=["scsi0:1"])
    assert found.plan.steps[0].before.keys() == {"disks.scsi0:1"}
    assert found.plan.steps[0].after == {"disks.scsi0:1": "detached, its file stays"}
    carry_out(found.plan, VM, vcenter)
    spec = vcenter.sent[0][1][1]
    assert [(change.operation, change.fileOperation, change.device.key) for change in spec.deviceChange] == [("remove", None, 2001)]


@pytest.mark.parametrize(
    ("properties", "item", "message"),
    [
        ({"runtime.powerState": ON}, {}, "it is on: power it off first, or set power_off"),
        ({"runtime.powerState": None}, {}, "it is in an unknown power state: power it off first"),
        ({"runtime.connectionState": "inaccessible"}, {}, "bring them back first, or unregister it"),
        ({}, {"keep_disks": ["scsi0:9"]}, "there is no disk at scsi0:9"),
        ({"config.template": True}, {"keep_disks": ["all"]}, "no disk can be detached from a template"),
    ],
)
def test_vm_that_cannot_be_removed_has_no_plan(properties, item, message):
    found = one(estate(machine(1, "web-1", **properties)), **item)
    assert message in str(found.error) and not found.plan.steps


@pytest.mark.parametrize("state", ["orphaned", "invalid"])
def test_vm_without_files_can_be_destroyed(state):
    assert one(estate(machine(1, "web-1", **{"runtime.connectionState": state}))).plan.actions == ["destroy"]


def test_vm_that_is_gone_is_as_wanted():
    (found,) = planned(estate(), {"name": "web-1", "delete": "destroy"})
    assert (found.ref, found.outcome.name, found.plan.changed, found.error) == (None, "web-1", False, None)


def test_vm_whose_files_another_one_uses_is_left_alone():
    vcenter = estate(machine(1, "web-1"), machine(2, "other", **{"config.files.vmPathName": "[ds1] other/other.vmx"}))
    found = one(vcenter)
    assert "other uses its disk files" in str(found.error) and not found.plan.steps
    assert one(vcenter, keep_disks=["all"]).plan.actions == ["detach_disks", "destroy"]


@pytest.mark.parametrize(("age", "wanted", "goes"), [(8, "7d", True), (7, "7d", True), (6, "7d", False), (0, "0s", True)])
def test_retired_vm_goes_when_its_time_has_come(age, wanted, goes):
    vcenter = estate()
    retired(vcenter, timedelta(days=age))
    found = one(vcenter, retired_for=wanted)
    assert (found.outcome.name, found.plan.actions) == ("web-1-old", ["destroy"] if goes else [])


def test_retired_vm_that_runs_again_is_left_alone():
    vcenter = estate()
    retired(vcenter, timedelta(days=9))
    vcenter.objects[ref("VirtualMachine:vm-2")]["runtime.powerState"] = ON
    assert "it is retired and yet not off" in str(one(vcenter, retired_for="7d", power_off=True).error)


def test_vm_that_was_not_retired_is_left_alone_by_retention():
    assert not one(estate(machine(1, "web-1")), retired_for="0s").plan.changed


def test_retired_vm_that_kept_its_name_is_one_of_both():
    vcenter = estate()
    retired(vcenter, timedelta(days=9), "web-1")
    assert one(vcenter, retired_for="7d").plan.actions == ["destroy"]
    with pytest.raises(InvalidOption, match="is named by vms\\[0\\] already"):
        planned(vcenter, {"name": "web-1", "delete": "destroy", "retired_for": "7d"}, {"moid": "vm-2", "delete": "unregister"})


def test_several_vms_of_one_name_end_the_call():
    vcenter = estate(machine(1, "web-1"), machine(2, "web-1", "Folder:group-v1"))
    with pytest.raises(InvalidOption, match="web-1"):
        one(vcenter)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(InvalidOption) as caught:
        flow(
            {"name": "a"},
            {"name": "b", "delete": "unregister", "keep_disks": ["all"]},
            {"name": "c", "delete": "destroy", "keep_disks": ["first"], "retired_for": "a week"},
            {"moid": "?", "delete": "destroy"},
        )
    lines = caught.value.lines
    assert [line.partition(" ")[0] for line in lines] == ["vms[3].moid", "vms[0].delete", "vms[1].keep_disks", "vms[2].keep_disks[0]", "vms[2].retired_for"]
