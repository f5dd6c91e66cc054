# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Inventory files that were written for ``community.vmware.vmware_vm_inventory``, with the meaning that they have there.

Such a file names vSphere properties, which become nested variables: ``config.guestId`` is the part ``guestId`` of the variable
``config``. The collector reads them as a section of their own.
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
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import Scope, step
from ansible_collections.estate.vmware.plugins.module_utils.vsphere import property_types
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
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
#: Defaults of such a file.
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
#: Without compose, the address of a host.
ADDRESS = "guest.ipAddress"

_CONNECTION_STATE = "runtime.connectionState"
_EXCLUDED_STATES = ("orphaned", "inaccessible", "disconnected")
_MACHINE = "VirtualMachine"
_CUSTOM_VALUES = "customValue"
_ROOT = "Datacenters"
# A property in an expression, not a part of a text or of another name.
_PROPERTY_IN_EXPRESSION = re.compile(r"(?<![\w.'\"\]])(?:config|guest|summary|runtime)\.[a-z]\w*")
_NO_DOTS = "Ansible deprecates variables with dots in their names"
_PATH = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*")


def is_legacy_file(given: Mapping[str, Any], expressions: Iterable[Any]) -> bool:
    """Whether a file was written for that plugin: it has options of that plugin only, or its expressions use properties."""
    scopes = given.get("resources")
    nested = isinstance(scopes, list) and any(isinstance(scope, Mapping) for scope in scopes)
    return nested or not given.keys().isdisjoint(OPTIONS) or any(_PROPERTY_IN_EXPRESSION.search(str(text)) for text in expressions)


@dataclass(frozen=True)
class CompatOptions:
    """The options of such a file.

    :ivar section: the properties to read. :ivar scopes: from its ``resources``.
    :ivar path: what paths start with, None for no groups by folder.
    """

    section: Section
    scopes: Sequence[Scope]
    path: str | None
    with_tags: bool
    sanitized: bool
    custom_values: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> CompatOptions:
        """Check the options of a file.

        :raises InvalidOption: one cannot be used.
        """
        if given.get("with_nested_properties", True) is False:
            raise InvalidOption(f"with_nested_properties: {_NO_DOTS}; remove the option: variables are nested, such as config.guestId")
        if given.get("enable_backward_compatibility", False):
            raise InvalidOption(f"enable_backward_compatibility: {_NO_DOTS}; remove the option: variables are nested")
        named = _texts("properties", given.get("properties", DEFAULT_PROPERTIES))
        custom_values = _CUSTOM_VALUES in named
        named = [name for name in named if name != _CUSTOM_VALUES]
        parts = _subproperties(given.get("subproperties") or [])
        if "all" in named:
            named = list(dict.fromkeys([*property_types.properties(_MACHINE), *(name for name in named if name != "all")]))
        fields = [Field(path, path, PLAIN, "", partial(_property, _declared(path))) for path in named if path not in parts]
        for whole, several in parts.items():
            computes = {part: in_context(partial(_part, _declared(whole), part)) for part in several}
            fields += [Field(f"{whole}.{part}", whole, PLAIN, "", compute) for part, compute in computes.items()]
        if _CONNECTION_STATE not in {field.key for field in fields}:
            fields.append(Field(_CONNECTION_STATE, _CONNECTION_STATE, PLAIN, ""))
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
            # A scope without a name is everything.
            scopes=scopes if all(scopes) else [],
            path=("" if path is True else str(path)) if path else None,
            with_tags=bool(given.get("with_tags", False)),
            sanitized=bool(given.get("with_sanitized_property_name", False)),
            custom_values=custom_values,
        )

    def apply_to(self, machine: Machine, properties: Mapping[str, Any], safe_name: Callable[[str], str]) -> bool:
        """Give a VM the variables of its properties. Returns False for VMs that such a file leaves out.

        :param properties: value by path. :param safe_name: makes a valid name of a variable.
        """
        if properties.get(_CONNECTION_STATE) in _EXCLUDED_STATES:
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
        machine.expression_only = nested
        named = nested
        if self.sanitized:
            snake = camel_dict_to_snake_dict(nested)
            named = {safe_name(name): value for name, value in {**snake, **_flat(snake)}.items()}
        machine.variables = {**{name: value for name, value in named.items() if _names_a_variable(name)}, **machine.variables}
        return True

    def folders(self, machine: Machine) -> list[str]:
        """The groups of the folders of a VM, from the outermost, each in the one before."""
        if self.path is None:
            return []
        parts = [self.path] if self.path else []
        parts += machine.expression_only["path"].split("/")
        return ["/".join(parts[: number + 1]) for number in range(len(parts))]


