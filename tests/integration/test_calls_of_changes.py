# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change to one VM costs a server, counted by the server."""

from __future__ import annotations

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.changing import change, machines

POWER, SNAPSHOT, VM = "vmware_vm_power", "vmware_vm_snapshot", "vmware_vm"
TAKE = {"snapshot": {"name": "before"}}
#: Title to module, options, options of the item, and the calls for a VM that is named by its id. All are done to one VM, in this order.
CHANGES = {
    "power off": (POWER, {"state": "off"}, {}, 9),
    "it is off": (POWER, {"state": "off"}, {}, 4),
    "power on": (POWER, {"state": "on"}, {}, 7),
    "reset": (POWER, {"state": "reset"}, {}, 9),
    "suspend": (POWER, {"state": "suspended"}, {}, 9),
    "resume": (POWER, {"state": "on"}, {}, 7),
    "shut down": (POWER, {"state": "shut_down"}, {}, 10),
    "take a snapshot": (SNAPSHOT, {"state": "present"}, TAKE, 8),
    "it is taken": (SNAPSHOT, {"state": "present"}, TAKE, 4),
    "remove the snapshot": (SNAPSHOT, {"state": "absent"}, TAKE, 7),
    "prune": (SNAPSHOT, {"state": "pruned"}, {"retention": {"keep": 1}}, 5),
    "reconfigure": (VM, {"state": "present"}, {"annotation": "x"}, 7),
    "it is so": (VM, {"state": "present"}, {"annotation": "x"}, 4),
    "unregister": (VM, {"state": "absent"}, {"delete": "unregister"}, 10),
}
#: What naming a VM takes more than by its id. All VMs of an estate are read for a name, a page for a thousand.
WAYS = {"moid": 0, "instance_uuid": 1, "bios_uuid": 1, "path": 1, "name": 3}


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("vcenter"), vms=80, hosts=4, guest_delay=0) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def running(vcenter):
    """VMs that run, with VMware Tools in their guests."""
    found = machines(vcenter, "config.instanceUuid", "config.uuid", "guest.toolsRunningStatus", "runtime.connectionState", "snapshot", "config.managedBy")
    return [
        vm for vm in found.values()
        if vm.get("guest.toolsRunningStatus") == "guestToolsRunning" and vm["runtime.connectionState"] == "connected"
        and "snapshot" not in vm and "config.managedBy" not in vm
    ]  # fmt: skip


def test_one_vm(tmp_path, vcenter, running):
    taken = {}
    for title, (module, options, item, _most) in CHANGES.items():
        result = change(tmp_path, vcenter, module, **options, vms=[{"moid": running[0]["moid"], **item}])
        assert not result["failed"], (title, result["msg"])
        assert result["changed"] is not title.startswith(("it is", "prune")), title
        taken[title] = result["calls"]
    assert {title: calls for title, calls in taken.items() if calls > CHANGES[title][-1]} == {}


def test_one_vm_by_what_it_is_called(tmp_path, vcenter, running):
    moid = running[1]["moid"]
    (known,) = change(tmp_path, vcenter, POWER, state="on", vms=[{"moid": moid}])["vms"]
    most = CHANGES["it is off"][-1]
    for way, more in WAYS.items():
        result = change(tmp_path, vcenter, POWER, state="on", vms=[{way: known[way]}])
        assert (result["vms"][0]["moid"], result["changed"]) == (moid, False), way
        assert result["calls"] <= most + more, way
