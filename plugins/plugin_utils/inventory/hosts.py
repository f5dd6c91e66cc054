# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Answers of sources to what becomes hosts of an inventory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.addresses import Rules
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import Answer
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import HOSTS, RESOURCES, VARIABLE, VMS, port_groups, word
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.here import is_host_name

_ADAPTERS = "vm_nics"
#: Fields of which each is one machine's alone.
_IDENTITY = ("instance_uuid", "uuid")


@dataclass
class Machine:
    """A VM, or an ESXi host, before it has a name.

    :ivar resource: ``vms`` or ``hosts``. :ivar row: its fields, with ``source`` and ``resource``; plain values, None for unknown.
    :ivar address: where to reach it, None where nobody knows.
    :ivar variables: of the host. :ivar unset: what expressions see besides these, or instead of them.
    """

    source: str
    resource: str
    row: dict[str, Any]
    address: str | None
    variables: dict[str, Any]
    unset: dict[str, Any] = field(default_factory=dict)

    @property
    def moid(self) -> str:
        """Its MoRef's id."""
        return self.row["moid"]

    @property
    def seen(self) -> dict[str, Any]:
        """What expressions see."""
        return {**self.variables, **self.unset} if self.unset else self.variables


def is_another(row: Mapping[str, Any] | None, machine: Machine) -> bool:
    """Whether a host's variable, None where it has none yet, tells of another machine. One vCenter may have two aliases."""
    if not row:
        return False
    known = next((name for name in _IDENTITY if row.get(name) and machine.row.get(name)), None)
    if known:
        return row[known] != machine.row[known]
    return (row.get("source"), row.get("moid")) != (machine.source, machine.moid)


def machines(answers: Iterable[Answer], filters: Mapping[str, RowFilter], rules: Rules | None) -> Iterator[Machine]:
    """What is wanted of what sources answered, in their order.

    :param filters: by resource. :param rules: for addresses; None where nobody asks for them.
    """
    for answer in answers:
        adapters = port_groups(answer.sections[_ADAPTERS]) if _ADAPTERS in answer.sections else {}
        for resource in RESOURCES:
            if resource in answer.sections:
                yield from _of_section(answer, resource, filters.get(resource), rules, adapters)


def _of_section(answer: Answer, resource: str, wanted: RowFilter | None, rules: Rules | None, adapters: Mapping[str, Mapping[str, str]]) -> Iterator[Machine]:
    fields: Sequence[str] = answer.sections[resource]["fields"]
    own = {"source": answer.source, "resource": word(resource)}
    for values in answer.sections[resource]["rows"]:
        row = {**own, **dict(zip(fields, values))}
        if wanted is None or wanted.keeps(row, answer.source):
            address = _ADDRESS[resource](row, rules, adapters.get(row["moid"], {})) if rules else None
            yield Machine(answer.source, resource, row, address, {VARIABLE: row})


def _address_of_vm(row: Mapping[str, Any], rules: Rules, groups: Mapping[str, str]) -> str | None:
    return rules.best(row["ip_address"], row["ip_addresses"] or (), groups, row["adapter_addresses"] or ())


def _address_of_host(row: Mapping[str, Any], rules: Rules, groups: Mapping[str, str]) -> str | None:
    # A vCenter knows a host by the name or address at which it reaches it.
    name = row["name"] or ""
    return rules.best(row["ip"], (name,), groups) or (name if is_host_name(name) else None)


_ADDRESS = {VMS: _address_of_vm, HOSTS: _address_of_host}
#: The fields that an address is made of.
ADDRESS_FIELDS = {VMS: ("ip_address", "ip_addresses", "adapter_addresses"), HOSTS: ("ip", "name")}
