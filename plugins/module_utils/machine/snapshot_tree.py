# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The snapshots of a VM as plain data, and those of them that a name, an id or filters choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import snapshots
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import spellings
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

#: The properties of a VM that :func:`snapshots_of` needs.
PATHS = snapshots.ALL
_GIB = 1 << 30
#: Key of a file that there is not.
_NO_FILE = -1
#: Snapshots that a message lists.
_MOST_LISTED = 10


class Snapshot(NamedTuple):
    """A snapshot, with values of VirtualMachineSnapshotTree.

    :ivar ref: of VirtualMachineSnapshot. :ivar id: unique within the VM. :ivar name: as people type it. :ivar created: None where it cannot be read.
    :ivar state: power state of the VM in it. :ivar has_memory: of the VM, which then runs after a revert.
    :ivar size: bytes of its files; None where they are unknown. :ivar is_current: the VM goes on from it.
    :ivar below: the snapshots after it, directly or not. :ivar parent: name of the one before it.
    """

    ref: MoRef
    id: int | None
    name: str
    description: str = ""
    created: datetime | None = None
    state: str = ""
    has_memory: bool = False
    is_quiesced: bool = False
    size: int | None = None
    is_current: bool = False
    below: frozenset[MoRef] = frozenset()
    parent: str | None = None

    @property
    def created_text(self) -> str | None:
        """ISO 8601 in UTC, to the second: 2026-02-20T14:30:00Z."""
        return self.created.strftime("%Y-%m-%dT%H:%M:%SZ") if self.created else None

    @property
    def title(self) -> str:
        """What messages and diffs call it."""
        return f"{self.name} (id {self.id}, {self.created_text or 'time unknown'})"

    @property
    def row(self) -> dict[str, Any]:
        """Its values for filters, by the fields of the section vm_snapshots; its size is exact."""
        return {
            "snapshot": self.ref.moid,
            "name": self.name,
            "description": self.description,
            "created": self.created_text,
            "size_gb": None if self.size is None else self.size / _GIB,
            "quiesced": self.is_quiesced,
            "state": self.state,
            "id": self.id,
            "parent": self.parent,
            "current": self.is_current,
        }


def snapshots_of(properties: Mapping[str, Any]) -> list[Snapshot]:
    """The snapshots of a VM, parents before their children.

    :param properties: of the VM: those of :data:`PATHS` that are set.
    """
    in_memory = {layout.get("key") for layout in properties.get(snapshots.LAYOUTS) or () if layout.get("memoryKey", _NO_FILE) != _NO_FILE}
    nodes = (item[snapshots.TREES] for item in snapshots.items(*map(properties.get, PATHS)))
    return [_snapshot(node, node["snapshot"] in in_memory) for node in nodes if "snapshot" in node]


def named(found: Iterable[Snapshot], name: str) -> list[Snapshot]:
    """The snapshots that are called so."""
    meant = spellings(name)
    return [one for one in found if one.name in meant]


def the_one(option: str, path: str, found: Sequence[Snapshot], name: str | None, number: int | None) -> Snapshot | None:
    """The snapshot with this name, or this id; None where there is none.

    :param option: the suboption that holds both, such as vms[3].snapshot. :param path: of the VM, for messages.
    :raises InvalidOption: several have this name; the message lists them.
    """
    if number is not None:
        return next((one for one in found if one.id == number), None)
    called = named(found, name or "")
    if len(called) > 1:
        raise InvalidOption(f"{option}.name: {path} has {len(called)} snapshots {quoted(name)}: {listed(called)}; give id")
    return called[0] if called else None


def missing(option: str, path: str, found: Sequence[Snapshot], name: str | None, number: int | None) -> InvalidOption:
    """The error where there is no snapshot of a name or an id."""
    asked, value = ("name", quoted(name)) if number is None else ("id", number)
    there = f"there are {listed(found)}" if found else "it has none"
    return InvalidOption(f"{option}.{asked}: {path} has no snapshot {value}; {there}")


def matching(found: Iterable[Snapshot], filters: Iterable[Any]) -> list[Snapshot]:
    """The snapshots that all of some filters keep.

    :param filters: see snapshot_filters.py. :raises InvalidOption: a regular expression takes too long.
    """
    every = list(filters)
    return [one for one in found if all(each.keeps(one.row) for each in every)]


def with_children(chosen: Iterable[Snapshot], found: Sequence[Snapshot]) -> list[Snapshot]:
    """Snapshots, and all that come after them."""
    refs = {ref for one in chosen for ref in (one.ref, *one.below)}
    return [one for one in found if one.ref in refs]


def oldest_first(chosen: Iterable[Snapshot]) -> list[Snapshot]:
    """The order in which they are removed: each is merged into the next, so nothing is copied twice."""
    return sorted(chosen, key=lambda one: one.created.timestamp() if one.created else 0.0)


def listed(found: Sequence[Snapshot]) -> str:
    """Some of these snapshots, for a message."""
    more = len(found) - _MOST_LISTED
    return ", ".join(one.title for one in found[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _snapshot(node: Mapping[str, Any], has_memory: bool) -> Snapshot:
    created = None
    with suppress(ValueError):
        created = parse_xsd_datetime(node.get("createTime", ""))
    below = frozenset(item[snapshots.TREES].get("snapshot") for item in snapshots.items(node.get("childSnapshotList"), None, None, None, None))
    parent = node.get(snapshots.PARENT)
    return Snapshot(
        ref=node["snapshot"],
        id=node.get("id"),
        name=unescape(node.get("name", "")),
        description=node.get("description", ""),
        created=created,
        state=node.get("state", ""),
        has_memory=has_memory,
        is_quiesced=node.get("quiesced", False),
        size=node.get(snapshots.SIZE),
        is_current=node[snapshots.CURRENT_ONE],
        below=below - {None},
        parent=None if parent is None else unescape(parent),
    )
