# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small source: its topology, and a context with it."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

GIB = 1 << 30
DATASTORES = ("ds1", "SAN [old] 01", "SAN [old", "a%2f]b", "odd] [one", "ends]")
LAN = MoRef("DistributedVirtualPortgroup", "dvportgroup-1")
OLD = MoRef("Network", "network-2")
NSX = MoRef("OpaqueNetwork", "network-o3")
DVS = MoRef("VmwareDistributedVirtualSwitch", "dvs-4")
HOST = MoRef("HostSystem", "host-5")
APPLIANCE = MoRef("HostSystem", "host-6")
PORT_CONFIG = {"config.distributedVirtualSwitch": DVS, "config.defaultPortConfig": {"vlan": {"vlanId": ["77"]}}}
TOPOLOGY = Topology(
    [
        ManagedObject(LAN, {"name": "lan", "key": "dvportgroup-1", **PORT_CONFIG}, {}),
        ManagedObject(OLD, {"name": "VM Network"}, {}),
        ManagedObject(NSX, {"name": "segment", "summary": {"opaqueNetworkId": "7"}}, {}),
        ManagedObject(DVS, {"name": "dvs"}, {}),
        *(ManagedObject(MoRef("Datastore", f"datastore-{number}"), {"name": name}, {}) for number, name in enumerate(DATASTORES)),
        ManagedObject(HOST, {"name": "esx1", "config.network.portgroup": [{"spec": {"name": "VM Network", "vlanId": 12, "vswitchName": "vSwitch0"}}]}, {}),
        ManagedObject(APPLIANCE, {"name": "hcx1", "summary.hardware.model": "VMware Mobility Platform"}, {}),
    ]
)
CONTEXT = ScanContext(TOPOLOGY)
