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
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import datastores, numbers, places, tags
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef, presence

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
        Field(
            "migration_appliance",
            ("name", "host"),
            BOOLEAN,
            "No host mounts it but appliances of VMware HCX; in no total and no ratio",
            datastores.migration_appliance,
        ),
        Field("capacity_gb", CAPACITY, REAL, "Capacity", numbers.gb, unit="GB"),
        Field("free_gb", FREE, REAL, "Free space", numbers.gb, unit="GB"),
        Field("used_gb", (CAPACITY, FREE), REAL, "Space in use", numbers.difference_gb, unit="GB"),
        Field("used_percent", (CAPACITY, FREE), REAL, "Space in use, 0 to 100", numbers.used_percent, unit="%"),
        Field("uncommitted_gb", UNCOMMITTED, REAL, "Promised to thin disks and not yet in use", numbers.gb, unit="GB"),
        Field("provisioned_gb", (CAPACITY, FREE, UNCOMMITTED), REAL, "In use and promised", numbers.provisioned_gb, unit="GB"),
        Field("accessible", "summary.accessible", BOOLEAN, "At least one host reaches it"),
        Field("maintenance_mode", "summary.maintenanceMode", TEXT, "normal, enteringMaintenance or inMaintenance", redact_as=None),
        Field("multiple_host_access", "summary.multipleHostAccess", BOOLEAN, "More than one host mounts it"),
        Field("ssd", INFO, BOOLEAN, "It lies on flash (VMFS)", datastores.ssd),
        Field("vmfs_version", INFO, TEXT, "Version of VMFS", datastores.vmfs_version, redact_as=None),
        Field("vmfs_uuid", INFO, TEXT, "UUID of VMFS", datastores.vmfs_uuid, redact_as="uuid"),
        Field("nfs_server", INFO, TEXT, "NFS server", datastores.nfs_server, redact_as="address"),
        Field("nfs_path", INFO, TEXT, "Path on the NFS server", datastores.nfs_path, redact_as="file"),
        Field("url", URL, TEXT, "Unique locator", redact_as="url"),
        Field(
            "store_id",
            (URL, INFO),
            TEXT,
            "What all datastores of one store have in common, in every source: UUID of VMFS, container of vSAN (of the one that it is an alias of) "
            "and of vVols, server and path of NFS",
            datastores.store_id,
            redact_as="url",
        ),
        Field("duplicate_of", (), TEXT, "The datastore before it that is the same store, by store_id; totals count that one alone", redact_as="datastore"),
        Field("hosts", "host", LIST, "Hosts that mount it", datastores.hosts, redact_as="host"),
        Field(
            "hosts_without_access",
            "host",
            LIST,
            "Hosts that mount it and do not reach it, or have unmounted it",
            datastores.hosts_without_access,
            redact_as="host",
        ),
        Field("hosts_read_only", "host", LIST, "Hosts that mount it read-only", datastores.hosts_read_only, redact_as="host"),
        Field("host_count", "host", INTEGER, "Hosts that mount it", places.count, unit="hosts"),
        Field("vm_count", "vm", INTEGER, "VMs and templates with files on it", places.count, unit="VMs"),
        Field("cluster", "parent", TEXT, "Datastore cluster", places.datastore_cluster, redact_as="pod"),
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
    # The name is that of the row with the least rowid: SQLite takes it from where the minimum is.
    aggregates=Aggregates(
        section="datastores",
        join_on={"store_id": "store_id"},
        columns={"duplicate_of": "CASE WHEN min(counted.rowid) < datastores.rowid THEN counted.name END"},
    ),
)
