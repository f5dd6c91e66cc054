# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Snapshots of VMs: their tree, and the space that each one takes on datastores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.sizes import gb, mb
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

TREES = "snapshot.rootSnapshotList"
CURRENT = "snapshot.currentSnapshot"
FILES = "layoutEx.file"
DISKS = "layoutEx.disk"
LAYOUTS = "layoutEx.snapshot"
#: The properties that :func:`sizes` needs.
ALL = (TREES, CURRENT, FILES, DISKS, LAYOUTS)
#: Parts of a row that the node of the tree does not have.
PARENT = "parent"
CURRENT_ONE = "current"
SIZE = "size"

_SNAPSHOT: Structure = {"snapshot": MoRef, "id": int, "name": str, "description": str, "createTime": str, "state": str, "quiesced": bool}
_SNAPSHOT["childSnapshotList"] = [_SNAPSHOT]
_DISKS = [{"key": int, "chain": [{"fileKey": [int]}]}]
SHAPES = {
    TREES: [_SNAPSHOT],
    FILES: [{"key": int, "size": int}],
    DISKS: _DISKS,
    LAYOUTS: [{"key": MoRef, "dataKey": int, "memoryKey": int, "disk": _DISKS}],
}


def count(trees: list[Structure] | None) -> int:
    return sum(1 for _node, _parent in _nodes(trees))


def oldest(trees: list[Structure] | None) -> str | None:
    return min((node["createTime"] for node, _parent in _nodes(trees) if "createTime" in node), default=None)


def size_gb(trees: list[Structure] | None, *layout: Any) -> float | None:
    found = sizes(trees, *layout) if trees else None
    return gb(sum(found.values())) if found else None


def items(trees: list[Structure] | None, current: MoRef | None, *layout: Any) -> Iterator[dict[str, Any]]:
    found = (sizes(trees, current, *layout) if trees else None) or {}
    for node, parent in _nodes(trees):
        ref = node.get("snapshot")
        more = {PARENT: (parent or {}).get("name"), CURRENT_ONE: ref is not None and ref == current, SIZE: found.get(ref)}
        yield {TREES: {**node, **more}}


def data_file(files: list[Structure] | None, layouts: list[Structure] | None, snapshot: MoRef | None) -> str | None:
    """Path of the data file of a snapshot."""
    return _data_file(files, layouts, snapshot).get("name")


def data_file_mb(files: list[Structure] | None, layouts: list[Structure] | None, snapshot: MoRef | None) -> float | None:
    return mb(_data_file(files, layouts, snapshot).get("size"))


def _data_file(files: list[Structure] | None, layouts: list[Structure] | None, snapshot: MoRef | None) -> Structure:
    keys = [layout.get("dataKey") for layout in layouts or () if layout.get("key") == snapshot]
    return next((file for file in files or () if file.get("key") in keys), {})


def sizes(
    trees: list[Structure] | None, current: MoRef | None, files: list[Structure] | None, disks: list[Structure] | None, layouts: list[Structure] | None
) -> dict[MoRef | None, int] | None:
    """Bytes of each snapshot: its data and memory files, and the disk files written after it. None where the files are unknown."""
    if files is None or layouts is None:
        return None
    size_of = {file.get("key"): file.get("size", 0) for file in files}
    layout_of = {layout.get("key"): layout for layout in layouts}
    chains = {ref: _chains(layout.get("disk")) for ref, layout in layout_of.items()}
    roots = [node.get("snapshot") for node in trees or ()]
    # Several roots share the base disk.
    beneath = _shared([chains.get(root, {}) for root in roots])
    now = _chains(disks)
    found: dict[MoRef | None, int] = {}
    for node, _parent in _nodes(trees):
        ref = node.get("snapshot")
        own = chains.get(ref, {})
        later = [chains.get(child.get("snapshot"), {}) for child in node.get("childSnapshotList", ())] + ([now] if ref == current else [])
        grown = {key for chain in later for disk, keys in chain.items() if disk in own for key in keys - own[disk]}
        if ref in roots:
            grown |= {key for disk, keys in own.items() for key in keys - beneath.get(disk, keys)}
        layout = layout_of.get(ref, {})
        found[ref] = sum(size_of.get(key, 0) for key in {*grown, layout.get("dataKey"), layout.get("memoryKey")})
    return found


def _chains(disks: list[Structure] | None) -> dict[int | None, set[int]]:
    """Key of each disk to the keys of its files."""
    return {disk.get("key"): {key for unit in disk.get("chain", ()) for key in unit.get("fileKey", ())} for disk in disks or ()}


def _shared(chains: list[dict[int | None, set[int]]]) -> dict[int | None, set[int]]:
    """Key of each disk to the keys of the files that it has in all chains."""
    disks = {disk for chain in chains for disk in chain}
    return {disk: set.intersection(*(chain[disk] for chain in chains if disk in chain)) for disk in disks}


def _nodes(trees: list[Structure] | None, parent: Structure | None = None) -> Iterator[tuple[Structure, Structure | None]]:
    """Each snapshot with its parent, parents first."""
    for tree in trees or ():
        yield tree, parent
        yield from _nodes(tree.get("childSnapshotList"), tree)
