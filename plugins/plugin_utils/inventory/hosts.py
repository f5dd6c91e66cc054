# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Results of sources to machines, which become hosts of an inventory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.addresses import Rules
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.control_node import is_remote_name
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import SourceResult
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import HOSTS, RESOURCES, VARIABLE, VMS, port_groups, word

_ADAPTERS = "vm_nics"
#: Fields that are unique to one machine.
_IDENTITY = ("instance_uuid", "uuid")


@dataclass
class Machine:
    """A VM, or an ESXi host, before it has a name.

    :ivar resource: ``vms`` or ``hosts``. :ivar row: its fields, with ``source`` and ``resource``; plain values, None for unknown.
    :ivar address: for ``ansible_host``, None where unknown.
    :ivar variables: of the host. :ivar expression_only: variables that expressions see as well, but the host does not get.
    """

    source: str
    resource: str
    row: dict[str, Any]
    address: str | None
    variables: dict[str, Any]
    expression_only: dict[str, Any] = field(default_factory=dict)

    @property
    def moid(self) -> str:
        """Its managed object ID."""
        return str(self.row["moid"])

    @property
    def expression_variables(self) -> dict[str, Any]:
        """The variables that expressions may use."""
        return {**self.variables, **self.expression_only} if self.expression_only else self.variables


def is_different_machine(row: Mapping[str, Any] | None, machine: Machine) -> bool:
    """Whether a host that exists was made of another machine. One vCenter may have two aliases.

    :param row: the host's variable, None where it has none yet.
    """
    if not row:
        return False
    known = next((name for name in _IDENTITY if row.get(name) and machine.row.get(name)), None)
    if known:
        return bool(row[known] != machine.row[known])
    return (row.get("source"), row.get("moid")) != (machine.source, machine.moid)


def machines(results: Iterable[SourceResult], filters: Mapping[str, RowFilter], rules: Rules | None) -> Iterator[Machine]:
    """The machines of all results that pass the filters, in order.

    :param filters: by resource. :param rules: for addresses; None to look for none.
    """
    for result in results:
        adapters = port_groups(**result.sections[_ADAPTERS]) if _ADAPTERS in result.sections else {}
        for resource in RESOURCES:
            if resource in result.sections:
                yield from _of_section(result, resource, filters.get(resource), rules, adapters)


def _of_section(
    result: SourceResult, resource: str, wanted: RowFilter | None, rules: Rules | None, adapters: Mapping[str, Mapping[str, str]]
) -> Iterator[Machine]:
    fields: Sequence[str] = result.sections[resource]["fields"]
    own = {"source": result.source, "resource": word(resource)}
    for values in result.sections[resource]["rows"]:
        row = {**own, **dict(zip(fields, values))}
        if wanted is None or wanted.keeps(row, result.source):
            address = _ADDRESS[resource](row, rules, adapters.get(row["moid"], {})) if rules else None
            yield Machine(result.source, resource, row, address, {VARIABLE: row})


def _address_of_vm(row: Mapping[str, Any], rules: Rules, groups: Mapping[str, str]) -> str | None:
    return rules.best(row["ip_address"], row["ip_addresses"] or (), groups, row["adapter_addresses"] or ())


def _address_of_host(row: Mapping[str, Any], rules: Rules, groups: Mapping[str, str]) -> str | None:
    # A vCenter names a host by the name or address that it connects to.
    name = row["name"] or ""
    return rules.best(row["ip"], (name,), groups) or (name if is_remote_name(name) else None)


_ADDRESS = {VMS: _address_of_vm, HOSTS: _address_of_host}
#: The fields that an address is chosen from.
ADDRESS_FIELDS = {VMS: ("ip_address", "ip_addresses", "adapter_addresses"), HOSTS: ("ip", "name")}
