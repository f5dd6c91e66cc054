# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import snapshots
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.computed.small_source import GIB

FIRST, SECOND, BRANCH, OTHER = (MoRef("VirtualMachineSnapshot", f"snapshot-{number}") for number in range(1, 5))
GIBS = {0: 10, 1: 1, 2: 2, 3: 4, 10: 0.5, 11: 0.25, 12: 0.125, 20: 8, 30: 100}
FILES = [{"key": key, "size": int(size * GIB)} for key, size in GIBS.items()]


def node(ref, created, *children, **more):
    return {"snapshot": ref, "name": ref.moid, "createTime": created, "childSnapshotList": list(children), **more}


def disks(*files, key=2000):
    return [{"key": key, "chain": [{"fileKey": [file]} for file in files]}]


def layout(ref, files, data, memory=-1):
    return {"key": ref, "dataKey": data, "memoryKey": memory, "disk": disks(*files)}


# The base is file 0. SECOND and BRANCH were taken of FIRST, with deltas 1 and 2; the VM runs on delta 3 of BRANCH.
TREES = [node(FIRST, "2025-01-01T00:00:00Z", node(SECOND, "2025-02-01T00:00:00Z"), node(BRANCH, "2025-03-01T00:00:00Z"))]
LAYOUTS = [layout(FIRST, [0], 10), layout(SECOND, [0, 1], 11, 20), layout(BRANCH, [0, 2], 12)]
NOW = [*disks(0, 2, 3), *disks(30, key=2001)]


def test_size_is_that_of_its_files_and_of_the_disk_files_after_it():
    """A disk that was added later is nobody's."""
    found = snapshots.sizes(TREES, BRANCH, FILES, NOW, LAYOUTS)
    assert found == {FIRST: (0.5 + 1 + 2) * GIB, SECOND: (0.25 + 8) * GIB, BRANCH: (0.125 + 4) * GIB}
    assert snapshots.size_gb(TREES, BRANCH, FILES, NOW, LAYOUTS) == pytest.approx(15.88, abs=0.01)


def test_several_roots_share_the_base_disk():
    trees = [node(FIRST, "2025-01-01T00:00:00Z"), node(OTHER, "2025-02-01T00:00:00Z")]
    layouts = [layout(FIRST, [0], 10), layout(OTHER, [0, 1], 11)]
    assert snapshots.sizes(trees, OTHER, FILES, disks(0, 1, 2), layouts) == {FIRST: 0.5 * GIB, OTHER: (0.25 + 1 + 2) * GIB}


@pytest.mark.parametrize("missing", [0, 2])
def test_sizes_are_unknown_without_the_layout(missing):
    known = [FILES, NOW, LAYOUTS]
    known[missing] = None
    assert snapshots.sizes(TREES, BRANCH, *known) is None
    assert snapshots.size_gb(TREES, BRANCH, *known) is None
    assert [item[snapshots.TREES]["size"] for item in snapshots.items(TREES, BRANCH, *known)] == [None] * 3


def test_snapshot_without_layout_has_no_files():
    assert snapshots.sizes(TREES, BRANCH, FILES, NOW, LAYOUTS[:1])[SECOND] == 0


def test_rows_have_parent_and_current():
    rows = [item[snapshots.TREES] for item in snapshots.items(TREES, BRANCH, FILES, NOW, LAYOUTS)]
    assert [(row["name"], row["parent"], row["current"]) for row in rows] == [
        ("snapshot-1", None, False),
        ("snapshot-2", "snapshot-1", False),
        ("snapshot-3", "snapshot-1", True),
    ]


def test_vm_without_snapshots():
    assert (snapshots.count(None), snapshots.oldest(None)) == (0, None)
    assert snapshots.size_gb(None, None, FILES, NOW, []) is None
    assert list(snapshots.items(None, None, None, None, None)) == []


def test_count_and_oldest_of_the_whole_tree():
    assert snapshots.count([*TREES, node(OTHER, "2024-12-31T00:00:00Z")]) == 4
    assert snapshots.oldest([*TREES, node(OTHER, "2024-12-31T00:00:00Z")]) == "2024-12-31T00:00:00Z"


def test_data_file_of_a_snapshot():
    files = [{**file, "name": f"[ds] vm-Snapshot{file['key']}.vmsn"} for file in FILES]
    assert snapshots.data_file(files, LAYOUTS, SECOND) == "[ds] vm-Snapshot11.vmsn"
    assert snapshots.data_file_mb(files, LAYOUTS, SECOND) == 256.0
    assert snapshots.data_file(files, LAYOUTS, OTHER) is snapshots.data_file_mb(None, None, SECOND) is None
