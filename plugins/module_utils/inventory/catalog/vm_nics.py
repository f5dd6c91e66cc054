# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vm_nics: a row a network adapter."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, LIST, TEXT, Field, Items, Section, on_request
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import VM_MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices, guests
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES, MoRef

NIC = devices.DEVICES + "[]"
CONNECTED = NIC + ".connectable."
ADDRESSES = guests.GUEST_NICS + "[].ipAddress"

DETAILS = on_request(
    Field("mac_type", NIC + ".addressType", TEXT, "assigned, generated or manual", redact_as=None),
    Field("direct_path", NIC + ".uptCompatibilityEnabled", BOOLEAN, "DirectPath I/O is allowed"),
    Field("addresses_with_prefix", (guests.GUEST_NICS, NIC + ".key"), LIST, "IPv4 and IPv6", guests.with_prefixes, "", "ip", shape=guests.PREFIX_SHAPE),
)

VM_NICS = Section(
    key="vm_nics",
    managed_types=("VirtualMachine",),
    description="Network adapters",
    items=Items((devices.DEVICES, guests.GUEST_NICS), devices.nic_items),
    fields=(
        VM_MOID,
        VM_NAME,
        Field("label", NIC + ".deviceInfo.label", TEXT, "Name of the adapter", redact_as=None),
        Field("key", NIC + ".key", INTEGER, "Key of the device, unique within its VM", unit="key"),
        Field("adapter", NIC, TEXT, "VirtualVmxnet3, VirtualE1000e, …", compute=devices.device_type, redact_as=None),
        Field("mac", NIC + ".macAddress", TEXT, "MAC address", redact_as="mac"),
        Field("network", NIC, TEXT, "Network that it is connected to", compute=devices.nic_network, redact_as="network"),
        Field("switch", (NIC, "runtime.host"), TEXT, "Virtual switch of that network on its host", compute=devices.nic_switch, redact_as="switch"),
        Field("vlan", (NIC, "runtime.host"), TEXT, "VLAN of that network on its host, as in networks", compute=devices.nic_vlan, redact_as=None),
        Field("connected", CONNECTED + "connected", BOOLEAN, "Is connected"),
        Field("start_connected", CONNECTED + "startConnected", BOOLEAN, "Connects when the VM powers on"),
        Field("ipv4", ADDRESSES, LIST, "IPv4 addresses of the guest on it", compute=devices.ipv4, redact_as="ip"),
        Field("ipv6", ADDRESSES, LIST, "IPv6 addresses of the guest on it", compute=devices.ipv6, redact_as="ip"),
        *DETAILS,
    ),
    shapes={
        devices.DEVICES: [
            {
                SKIPPED_TYPES: devices.IDLE,
                "key": int,
                "macAddress": str,
                "addressType": str,
                "backing": {"network": MoRef, "deviceName": str, "port": {"portgroupKey": str}, "opaqueNetworkId": str},
            }
        ],
        guests.GUEST_NICS: guests.NIC_SHAPE,
    },
)
