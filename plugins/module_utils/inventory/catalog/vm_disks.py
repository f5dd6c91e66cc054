# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vm_disks: a row a virtual disk."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, REAL, TEXT, Field, Items, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import VM_MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES

DISK = devices.DEVICES + "[]"
BACKING = DISK + ".backing."
FILE = BACKING + "fileName"
CONTROLLER = f"{DISK}.{devices.CONTROLLER}"

VM_DISKS = Section(
    key="vm_disks",
    managed_types=("VirtualMachine",),
    description="Virtual disks",
    items=Items((devices.DEVICES,), devices.disk_items),
    fields=(
        VM_MOID,
        VM_NAME,
        Field("label", DISK + ".deviceInfo.label", TEXT, "Name of the disk", redact_as=None),
        Field("key", DISK + ".key", INTEGER, "Key of the device, unique within its VM", unit="key"),
        Field("capacity_gb", DISK, REAL, "Capacity", compute=devices.capacity_gb, unit="GB"),
        Field("thin", BACKING + "thinProvisioned", BOOLEAN, "Is thin provisioned"),
        Field("eager_zeroed", BACKING + "eagerlyScrub", BOOLEAN, "Was zeroed when it was created"),
        Field("mode", BACKING + "diskMode", TEXT, "persistent, independent_persistent, independent_nonpersistent, …", redact_as=None),
        Field("sharing", BACKING + "sharing", TEXT, "sharingNone or sharingMultiWriter", redact_as=None),
        Field("raw", DISK, BOOLEAN, "Is a raw device mapping", compute=devices.is_raw),
        Field("datastore", FILE, TEXT, "Datastore of its file", compute=devices.datastore_of_path, redact_as="datastore"),
        Field("file", FILE, TEXT, "Path of its file", redact_as="file"),
        Field("controller", CONTROLLER + ".deviceInfo.label", TEXT, "Name of its controller", redact_as=None),
        Field("controller_type", CONTROLLER, TEXT, "ParaVirtualSCSIController, VirtualNVMEController, …", compute=devices.device_type, redact_as=None),
        Field("unit", DISK + ".unitNumber", INTEGER, "Unit number on its controller", unit="number"),
        Field("uuid", BACKING + "uuid", TEXT, "UUID; the guest may see it", redact_as="uuid"),
    ),
    shapes={
        devices.DEVICES: [
            {
                SKIPPED_TYPES: devices.IDLE,
                "key": int,
                "controllerKey": int,
                "deviceInfo": {"label": str},
                "capacityInKB": int,
                "capacityInBytes": int,
                "backing": {},
            }
        ]
    },
)
