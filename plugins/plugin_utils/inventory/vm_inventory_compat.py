# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Option files that were written for ``community.vmware.vmware_vm_inventory``, with the meaning that they have there.

Such a file names vSphere properties, which become variables of their own, nested: ``config.guestId`` is the part ``guestId``
of the variable ``config``. They are read by the same collector as everything else, as a section of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from ansible.utils.vars import isidentifier
from ansible.vars.reserved import is_reserved_name

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import PLAIN, TEXT, Field, Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.shared import MOID, VM_NAME
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import Scope, step
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import property_types
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xml_decoder import MoRef
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.hosts import Machine
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.templates import trusted

#: The section of the properties.
PROPERTIES = "properties"
#: Options that only such files have.
OPTIONS = (
    "properties",
    "subproperties",
    "filters",
    "with_path",
    "with_nested_properties",
    "with_sanitized_property_name",
    "enable_backward_compatibility",
)
#: What such a file means where it says nothing.
DEFAULT_PROPERTIES = (
    "name",
    "config.cpuHotAddEnabled",
    "config.cpuHotRemoveEnabled",
    "config.instanceUuid",
    "config.hardware.numCPU",
    "config.template",
    "config.name",
    "config.uuid",
    "guest.hostName",
    "guest.ipAddress",
    "guest.guestId",
    "guest.guestState",
    "runtime.maxMemoryUsage",
    "customValue",
    "summary.runtime.powerState",
    "config.guestId",
)
DEFAULT_HOSTNAMES = [trusted('config.name + "_" + config.uuid')]
DEFAULT_KEYED_GROUPS = [{"key": trusted(key), "separator": ""} for key in ("config.guestId", "summary.runtime.powerState")]
#: Without compose, a host is reached here.
ADDRESS = "guest.ipAddress"

_CONNECTION_STATE = "runtime.connectionState"
_LEFT_OUT = ("orphaned", "inaccessible", "disconnected")
_MACHINE = "VirtualMachine"
_CUSTOM_VALUES = "customValue"
_ROOT = "Datacenters"
# Written down for what they are not: taken when nobody asks for them, in files that name their properties in expressions only.
_SPOKEN = re.compile(r"(?<![\w.'\"\]])(?:config|guest|summary|runtime)\.[a-z]\w*")
_NO_DOTS = "variables with dots in their names are on their way out of Ansible"
_PATH = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*")


def speaks(given: Mapping[str, Any], expressions: Iterable[Any]) -> bool:
    """Whether a file was written for that plugin: it has options that only that one has, or its expressions name properties."""
    scopes = given.get("resources")
    nested = isinstance(scopes, list) and any(isinstance(scope, Mapping) for scope in scopes)
    return nested or not given.keys().isdisjoint(OPTIONS) or any(_SPOKEN.search(str(text)) for text in expressions)


@dataclass(frozen=True)
class Ways:
    """What such a file asks for.

    :ivar section: the properties, as what is read. :ivar scopes: its ``resources``.
    :ivar path: what a path begins with, None where no groups of folders are wanted.
    """

    section: Section
    scopes: Sequence[Scope]
    path: str | None
    with_tags: bool
    sanitized: bool
    custom_values: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Ways:
        """Take the options of a file.

        :raises InvalidOption: one cannot be used, or not any more.
        """
        if given.get("with_nested_properties", True) is False:
            raise InvalidOption(f"with_nested_properties: {_NO_DOTS}; use nested ones, config.guestId for example")
        if given.get("enable_backward_compatibility", False):
            raise InvalidOption(f"enable_backward_compatibility: {_NO_DOTS}; leave the option out, nested ones are there")
        named = _texts("properties", given.get("properties", DEFAULT_PROPERTIES))
        custom_values = _CUSTOM_VALUES in named
        named = [name for name in named if name != _CUSTOM_VALUES]
        parts = _subproperties(given.get("subproperties") or [])
        if "all" in named:
            named = list(dict.fromkeys([*property_types.properties(_MACHINE), *(name for name in named if name != "all")]))
        fields = [Field(path, path, PLAIN, "", partial(_property, _declared(path))) for path in named if path not in parts]
        fields += [Field(f"{path}.{part}", path, PLAIN, "", partial(_part, _declared(path), part)) for path, several in parts.items() for part in several]
        fields += [Field(key, path, PLAIN, "", how) for key, path, how in _ALWAYS if key not in {item.key for item in fields}]
        path = given.get("with_path") or None
        scopes = _scopes("resources", given.get("resources") or [])
        return cls(
            section=Section(
                PROPERTIES,
                (_MACHINE,),
                "Properties",
                (MOID, VM_NAME, *dict.fromkeys(fields), _PATH_FIELD),
                shapes={path: property_types.shape_of(_declared(path)) for path in (*named, *parts)},
            ),
            # One that names nothing is all there is.
            scopes=scopes if all(scopes) else [],
            path=("" if path is True else str(path)) if path else None,
            with_tags=bool(given.get("with_tags", False)),
            sanitized=bool(given.get("with_sanitized_property_name", False)),
            custom_values=custom_values,
        )

    def shows(self, machine: Machine, properties: Mapping[str, Any], safe: Callable[[str], str]) -> bool:
        """Give a VM the variables of its properties, unless such a file does not show it.

        :param properties: what was read of it, by path. :param safe: makes a name one that a variable can have.
        """
        if properties.get(_CONNECTION_STATE) in _LEFT_OUT:
            return False
        nested: dict[str, Any] = {}
        for path, value in properties.items():
            if value is not None and path not in (MOID.key, VM_NAME.key, _PATH_FIELD.key):
                _put(nested, path.split("."), value)
        if self.custom_values:
            nested.update(machine.row.get("custom_attributes") or {})
        if self.with_tags:
            tags = machine.row.get("tags") or {}
            nested["tags"] = [tag for several in tags.values() for tag in several]
            nested["categories"] = [category for category, several in tags.items() for _tag in several]
            nested["tag_category"] = dict(tags)
        if self.path is not None:
            nested["path"] = properties.get(_PATH_FIELD.key) or ""
        machine.unset = nested
        named = nested
        if self.sanitized:
            snake = camel_dict_to_snake_dict(nested)
            named = {safe(name): value for name, value in {**snake, **_flat(snake)}.items()}
        machine.variables = {**{name: value for name, value in named.items() if _names_a_variable(name)}, **machine.variables}
        return True

    def folders(self, machine: Machine) -> list[str]:
        """The groups that a VM's path makes, from the outside in, each in the one before."""
        if self.path is None:
            return []
        parts = [self.path] if self.path else []
        parts += machine.unset["path"].split("/")
        return ["/".join(parts[: number + 1]) for number in range(len(parts))]


