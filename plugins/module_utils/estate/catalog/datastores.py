# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section datastores: a row a Datastore."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    PUBLIC,
    REAL,
    TEXT,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.shared import CUSTOM_ATTRIBUTES, DATACENTER, FOLDER, MOID, TAGGED, name
from ansible_collections.estate.vmware.plugins.module_utils.estate.derive import labels, hosts, numbers, places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap import MoRef, present

CAPACITY = "summary.capacity"
INFO = "info"
FREE = "summary.freeSpace"
UNCOMMITTED = "summary.uncommitted"

DATASTORES = Section(
    key="datastores",
    managed_types=("Datastore",),
    text="Datastores",
    fields=(
        MOID,
        name("datastore"),
        Field("type", "summary.type", TEXT, "VMFS, NFS, NFS41, vsan, VVOL, …", private=PUBLIC),
        Field("capacity_gb", CAPACITY, REAL, "Capacity", numbers.gb, unit="GB"),
        Field("free_gb", FREE, REAL, "Free space", numbers.gb, unit="GB"),
        Field("used_gb", (CAPACITY, FREE), REAL, "Space in use", numbers.difference_gb, unit="GB"),
        Field("used_percent", (CAPACITY, FREE), REAL, "Space in use, 0 to 100", numbers.used_percent, unit="%"),
        Field("uncommitted_gb", UNCOMMITTED, REAL, "Promised to thin disks and not yet in use", numbers.gb, unit="GB"),
        Field("provisioned_gb", (CAPACITY, FREE, UNCOMMITTED), REAL, "In use and promised", numbers.provisioned_gb, unit="GB"),
        Field("accessible", "summary.accessible", BOOLEAN, "At least one host reaches it"),
        Field("maintenance_mode", "summary.maintenanceMode", TEXT, "normal, enteringMaintenance or inMaintenance", private=PUBLIC),
        Field("multiple_host_access", "summary.multipleHostAccess", BOOLEAN, "More than one host mounts it"),
        Field("ssd", INFO, BOOLEAN, "It lies on flash (VMFS)", hosts.ssd),
        Field("vmfs_version", INFO, TEXT, "Version of VMFS", hosts.vmfs_version, private=PUBLIC),
        Field("vmfs_uuid", INFO, TEXT, "UUID of VMFS", hosts.vmfs_uuid, private="uuid"),
        Field("nfs_server", INFO, TEXT, "NFS server", hosts.nfs_server, private="address"),
        Field("nfs_path", INFO, TEXT, "Path on the NFS server", hosts.nfs_path, private="file"),
        Field("url", "summary.url", TEXT, "Unique locator", private="url"),
        Field("hosts", "host", LIST, "Hosts that mount it", hosts.mount_hosts, private="host"),
        Field("host_count", "host", INTEGER, "Hosts that mount it", places.count, unit="hosts"),
        Field("vm_count", "vm", INTEGER, "VMs and templates with files on it", places.count, unit="VMs"),
        Field("cluster", "parent", TEXT, "Datastore cluster", places.datastore_cluster, private="pod"),
        DATACENTER,
        FOLDER,
        CUSTOM_ATTRIBUTES,
        TAGGED,
    ),
    shapes={
        "host": [{"key": MoRef}],
        "vm": [present],
        INFO: {"vmfs": {"version": str, "uuid": str, "ssd": bool}, "nas": {"remoteHost": str, "remotePath": str}},
        **labels.SHAPES,
    },
)
