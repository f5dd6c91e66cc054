# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Two sources that are the same vCenter or ESXi host: each machine is in the inventory once, so that plays run on it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import SourceResult
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import HOSTS

_ESXI = "ESXi"
_UUID = "uuid"


def without_duplicates(results: Sequence[SourceResult], warn: Callable[[str], None]) -> list[SourceResult]:
    """The results of sources without repetitions, in their order: the first of several names, a vCenter rather than its hosts.

    Hosts of a vCenter are recognised where their hardware UUIDs were read.

    :param warn: called with a message for each source that is left out.
    """
    known: dict[str, str] = {}
    left_out = set()
    for result in sorted(results, key=lambda result: result.type == _ESXI):
        if other := known.get(result.identity):
            left_out.add(result.source)
            same = f"an ESXi host of {other}" if result.type == _ESXI else f"the same vCenter as {other}"
            warn(f"{result.source} is {same}: skipped")
            continue
        known.update((identity, result.source) for identity in (result.identity, *_hosts(result)) if identity)
    return [result for result in results if result.source not in left_out]


def _hosts(result: SourceResult) -> Iterator[str]:
    read = result.sections.get(HOSTS)
    if read and _UUID in read["fields"]:
        place = read["fields"].index(_UUID)
        yield from (row[place].lower() for row in read["rows"] if row[place])
