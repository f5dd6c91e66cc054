# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vm_usb_devices: a row a USB device that is passed to a VM."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, LIST, TEXT, Field, Items, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import VM_MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES

DEVICE = devices.DEVICES + "[]."
CONTROLLER = f"{DEVICE}{devices.CONTROLLER}."

VM_USB_DEVICES = Section(
    key="vm_usb_devices",
    managed_types=("VirtualMachine",),
    description="USB devices passed to VMs",
    items=Items((devices.DEVICES,), devices.usb_items),
    on_request=True,
    fields=(
        VM_MOID,
        VM_NAME,
        Field("label", DEVICE + "deviceInfo.label", TEXT, "Name of the device", redact_as=None),
        Field("key", DEVICE + "key", INTEGER, "Key of the device, unique within its VM", unit="key"),
        Field("summary", DEVICE + "deviceInfo.summary", TEXT, "What it is, in words"),
        Field("connected", DEVICE + "connected", BOOLEAN, "Is connected"),
        Field("family", DEVICE + "family", LIST, "What it is: storage, hid, audio, …", redact_as=None),
        Field("speed", DEVICE + "speed", LIST, "low, full, high or superSpeed", redact_as=None),
        Field("unit", DEVICE + "unitNumber", INTEGER, "Unit number on its controller", unit="number"),
        Field("controller_bus", CONTROLLER + "busNumber", INTEGER, "Bus number of its controller", unit="number"),
        Field("ehci", CONTROLLER + "ehciEnabled", BOOLEAN, "Its controller has USB 2.0"),
        Field("auto_connect", CONTROLLER + "autoConnectDevices", BOOLEAN, "Its controller connects devices by itself"),
    ),
    shapes={
        devices.DEVICES: [
            {
                SKIPPED_TYPES: devices.IDLE_BUT_USB,
                "key": int,
                "controllerKey": int,
                "deviceInfo": {"label": str, "summary": str},
                "busNumber": int,
                "ehciEnabled": bool,
                "autoConnectDevices": bool,
            }
        ]
    },
)
