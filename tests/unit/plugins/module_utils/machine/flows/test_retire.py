# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned to retire VMs, and what is sent; tests/integration/test_vm_remove.py has what becomes of them."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.retire import OPTIONS, RetiredFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.retirement import Stamp
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import OFF, ON, estate, machine

VM = ref("VirtualMachine:vm-1")


def planned(vcenter, *items):
    return RetiredFlow(checked_items(item_spec(OPTIONS, with_filters=False), None, list(items)), {}).plans(vcenter, CONNECTION)


def one(vcenter, **item):
    (found,) = planned(vcenter, {"name": "web-1", **item})
    return found


def test_running_vm_is_powered_off_renamed_stamped_and_moved():
    vcenter = estate(machine(1, "web-1", **{"runtime.powerState": ON}))
    found = one(vcenter, retired_folder="a/b")
    assert found.plan.actions == ["power_off", "retire", "move"]
    assert found.plan.diff == {
        "before": {"power_state": "on", "name": "web-1", "retired": False, "folder": "/Spain/Madrid/Prod"},
        "after": {"power_state": "off", "name": "web-1-retired-20261128", "retired": True, "folder": "/Spain/Madrid/a%2fb"},
    }
    assert carry_out(found.plan, VM, vcenter) == ["PowerOff", "Reconfigure", "MoveInto"]
    spec = vcenter.sent[1][1][1]
    assert spec.name == "web-1-retired-20261128" and spec.changeVersion is None
    assert {item.key: item.value for item in spec.extraConfig} == Stamp(vcenter.now, "/Spain/Madrid/Prod/web-1").extra_config
    assert vcenter.sent[2][1] == [ref("Folder:old-1"), [VM]]


def test_vm_that_is_off_is_compared_with_its_version():
    vcenter = estate(machine(1, "web-1", **{"runtime.powerState": OFF}))
    found = one(vcenter, retired_name="old {name} of {date}/x")
    assert found.plan.diff["after"]["name"] == "old web-1 of 20261128/x"
    assert carry_out(found.plan, VM, vcenter) == ["Reconfigure"]
    spec = vcenter.sent[0][1][1]
    assert (spec.name, spec.changeVersion) == ("old web-1 of 20261128%2fx", "2026-11-28T10:00:00Z")


def stamped(vcenter):
    return [{"key": key, "value": value} for key, value in Stamp(vcenter.now, "/Spain/Madrid/Prod/web-1").extra_config.items()]


@pytest.mark.parametrize("item", [{"name": "web-1"}, {"path": "/Spain/Madrid/Prod/web-1"}, {"moid": "vm-1"}])
def test_retired_vm_is_left_alone_by_whatever_it_is_named(item):
    vcenter = estate(machine(1, "web-1-retired-20260101"))
    vcenter.objects[VM]["config.extraConfig"] = stamped(vcenter)
    (found,) = planned(vcenter, {**item, "retired_folder": "Prod"})
    assert (found.outcome.name, found.plan.changed, found.error) == ("web-1-retired-20260101", False, None)


def test_retired_vm_that_was_started_again_is_powered_off():
    vcenter = estate(machine(1, "web-1", **{"runtime.powerState": ON}))
    vcenter.objects[VM]["config.extraConfig"] = stamped(vcenter)
    assert one(vcenter).plan.actions == ["power_off"]


@pytest.mark.parametrize(
    ("properties", "item", "message"),
    [
        ({"config.template": True}, {}, "it is a template, and those cannot be stamped"),
        ({"runtime.connectionState": "disconnected"}, {}, "it is disconnected"),
        ({}, {"retired_name": "{name}" + "x" * 80}, "its new name must have 1 to 80 characters (got 85): set retired_name"),
    ],
)
def test_vm_that_cannot_be_retired(properties, item, message):
    found = one(estate(machine(1, "web-1", **properties)), **item)
    assert message in str(found.error) and not found.plan.steps


def test_vm_of_a_vapp_stays_there():
    vcenter = estate(machine(1, "web-1", "VirtualApp:app-1"))
    assert one(vcenter).plan.actions == ["retire"]
    assert "it is in a vApp" in str(one(vcenter, retired_folder="Prod").error)


def test_all_that_is_unknown_is_told_at_once():
    vcenter = estate(machine(1, "web-1"), machine(2, "twin"), machine(3, "twin", "Folder:group-v1"))
    with pytest.raises(InvalidOption) as caught:
        planned(vcenter, {"name": "web-9"}, {"name": "twin"}, {"name": "web-1", "retired_folder": "Nowhere"}, {"moid": "vm-1"})
    assert [line.partition(":")[0].partition(" ")[0] for line in caught.value.lines] == ["vms[0].name", "vms[1].name", "vms[3].moid", "vms[2].retired_folder"]


@pytest.mark.parametrize("pattern", ["{date}", "{name}-{n}", "{name}}", "retired"])
def test_names_must_stay_different(pattern):
    with pytest.raises(InvalidOption, match="vms\\[0\\].retired_name must have {name}"):
        planned(estate(), {"name": "a", "retired_name": pattern})


def test_retired_vm_that_is_named_twice():
    vcenter = estate(machine(1, "web-1-retired-20260101"))
    vcenter.objects[VM]["config.extraConfig"] = stamped(vcenter)
    with pytest.raises(InvalidOption, match="is named by vms\\[0\\] already"):
        planned(vcenter, {"name": "web-1"}, {"moid": "vm-1"})
