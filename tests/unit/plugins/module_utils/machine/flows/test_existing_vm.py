# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned for VMs that are there, and what is sent; tests/integration/test_vm_settings.py and others have what becomes of them."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import OFF, ON, SUSPENDED, TOOLS, estate, machine, present

VM = ref("VirtualMachine:vm-1")
# These need the VM to be off: CPUs cannot be removed from one that runs.
FEWER = {"cpu": {"count": 2}}


def one(properties, wait=True, **item):
    (found,) = present(estate(machine(1, "web-1", **properties)), {"moid": "vm-1", **item}, wait=wait)
    return found


def sent(properties, waits=(), **item):
    vcenter = estate(machine(1, "web-1", **properties))
    vcenter.answers["ShutdownGuest"] = None
    (found,) = present(vcenter, {"moid": "vm-1", **item})
    assert found.error is None, found.error
    methods = carry_out(found.plan, VM, vcenter, waits=waits)
    return found.plan.actions, methods, vcenter.sent


def test_vm_that_is_as_wanted_needs_nothing():
    found = one({}, cpu={"count": 4}, memory={"size": "8GiB"}, power="off", annotation="made by hand")
    assert not found.plan.steps and found.error is None


def test_vm_that_is_off_is_reconfigured_with_its_version():
    actions, methods, calls = sent({}, **FEWER)
    assert (actions, methods) == (["reconfigure"], ["Reconfigure"])
    spec = calls[0][1][1]
    assert (spec.numCPUs, spec.changeVersion) == (2, "2026-11-28T10:00:00Z")


@pytest.mark.parametrize(
    ("properties", "item", "actions"),
    [
        # What can be changed while it runs is.
        ({"runtime.powerState": ON}, {"cpu": {"count": 6}}, ["reconfigure"]),
        ({"runtime.powerState": ON, **TOOLS}, {**FEWER, "power_cycle": "guest"}, ["shut_down", "reconfigure", "power_on"]),
        ({"runtime.powerState": ON}, {**FEWER, "power_cycle": "hard"}, ["power_off", "reconfigure", "power_on"]),
        ({"runtime.powerState": ON}, {**FEWER, "power": "off"}, ["power_off", "reconfigure"]),
        ({"runtime.powerState": SUSPENDED}, {**FEWER, "power_cycle": "guest", "power": "on"}, ["power_off", "reconfigure", "power_on"]),
        ({"runtime.powerState": OFF}, {**FEWER, "power": "on"}, ["reconfigure", "power_on"]),
        ({"runtime.powerState": ON}, {"power": "off"}, ["power_off"]),
        ({"runtime.powerState": SUSPENDED}, {"power": "on"}, ["power_on"]),
    ],
)
def test_power_around_changes(properties, item, actions):
    assert one(properties, **item).plan.actions == actions


def test_guest_has_the_time_that_it_is_given():
    properties = {"runtime.powerState": ON, **TOOLS}
    actions, methods, _calls = sent(properties, [{"runtime.powerState": OFF}], **FEWER, power_cycle="guest")
    assert methods == ["ShutdownGuest", "Reconfigure", "PowerOn"] and actions == ["shut_down", "reconfigure", "power_on"]
    # What powering off changes is not compared with the version of before.
    assert _calls[1][1][1].changeVersion is None


@pytest.mark.parametrize(
    ("properties", "item", "message"),
    [
        ({"runtime.powerState": ON}, FEWER, "power_cycle"),
        ({"runtime.powerState": ON}, {**FEWER, "power_cycle": "guest"}, "VMware Tools do not run in its guest, so it cannot be shut down"),
        ({"runtime.connectionState": "inaccessible"}, FEWER, "it is inaccessible"),
        ({"config.template": True}, {"power": "on"}, "it is a template, which has no power"),
    ],
)
def test_vm_that_cannot_be_as_wanted(properties, item, message):
    found = one(properties, **item)
    assert message in str(found.error) and not found.plan.steps, found.error


def test_unreachable_vm_that_is_as_wanted_is_no_error():
    found = one({"runtime.connectionState": "inaccessible"}, cpu={"count": 4})
    assert found.error is None and not found.plan.steps


def test_vm_is_renamed():
    assert one({}, rename="web-1").plan.steps == []
    actions, _methods, calls = sent({}, rename="web/2")
    assert actions == ["rename"] and calls == [("Rename", [VM, "web%2f2"])]


