# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vm_disks: a row a virtual disk."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, LIST, REAL, TEXT, Field, Items, Section, on_request
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import VM_MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices, guests, values
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES

DISK = devices.DEVICES + "[]"
BACKING = DISK + ".backing."
FILE = BACKING + "fileName"
CONTROLLER = f"{DISK}.{devices.CONTROLLER}"
IO = DISK + ".storageIOAllocation."
ON_CONTROLLER = [{SKIPPED_TYPES: devices.IDLE, "deviceInfo": {"summary": str}, "scsiCtlrUnitNumber": int, "sharedBus": str}]
IO_LIMIT = [{SKIPPED_TYPES: devices.IDLE, "storageIOAllocation": {"limit": int}}]

DETAILS = on_request(
    Field("capacity_mb", DISK, INTEGER, "Capacity", compute=devices.capacity_mb, unit="MB"),
    Field("controller_summary", CONTROLLER + ".deviceInfo.summary", TEXT, "Kind of its controller in words", redact_as=None, shape=ON_CONTROLLER),
    Field("scsi_controller_unit", CONTROLLER + ".scsiCtlrUnitNumber", INTEGER, "Unit number of its SCSI controller", unit="number", shape=ON_CONTROLLER),
    Field("bus_sharing", CONTROLLER + ".sharedBus", TEXT, "noSharing, virtualSharing or physicalSharing", redact_as=None, shape=ON_CONTROLLER),
    Field("split", BACKING + "split", BOOLEAN, "Is split into files of 2 GB"),
    Field("write_through", BACKING + "writeThrough", BOOLEAN, "Is written without a cache"),
    Field("io_shares_level", IO + "shares.level", TEXT, "I/O shares: low, normal, high or custom", redact_as=None),
    Field("io_shares", IO + "shares.shares", INTEGER, "I/O shares", unit="shares"),
    Field("io_reservation", IO + "reservation", INTEGER, "Reserved I/O operations", unit="IOPS"),
    Field("io_limit", IO + "limit", INTEGER, "Limit of I/O operations; empty for unlimited", compute=values.limit, unit="IOPS", shape=IO_LIMIT),
    Field("raw_lun", BACKING + "lunUuid", TEXT, "LUN of a raw device mapping", redact_as="uuid"),
    Field("raw_mode", BACKING + "compatibilityMode", TEXT, "physicalMode or virtualMode, of a raw device mapping", redact_as=None),
    Field("guest_paths", (guests.GUEST_DISKS, DISK + ".key"), LIST, "Mount points on it", guests.paths_on, redact_as="path", shape=guests.MAPPING_SHAPE),
)

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
        *DETAILS,
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
