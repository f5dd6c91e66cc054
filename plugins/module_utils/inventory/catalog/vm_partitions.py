# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vm_partitions: a row a file system that VMware Tools report."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import INTEGER, LIST, REAL, TEXT, Field, Items, Section, on_request
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import VM_MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import guests, sizes

PARTITION = guests.GUEST_DISKS + "[]."
CAPACITY = PARTITION + "capacity"
FREE = PARTITION + "freeSpace"

DETAILS = on_request(
    Field("capacity_mb", CAPACITY, INTEGER, "Capacity", compute=sizes.whole_mb, unit="MB"),
    Field("free_mb", FREE, INTEGER, "Free space", compute=sizes.whole_mb, unit="MB"),
    Field("disk_keys", PARTITION + "mappings", LIST, "Keys of its disks (7.0 and later)", guests.mapped_keys, redact_as=None, shape=guests.MAPPING_SHAPE),
)

VM_PARTITIONS = Section(
    key="vm_partitions",
    managed_types=("VirtualMachine",),
    description="File systems of guests",
    items=Items((guests.GUEST_DISKS,), guests.partitions),
    fields=(
        VM_MOID,
        VM_NAME,
        Field("path", PARTITION + "diskPath", TEXT, "Mount point in the guest: / or C:\\", redact_as="path"),
        Field("filesystem", PARTITION + "filesystemType", TEXT, "ext4, xfs, NTFS, … (vSphere 7.0 and later)", redact_as=None),
        Field("capacity_gb", CAPACITY, REAL, "Capacity", compute=sizes.gb, unit="GB"),
        Field("free_gb", FREE, REAL, "Free space", compute=sizes.gb, unit="GB"),
        Field("free_percent", (CAPACITY, FREE), REAL, "Free space, 0 to 100", compute=sizes.free_percent, unit="%"),
        *DETAILS,
    ),
    shapes={guests.GUEST_DISKS: [{"capacity": int, "freeSpace": int}]},
)