@cache
def _names_a_variable(name: str) -> bool:
    """Whether a variable can have this name. Other names, and reserved ones as ``name`` and ``tags``, are for expressions only."""
    return isidentifier(name) and not is_reserved_name(name)


def _property(declared: Any, value: Any) -> Any:
    return None if value is None else property_types.plain_value(value, declared)


def _part(declared: Any, part: str, context: ScanContext, value: Any) -> Any:
    """A part of a property: a member of a structure, or the name of another object or of one that contains it."""
    names = part.split(".")
    if isinstance(value, MoRef):
        refs = list(context.topology.all_above(value))
        depth = names.index("name")
        return context.topology.name(refs[depth]) if depth < len(refs) else None
    found = _property(declared, value)
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


@in_context
def _folder_path(context: ScanContext, parent: MoRef | None) -> str | None:
    refs = list(context.topology.all_above(parent))
    # The root folder is in no view, and has the same name everywhere.
    return "/".join([_ROOT, *(context.topology.name(ref) or "" for ref in reversed(refs[:-1]))]) if refs else None


_PATH_FIELD = Field("path", "parent", TEXT, "", _folder_path)


def _declared(path: str) -> Any:
    try:
        return property_types.property_type(_MACHINE, path)
    except AttributeError:
        # The server reports that it does not know it either, or knows more than pyVmomi.
        return object


def _texts(option: str, given: Any) -> list[str]:
    named = [given] if isinstance(given, str) else list(given or ["name"])
    for name in named:
        if not _PATH.fullmatch(str(name)):
            raise InvalidOption(f"{option}: {name!r} is not a vSphere property; give paths such as config.guestId")
    return list(dict.fromkeys(map(str, named)))


def _subproperties(given: Any) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for number, one in enumerate(given):
        option = f"subproperties[{number}]"
        if not isinstance(one, Mapping) or not one.get("property"):
            raise InvalidOption(f"{option} must have property and subelements (got {one!r})")
        (path,) = _texts(f"{option}.property", one["property"])
        named = _texts(f"{option}.subelements", one.get("subelements"))
        parts[path] = list(dict.fromkeys([*parts.get(path, ()), *named]))
        declared = _declared(path)
        for part in named if property_types.is_reference(declared) else ():
            *above, last = part.split(".")
            if last != "name" or any(name != "parent" for name in above):
                raise InvalidOption(f"{option}.subelements: of a reference only name, parent.name and so on can be read (got {part})")
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
    """Members of nested dictionaries, by path."""
    flat = {}
    for name, value in nested.items():
        flat.update(_flat(value, f"{before}{name}.") if isinstance(value, dict) and value else {f"{before}{name}": value})
    return flat


def _scopes(option: str, given: Any) -> list[Scope]:
    """The scopes of ``resources``: each entry has one kind of container with names, and more entries within."""
    if not isinstance(given, list):
        raise InvalidOption(f"{option} must be a list (got {given!r})")
    scopes: list[Scope] = []
    for number, one in enumerate(given):
        where = f"{option}[{number}]"
        kinds = [key for key in one if key != option] if isinstance(one, Mapping) else []
        if len(kinds) != 1:
            raise InvalidOption(f"{where} must have one of {', '.join(_CONTAINERS)} with names, and {option} for what is within (got {one!r})")
        if kinds[0] not in _CONTAINERS:
            raise InvalidOption(f"{where}: {kinds[0]} contains no VMs; valid kinds: {', '.join(_CONTAINERS)}")
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
