# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""ESXi hosts."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import is_migration_appliance

_SERIAL_TAGS = ("ServiceTag", "EnclosureSerialNumberTag", "SerialNumberTag")
#: Placeholders of firmware instead of a serial number: letters and digits only, in lower case.
_NO_SERIALS = frozenset({
    "0123456789", "123456789", "1234567890", "assetserialnumber", "baseboardserialnumber", "boardserialnumber", "chassisserialnumber",
    "defaultstring", "empty", "invalid", "na", "none", "notapplicable", "notavailable", "notset", "notspecified", "null", "oem",
    "serialnumber", "sernum", "systemserialnumber", "unavailable", "undefined",
    "unknown", "unspecified",
})  # fmt: skip


def migration_appliance(model: str | None) -> bool | None:
    return None if model is None else is_migration_appliance(model)


def management_ip(configs: list[Structure] | None) -> str | None:
    """Address of the first VMkernel adapter that carries management traffic."""
    for config in configs or ():
        if config.get("nicType") != "management":
            continue
        chosen = config.get("selectedVnic", ())
        for nic in config.get("candidateVnic", ()):
            if not chosen or nic.get("key") in chosen:
                address: str | None = nic.get("spec", {}).get("ip", {}).get("ipAddress")
                return address
    return None


def serial(system: Structure | None) -> str | None:
    """The first real one of: the serial number, then the tags in the order of :data:`_SERIAL_TAGS`."""
    if system is None:
        return None
    given = [system.get("serialNumber", "")]
    for tag in _SERIAL_TAGS:
        for item in system.get("otherIdentifyingInfo", ()):
            if item.get("identifierType", {}).get("key") == tag:
                given.append(item.get("identifierValue", ""))
    return next((text.strip() for text in given if _is_serial(text)), None)


def _is_serial(text: str) -> bool:
    # Dots, zeros or the same letter throughout are placeholders, too.
    plain = "".join(filter(str.isalnum, text)).casefold()
    return len(set(plain)) > 1 and plain not in _NO_SERIALS and not plain.startswith("tobefilled")
