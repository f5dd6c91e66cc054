# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vm_cdroms: a row a CD/DVD drive."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, TEXT, Field, Items, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import VM_MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import devices
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES

DRIVE = devices.DEVICES + "[]."

VM_CDROMS = Section(
    key="vm_cdroms",
    managed_types=("VirtualMachine",),
    description="CD and DVD drives",
    items=Items((devices.DEVICES,), devices.cdrom_items),
    on_request=True,
    fields=(
        VM_MOID,
        VM_NAME,
        Field("label", DRIVE + "deviceInfo.label", TEXT, "Name of the drive", redact_as=None),
        Field("key", DRIVE + "key", INTEGER, "Key of the device, unique within its VM", unit="key"),
        Field("connected", DRIVE + "connectable.connected", BOOLEAN, "Is connected"),
        Field("start_connected", DRIVE + "connectable.startConnected", BOOLEAN, "Connects when the VM powers on"),
        Field("summary", DRIVE + "deviceInfo.summary", TEXT, "What is in it, in words: ISO [ds1] tools.iso", redact_as="file"),
        Field("iso", DRIVE + "backing.fileName", TEXT, "Path of its image", redact_as="file"),
    ),
    shapes={
        devices.DEVICES: [{SKIPPED_TYPES: devices.IDLE_BUT_CDROMS, "key": int, "deviceInfo": {"label": str, "summary": str}, "backing": {"fileName": str}}]
    },
)
