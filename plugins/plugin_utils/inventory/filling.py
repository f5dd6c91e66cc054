# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Ansible's inventory as it is filled: every host, group and membership goes through here.

Ansible has hosts and groups in two tables and looks into that of groups first: for a host that is called as a group it would set
variables of the group, and put the group into others. Whoever names a VM must not be able to do that, so a host is always
taken for a host here, and keeps its name: a new one would not change what the old one means in a pattern.
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
#: What Ansible notes of a host that it adds.
_NOTED = ("inventory_file", "inventory_dir")


def safe(name: str) -> str:
    """A name with ``_`` for every character that a group's may not have."""
    return to_safe_group_name(name, force=True, silent=True)


class Meeting(NamedTuple):
    """A host that is called as a group. :ivar origin: alias of its source, empty for a host that another file made."""

    name: str
    origin: str


class FilteredScan:
    """What ``Constructable`` of Ansible fills in place of an inventory.

    :ivar add_child: (group, child), of which Ansible does not say whether the child is a host or a group.
    """

    def __init__(self, filling: Filling, add_child: Callable[[str, str], None]) -> None:
        self._filling = filling
        self.add_child = add_child
        self.add_group = filling.group
        self.get_host = filling.host

    def add_host(self, host: str, group: str) -> None:
        self._filling.join(host, group)

    def set_variable(self, host: str, name: str, value: Any) -> None:
        self._filling.host(host).set_variable(name, value)


class Filling:
    """Fills an inventory.

    :ivar of_hosts: what ``groups`` and ``compose`` fill. :ivar of_groups: what ``keyed_groups`` fill.
    :ivar wished: groups of chains with what they would be called if every character could stand in a name.
    :ivar renamed: groups that would be called as one that Ansible has itself, with what they are called.
    :ivar unnested: pairs of groups, outer and inner, of which the inner one holds the outer one already.
    """

    def __init__(self, inventory: InventoryData) -> None:
        self._inventory = inventory
        self._origins: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._nested: set[tuple[str, str]] = set()
        self.of_hosts = FilteredScan(self, lambda group, host: self.join(host, group))
        self.of_groups = FilteredScan(self, self.nest)
        self.wished: dict[str, set[str]] = {}
        self.renamed: dict[str, str] = {}
        self.unnested: list[tuple[str, str]] = []

    def add(self, name: str, origin: str) -> Host:
        """A host of a source, the one that another file made where there is one.

        :param origin: alias of the source.
        """
        self._origins[name] = origin
        is_new = name not in self._inventory.hosts
        self._inventory.add_host(name)
        host = self.host(name)
        group = self._inventory.groups.get(name)
        if group and is_new:
            # Ansible has noted on the group where the host comes from.
            for noted in _NOTED:
                host.set_variable(noted, group.vars.pop(noted, None))
        return host

    def host(self, name: str) -> Host:
        """A host that is there."""
        return self._inventory.hosts[name]

    def group(self, name: str) -> str:
        """What a group is called: as wished, unless Ansible calls one of its own so."""
        return self.renamed.setdefault(name, f"{name}_") if name in RESERVED else name

    def join(self, host: str, group: str) -> None:
        """Put a host into a group. One without a name is none."""
        if group:
            self._inventory.add_host(host, self._group(group))

    def nest(self, outer: str, inner: str) -> None:
        """Put a group into another one. All lie in ``all``."""
        if outer in (_ALL, inner) or (outer, inner) in self._nested:
            return
        self._nested.add((outer, inner))
        outer, inner = self._group(outer), self._group(inner)
        try:
            self._inventory.add_child(outer, inner)
        except AnsibleError:
            self.unnested.append((outer, inner))

    def join_chain(self, host: str, chain: Iterable[str]) -> None:
        """Put a host into the last group of a chain, each of which lies in the one before.

        :param chain: what groups would be called if every character could stand in a name.
        """
        outer = ""
        for raw in chain:
            name = self.group(safe(raw))
            self.wished.setdefault(name, set()).add(raw)
            if outer:
                self.nest(outer, name)
            outer = name
        self.join(host, outer)

    def finish(self) -> list[Meeting]:
        """Put hosts without a group where Ansible would put them, which would look for groups of their names.

        :returns: hosts that are called as groups, one of the two or both of this file.
        """
        inventory = self._inventory
        meetings = [
            Meeting(name, self._origins.get(name, ""))
            for name in inventory.hosts
            if name in inventory.groups and (name in self._origins or name in self._made.values())
        ]
        for name in {*self._origins, *(meeting.name for meeting in meetings)}:
            if all(group.name == _ALL for group in self.host(name).get_groups()):
                inventory.groups[_UNGROUPED].add_host(self.host(name))
        return meetings

    def _group(self, name: str) -> str:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._inventory.add_group(self.group(name))
        return made
