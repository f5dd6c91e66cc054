# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The kinds of sources. A new one is a line here, a line in options.py, and a file."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.clone import Clones
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.nothing import FromNothing
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.options import CLONE, NOTHING
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import Reading, Source, SourceKind

#: What an item says to how it is found.
_KINDS: dict[str, type[SourceKind]] = {NOTHING: FromNothing, CLONE: Clones}


class Sources:
    """The sources of new VMs."""

    def __init__(self, reading: Reading) -> None:
        self._kinds = {name: kind(reading) for name, kind in _KINDS.items()}

    def check(self, one: WantedVm) -> None:
        """Check that a VM can be made as its item says, as far as that shows without its source. Adds problems."""
        self._kinds[_kind(one)].check(one)

    def find(self, new: Sequence[WantedVm]) -> dict[int, Source]:
        """The id of each item to its source; one that has become a problem is left out.

        :raises VsphereError: they cannot be read.
        """
        found: dict[int, Source] = {}
        for name, kind in self._kinds.items():
            several = [one for one in new if _kind(one) == name]
            sources = kind.find(several) if several else []
            found.update((id(one), source) for one, source in zip(several, sources) if source)
        return found


def _kind(one: WantedVm) -> str:
    return one.source.kind if one.source else NOTHING