@cache
def _names_a_variable(name: str) -> bool:
    """Whether Ansible lets a variable be called so. What it does not, or keeps for itself as ``name`` and ``tags``, expressions see."""
    return isidentifier(name) and not is_reserved_name(name)


def _property(declared: Any, topology: Topology, value: Any) -> Any:
    return None if value is None else property_types.plain_value(value, declared)


def _part(declared: Any, part: str, topology: Topology, value: Any) -> Any:
    """A part of a property: of a structure its own, of another object its name, or that of what it lies in."""
    names = part.split(".")
    if isinstance(value, MoRef):
        refs = list(topology.all_above(value))
        depth = names.index("name")
        return topology.name(refs[depth]) if depth < len(refs) else None
    found = _property(declared, topology, value)
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _folder_path(topology: Topology, parent: MoRef | None) -> str | None:
    refs = list(topology.all_above(parent))
    # The root folder is in no view, and has one name everywhere.
    return "/".join([_ROOT, *(topology.name(ref) or "" for ref in reversed(refs[:-1]))]) if refs else None


_PATH_FIELD = Field("path", "parent", TEXT, "", _folder_path)
_ALWAYS = ((_CONNECTION_STATE, _CONNECTION_STATE, lambda topology, value: value),)


def _declared(path: str) -> Any:
    try:
        return property_types.property_type(_MACHINE, path)
    except AttributeError:
        # The server will say that it does not know it either, or knows more than pyVmomi.
        return object


def _texts(option: str, given: Any) -> list[str]:
    named = [given] if isinstance(given, str) else list(given or ["name"])
    for name in named:
        if not _PATH.fullmatch(str(name)):
            raise InvalidOption(f"{option}: {name!r} is no vSphere property; give paths such as config.guestId")
    return list(dict.fromkeys(map(str, named)))


def _subproperties(given: Any) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for number, one in enumerate(given):
        option = f"subproperties[{number}]"
        if not isinstance(one, Mapping) or not one.get("property"):
            raise InvalidOption(f"{option}: {one!r} names no property; give property and subelements")
        (path,) = _texts(f"{option}.property", one["property"])
        named = _texts(f"{option}.subelements", one.get("subelements"))
        parts[path] = list(dict.fromkeys([*parts.get(path, ()), *named]))
        declared = _declared(path)
        for part in named if property_types.is_reference(declared) else ():
            *above, last = part.split(".")
            if last != "name" or any(name != "parent" for name in above):
                raise InvalidOption(f"{option}.subelements: {part} of another object would take a call a VM; there are name, parent.name and so on")
    return parts


def _put(whole: dict[str, Any], names: Sequence[str], value: Any) -> None:
    for name in names[:-1]:
        inner = whole.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        whole = inner
    known = whole.get(names[-1])
    whole[names[-1]] = {**value, **known} if isinstance(known, dict) and isinstance(value, dict) else value


def _flat(nested: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Parts of dictionaries by their paths."""
    flat = {}
    for name, value in nested.items():
        flat.update(_flat(value, f"{before}{name}.") if isinstance(value, dict) and value else {f"{before}{name}": value})
    return flat


def _scopes(option: str, given: Any) -> list[Scope]:
    """Its ``resources``: each one sort of container with names, and within these further ones."""
    if not isinstance(given, list):
        raise InvalidOption(f"{option}: {given!r} is no list")
    scopes: list[Scope] = []
    for number, one in enumerate(given):
        where = f"{option}[{number}]"
        kinds = [key for key in one if key != option] if isinstance(one, Mapping) else []
        if len(kinds) != 1:
            raise InvalidOption(f"{where}: {one!r} is no part of an estate; give one of {', '.join(_CONTAINERS)} with names, and {option} for what lies within")
        if kinds[0] not in _CONTAINERS:
            raise InvalidOption(f"{where}: {kinds[0]} holds no VMs; name one of {', '.join(_CONTAINERS)}")
        first = [step(f"{where}.{kinds[0]}", kinds[0], _CONTAINERS[kinds[0]], one[kinds[0]])] if one[kinds[0]] else []
        inner = _scopes(option, one.get(option) or [])
        scopes += [[*first, *rest] for rest in inner] or [first]
    return scopes


_CONTAINERS = {
    "datacenter": ("Datacenter",),
    "folder": ("Folder", "StoragePod"),
    "compute_resource": ("ComputeResource", "ClusterComputeResource"),
    "cluster_compute_resource": ("ClusterComputeResource",),
    "host_system": ("HostSystem",),
    "resource_pool": ("ResourcePool", "VirtualApp"),
    "virtual_app": ("VirtualApp",),
}
