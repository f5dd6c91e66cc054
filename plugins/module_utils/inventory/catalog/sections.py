# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""All sections, in the order of the documentation and of workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.clusters import CLUSTERS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.datastores import DATASTORES
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import Section
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.hosts import HOSTS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.networks import NETWORKS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.resource_pools import RESOURCE_POOLS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.vm_cdroms import VM_CDROMS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.vm_disks import VM_DISKS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.vm_nics import VM_NICS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.vm_partitions import VM_PARTITIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.vm_snapshots import VM_SNAPSHOTS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.vm_usb_devices import VM_USB_DEVICES
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.vms import VMS

_ALL = (VMS, HOSTS, DATASTORES, NETWORKS, CLUSTERS, VM_DISKS, VM_NICS, VM_PARTITIONS, VM_SNAPSHOTS, VM_CDROMS, VM_USB_DEVICES, RESOURCE_POOLS)
SECTIONS = {section.key: section for section in _ALL}

#: The sections that are read where none are named.
USUAL_SECTIONS = tuple(key for key, section in SECTIONS.items() if not section.on_request)
#: In place of a list of fields: every field of the section.
ALL_FIELDS = "all"


def usual_sections() -> list[Section]:
    """What is read where neither sections nor fields are named."""
    return [SECTIONS[key].usual() for key in USUAL_SECTIONS]


def select(sections: Sequence[str], fields: Mapping[str, Sequence[str]] | None = None) -> list[Section]:
    """The sections of these keys, each once, with the fields that ``fields`` names by section, :data:`ALL_FIELDS`, or the usual ones.

    :raises InvalidOption: a section or field is unknown, or ``fields`` names a section that is not read.
    """
    if not sections:
        raise InvalidOption("sections: it is empty; name at least one, or leave the option out to read all")
    _known("sections", sections, SECTIONS)
    _known("fields", fields or {}, [key for key in SECTIONS if key in sections])
    return [_section(SECTIONS[key], (fields or {}).get(key)) for key in dict.fromkeys(sections)]


def _section(section: Section, fields: Sequence[str] | None) -> Section:
    if fields is None:
        return section.usual()
    if fields == ALL_FIELDS:
        return section
    if isinstance(fields, str) or not isinstance(fields, Sequence):
        raise InvalidOption(f"fields: {quoted(fields)} of {section.key} is no list; give a list of fields, or {ALL_FIELDS}")
    _known(f"fields of {section.key}", fields, [field.key for field in section.fields])
    return section.only(fields)


def _known(option: str, given: Iterable[str], allowed: Iterable[str]) -> None:
    allowed = list(allowed)
    for name in given:
        if name not in allowed:
            raise InvalidOption(f"{option}: {name} cannot be read{suggestion(name, allowed)}")
