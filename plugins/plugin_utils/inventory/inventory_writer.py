# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Writes hosts, groups and memberships into Ansible's inventory.

Ansible looks a name up among groups first: for a host with the name of a group it would set variables of the group, and add the
group to other groups. The name of a VM must not cause that, so a host is always looked up as a host here. It keeps its name:
another one would not change what the old one means in a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.inventory.group import to_safe_group_name
from ansible.inventory.host import Host

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.names import RESERVED

_ALL, _UNGROUPED = "all", "ungrouped"
#: Variables that Ansible sets for each host that it adds.
_ORIGIN_VARIABLES = ("inventory_file", "inventory_dir")


def safe_group_name(name: str) -> str:
    """A name with ``_`` for every character that is not allowed in names of groups."""
    safe: str = to_safe_group_name(name, force=True, silent=True)
    return safe


class NameCollision(NamedTuple):
    """A host with the name of a group.

    :ivar origin: alias of the host's source, empty for a host of another file.
    """

    name: str
    origin: str


class ConstructableTarget:
    """Takes the place of the inventory in Ansible's ``Constructable``.

    :ivar add_child: (group, child); Ansible does not say whether the child is a host or a group.
    """

    def __init__(self, writer: InventoryWriter, add_child: Callable[[str, str], None]) -> None:
        self._writer = writer
        self.add_child = add_child
        self.add_group = writer.group_name
        self.get_host = writer.host

    def add_host(self, host: str, group: str) -> None:
        self._writer.add_to_group(host, group)

    def set_variable(self, host: str, name: str, value: Any) -> None:
        self._writer.host(host).set_variable(name, value)


class InventoryWriter:
    """Writes an inventory, and keeps what to warn about.

    :ivar host_target: for ``groups`` and ``compose``. :ivar group_target: for ``keyed_groups``.
    :ivar raw_names: names of nested groups, each with the names it has before characters are replaced.
    :ivar renamed: groups with the name of one of Ansible's own groups, with their new names.
    :ivar cycles: pairs of groups, outer and inner, that were not nested because the inner one contains the outer one.
    """

    def __init__(self, inventory: InventoryData) -> None:
        self._inventory = inventory
        self._origins: dict[str, str] = {}
        self._group_names: dict[str, str] = {}
        self._nested: set[tuple[str, str]] = set()
        self.host_target = ConstructableTarget(self, lambda group, host: self.add_to_group(host, group))
        self.group_target = ConstructableTarget(self, self.nest)
        self.raw_names: dict[str, set[str]] = {}
        self.renamed: dict[str, str] = {}
        self.cycles: list[tuple[str, str]] = []

    def add_host(self, name: str, origin: str) -> Host:
        """Add a host, or take the one that another file added.

        :param origin: alias of its source.
        """
        self._origins[name] = origin
        is_new = name not in self._inventory.hosts
        self._inventory.add_host(name)
        host = self.host(name)
        group = self._inventory.groups.get(name)
        if group and is_new:
            # Ansible has set the variables of the host's origin on the group.
            for noted in _ORIGIN_VARIABLES:
                host.set_variable(noted, group.vars.pop(noted, None))
        return host

    def host(self, name: str) -> Host:
        """A host that exists."""
        return self._inventory.hosts[name]

    def group_name(self, name: str) -> str:
        """The name of a group, changed where it is that of one of Ansible's own."""
        return self.renamed.setdefault(name, f"{name}_") if name in RESERVED else name

    def add_to_group(self, host: str, group: str) -> None:
        """Add a host to a group; an empty name is no group."""
        if group:
            self._inventory.add_host(host, self._group(group))

    def nest(self, outer: str, inner: str) -> None:
        """Add a group to another one. Every group is in ``all`` anyway."""
        if outer in (_ALL, inner) or (outer, inner) in self._nested:
            return
        self._nested.add((outer, inner))
        outer, inner = self._group(outer), self._group(inner)
        try:
            self._inventory.add_child(outer, inner)
        except AnsibleError:
            self.cycles.append((outer, inner))

    def add_to_nested_groups(self, host: str, chain: Iterable[str]) -> None:
        """Add a host to the last of a chain of groups, each of which is in the one before.

        :param chain: names before characters are replaced.
        """
        outer = ""
        for raw in chain:
            name = self.group_name(safe_group_name(raw))
            self.raw_names.setdefault(name, set()).add(raw)
            if outer:
                self.nest(outer, name)
            outer = name
        self.add_to_group(host, outer)

    def finish(self) -> list[NameCollision]:
        """Add hosts without a group to ``ungrouped``, where Ansible would look for groups with their names.

        :returns: hosts with the name of a group, where this file made the host or the group.
        """
        inventory = self._inventory
        collisions = [
            NameCollision(name, self._origins.get(name, ""))
            for name in inventory.hosts
            if name in inventory.groups and (name in self._origins or name in self._group_names.values())
        ]
        for name in {*self._origins, *(collision.name for collision in collisions)}:
            if all(group.name == _ALL for group in self.host(name).get_groups()):
                inventory.groups[_UNGROUPED].add_host(self.host(name))
        return collisions

    def _group(self, name: str) -> str:
        made = self._group_names.get(name)
        if made is None:
            made = self._group_names[name] = self._inventory.add_group(self.group_name(name))
        return made
