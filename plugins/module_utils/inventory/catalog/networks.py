# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section networks: a row a Network, DistributedVirtualPortgroup or OpaqueNetwork, each once."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    SELF,
    TEXT,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import CUSTOM_ATTRIBUTES, DATACENTER, FOLDER, MOID, TAGGED, name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import networks, references, tags, values
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import presence

PORT_GROUP = "DistributedVirtualPortgroup:"
SWITCH = PORT_GROUP + "config.distributedVirtualSwitch"
VLAN = PORT_GROUP + "config.defaultPortConfig"
BACKING = "config.backingType"
SEGMENT = "config.segmentId"
LOGICAL_SWITCH = "config.logicalSwitchUuid"
TRANSPORT_ZONE = "config.transportZoneName"
TYPE = (SELF, "tag", PORT_GROUP + BACKING)
SEGMENT_ID = (PORT_GROUP + SEGMENT, PORT_GROUP + LOGICAL_SWITCH)

NETWORKS = Section(
    key="networks",
    managed_types=("Network", "DistributedVirtualPortgroup", "OpaqueNetwork"),
    description="Standard, distributed and opaque networks",
    fields=(
        MOID,
        name("network"),
        Field("type", TYPE, TEXT, "Standard, Distributed, NSX (distributed, by NSX), Uplink or Opaque", compute=networks.network_type, redact_as=None),
        Field("vlan", (SELF, "host", VLAN), TEXT, "VLAN ID, trunk with ranges, or pvlan with ID; empty for none", compute=networks.vlan, redact_as=None),
        Field("switch", (SELF, "host", SWITCH), TEXT, "Virtual switches; opaque networks: if hosts have one each", compute=networks.switch, redact_as="switch"),
        Field("segment", SEGMENT_ID, TEXT, "Path or ID of the NSX segment, else the UUID of its logical switch", compute=values.first_set, redact_as="network"),
        Field("transport_zone", PORT_GROUP + TRANSPORT_ZONE, TEXT, "NSX transport zone", redact_as="switch"),
        Field("accessible", "summary.accessible", BOOLEAN, "At least one host can reach it"),
        Field("hosts", "host", LIST, "Hosts attached to it", compute=references.names, redact_as="host"),
        Field("host_count", "host", INTEGER, "Number of hosts attached to it", compute=values.count, unit="hosts"),
        Field("vm_count", "vm", INTEGER, "Number of VMs and templates attached to it", compute=values.count, unit="VMs"),
        Field("ports", PORT_GROUP + "config.numPorts", INTEGER, "Number of ports of a distributed port group", unit="ports"),
        DATACENTER,
        FOLDER,
        CUSTOM_ATTRIBUTES,
        TAGGED,
    ),
    shapes={
        "vm": [presence],
        "tag": [{"key": str}],
        **tags.SHAPES,
    },
    since=dict.fromkeys((BACKING, SEGMENT, LOGICAL_SWITCH, TRANSPORT_ZONE), "7.0.0"),
)
