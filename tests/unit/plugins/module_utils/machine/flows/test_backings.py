# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Networks and datastores of devices."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, machine, present

SCRATCH = {"hardware": {"guest_id": "ubuntu64Guest"}, "memory": {"size": "2GiB"}, "placement": {"cluster": "gold", "datastore": "ds1"}}


def test_networks_of_several_items_are_read_together():
    vcenter = estate()
    present(vcenter, {"name": "a", **SCRATCH})
    without = vcenter.asked["objects"]
    vcenter.asked.clear()
    nics = [{"network": "lan"}, {"network": "lan"}]
    found = present(vcenter, {"name": "a", **SCRATCH, "networks": nics}, {"name": "b", **SCRATCH, "networks": nics})
    assert [one.plan.diff["after"]["networks.1"] is not None for one in found] == [True, True]
    assert vcenter.asked["objects"] <= without + 3


@pytest.mark.parametrize(
    ("devices", "option"),
    [
        ({"networks": [{"network": "none"}]}, "vms[0].networks[0].network"),
        ({"networks": [{"network": "far lan"}]}, "vms[0].networks[0].network"),
        ({"disks": [{"at": "scsi0:0", "size": "1GiB", "datastore": "far"}]}, "vms[0].disks[0].datastore"),
    ],
)
def test_what_the_place_of_a_new_vm_does_not_reach(devices, option):
    with pytest.raises(InvalidOption) as caught:
        present(estate(), {"name": "a", **SCRATCH, **devices})
    assert [line.partition(" ")[0].rstrip(":") for line in caught.value.lines] == [option]


def test_existing_vms_find_them_in_their_datacenter():
    vcenter = estate(machine(1, "web"))
    (one,) = present(vcenter, {"name": "web", "networks": [{"network": "lan"}]})
    assert one.error is None and one.ref == ref("VirtualMachine:vm-1")
