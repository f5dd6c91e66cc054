# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import ExistingVmsFlow, NotPossible, check_reachable
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, FakeEstate, ref

VMS = {f"VirtualMachine:vm-{number}": {"name": f"web-{number}", "runtime.powerState": "poweredOn"} for number in range(3)}


class Renames(ExistingVmsFlow):
    """Renames each VM but web-1, which it refuses."""

    doing = "rename"
    paths = ("runtime.powerState",)

    def check(self, problems):
        problems += [f"{where}.bad is wrong" for where, options in self.items if options.get("bad")]

    def plan(self, item, vm, properties):
        if vm.name == "web-1":
            raise NotPossible("it cannot be renamed")
        return Plan([Step("rename", lambda ref: iter(()), {"power": properties["runtime.powerState"]})])


def flow(*given):
    return Renames([Item(f"vms[{number}]", options) for number, options in enumerate(given)], {})


@pytest.fixture
def estate():
    return FakeEstate(VMS)


def test_everything_wrong_with_items_is_said_before_anything_is_read():
    with pytest.raises(InvalidOption) as caught:
        flow({"moid": "?"}, {"name": "web-1", "bad": True}, {})
    assert [line.split()[0] for line in caught.value.lines] == ["vms[0].moid", "vms[2]", "vms[1].bad"]


def test_vm_that_cannot_be_changed_costs_no_other(estate):
    planned = flow({"name": "web-0"}, {"name": "web-1"}, {"filters": [{"name": "*"}]}).plans(estate, CONNECTION)
    assert [(one.outcome.name, one.where, one.is_chosen, one.plan.actions, str(one.error or "")) for one in planned] == [
        ("web-0", "vms[0]", False, ["rename"], ""),
        ("web-1", "vms[1]", False, [], "it cannot be renamed"),
        ("web-2", "vms[2]", True, ["rename"], ""),
    ]
    assert planned[0].plan.diff["before"] == {"power": "poweredOn"}


def test_vm_that_is_removed_between_look_up_and_plan(estate):
    def remove(request):
        if request == "objects":
            estate.objects.pop(ref("VirtualMachine:vm-0"), None)

    estate.before = remove
    planned = flow({"name": "web-0"}, {"name": "web-2"}).plans(estate, CONNECTION)
    assert [(one.plan.actions, str(one.error or "")) for one in planned] == [
        ([], "it was removed while the module ran: look it up again"),
        (["rename"], ""),
    ]


@pytest.mark.parametrize("state", ["disconnected", "orphaned", "inaccessible", "invalid"])
def test_vm_that_cannot_be_reached(state):
    with pytest.raises(NotPossible, match=f"it is {state}: .*, or unregister it"):
        check_reachable({"runtime.connectionState": state}, otherwise=", or unregister it")
    check_reachable({"runtime.connectionState": state}, allowed=("connected", state))


def test_vm_of_which_that_is_not_known_may_be_changed():
    check_reachable({})
    check_reachable({"runtime.connectionState": "connected"})
