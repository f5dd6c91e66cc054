# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.disk_users import spare_used_disks, users_of_disks
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import VmOutcome
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan, Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate, ref

BASE = ref("VirtualMachine:vm-1")
DS1, DS2 = ref("Datastore:ds-1"), ref("Datastore:ds-2")


def disk(*files, key=2000, datastore=DS1):
    """A disk of these files: its own, and those that it depends on."""
    backing = None
    for file in reversed(files):
        backing = {"_type": "VirtualDiskFlatVer2BackingInfo", "fileName": file, "datastore": datastore, **({"parent": backing} if backing else {})}
    return {"_type": "VirtualDisk", "key": key, "backing": backing}


def machine(name, *disks):
    return {"name": name, "config.hardware.device": list(disks)}


def users(others, vmx="[ds1] base/base.vmx", kept=(), base=None):
    own = base or machine("base", disk("[ds1] base/base-000001.vmdk", "[ds1] base/base.vmdk"), disk("[ds1] data/data.vmdk", key=2001))
    vcenter = FakeEstate({"VirtualMachine:vm-1": own, **{f"VirtualMachine:vm-{number}": one for number, one in enumerate(others, 2)}})
    return users_of_disks(vcenter, {BASE: (vmx, kept)}).get(BASE, [])


@pytest.mark.parametrize(
    ("other", "is_user"),
    [
        (machine("clone%2f1", disk("[ds1] clone/c.vmdk", "[ds1] base/base.vmdk")), True),
        (machine("clone%2f1", disk("[ds1] base/base-000001.vmdk")), True),
        # A snapshot whose files are no part of the chain of today lies beside the configuration.
        (machine("clone%2f1", disk("[ds1] clone/c.vmdk", "[ds1] base/base-000007.vmdk")), True),
        (machine("clone%2f1", disk("[ds1] data/data.vmdk")), True),
        # What lies beside a disk elsewhere is another one.
        (machine("clone%2f1", disk("[ds1] data/other.vmdk")), False),
        (machine("clone%2f1", disk("[ds1] clone/c.vmdk")), False),
        # Equal names in another datacenter.
        (machine("clone%2f1", disk("[ds1] base/base.vmdk", datastore=DS2)), False),
        ({"name": "clone%2f1"}, False),
    ],
)
def test_files_that_others_use(other, is_user):
    assert users([other]) == (["clone/1"] if is_user else [])


def test_what_a_linked_clone_stands_on_is_not_its_own():
    base = machine("base", disk("[ds1] base/base.vmdk", "[ds1] golden/golden.vmdk"))
    assert users([machine("golden", disk("[ds1] golden/golden.vmdk"))], base=base) == []


def test_disks_that_stay_may_be_used():
    shared = machine("b", disk("[ds1] data/data.vmdk"))
    assert users([shared], kept={2001}) == [] and users([shared], kept={2000}) == ["b"]


def test_disks_alone_are_removed_without_the_folder():
    assert users([machine("clone", disk("[ds1] clone/c.vmdk", "[ds1] base/base-000007.vmdk"))], vmx="") == []


def test_two_that_go_together_are_users_of_each_other():
    vcenter = FakeEstate({"VirtualMachine:vm-1": machine("a", disk("[ds1] a/a.vmdk")), "VirtualMachine:vm-2": machine("b", disk("[ds1] a/a.vmdk"))})
    found = users_of_disks(vcenter, {BASE: ("", ()), ref("VirtualMachine:vm-2"): ("", ())})
    assert found == {BASE: ["b"], ref("VirtualMachine:vm-2"): ["a"]}


def test_vm_whose_files_others_use_is_left_alone():
    vcenter = FakeEstate(
        {"VirtualMachine:vm-1": machine("a", disk("[ds1] a/a.vmdk")), "VirtualMachine:vm-3": {"config.hardware.device": [disk("[ds1] a/a.vmdk")]}}
    )
    one, other = (PlannedVm("vms[0]", False, ref(name), VmOutcome(name)) for name in ("VirtualMachine:vm-1", "VirtualMachine:vm-2"))
    one.plan = other.plan = Plan([Step("destroy", lambda vm: iter(()))])
    spare_used_disks(vcenter, {}, "nothing is read then")
    assert not vcenter.asked
    spare_used_disks(vcenter, {BASE: (one, "", ()), ref("VirtualMachine:vm-2"): (other, "", ())}, "remove it first")
    assert str(one.error) == "nothing was done: vm-3 uses its disk files, as linked clones do, or as shared disks: remove it first"
    assert not one.plan.steps and other.plan.steps and other.error is None
