# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm on a standalone ESXi host: VMs are made, changed and removed there, too; what the host cannot do is said."""

from __future__ import annotations

from functools import partial

from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import DATASTORE, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import change, machines


def test_vms_of_an_esxi_host(tmp_path, authority):
    with start_simulator(tmp_path, name="esx", kind="esxi", ca=authority, vms=8, datastores=2) as simulator:
        with Session(Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))) as session:
            places = Places(session)
            datastore, network = places.path(places.all(DATASTORE)[0]), places.path(places.all(NETWORK)[0])
        run = partial(change, tmp_path, simulator, "vmware_vm")
        item = {
            "name": "lab-{n}",
            "count": 2,
            "placement": {"datastore": datastore},
            "memory": {"size": "1GiB"},
            "hardware": {"guest_id": "otherGuest"},
            "disks": [{"at": "scsi0:0", "size": "1GiB"}],
            "networks": [{"network": network}],
            "power": "on",
        }
        made = run(vms=[item])
        assert not made["failed"], made["msg"]
        assert made["sent"] == {"CreateVM_Task": 2, "PowerOnVM_Task": 2}
        again = run(vms=[item])
        assert (again["changed"], again["failed"], again["sent"]) == (False, False, {})
        changed = run(vms=[{"name": "lab-1", "annotation": "mine"}])
        assert changed["sent"] == {"ReconfigVM_Task": 1}
        moid = machines(simulator)["lab-1"]["moid"]
        wrong = run(
            vms=[
                {"name": "lab-3", "source": {"vm": "lab-1", "method": "clone"}},
                {"name": "lab-4", "placement": {"cluster": "c"}, "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}},
                {"moid": moid, "tags": {"a": ["b"]}, "custom_attributes": {"c": "d"}},
            ]
        )
        assert wrong["failed"] and wrong["sent"] == {}
        assert "vms[0].source.method: a standalone ESXi host cannot clone" in wrong["msg"]
        wrong = run(
            vms=[
                {"name": "lab-4", "placement": {"cluster": "c"}, "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}},
                {"moid": moid, "tags": {"a": ["b"]}, "custom_attributes": {"c": "d"}},
            ]
        )
        for text in ("vms[0].placement.cluster: a standalone ESXi host has no cluster", "vms[1].tags: a standalone ESXi host has none"):
            assert text in wrong["msg"]
        gone = run(state="absent", common={"delete": "destroy", "power_off": True}, vms=[{"name": "lab-1"}, {"name": "lab-2"}])
        assert not gone["failed"] and gone["counts"]["changed"] == 2, gone
        assert machines(simulator).keys().isdisjoint({"lab-1", "lab-2"})
