# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What an inventory file makes a source be asked: no more than what its variables, names, groups and filters are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, select

VMS = "vms"
HOSTS = "hosts"
#: What may become hosts of an inventory.
RESOURCES = (VMS, HOSTS)
#: Variables that are there when nobody says which: what can be had without reading devices, disks or snapshots.
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
#: The one variable, and what it has besides fields: alias of the source, and what the host is.
VARIABLE = "vmware"
PSEUDO_FIELDS = ("source", "resource")
_WORDS = {VMS: "vm", HOSTS: "host"}
#: Port groups of addresses.
_ADAPTERS = "vm_nics"
_ADAPTER_FIELDS = ("moid", "network", "ipv4", "ipv6")
_EVERYTHING = "all"
# In an expression, a field of the variable.
_USED = re.compile(VARIABLE + r"""(?:\.get\(\s*['"]|\[\s*['"]|\.)(\w+)""")


def word(resource: str) -> str:
    """What a host of a resource is, in one word: ``vm`` or ``host``."""
    return _WORDS[resource]


def resources(given: Any) -> list[str]:
    """The option ``resources``, checked.

    :raises InvalidOption: it names something else.
    """
    named = [given] if isinstance(given, str) else given
    for name in named if isinstance(named, list) and named else [named]:
        if name not in RESOURCES:
            raise InvalidOption(f"resources: {quoted(name)} cannot become hosts; name {' or '.join(RESOURCES)}, or both")
    return list(dict.fromkeys(named))


def chosen_fields(given: Any, named: Sequence[str]) -> dict[str, list[str]]:
    """The fields that become variables, by resource.

    :param given: the option ``fields``: by resource a list of fields, or ``all``.
    :raises InvalidOption: it is none.
    """
    if not isinstance(given, Mapping):
        raise InvalidOption(f"fields: {quoted(given)} is no mapping; give lists of fields by resource, such as vms: [name, host]")
    select(named, {key: [] if fields == _EVERYTHING else fields for key, fields in given.items()})
    everything = {resource: [item.key for item in SECTIONS[resource].fields] for resource in named if given.get(resource) == _EVERYTHING}
    return {resource: everything.get(resource) or list(given.get(resource, DEFAULT_FIELDS[resource])) for resource in named}


def fields_in(expressions: Iterable[Any]) -> set[str]:
    """The fields that templates and expressions use, by the way they are written: ``vmware.cluster``, ``vmware['cluster']``."""
    return {field for text in expressions for field in _USED.findall(str(text))}


def sections(chosen: Mapping[str, Sequence[str]], needed: Iterable[str], with_port_groups: bool) -> list[Section]:
    """What to read.

    :param chosen: fields that become variables, by resource. :param needed: fields that something else looks at.
    :param with_port_groups: read which port group each address belongs to.
    """
    needed = set(needed)
    found = [SECTIONS[resource].only({*fields, *needed}) for resource, fields in chosen.items()]
    if with_port_groups and VMS in chosen:
        found.append(SECTIONS[_ADAPTERS].only(_ADAPTER_FIELDS))
    return found


def port_groups(adapters: Mapping[str, list]) -> dict[str, dict[str, str]]:
    """Of each VM, by its moid, the port group of each of its addresses.

    :param adapters: what was read of that section: fields and rows.
    """
    found: dict[str, dict[str, str]] = {}
    for row in adapters["rows"]:
        adapter = dict(zip(adapters["fields"], row))
        for address in (*(adapter["ipv4"] or ()), *(adapter["ipv6"] or ())):
            found.setdefault(adapter["moid"], {})[address] = adapter["network"] or ""
    return found
