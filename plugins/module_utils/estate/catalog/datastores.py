# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section datastores: a row a Datastore."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.estate import derive
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    REAL,
    TEXT,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap import MoRef, present

CAPACITY = "summary.capacity"
FREE = "summary.freeSpace"
UNCOMMITTED = "summary.uncommitted"

DATASTORES = Section(
    key="datastores",
    managed_types=("Datastore",),
    text="Datastores",
    fields=(
        Field("moid", "self", TEXT, "Managed object id, unique within one source", derive.moid),
        Field("name", "name", TEXT, "Name in the inventory", derive.unescaped),
        Field("type", "summary.type", TEXT, "VMFS, NFS, NFS41, vsan, VVOL, …"),
        Field("capacity_gb", CAPACITY, REAL, "Capacity", derive.gb, unit="GB"),
        Field("free_gb", FREE, REAL, "Free space", derive.gb, unit="GB"),
        Field("used_gb", (CAPACITY, FREE), REAL, "Space in use", derive.difference_gb, unit="GB"),
        Field("used_percent", (CAPACITY, FREE), REAL, "Space in use, 0 to 100", derive.used_percent, unit="%"),
        Field("uncommitted_gb", UNCOMMITTED, REAL, "Promised to thin disks and not yet in use", derive.gb, unit="GB"),
        Field("provisioned_gb", (CAPACITY, FREE, UNCOMMITTED), REAL, "In use and promised", derive.provisioned_gb, unit="GB"),
        Field("accessible", "summary.accessible", BOOLEAN, "At least one host reaches it"),
        Field("maintenance_mode", "summary.maintenanceMode", TEXT, "normal, enteringMaintenance or inMaintenance"),
        Field("multiple_host_access", "summary.multipleHostAccess", BOOLEAN, "More than one host mounts it"),
        Field("url", "summary.url", TEXT, "Unique locator"),
        Field("hosts", "host", LIST, "Hosts that mount it", derive.mount_hosts),
        Field("host_count", "host", INTEGER, "Hosts that mount it", derive.count, unit="hosts"),
        Field("vm_count", "vm", INTEGER, "VMs and templates with files on it", derive.count, unit="VMs"),
        Field("cluster", "parent", TEXT, "Datastore cluster", derive.datastore_cluster),
        Field("datacenter", "parent", TEXT, "Datacenter", derive.datacenter),
        Field("folder", "parent", TEXT, "Path of its folder within the datacenter, / at the top", derive.folder),
    ),
    shapes={"host": [{"key": MoRef}], "vm": [present]},
)
