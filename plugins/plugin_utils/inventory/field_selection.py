# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which fields to read for an inventory file: those of its variables, names, groups and filters, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import ALL_FIELDS, SECTIONS, select

VMS = "vms"
HOSTS = "hosts"
#: Sections whose rows can become hosts of an inventory.
RESOURCES = (VMS, HOSTS)
#: The default of ``fields``: all that can be read without devices, disks or snapshots.
DEFAULT_FIELDS = {
    VMS: (
        "moid", "name", "instance_uuid", "bios_uuid", "template", "power_state", "connection_state", "guest_state", "host", "cluster",
        "datacenter", "folder", "resource_pool", "vcpu", "ram_mb", "os_name", "guest_id", "dns_name", "ip_address", "ip_addresses", "adapter_addresses",
        "networks", "datastores", "tools_running", "hw_version", "custom_attributes", "tags", "environment",
    ),
    HOSTS: (
        "moid", "name", "uuid", "ip", "version", "build", "vendor", "model", "cpu_model", "cores", "ram_gb", "connection_state",
        "power_state", "maintenance", "cluster", "datacenter", "folder", "custom_attributes", "tags",
    ),
}  # fmt: skip
#: The variable of a host, and what it has besides fields: alias of the source, and ``vm`` or ``host``.
VARIABLE = "vmware"
PSEUDO_FIELDS = ("source", "resource")
_WORDS = {VMS: "vm", HOSTS: "host"}
#: The section that has the port groups of addresses.
_ADAPTERS = "vm_nics"
_ADAPTER_FIELDS = ("moid", "network", "ipv4", "ipv6")
# A field of the variable in an expression.
_USED = re.compile(VARIABLE + r"""(?:\.get\(\s*['"]|\[\s*['"]|\.)(\w+)""")


def word(resource: str) -> str:
    """The value of the pseudo field ``resource``: ``vm`` or ``host``."""
    return _WORDS[resource]


def resources(given: Any) -> list[str]:
    """The option ``resources``, checked.

    :raises InvalidOption: a name is not in RESOURCES.
    """
    named = [given] if isinstance(given, str) else given
    for name in named if isinstance(named, list) and named else [named]:
        if name not in RESOURCES:
            raise InvalidOption(f"resources must be {' or '.join(RESOURCES)}, or both (got {quoted(name)})")
    return list(dict.fromkeys(named))


def chosen_fields(given: Any, named: Sequence[str]) -> dict[str, list[str]]:
    """The fields that become variables, by resource.

    :param given: the option ``fields``: by resource a list of fields, or ``all``.
    :raises InvalidOption: it is no mapping, or names other fields.
    """
    if not isinstance(given, Mapping):
        raise InvalidOption(f"fields must be lists by resource, such as vms: [name, host] (got {quoted(given)})")
    select(named, given)
    everything = {resource: [item.key for item in SECTIONS[resource].fields] for resource in named if given.get(resource) == ALL_FIELDS}
    return {resource: everything.get(resource) or list(given.get(resource, DEFAULT_FIELDS[resource])) for resource in named}


def fields_in(expressions: Iterable[Any]) -> set[str]:
    """The fields that templates and expressions use, written ``vmware.cluster``, ``vmware['cluster']`` or ``vmware.get('cluster')``."""
    return {field for text in expressions for field in _USED.findall(str(text))}


def sections(chosen: Mapping[str, Sequence[str]], needed: Iterable[str], with_port_groups: bool) -> list[Section]:
    """The sections to read.

    :param chosen: fields that become variables, by resource. :param needed: fields for anything else.
    :param with_port_groups: read the port group of each address.
    """
    needed = set(needed)
    found = [SECTIONS[resource].only({*fields, *needed}) for resource, fields in chosen.items()]
    if with_port_groups and VMS in chosen:
        found.append(SECTIONS[_ADAPTERS].only(_ADAPTER_FIELDS))
    return found


def port_groups(fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, dict[str, str]]:
    """Port group by address, by managed object ID of the VM.

    :param fields: of the section of adapters. :param rows: of it.
    """
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        adapter = dict(zip(fields, row))
        for address in (*(adapter["ipv4"] or ()), *(adapter["ipv6"] or ())):
            found.setdefault(adapter["moid"], {})[address] = adapter["network"] or ""
    return found
