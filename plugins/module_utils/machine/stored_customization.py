# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Customization specifications that vCenter has: read, and completed for one VM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import adapter_mapping, set_global
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import WantedNic
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import data_object, shape_of
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

_SPECIFICATION = "CustomizationSpec"
_IDENTITIES = ("CustomizationLinuxPrep", "CustomizationSysprep")


def stored_shape() -> dict[str, Any]:
    """The shape of a CustomizationSpecItem, the result of GetCustomizationSpec."""
    shape = shape_of(vim_type(_SPECIFICATION))
    # Replies do not name the types of their parts.
    identity = {name: part for kind in _IDENTITIES for name, part in shape_of(vim_type(kind)).items()}
    return {"spec": {**shape, "identity": {**shape["identity"], **identity}}}


def stored_specification(item: dict[str, Any]) -> Any:
    """A decoded CustomizationSpecItem as pyVmomi's ``vim.vm.customization.Specification``.

    :raises KeyError: it has a type that pyVmomi does not know. :raises ValueError: it has values of wrong types.
    """
    return data_object(item["spec"], vim_type(_SPECIFICATION))


def asks_for_address(stored: Any, nics: Sequence[WantedNic | None]) -> list[int]:
    """The adapters, by number, whose address a specification leaves to whoever uses it, and that the item gives none.

    :param nics: as of :func:`completed`.
    """
    unknown = vim_type("CustomizationUnknownIpGenerator")
    entries = list(stored.nicSettingMap or ())[: len(nics)]
    return [number for number, (entry, nic) in enumerate(zip(entries, nics)) if isinstance(entry.adapter.ip, unknown) and not (nic and nic.address)]


def completed(stored: Any, hostname: str, nics: Sequence[WantedNic | None]) -> Any:
    """A stored specification with what an item says of its VM, and with entries for all adapters. It is changed itself.

    An adapter without an address in the item has the entry of the specification, or DHCP where that has none.

    :param hostname: for a specification that asks for one.
    :param nics: all adapters that the VM will have, see networks.in_order; None for one that the item says nothing of.
    """
    _set_name(stored.identity, hostname)
    set_global(stored.globalIPSettings, nics)
    entries = list(stored.nicSettingMap or ())
    kept = [entries[number] if number < len(entries) else adapter_mapping(None) for number in range(len(nics))]
    stored.nicSettingMap = [adapter_mapping(nic) if nic and nic.address else entry for nic, entry in zip(nics, kept)]
    return stored


def _set_name(identity: Any, hostname: str) -> None:
    for holder, part in ((identity, "hostName"), (getattr(identity, "userData", None), "computerName")):
        if isinstance(getattr(holder, part, None), vim_type("CustomizationUnknownName")):
            setattr(holder, part, vim_type("CustomizationFixedName")(name=hostname))
