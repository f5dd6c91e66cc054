# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small vCenter in memory in which flows find all that they need."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.present import PresentFlow
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import OPTIONS
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import PROPERTIES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, FakeEstate, ref

ON, OFF, SUSPENDED = "poweredOn", "poweredOff", "suspended"
TOOLS = {"guest.toolsRunningStatus": "guestToolsRunning"}
GIB = 1 << 30
_HOLDING = ["Folder", "VirtualMachine", "VirtualApp"]
_MOUNTED = {"accessMode": "readWrite", "mounted": True, "accessible": True}
HOSTS = [ref("HostSystem:host-1"), ref("HostSystem:host-2")]


def datastore(name, parent, free, *hosts, **more):
    mounts = [{"key": host, "mountInfo": _MOUNTED} for host in hosts]
    usable = {"summary.accessible": True, "summary.maintenanceMode": "normal", "summary.freeSpace": free * GIB}
    return {"name": name, "parent": f"@{parent}", "host": mounts, **usable, **more}


def places():
    """Madrid with a cluster without DRS of two hosts, and Lisbon, which has nothing but folders."""
    shared = [ref(f"Datastore:ds-{number}") for number in (1, 2, 3)]
    reached = {"datastore": [*shared, ref("Datastore:ds-4")], "network": [ref("Network:net-1")]}
    return {
        "Folder:group-d1": {"name": "Datacenters"},
        "Folder:group-d2": {"name": "Spain", "parent": "@Folder:group-d1"},
        "Datacenter:dc-1": {"name": "Madrid", "parent": "@Folder:group-d2", "vmFolder": "@Folder:group-v1"},
        "Folder:group-v1": {"name": "vm", "parent": "@Datacenter:dc-1", "childType": _HOLDING},
        "Folder:prod-1": {"name": "Prod", "parent": "@Folder:group-v1", "childType": _HOLDING},
        "Folder:old-1": {"name": "a%2fb", "parent": "@Folder:group-v1", "childType": _HOLDING},
        "Folder:group-h1": {"name": "host", "parent": "@Datacenter:dc-1"},
        "ClusterComputeResource:c-1": {"name": "gold", "parent": "@Folder:group-h1", "configurationEx.drsConfig.enabled": False, **reached},
        "HostSystem:host-1": {"name": "esx1", "parent": "@ClusterComputeResource:c-1", "runtime.connectionState": "connected", **reached},
        "HostSystem:host-2": {
            "name": "esx2",
            "parent": "@ClusterComputeResource:c-1",
            "runtime.connectionState": "connected",
            **reached,
            "datastore": shared,
        },
        "HostSystem:host-3": {"name": "esx3", "parent": "@ClusterComputeResource:c-1", "runtime.connectionState": "disconnected"},
        "ResourcePool:pool-1": {"name": "Resources", "parent": "@ClusterComputeResource:c-1"},
        "ResourcePool:pool-2": {"name": "web", "parent": "@ResourcePool:pool-1"},
        "VirtualApp:app-1": {"name": "shop", "parent": "@ResourcePool:pool-1", "parentFolder": "@Folder:prod-1"},
        "Folder:group-s1": {"name": "datastore", "parent": "@Datacenter:dc-1"},
        "StoragePod:pod-1": {"name": "fast", "parent": "@Folder:group-s1"},
        "Datastore:ds-1": datastore("ds1", "Folder:group-s1", 500, *HOSTS),
        "Datastore:ds-2": datastore("fast1", "StoragePod:pod-1", 100, *HOSTS),
        "Datastore:ds-3": datastore("fast2", "StoragePod:pod-1", 60, *HOSTS),
        "Datastore:ds-4": datastore("local", "Folder:group-s1", 50, HOSTS[0]),
        "Datastore:ds-9": datastore("far", "Folder:group-s1", 900),
        "Folder:group-n1": {"name": "network", "parent": "@Datacenter:dc-1"},
        "Network:net-1": {"name": "lan", "parent": "@Folder:group-n1"},
        "Network:net-9": {"name": "far lan", "parent": "@Folder:group-n1"},
        "Datacenter:dc-2": {"name": "Lisbon", "parent": "@Folder:group-d1", "vmFolder": "@Folder:group-v2"},
        "Folder:group-v2": {"name": "vm", "parent": "@Datacenter:dc-2", "childType": _HOLDING},
        "Folder:prod-2": {"name": "Test", "parent": "@Folder:group-v2", "childType": _HOLDING},
    }


def uuid_of(number):
    return f"503c1b0e-6c2f-4d2b-9a0f-{number:012d}"


def machine(number, name, parent="Folder:prod-1", **properties):
    """A VM that is off, in the cluster; it has what example_vm.py says."""
    where = "parentVApp" if parent.startswith("VirtualApp") else "parent"
    found = {
        **PROPERTIES,
        "name": name,
        where: f"@{parent}",
        "config.instanceUuid": uuid_of(number),
        "config.uuid": uuid_of(500 + number),
        "config.files.vmPathName": f"[ds1] {name}/{name}.vmx",
        "runtime.connectionState": "connected",
        "runtime.host": HOSTS[0],
        "resourcePool": ref("ResourcePool:pool-1"),
        "datastore": [ref("Datastore:ds-1")],
        "config.extraConfig": [],
        **properties,
    }
    return {f"VirtualMachine:vm-{number}": {path: value for path, value in found.items() if value is not None}}


def estate(*machines, **options):
    """The vCenter with these VMs."""
    return FakeEstate({**places(), **{name: found for one in machines for name, found in one.items()}}, **options)


def present_flow(*items, wait=True):
    """The flow of vmware_vm with ``state: present``."""
    return PresentFlow(checked_items(item_spec(OPTIONS, with_filters=True), None, list(items)), {"state": "present", "wait": wait})


def present(vcenter, *items, wait=True):
    """What it plans."""
    return present_flow(*items, wait=wait).plans(vcenter, CONNECTION)
