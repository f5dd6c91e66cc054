# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What VMware Tools tell of guests."""

from __future__ import annotations

import re
from typing import Any
from collections.abc import Iterator

from ansible_collections.estate.vmware.plugins.module_utils.estate.lookup import Lookup

GUEST_DISKS = "guest.disk"
_PRETTY_NAME = re.compile("prettyName='([^']*)'")


def domain(lookup: Lookup, host_name: str | None) -> str | None:
    return (host_name or "").partition(".")[2] or None


def os_edition(lookup: Lookup, configured: str | None, detailed: str | None) -> str | None:
    pretty = _PRETTY_NAME.search(detailed or "")
    return pretty.group(1) if pretty and pretty.group(1) else configured


def ip_addresses(lookup: Lookup, nics: list[dict] | None) -> list[str] | None:
    if nics is None:
        return None
    addresses = dict.fromkeys(address for nic in nics for address in nic.get("ipAddress", ()))
    return sorted(addresses, key=lambda address: address.lower().startswith(("fe80:", "169.254.")))


def partitions(lookup: Lookup, disks: list[dict] | None) -> Iterator[dict[str, Any]]:
    for disk in disks or ():
        yield {GUEST_DISKS: disk}
