# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned to convert VMs, and what is sent; tests/integration/test_template.py has what becomes of them."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.templates import ITEM_OPTIONS, TemplateFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import OFF, ON, SUSPENDED, TOOLS, estate, machine
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties

VM = ref("VirtualMachine:vm-1")
OUTDATED = {"guest.toolsVersionStatus2": "guestToolsNeedUpgrade"}


def planned(vcenter, state, *items):
    return TemplateFlow(checked_items(item_spec(ITEM_OPTIONS, with_filters=True), None, list(items)), {"state": state}).plans(vcenter, CONNECTION)


def one(vcenter, state, **item):
    (found,) = planned(vcenter, state, {"name": "web-1", **item})
    return found


def test_vm_becomes_a_template():
    vcenter = estate(machine(1, "web-1"))
    found = one(vcenter, "template")
    assert found.plan.diff == {"before": {"template": False}, "after": {"template": True}} and not found.limits
    assert carry_out(found.plan, VM, vcenter) == ["MarkAsTemplate"]


def test_all_that_a_template_needs_first():
    tree = properties(node(1, "a", below=[node(2, "b")]), current=2)
    vcenter = estate(machine(1, "web-1", **{"runtime.powerState": ON, **TOOLS, **OUTDATED, **tree}))
    wanted = {"power_off": True, "update_tools": True, "remove_snapshots": True}
    found = one(vcenter, "template", rename="tpl", annotation="built", placement={"folder": "a/b"}, grace="1m", **wanted)
    assert found.plan.actions == [
        *("update_tools", "shut_down", "remove_snapshot", "remove_snapshot", "rename", "move", "reconfigure", "mark_template"),
    ]
    assert found.limits == {("datastore", "ds-1"): 2}
    vcenter.answers["ShutdownGuest"] = None
    ready = {"runtime.powerState": OFF}
    sent = carry_out(found.plan, VM, vcenter, waits=[ready, ready])
    assert sent == ["UpgradeTools", "ShutdownGuest", "Remove", "Remove", "Rename", "MoveInto", "Reconfigure", "MarkAsTemplate"]
    assert vcenter.sent[4] == ("Rename", [VM, "tpl"]) and vcenter.sent[6][1][1].annotation == "built"
    assert [arguments[0].moid for method, arguments in vcenter.sent if method == "Remove"] == ["snapshot-1", "snapshot-2"]


@pytest.mark.parametrize(
    ("power", "properties", "actions"),
    [
        (ON, {}, ["power_off", "mark_template"]),
        (SUSPENDED, TOOLS, ["power_off", "mark_template"]),
        (ON, TOOLS, ["shut_down", "mark_template"]),
        (OFF, TOOLS, ["mark_template"]),
    ],
)
def test_guest_is_asked_where_it_can_be(power, properties, actions):
    vcenter = estate(machine(1, "web-1", **{"runtime.powerState": power, **properties}))
    assert one(vcenter, "template", power_off=True).plan.actions == actions


@pytest.mark.parametrize(
    ("properties", "item", "message"),
    [
        ({"runtime.powerState": ON}, {}, "it is not off, and a template must be: power it off first, or set power_off"),
        (OUTDATED, {"update_tools": True}, "its VMware Tools are outdated, and can only be updated while they run"),
        ({"runtime.connectionState": "orphaned"}, {}, "it is orphaned"),
    ],
)
def test_vm_that_cannot_become_a_template(properties, item, message):
    found = one(estate(machine(1, "web-1", **properties)), "template", **item)
    assert message in str(found.error) and not found.plan.steps


def test_current_tools_are_not_updated():
    vcenter = estate(machine(1, "web-1", **{"guest.toolsVersionStatus2": "guestToolsUnmanaged"}))
    assert one(vcenter, "template", update_tools=True).plan.actions == ["mark_template"]


def template(**properties):
    return machine(1, "web-1", **{"config.template": True, "resourcePool": None, **properties})


def test_template_is_as_wanted():
    vcenter = estate(template())
    assert not one(vcenter, "template", rename="web-1", annotation="made by hand", placement={"folder": "Prod"}).plan.changed
    assert not one(estate(machine(1, "web-1")), "vm").plan.changed
    # Nothing is sent, so it need not be reached.
    assert one(estate(template(**{"runtime.connectionState": "orphaned"})), "template").error is None


