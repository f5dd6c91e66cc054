# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Paths of the inventory as people write them: ``/Madrid/Prod/web-1``.

A path leads from the datacenter, with the folders it lies in, down to the object. Levels that vSphere adds on its own, such as ``vm`` below
the datacenter and ``Resources`` below a cluster, may be written or left out. Names compare exactly, ``%2f``, ``%5c`` and ``%25`` decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import ESCAPE, Topology, unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

_LONE_PERCENT = re.compile("%(?!2f|5c|25)", re.IGNORECASE)
#: The folder below each datacenter that holds its VMs.
VM_LEVEL = "vm"
#: Paths that a message lists.
_MOST_LISTED = 5


class Level(NamedTuple):
    """One name of a path. ``is_optional``: people need not write it."""

    name: str
    is_optional: bool = False


class WrittenPath(NamedTuple):
    """A path as an option has it.

    :ivar text: all of it, which may also be the name of the object. :ivar names: its parts.
    :ivar is_absolute: it begins with a slash, so nothing is left out before its first name.
    """

    text: str
    names: tuple[str, ...]
    is_absolute: bool

    @classmethod
    def of(cls, text: str) -> WrittenPath:
        """The path that a text writes; a slash at its end means nothing."""
        return cls(text, tuple(filter(None, text.split("/"))), text.startswith("/"))

    def leads_to(self, levels: Sequence[Level]) -> bool:
        """Whether it is a way to write the path of these levels, the outermost first."""
        if levels and levels[-1].name in spellings(self.text):
            return True
        positions = {len(levels)}
        for name in reversed(self.names):
            meant = spellings(name)
            found = set()
            for position in positions:
                for above in range(position - 1, -1, -1):
                    if levels[above].name in meant:
                        found.add(above)
                    if not levels[above].is_optional:
                        break
            positions = found
        return any(not self.is_absolute or all(level.is_optional for level in levels[:position]) for position in positions)


def spellings(name: str) -> tuple[str, ...]:
    """The names that a written one may mean: itself, and itself without escapes."""
    plain = unescape(name)
    return (name,) if plain == name else (name, plain)


def stored(name: str) -> str:
    """A written name as servers keep it: ``/``, ``\\`` and ``%`` escaped; escapes stay."""
    return _LONE_PERCENT.sub("%25", name).replace("/", "%2f").replace("\\", "%5c")


def inventory_paths(written: WrittenPath) -> Iterator[str]:
    """What ``FindByInventoryPath`` may take for the path of a VM: with the level below the datacenter that was left out."""
    names = list(map(stored, written.names))
    if VM_LEVEL in names[1:-1]:
        yield "/".join(names)
    for number in range(1, len(names)):
        yield "/".join((*names[:number], VM_LEVEL, *names[number:]))


def levels_of(topology: Topology, ref: MoRef | None) -> list[Level]:
    """The path of an object that is no VM, without the root folder; empty for None."""
    chain = list(topology.all_above(ref))
    if len(chain) > 1 and chain[-1].type == "Folder":
        del chain[-1]
    levels = []
    for number, item in enumerate(chain):
        below, above = (chain[number - 1] if number else None), (chain[number + 1] if number + 1 < len(chain) else None)
        levels.append(Level(topology.name(item) or item.moid, _is_optional(item, below, above)))
    return levels[::-1]


def vm_levels(topology: Topology, parent: MoRef | None, vapp: MoRef | None, name: str) -> list[Level]:
    """The path of a VM: a vApp counts as a folder in the folder that it lies in.

    :param parent: the folder of the VM, None in a vApp.
    """
    vapps = [Level(topology.name(ref) or ref.moid) for ref in topology.all_above(vapp) if ref.type == "VirtualApp"]
    return [*levels_of(topology, parent or topology.vapp_folder(vapp)), *reversed(vapps), Level(name)]


def shown(levels: Sequence[Level]) -> str:
    """The path of these levels in the form that :class:`WrittenPath` takes back; optional ones above the last are left out."""
    names = [level.name for level in levels[:-1] if not level.is_optional] + [level.name for level in levels[-1:]]
    return "/" + "/".join(ESCAPE.sub(lambda match: "%25" + match[0][1:], name).replace("/", "%2f") for name in names)


def listed(paths: Sequence[str]) -> str:
    """Some of these paths, for a message."""
    more = len(paths) - _MOST_LISTED
    return ", ".join(sorted(paths)[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _is_optional(ref: MoRef, below: MoRef | None, above: MoRef | None) -> bool:
    """Whether people need not write this level of a path: see the neighbours of it."""
    if ref.type == "Folder":
        return above is not None and above.type == "Datacenter"
    if ref.type == "ResourcePool":
        return above is not None and above.type in ("ComputeResource", "ClusterComputeResource")
    # A standalone host lies in a level of its own name, a datastore in its datastore cluster.
    return below is not None and (ref.type, below.type) in (("ComputeResource", "HostSystem"), ("StoragePod", "Datastore"))
