# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which properties a request needs, and the shapes to decode them into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import ITEM, KINDS, SELF, TAGS, Section, merged
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import ESXI_TOPOLOGY_PROPERTIES, TOPOLOGY_SHAPES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import property_shape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import version_tuple


def wanted_properties(sections: Iterable[Section], version: tuple[int, ...]) -> dict[str, set[str]]:
    """Managed object type to the properties that sections need, as far as the API version has them.

    Properties of all types of a section are requested of the first type, the base class of the others.
    """
    wanted: dict[str, set[str]] = {}
    for section in sections:
        for managed_type in section.managed_types:
            paths = (path for path, owner in section.properties.items() if owner == managed_type and _has(section, path, version))
            wanted.setdefault(managed_type, set()).update(paths)
    return wanted


def all_paths(sections: Iterable[Section]) -> set[str]:
    """Every property path that is requested of some server."""
    return {path for paths in (*ESXI_TOPOLOGY_PROPERTIES.values(), *(section.properties for section in sections)) for path in paths}


def all_shapes(sections: Sequence[Section]) -> dict[str, Any]:
    """Managed object type to property to shape, of topology and sections, see vsphere/xml_decoder.py."""
    shapes: dict[str, Any] = dict(TOPOLOGY_SHAPES)
    for section in sections:
        for managed_type in section.managed_types:
            shapes[managed_type] = merged(shapes.get(managed_type), _shapes(section))
    return shapes


def _has(section: Section, path: str, version: tuple[int, ...]) -> bool:
    is_known = version_tuple(section.since.get(path, "")) <= version
    return is_known and (path not in section.until or version < version_tuple(section.until[path]))


def _shapes(section: Section) -> dict[str, Any]:
    """Property to shape: as the section declares it, else as pyVmomi does, else by the kind of the field."""
    shapes = section.wanted_parts()
    for path, owner in section.properties.items():
        if path not in shapes and path not in TOPOLOGY_SHAPES[EVERY_TYPE]:
            declared = property_shape(owner, path)
            if declared is not None:
                shapes[path] = declared
    for field in section.fields:
        for path in field.paths if field.compute is None else ():
            plain = path.rpartition(":")[2]
            if ITEM not in plain and plain not in (SELF, TAGS):
                shapes.setdefault(plain, KINDS[field.kind].shape)
    return shapes
