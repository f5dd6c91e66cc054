# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.machine.current import POWER, SNAPSHOTS, read_current
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import property_shape
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate, ref


def test_properties_of_given_vms():
    estate = FakeEstate(
        {
            "VirtualMachine:vm-1": {"name": "a", "runtime.powerState": "poweredOn", "config.template": False, "recentTask": [ref("Task:task-1")]},
            "VirtualMachine:vm-2": {"runtime.powerState": "poweredOff", "config.template": True},
        }
    )
    estate.missing = {(ref("VirtualMachine:vm-2"), "config.template")}
    found = read_current(estate, map(ref, ["VirtualMachine:vm-2", "VirtualMachine:vm-1", "VirtualMachine:vm-9"]), [*POWER, *SNAPSHOTS])
    first, second = found[ref("VirtualMachine:vm-1")], found[ref("VirtualMachine:vm-2")]
    assert first.properties == {"runtime.powerState": "poweredOn", "config.template": False, "recentTask": [ref("Task:task-1")]}
    assert second.properties == {"runtime.powerState": "poweredOff"} and second.missing["config.template"].type == "NoPermission"
    assert len(found) == 2 and estate.asked == {"objects": 1}


def test_every_property_is_one_that_a_vm_has():
    assert all(property_shape("VirtualMachine", path) is not None for path in (*POWER, *SNAPSHOTS))
