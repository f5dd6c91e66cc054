# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The differences between two inventories, as ``ansible-inventory --list`` prints them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_META = "_meta"
# Untrusted text is written as a dictionary with this one key.
_UNSAFE = "__ansible_unsafe"

#: The value of what only the other inventory has.
NOTHING = "(nothing)"

Inventory = Mapping[str, Any]


class Difference(NamedTuple):
    """A difference, found in one or more places.

    :ivar where: ``host``, ``group``, ``children of`` or ``hosts of`` with a name, or ``variable`` with a path such as
        ``guest.net[].network``, under which all hosts and all members of lists are one; names that have dots stand in quotes.
    :ivar count: in how many places. :ivar first: the first of these. :ivar theirs: and ``ours``: the values there.
    """

    where: str
    count: int
    first: str
    theirs: Any
    ours: Any


def differences(theirs: Inventory, ours: Inventory) -> list[Difference]:
    """All differences. Those of one variable are counted together, whichever hosts have them."""
    found: dict[str, Difference] = {}
    for where, place, one, other in _all(_plain(theirs), _plain(ours)):
        known = found.get(where)
        found[where] = known._replace(count=known.count + 1) if known else Difference(where, 1, place, one, other)
    return list(found.values())


def _all(theirs: Inventory, ours: Inventory) -> Iterator[tuple[str, str, Any, Any]]:
    for name in sorted((theirs.keys() | ours.keys()) - {_META}):
        if name not in theirs or name not in ours:
            yield f"group {name}", name, *("a group" if name in side else NOTHING for side in (theirs, ours))
            continue
        for what in ("hosts", "children"):
            one, other = (sorted(side[name].get(what, ())) for side in (theirs, ours))
            if one != other:
                yield f"{what} of {name}", name, [item for item in one if item not in other], [item for item in other if item not in one]
    known, own = (side.get(_META, {}).get("hostvars", {}) for side in (theirs, ours))
    for host in sorted(known.keys() | own.keys()):
        if host not in known or host not in own:
            yield f"host {host}", host, *("a host" if host in side else NOTHING for side in (known, own))
        else:
            for path, one, other in _values(known[host], own[host], ""):
                yield f"variable {path}", host, one, other


def _values(theirs: Any, ours: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted(theirs.keys() | ours.keys()):
            part = f'"{name}"' if "." in name else name
            yield from _values(theirs.get(name, NOTHING), ours.get(name, NOTHING), f"{path}.{part}" if path else part)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for one, other in zip(theirs, ours):
            yield from _values(one, other, f"{path}[]")
    elif theirs != ours or type(theirs) is not type(ours):
        yield path, theirs, ours


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value[_UNSAFE]) if value.keys() == {_UNSAFE} else {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