@pytest.mark.parametrize(
    ("placement", "pool", "host"),
    [
        (None, "pool-1", None),
        ({"cluster": "gold"}, "pool-1", None),
        ({"resource_pool": "web"}, "pool-2", None),
        ({"host": "esx2", "resource_pool": "web"}, "pool-2", ref("HostSystem:host-2")),
        ({"host": "esx2"}, "pool-1", ref("HostSystem:host-2")),
    ],
)
def test_template_becomes_a_vm_in_a_pool(placement, pool, host):
    vcenter = estate(template())
    found = one(vcenter, "vm", placement=placement)
    carry_out(found.plan, VM, vcenter)
    assert vcenter.sent == [("MarkAsVirtualMachine", [VM, ref(f"ResourcePool:{pool}"), host])]
    assert found.plan.diff["after"]["resource_pool"].startswith("/Spain/Madrid/gold")


def test_template_becomes_a_vm_before_it_is_renamed():
    vcenter = estate(template())
    assert one(vcenter, "vm", rename="web-2", annotation="", placement={"folder": "/Spain/Madrid/vm"}).plan.actions == [
        "mark_vm",
        "rename",
        "move",
        "reconfigure",
    ]


def test_host_of_a_template_that_cannot_be_seen():
    vcenter = estate(template(**{"runtime.host": None}))
    assert "give placement.cluster or placement.resource_pool" in str(one(vcenter, "vm").error)


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ({"name": "old", "rename": "web-1"}, "web-1"),
        ({"path": "/Spain/Madrid/vm/old", "rename": "web-1", "placement": {"folder": "Prod"}}, "web-1"),
        ({"path": "/Spain/Madrid/a%2fb/web-1", "placement": {"folder": "/Spain/Madrid/Prod"}}, "web-1"),
        ({"name": "old", "folder": "Prod", "rename": "web-1"}, "web-1"),
        ({"path": "/Spain/Madrid/Prod/old", "rename": "web-1"}, "web-1"),
    ],
)
def test_vm_that_an_earlier_call_has_renamed_is_found(item, name):
    (found,) = planned(estate(template()), "template", item)
    assert (found.outcome.name, found.plan.changed) == (name, False)


def test_vm_that_is_not_renamed_and_not_there():
    vcenter = estate(template())
    for item in ({"name": "old"}, {"moid": "vm-9", "rename": "web-1"}, {"name": "old", "rename": "new"}):
        with pytest.raises(InvalidOption, match="vms\\[0\\]"):
            planned(vcenter, "template", item)


def test_all_that_is_wrong_is_told_at_once():
    items = [
        {"name": "a", "placement": {"cluster": "gold", "host": "esx1"}, "rename": ""},
        {"filters": [{"name": "b*"}], "rename": "y", "grace": "soon"},
        {"name": "c", "rename": "x" * 81},
    ]
    with pytest.raises(InvalidOption) as caught:
        planned(estate(), "template", *items)
    assert [line.partition(" ")[0] for line in caught.value.lines] == [
        *("vms[0].placement.cluster", "vms[0].placement.host", "vms[0].rename", "vms[1].rename", "vms[1].grace", "vms[2].rename"),
    ]
    with pytest.raises(InvalidOption, match="vms\\[0\\].power_off does not go with state vm"):
        planned(estate(), "vm", {"name": "a", "power_off": True})


def test_places_that_do_not_exist_and_hosts_without_templates():
    with pytest.raises(InvalidOption) as caught:
        planned(estate(template()), "vm", {"name": "web-1", "placement": {"cluster": "silver", "folder": "Nowhere"}})
    assert [line.partition(":")[0].partition(" ")[0] for line in caught.value.lines] == ["vms[0].placement.cluster", "vms[0].placement.folder"]
    with pytest.raises(InvalidOption, match="a standalone ESXi host has no templates"):
        planned(estate(is_vcenter=False), "vm", {"name": "web-1"})


def test_word_of_progress():
    assert TemplateFlow([], {"state": "vm"}).doing == "convert"
