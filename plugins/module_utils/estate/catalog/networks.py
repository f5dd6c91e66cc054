# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section networks: a row a Network, DistributedVirtualPortgroup or OpaqueNetwork, each once."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.estate import derive
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    TEXT,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap import present

PORT_GROUP = "DistributedVirtualPortgroup:"
SWITCH = PORT_GROUP + "config.distributedVirtualSwitch"
VLAN = PORT_GROUP + "config.defaultPortConfig"

NETWORKS = Section(
    key="networks",
    managed_types=("Network", "DistributedVirtualPortgroup", "OpaqueNetwork"),
    text="Standard, distributed and opaque networks",
    fields=(
        Field("moid", "self", TEXT, "Managed object id, unique within one source", derive.moid),
        Field("name", "name", TEXT, "Name in the inventory", derive.unescaped),
        Field("type", ("self", "tag"), TEXT, "Standard, Distributed, Uplink or Opaque", derive.network_type),
        Field("vlan", ("self", "name", "host", VLAN), TEXT, "VLAN id, trunk with its ranges, or pvlan with its id; empty for none", derive.vlan),
        Field("switch", ("self", "name", "host", SWITCH), TEXT, "Name of the virtual switches it lies on", derive.switch),
        Field("accessible", "summary.accessible", BOOLEAN, "At least one host reaches it"),
        Field("hosts", "host", LIST, "Hosts attached", derive.names),
        Field("host_count", "host", INTEGER, "Hosts attached", derive.count, unit="hosts"),
        Field("vm_count", "vm", INTEGER, "VMs and templates attached", derive.count, unit="VMs"),
        Field("datacenter", "parent", TEXT, "Datacenter", derive.datacenter),
        Field("folder", "parent", TEXT, "Path of its folder within the datacenter, / at the top", derive.folder),
    ),
    shapes={
        "vm": [present],
        "tag": [{"key": str}],
        "summary": {"opaqueNetworkId": str},
        "config.defaultPortConfig": {
            "vlan": {"vlanId": [{"start": int, "end": int}], "pvlanId": int},
        },
    },
)
