# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section datastores: a row a Datastore."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import (
    BOOLEAN,
    INTEGER,
    LIST,
    REAL,
    TEXT,
    Aggregates,
    Field,
    Section,
)
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import CUSTOM_ATTRIBUTES, DATACENTER, FOLDER, MOID, TAGGED, name
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import datastores, references, sizes, tags, values
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef, presence

NAME_AND_MOUNTS = ("name", "host")
CAPACITY = "summary.capacity"
INFO = "info"
URL = "summary.url"
FREE = "summary.freeSpace"
UNCOMMITTED = "summary.uncommitted"

DATASTORES = Section(
    key="datastores",
    managed_types=("Datastore",),
    description="Datastores",
    fields=(
        MOID,
        name("datastore"),
        Field("type", "summary.type", TEXT, "VMFS, NFS, NFS41, vsan, VVOL, …", redact_as=None),
        Field("migration_appliance", NAME_AND_MOUNTS, BOOLEAN, "Only VMware HCX appliances mount it; not in totals", compute=datastores.migration_appliance),
        Field("capacity_gb", CAPACITY, REAL, "Capacity", compute=sizes.gb, unit="GB"),
        Field("free_gb", FREE, REAL, "Free space", compute=sizes.gb, unit="GB"),
        Field("used_gb", (CAPACITY, FREE), REAL, "Space in use", compute=sizes.difference_gb, unit="GB"),
        Field("used_percent", (CAPACITY, FREE), REAL, "Space in use, 0 to 100", compute=sizes.used_percent, unit="%"),
        Field("uncommitted_gb", UNCOMMITTED, REAL, "Provisioned to thin disks, not yet in use", compute=sizes.gb, unit="GB"),
        Field("provisioned_gb", (CAPACITY, FREE, UNCOMMITTED), REAL, "Space in use, plus what thin disks can grow by", compute=sizes.provisioned_gb, unit="GB"),
        Field("accessible", "summary.accessible", BOOLEAN, "At least one host can reach it"),
        Field("maintenance_mode", "summary.maintenanceMode", TEXT, "normal, enteringMaintenance or inMaintenance", redact_as=None),
        Field("multiple_host_access", "summary.multipleHostAccess", BOOLEAN, "More than one host mounts it"),
        Field("ssd", INFO, BOOLEAN, "Is on flash storage (VMFS)", compute=datastores.ssd),
        Field("vmfs_version", INFO, TEXT, "Version of VMFS", compute=datastores.vmfs_version, redact_as=None),
        Field("vmfs_uuid", INFO, TEXT, "UUID of VMFS", compute=datastores.vmfs_uuid, redact_as="uuid"),
        Field("nfs_server", INFO, TEXT, "NFS server", compute=datastores.nfs_server, redact_as="address"),
        Field("nfs_path", INFO, TEXT, "Path on the NFS server", compute=datastores.nfs_path, redact_as="file"),
        Field("url", URL, TEXT, "URL of the datastore", redact_as="url"),
        Field("store_id", (URL, INFO), TEXT, "ID of the storage behind it, equal in every source that mounts it", compute=datastores.store_id, redact_as="url"),
        Field("duplicate_of", (), TEXT, "Earlier datastore on the same storage, by store_id; totals count only that one", redact_as="datastore"),
        Field("hosts", "host", LIST, "Hosts that mount it", compute=datastores.hosts, redact_as="host"),
        Field("hosts_without_access", "host", LIST, "Hosts that cannot access it or unmounted it", compute=datastores.hosts_without_access, redact_as="host"),
        Field("hosts_read_only", "host", LIST, "Hosts that mount it read-only", compute=datastores.hosts_read_only, redact_as="host"),
        Field("host_count", "host", INTEGER, "Number of hosts that mount it", compute=values.count, unit="hosts"),
        Field("vm_count", "vm", INTEGER, "Number of VMs and templates with files on it", compute=values.count, unit="VMs"),
        Field("cluster", "parent", TEXT, "Datastore cluster", compute=references.datastore_cluster, redact_as="pod"),
        DATACENTER,
        FOLDER,
        CUSTOM_ATTRIBUTES,
        TAGGED,
    ),
    shapes={
        "host": [{"key": MoRef, "mountInfo": {"accessMode": str, "mounted": bool, "accessible": bool}}],
        "vm": [presence],
        INFO: {"aliasOf": str, "vmfs": {"version": str, "uuid": str, "ssd": bool}, "nas": {"remoteHost": str, "remotePath": str}},
        **tags.SHAPES,
    },
    # In a query with min(), SQLite takes other columns from the row of the minimum: the first datastore.
    aggregates=Aggregates(
        section="datastores",
        join_on={"store_id": "store_id"},
        columns={"duplicate_of": "CASE WHEN min(counted.rowid) < datastores.rowid THEN counted.name END"},
    ),
)
