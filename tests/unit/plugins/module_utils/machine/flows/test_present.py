# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is looked up and read for plans; test_new_vm.py and test_existing_vm.py have the plans."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import ON, estate, machine, present, present_flow, uuid_of

VM = ref("VirtualMachine:vm-1")


def lines(vcenter, *items):
    with pytest.raises(InvalidOption) as caught:
        present(vcenter, *items)
    return caught.value.lines


def test_all_vms_that_filters_keep_are_changed():
    vcenter = estate(machine(1, "web-1"), machine(2, "web-2"), machine(3, "db-1"))
    found = present(vcenter, {"filters": [{"name": "web*"}], "annotation": "x"})
    assert [(one.outcome.name, one.is_chosen, one.plan.actions) for one in found] == [(f"web-{number}", True, ["reconfigure"]) for number in (1, 2)]


def test_there_and_new_in_one_call():
    vcenter = estate(machine(1, "web-1", "Folder:group-v1"), machine(5, "tpl", **{"config.template": True}))
    item = {"name": "web-{n}", "count": 2, "source": {"template": "tpl"}, "placement": {"cluster": "gold"}, "annotation": "x"}
    there, made = present(vcenter, item)
    assert (there.ref, there.plan.actions, there.outcome.instance_uuid) == (VM, ["reconfigure"], uuid_of(1))
    assert (made.ref, made.plan.actions, made.outcome.path) == (None, ["clone"], "/Spain/Madrid/web-2")


def test_ids_of_new_vms_are_read_at_the_end():
    flow = present_flow()
    vcenter = estate(machine(1, "web-1"), machine(2, "web-2"))
    (old,) = present(vcenter, {"moid": "vm-2"})
    (made,) = present(vcenter, {"moid": "vm-1"})
    made.outcome.instance_uuid = made.outcome.bios_uuid = ""
    vcenter.asked.clear()
    flow.conclude(vcenter, [old])
    assert not vcenter.asked
    flow.conclude(vcenter, [old, made])
    assert (made.outcome.instance_uuid, made.outcome.bios_uuid) == (uuid_of(1), uuid_of(501)) and vcenter.asked["objects"] == 1


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (({"name": "twin"},), ["vms[0].name"]),
        (({"name": "web-1"}, {"moid": "vm-1"}), ["vms[1].moid"]),
        (({"moid": "vm-99"},), ["vms[0].moid"]),
        (({"moid": "vm-1", "networks": [{"network": "nowhere"}]}, {"moid": "vm-2", "disks": [{"at": "scsi0:3", "size": "1GiB", "datastore": "x"}]}), None),
    ],
)
def test_names_that_are_not_clear_end_the_call(items, expected):
    vcenter = estate(machine(1, "web-1"), machine(2, "twin"), machine(3, "twin", "Folder:group-v1"))
    found = [line.partition(" ")[0].rstrip(":") for line in lines(vcenter, *items)]
    assert found == (expected or ["vms[0].networks[0].network", "vms[1].disks[0].datastore"])


@pytest.mark.parametrize(
    ("item", "is_meant"),
    [
        ({"name": "web-1", "placement": {"folder": "a/b"}}, False),
        ({"name": "web-1", "placement": {"folder": "New", "create_folder": True, "datacenter": "Madrid"}}, False),
        ({"name": "web-1", "placement": {"folder": "Prod"}}, True),
        ({"name": "web-1", "folder": "Prod", "placement": {"folder": "a/b"}}, True),
        ({"name": "web-1", "placement": {"folder": "a/b"}, "relocate": True}, True),
        ({"moid": "vm-1", "placement": {"folder": "a/b"}}, True),
        ({"name": "app-vm", "placement": {"folder": "a/b"}}, True),
    ],
)
def test_vm_of_the_same_name_elsewhere_may_be_another_one(item, is_meant):
    vcenter = estate(machine(1, "web-1"), machine(2, "app-vm", "VirtualApp:app-1"))
    if is_meant:
        assert len(present(vcenter, item)) == 1
    else:
        assert "vms[0].name: /Spain/Madrid/Prod/web-1 is not in placement.folder" in lines(vcenter, item)[0]


def test_vm_that_would_lose_disk_files_which_others_use_is_left_alone():
    vcenter = estate(
        machine(1, "web-1"), machine(2, "other", **{"config.files.vmPathName": "[ds1] other/other.vmx"}), machine(3, "lone", **{"config.hardware.device": []})
    )
    item = {"moid": "vm-1", "disks": [{"at": "scsi0:0"}], "exact": ["disks"], "destroy_disks": True}
    (found,) = present(vcenter, item)
    assert "other uses its disk files" in str(found.error) and not found.plan.steps
    del vcenter.objects[ref("VirtualMachine:vm-2")]
    (found,) = present(vcenter, item)
    assert found.plan.actions == ["remove_disk"]


def test_networks_are_looked_for_in_the_datacenter_of_the_vm():
    vcenter = estate(machine(1, "web-1"), machine(2, "web-2", "Folder:prod-2"))
    vcenter.objects[ref("Network:net-2")] = {"name": "lan", "parent": ref("Folder:group-v2")}
    found = present(vcenter, {"filters": [{"name": "web*"}], "networks": [{"network": "lan"}]})
    assert [one.error for one in found] == [None, None]


def test_network_that_cannot_be_read():
    vcenter = estate(machine(1, "web-1"))
    vcenter.missing = {(ref("Network:net-1"), "summary")}
    vcenter.objects[ref("DistributedVirtualPortgroup:pg-1")] = {"name": "segment", "parent": ref("Folder:group-n1")}
    assert "vms[0].networks[0].network: the network cannot be read (pg-1)" in lines(vcenter, {"moid": "vm-1", "networks": [{"network": "segment"}]})[0]


def test_vm_that_goes_while_the_module_reads():
    vcenter = estate(machine(1, "web-1"), machine(2, "web-2"))

    def leave(request):
        # What is read of VMs comes after they were found by name.
        if request == "objects":
            vcenter.objects.pop(VM, None)

    vcenter.before = leave
    found = present(vcenter, {"name": "web-1", "annotation": "x"}, {"name": "web-2", "annotation": "x"})
    assert [bool(one.error) for one in found] == [True, False] and not found[0].plan.steps


@pytest.mark.parametrize(("version", "asks"), [((6, 7, 0, 0), True), ((8, 0, 2, 0), False)])
def test_clock_is_asked_only_where_events_tell_of_customization(version, asks):
    vcenter = estate(machine(1, "web-1", **{"runtime.powerState": ON}))
    vcenter.version = version
    present(vcenter, {"moid": "vm-1", "wait_for": {"customization": "1m"}})
    assert bool(vcenter.asked["time"]) == asks


def test_wrong_items_never_reach_the_server():
    with pytest.raises(InvalidOption, match="vms\\[0\\].wait_for needs a VM that is on"):
        present_flow({"name": "a", "power": "off", "wait_for": {"ip": "1m"}})
    assert present_flow().plans(estate(), CONNECTION) == []