ELSEWHERE = {"runtime.host": ref("HostSystem:host-8"), "datastore": [ref("Datastore:ds-9")]}


@pytest.mark.parametrize(
    ("properties", "placement", "location"),
    [
        ({}, {"host": "esx2"}, {"host": "host-2"}),
        ({}, {"host": "esx1"}, None),
        ({}, {"resource_pool": "web"}, {"pool": "pool-2"}),
        ({}, {"cluster": "gold"}, None),
        ({}, {"datastore": "fast1"}, {"datastore": "ds-2"}),
        ({}, {"datastore": "ds1"}, None),
        ({"datastore": [ref("Datastore:ds-3")]}, {"datastore_cluster": "fast"}, None),
        ({}, {"datastore_cluster": "fast"}, {"datastore": "ds-2"}),
        # It leaves its cluster: the pool follows, and a host where there is no DRS.
        (ELSEWHERE, {"cluster": "gold", "datastore": "ds1"}, {"host": "host-1", "pool": "pool-1", "datastore": "ds-1"}),
    ],
)
def test_vm_is_moved_only_as_far_as_needed(properties, placement, location):
    vcenter = estate(machine(1, "web-1", **properties))
    vcenter.objects[ref("ClusterComputeResource:c-8")] = {"name": "silver", "parent": ref("Folder:group-h1")}
    vcenter.objects[ref("HostSystem:host-8")] = {"name": "esx8", "parent": ref("ClusterComputeResource:c-8")}
    (found,) = present(vcenter, {"moid": "vm-1", "relocate": True, "placement": placement})
    assert found.error is None and found.plan.actions == (["relocate"] if location else [])
    carry_out(found.plan, VM, vcenter)
    for _method, (_vm, spec, priority) in vcenter.sent:
        assert priority == "defaultPriority"
        assert {name: moved._moId for name in ("host", "pool", "datastore", "folder") if (moved := getattr(spec, name))} == location


def test_vm_is_moved_to_a_folder():
    actions, methods, calls = sent({}, relocate=True, placement={"folder": "a/b"})
    assert (actions, methods) == (["move"], ["MoveInto"]) and calls == [("MoveInto", [ref("Folder:old-1"), [VM]])]


def test_without_relocate_it_stays_where_it_is():
    assert not one({}, placement={"host": "esx2", "datastore": "fast1"}).plan.changed


def test_folders_are_made_for_new_vms_alone():
    with pytest.raises(InvalidOption, match="create_folder does not make folders for VMs that are there"):
        one({}, relocate=True, placement={"folder": "New", "create_folder": True})


@pytest.mark.parametrize(
    ("properties", "item", "wait", "actions"),
    [
        ({"runtime.powerState": ON}, {}, True, ["wait_for_tools", "wait_for_ip"]),
        ({"runtime.powerState": ON, **TOOLS, "guest.ipAddress": "10.0.0.5"}, {}, True, []),
        (
            {"runtime.powerState": ON, **TOOLS},
            {"power_cycle": "hard", **FEWER},
            True,
            ["power_off", "reconfigure", "power_on", "wait_for_tools", "wait_for_ip"],
        ),
        ({"runtime.powerState": OFF}, {"power": "on"}, True, ["power_on", "wait_for_tools", "wait_for_ip"]),
        ({"runtime.powerState": OFF}, {"power": "on"}, False, ["power_on"]),
        ({"runtime.powerState": OFF}, {}, True, []),
    ],
)
def test_guests_are_waited_for(properties, item, wait, actions):
    found = one(properties, wait=wait, wait_for={"tools": "1m", "ip": "2m"}, **item)
    assert found.plan.actions == actions
    # Waiting changes nothing.
    assert found.plan.changed == any(not action.startswith("wait") for action in actions)


def test_attributes_are_set_with_the_rest():
    vcenter = estate(machine(1, "web-1", customValue=[{"key": 7, "value": "old"}]))
    vcenter.attributes = {7: "owner"}
    (found,) = present(vcenter, {"moid": "vm-1", "custom_attributes": {"owner": "web"}, "annotation": "x"})
    assert carry_out(found.plan, VM, vcenter) == ["Reconfigure", "SetCustomValue"]
    assert found.plan.diff["before"] == {"annotation": "made by hand", "custom_attributes.owner": "old"}
