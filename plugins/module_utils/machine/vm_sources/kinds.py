# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The kinds of sources. A new one is a line here, a line in options.py, and a file."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.clone import Clones
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.copy import Copies
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.nothing import FromNothing
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import CLONE, COPY, NOTHING, OVF, CloneOf
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.package import Packages
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import Place, Reading, Source, SourceKind

#: What an item says to how it is found.
_KINDS: dict[str, type[SourceKind]] = {NOTHING: FromNothing, CLONE: Clones, COPY: Copies, OVF: Packages}


class Sources:
    """The sources of new VMs."""

    def __init__(self, reading: Reading) -> None:
        self._kinds = {name: kind(reading) for name, kind in _KINDS.items()}
        self._is_vcenter = reading.session.is_vcenter

    def check(self, one: WantedVm) -> None:
        """Check that a VM can be made as its item says, as far as that shows without its source. Adds problems."""
        self._kinds[self._kind(one)].check(one)

    def find(self, new: Sequence[WantedVm]) -> dict[int, Source]:
        """The id of each item to its source; one that has become a problem is left out.

        :raises VsphereError: they cannot be read.
        """
        found: dict[int, Source] = {}
        for name, kind in self._kinds.items():
            several = [one for one in new if self._kind(one) == name]
            sources = kind.find(several) if several else []
            found.update((id(one), source) for one, source in zip(several, sources) if source)
        return found

    def check_placed(self, placed: Sequence[tuple[WantedVm, Source, Place]]) -> None:
        """Check new VMs once it is known where they go. Adds problems.

        :raises VsphereError: what is there cannot be read.
        """
        for name, kind in self._kinds.items():
            if several := [one for one in placed if self._kind(one[0]) == name]:
                kind.check_placed(several)

    def _kind(self, one: WantedVm) -> str:
        if isinstance(one.source, CloneOf) and not one.source.is_chosen:
            return CLONE if self._is_vcenter else COPY
        return one.source.kind if one.source else NOTHING
