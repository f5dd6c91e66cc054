# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What the descriptor of an OVF package says that whoever deploys it has to know: networks, properties, licences, deployment options, files, disks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line, quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.qualifiers import Limits, limits_of
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.sources import PackageError
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_DEPTH

_MAX_ELEMENTS = 200_000
_COLLECTION, _SYSTEM = "VirtualSystemCollection", "VirtualSystem"
#: Units of capacities; ``byte * 2^30`` is written with spaces or without.
_UNITS = {"": 1, "byte": 1, **{f"byte*2^{power}": 1 << power for power in (10, 20, 30, 40)}}


class Property(NamedTuple):
    """A vApp property.

    :ivar key: ``class.id.instance``, as far as it has them. :ivar id: its own part of that. :ivar type: such as string or boolean.
    :ivar value: its default. :ivar limits: what values it may have.
    """

    key: str
    id: str
    type: str
    value: str
    is_configurable: bool
    is_password: bool
    limits: Limits

    @property
    def is_required(self) -> bool:
        """Whether the VM cannot power on before it has a value."""
        return self.is_configurable and not self.value and not self.limits.allows_empty


class Envelope(NamedTuple):
    """A descriptor of one VM.

    :ivar networks: their names. :ivar properties: by ``key``. :ivar licences: their texts. :ivar options: ids of deployment options.
    :ivar files: the names of files that disks have. :ivar capacity: of all disks, in bytes.
    """

    networks: list[str]
    properties: dict[str, Property]
    licences: list[str]
    options: list[str]
    files: list[str]
    capacity: int


def read_envelope(name: str, descriptor: str) -> Envelope:
    """Read a descriptor.

    :param name: of the package, for messages.
    :raises PackageError: it is none, or one of several VMs.
    """
    root = _parse(name, descriptor)
    if _tag(root) != "Envelope":
        raise PackageError(f"{quoted(name)} holds no OVF descriptor: its first element is {quoted(_tag(root))}")
    if any(_tag(element) == _COLLECTION for element in root):
        raise PackageError(f"{quoted(name)} holds a vApp of several VMs: deploy it in the vSphere Client, or give the OVF of one of them")
    systems = [element for element in root if _tag(element) == _SYSTEM]
    if len(systems) != 1:
        raise PackageError(f"the descriptor of {quoted(name)} describes no VM: make the package anew")
    files = {_get(file, "id"): _get(file, "href") for file in _all(root, "References", "File")}
    disks = list(_all(root, "DiskSection", "Disk"))
    properties = [one for section in systems[0] if _tag(section) == "ProductSection" for one in _properties(section)]
    return Envelope(
        networks=list(dict.fromkeys(_get(network, "name") for network in _all(root, "NetworkSection", "Network"))),
        properties={one.key: one for one in properties},
        licences=[one_line("".join(text.itertext())) for text in _all(systems[0], "EulaSection", "License")],
        options=[_get(option, "id") for option in _all(root, "DeploymentOptionSection", "Configuration")],
        files=[files[ref] for disk in disks if (ref := _get(disk, "fileRef")) in files],
        capacity=sum(map(_capacity, disks)),
    )


def _parse(name: str, descriptor: str) -> ElementTree.Element:
    """The tree of a descriptor; entities, deep nesting and millions of elements are refused."""
    builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate("UTF-8", "}")
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH or count > _MAX_ELEMENTS:
            raise PackageError(f"the descriptor of {quoted(name)} is far larger than an OVF descriptor: this is no OVF package")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_declaration: object) -> None:
        raise PackageError(f"the descriptor of {quoted(name)} declares entities, which OVF does not have: make the package anew")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(descriptor.encode(), True)
        return builder.close()
    except expat.ExpatError as error:
        raise PackageError(f"the descriptor of {quoted(name)} is no XML ({error}): make the package anew") from error


def _properties(section: ElementTree.Element) -> Iterator[Property]:
    outer, instance = _get(section, "class"), _get(section, "instance")
    for element in section:
        if _tag(element) != "Property":
            continue
        own = _get(element, "key")
        # A default may depend on the deployment option: then an element has it.
        values = [_get(value, "value") for value in element if _tag(value) == "Value"]
        key, kind = ".".join(filter(None, (outer, own, instance))), _get(element, "type")
        is_configurable = _get(element, "userConfigurable").lower() in ("true", "1")
        is_password = _get(element, "password").lower() in ("true", "1")
        value = _get(element, "value") or next(filter(None, values), "")
        yield Property(key, own, kind, value, is_configurable, is_password, limits_of(kind, f"{_get(element, 'qualifiers')} {_get(element, 'vmw:qualifiers')}"))


def _capacity(disk: ElementTree.Element) -> int:
    text, unit = _get(disk, "capacity"), _get(disk, "capacityAllocationUnits").replace(" ", "").lower()
    return int(text) * _UNITS.get(unit, 1) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _all(root: ElementTree.Element, section: str, tag: str) -> Iterator[ElementTree.Element]:
    for outer in root:
        if _tag(outer) == section:
            yield from (element for element in outer if _tag(element) == tag)


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _get(element: ElementTree.Element, name: str) -> str:
    """An attribute, whatever its namespace; ``vmw:`` before the name stands for that of VMware."""
    vendor, _colon, own = name.rpartition(":")
    for key, value in element.attrib.items():
        namespace, _brace, found = key.rpartition("}")
        if found == own and (vendor != "" and "vmware" in namespace or vendor == "" and "vmware" not in namespace):
            return value
    return ""
