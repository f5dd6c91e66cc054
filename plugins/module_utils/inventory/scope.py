# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Scopes: the datacenters, clusters, folders and so on that a scan is limited to.

A scope is a mapping of :data:`CONTAINERS` to names, each within one of those before it::

    {datacenter: Madrid, cluster: [prod, test-*]}

Names match as in filters, see filters.py. A folder may be named by its path in the datacenter, ``/Prod/Web``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import TEXT
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import Test, alike
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

#: Kind of container to its managed object types, from the outermost.
CONTAINERS: dict[str, tuple[str, ...]] = {
    "datacenter": ("Datacenter",),
    "cluster": ("ClusterComputeResource",),
    "host": ("HostSystem",),
    "folder": ("Folder",),
    "resource_pool": ("ResourcePool", "VirtualApp"),
}
_MOST_NAMED = 20


class Step(NamedTuple):
    """Containers of one kind, by name.

    :ivar kind: one of :data:`CONTAINERS`, for messages. :ivar names: as given, each with its test of a name or path.
    """

    kind: str
    types: tuple[str, ...]
    names: Mapping[str, Test]


#: Steps from the outermost, each within the one before.
Scope = Sequence[Step]


def parse_scopes(option: str, given: Any) -> list[Scope]:
    """The scopes of an option.

    :param option: its name, for messages. :param given: a list of scopes, or one scope.
    :raises InvalidOption: it is not a scope, or has an unknown kind of container.
    """
    scopes = [given] if isinstance(given, Mapping) else given or []
    if isinstance(scopes, str) or not isinstance(scopes, Sequence):
        raise InvalidOption(f"{option} must be a list of mappings such as datacenter: Madrid (got {quoted(given)})")
    return [_scope(f"{option}[{number}]", one) for number, one in enumerate(scopes)]


def step(option: str, kind: str, types: tuple[str, ...], given: Any) -> Step:
    """One step of a scope.

    :param given: a name, or several. :raises InvalidOption: it is neither.
    """
    names = list(given) if isinstance(given, (list, tuple)) else [given]
    if not names:
        raise InvalidOption(f"{option}: the list is empty; name at least one {kind}")
    return Step(kind, types, {str(name): alike(option, TEXT, name) for name in names})


def containers(topology: Topology, scopes: Sequence[Scope]) -> tuple[list[MoRef], list[tuple[str, str]]]:
    """The objects that scopes name, none of them within another.

    :returns: the objects, and a kind of container and a message for each name that was not found.
    """
    found: set[MoRef] = set()
    missing: list[tuple[str, str]] = []
    for scope in scopes:
        within: set[MoRef] | None = None
        for each in scope:
            there = {ref for ref in topology.of_types(each.types) if within is None or within.intersection(topology.all_above(ref))}
            named = {name: {ref for ref in there if _is_called(topology, ref, test)} for name, test in each.names.items()}
            missing += [(each.kind, _not_found(topology, each.kind, name, there)) for name, refs in named.items() if not refs]
            within = set().union(*named.values())
        found |= within or set()
    return sorted(ref for ref in found if found.isdisjoint(list(topology.all_above(ref))[1:])), missing


def _scope(option: str, given: Any) -> Scope:
    if not isinstance(given, Mapping) or not given:
        raise InvalidOption(f"{option} must be a mapping of {', '.join(CONTAINERS)} to names (got {quoted(given)})")
    for key in given:
        if key not in CONTAINERS:
            raise InvalidOption(f"{option}: {key} is unknown; use {', '.join(CONTAINERS)}")
    if "folder" in given and {"cluster", "host", "resource_pool"} & given.keys():
        raise InvalidOption(f"{option}: folder cannot be combined with cluster, host or resource_pool; use a filter for one of them")
    return [step(f"{option}.{kind}", kind, types, given[kind]) for kind, types in CONTAINERS.items() if kind in given]


def _is_called(topology: Topology, ref: MoRef, test: Test) -> bool:
    if test(topology.name(ref) or ""):
        return True
    # Folders above a datacenter have no path within one.
    within_datacenter = ref.type == "Folder" and any(above.type == "Datacenter" for above in topology.all_above(ref))
    return within_datacenter and test(topology.folder(ref) or "")


def _not_found(topology: Topology, kind: str, name: str, there: set[MoRef]) -> str:
    names = sorted({topology.name(ref) or ref.moid for ref in there})
    listed = ", ".join(names[:_MOST_NAMED]) + (f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else "")
    return f"there is no {kind.replace('_', ' ')} {name}" + (f"; there are {listed}" if names else "")
