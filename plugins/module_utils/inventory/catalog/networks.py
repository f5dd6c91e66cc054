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
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import networks, numbers, places, tags
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import presence

PORT_GROUP = "DistributedVirtualPortgroup:"
SWITCH = PORT_GROUP + "config.distributedVirtualSwitch"
VLAN = PORT_GROUP + "config.defaultPortConfig"
BACKING = "config.backingType"
SEGMENT = "config.segmentId"
LOGICAL_SWITCH = "config.logicalSwitchUuid"
TRANSPORT_ZONE = "config.transportZoneName"

NETWORKS = Section(
    key="networks",
    managed_types=("Network", "DistributedVirtualPortgroup", "OpaqueNetwork"),
    description="Standard, distributed and opaque networks",
    fields=(
        MOID,
        name("network"),
        Field(
            "type",
            (SELF, "tag", PORT_GROUP + BACKING),
            TEXT,
            "Standard, Distributed, NSX (a distributed port group that NSX made), Uplink or Opaque",
            networks.network_type,
            redact_as=None,
        ),
        Field("vlan", (SELF, "host", VLAN), TEXT, "VLAN id, trunk with its ranges, or pvlan with its id; empty for none", networks.vlan, redact_as=None),
        Field(
            "switch",
            (SELF, "host", SWITCH),
            TEXT,
            "Name of the virtual switches it lies on; of an opaque network where its hosts have one NSX switch each",
            networks.switch,
            redact_as="switch",
        ),
        Field(
            "segment",
            (PORT_GROUP + SEGMENT, PORT_GROUP + LOGICAL_SWITCH),
            TEXT,
            "NSX segment: its path or id, else the UUID of its logical switch",
            numbers.first_set,
            redact_as="network",
        ),
        Field("transport_zone", PORT_GROUP + TRANSPORT_ZONE, TEXT, "NSX transport zone", redact_as="switch"),
        Field("accessible", "summary.accessible", BOOLEAN, "At least one host reaches it"),
        Field("hosts", "host", LIST, "Hosts attached", places.names, redact_as="host"),
        Field("host_count", "host", INTEGER, "Hosts attached", places.count, unit="hosts"),
        Field("vm_count", "vm", INTEGER, "VMs and templates attached", places.count, unit="VMs"),
        Field("ports", PORT_GROUP + "config.numPorts", INTEGER, "Ports of a distributed port group", unit="ports"),
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
