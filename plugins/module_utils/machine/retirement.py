# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The stamp of a retired VM: since when, and what it was called. It stands in extraConfig, under keys that a guest cannot write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.machine.current import read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import EXTRA_CONFIG
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import NAME, PATH, Identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import VM_LEVEL, WrittenPath, spellings
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session

#: Keys of extraConfig: not ``guestinfo.``, which a guest can often write.
_AT, _PATH = "estate.vmware.retired_at", "estate.vmware.retired_path"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Stamp(NamedTuple):
    """When a VM was retired, by the server's clock, and its path before that."""

    at: datetime
    path: str

    @property
    def extra_config(self) -> dict[str, str]:
        """The keys and values to write."""
        return {_AT: self.at.astimezone(timezone.utc).strftime(_TIME), _PATH: self.path}

    def is_of(self, identity: Identity) -> bool:
        """Whether an identity by name or path named the VM before it was retired."""
        names = WrittenPath.of(self.path).names
        if not names or identity.by not in (NAME, PATH):
            return False
        if identity.by == PATH:
            return _are_in(identity.value, names)
        return names[-1] in spellings(identity.value) and all(_are_in(place, names[:-1]) for place in (identity.folder, identity.datacenter) if place)


def stamp_of(properties: Mapping[str, Any]) -> Stamp | None:
    """The stamp in the extraConfig of a VM; None for one that is not retired."""
    found = {item.get("key"): item.get("value", "") for item in properties.get(EXTRA_CONFIG) or ()}
    with suppress(ValueError, TypeError):
        return Stamp(datetime.strptime(found.get(_AT, ""), _TIME).replace(tzinfo=timezone.utc), found.get(_PATH, ""))
    return None


def retired_as(session: Session, lookup: VmLookup, identities: Iterable[Identity]) -> dict[str, list[Vm]]:
    """The retired VMs that some identities named before: option of the identity to VMs, the one retired last first. Their new names contain the old ones.

    :raises VsphereError: they cannot be read.
    """
    wanted = [identity for identity in identities if identity.by in (NAME, PATH)]
    if not wanted:
        return {}
    names = {identity.value.names[-1] if identity.by == PATH else identity.value for identity in wanted}
    candidates = lookup.whose_name(lambda name: any(old in name for old in names))
    read = read_current(session, [vm.ref for vm in candidates], [EXTRA_CONFIG])
    stamps = {vm: stamp for vm in candidates if vm.ref in read and (stamp := stamp_of(read[vm.ref].properties))}
    newest_first = sorted(stamps, key=lambda vm: stamps[vm].at, reverse=True)
    return {identity.option: [vm for vm in newest_first if stamps[vm].is_of(identity)] for identity in wanted}


def _are_in(written: WrittenPath, names: tuple[str, ...]) -> bool:
    """Whether the names of a path follow each other in this order; levels that people need not write may lie between, or be written."""
    left = iter(names)
    return all(any(name in spellings(wanted) for name in left) for wanted in written.names if wanted != VM_LEVEL or VM_LEVEL in names)
