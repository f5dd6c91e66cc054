# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Sources that are one: a host must not be in an inventory twice, under two names, for plays to run on it twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import Answer
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import HOSTS

_ESXI = "ESXi"
_UUID = "uuid"


def without_duplicates(answers: Sequence[Answer], warn: Callable[[str], None]) -> list[Answer]:
    """The answers of sources of which no other one is the same, in their order; of the same the first, a vCenter before its hosts.

    Hosts of a vCenter are known where they were read with their hardware UUID.

    :param warn: called with what is left out.
    """
    known: dict[str, str] = {}
    left_out = set()
    for answer in sorted(answers, key=lambda answer: answer.type == _ESXI):
        if other := known.get(answer.identity):
            left_out.add(answer.source)
            same = f"an ESXi host that {other} has too" if answer.type == _ESXI else f"the same vCenter as {other}"
            warn(f"{answer.source} is {same}: its hosts are left out")
            continue
        known.update((identity, answer.source) for identity in (answer.identity, *_hosts(answer)) if identity)
    return [answer for answer in answers if answer.source not in left_out]


def _hosts(answer: Answer) -> Iterator[str]:
    read = answer.sections.get(HOSTS, {"fields": []})
    if _UUID in read["fields"]:
        place = read["fields"].index(_UUID)
        yield from (row[place].lower() for row in read["rows"] if row[place])
