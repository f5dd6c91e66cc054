# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The section vm_snapshots: a row a snapshot, parents before their children."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import BOOLEAN, INTEGER, REAL, TEXT, TIME, Field, Items, Section, on_request
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import VM_MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import references, sizes, snapshots, values

SNAPSHOT = snapshots.TREES + "[]."
TAKEN = SNAPSHOT + "createTime"
DATA_FILE = (snapshots.FILES, snapshots.LAYOUTS, SNAPSHOT + "snapshot")

DETAILS = on_request(
    Field("file", DATA_FILE, TEXT, "Path of its data file", compute=snapshots.data_file, redact_as="file", shape=[{"name": str}]),
    Field("file_mb", DATA_FILE, REAL, "Size of its data file", compute=snapshots.data_file_mb, unit="MB"),
    Field("size_mb", SNAPSHOT + snapshots.SIZE, REAL, "Space as in size_gb", compute=sizes.mb, unit="MB"),
)

VM_SNAPSHOTS = Section(
    key="vm_snapshots",
    managed_types=("VirtualMachine",),
    description="Snapshots",
    items=Items(snapshots.ALL, snapshots.items),
    fields=(
        VM_MOID,
        VM_NAME,
        Field("snapshot", SNAPSHOT + "snapshot", TEXT, "MoRef (managed object ID) of the snapshot", compute=references.moid, redact_as=None),
        Field("name", SNAPSHOT + "name", TEXT, "Name of the snapshot", compute=values.unescaped, redact_as="snapshot"),
        Field("description", SNAPSHOT + "description", TEXT, "Description", redact_as="note"),
        Field("created", TAKEN, TIME, "Creation time"),
        Field("age_days", TAKEN, INTEGER, "Age in whole days at the time of the scan", compute=values.days_since, unit="days"),
        Field("size_gb", SNAPSHOT + snapshots.SIZE, REAL, "Space of its data and memory files, and of disk files written since", compute=sizes.gb, unit="GB"),
        Field("quiesced", SNAPSHOT + "quiesced", BOOLEAN, "Guest file systems were quiesced"),
        Field("state", SNAPSHOT + "state", TEXT, "Power state of the VM when it was taken", redact_as=None),
        Field("id", SNAPSHOT + "id", INTEGER, "Number, unique within its VM", unit="number"),
        Field("parent", SNAPSHOT + snapshots.PARENT, TEXT, "Name of its parent snapshot", compute=values.unescaped, redact_as="snapshot"),
        Field("current", SNAPSHOT + snapshots.CURRENT_ONE, BOOLEAN, "Is the VM's current snapshot"),
        *DETAILS,
    ),
    shapes=snapshots.SHAPES,
)
