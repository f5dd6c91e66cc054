# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and places of managed objects.

Here and in the files beside it is how a field is made of properties, where it is more than a property's
value. Each function takes the lookup of its source and one value a property path, None where a property
is not set, and returns the field's value, None where there is nothing to say.
"""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.estate.lookup import Lookup, unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.decode import MoRef


def moid(lookup: Lookup, ref: MoRef) -> str:
    return ref.moid


def unescaped(lookup: Lookup, text: str | None) -> str | None:
    return None if text is None else unescape(text)


def own_name(lookup: Lookup, text: str | None, ref: MoRef) -> str:
    """Name of the object that a row is of; its id where it has none."""
    return unescape(text or ref.moid)


def name(lookup: Lookup, ref: MoRef | None) -> str | None:
    return lookup.name(ref)


def names(lookup: Lookup, refs: list[MoRef] | None) -> list[str] | None:
    return None if refs is None else sorted(filter(None, map(lookup.name, refs)))


def count(lookup: Lookup, items: list | None) -> int | None:
    return None if items is None else len(items)


def cpu_model(lookup: Lookup, host: MoRef | None) -> str | None:
    return lookup.cpu_model(host)


def cluster(lookup: Lookup, *refs: MoRef | None) -> str | None:
    return next(filter(None, map(lookup.cluster, refs)), None)


def datastore_cluster(lookup: Lookup, parent: MoRef | None) -> str | None:
    return lookup.name(lookup.nearest(parent, "StoragePod"))


def datacenter(lookup: Lookup, *refs: MoRef | None) -> str | None:
    return next(filter(None, map(lookup.datacenter, refs)), None)


def folder(lookup: Lookup, parent: MoRef | None) -> str | None:
    return lookup.folder(parent)


def vm_folder(lookup: Lookup, parent: MoRef | None, vapp: MoRef | None) -> str | None:
    return lookup.folder(parent or lookup.vapp_folder(vapp))
