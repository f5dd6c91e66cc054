# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What the actions of plans take away, and how much of it one call may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption


class Harm(NamedTuple):
    """Something that is taken away.

    :ivar does: what is said of one, and of several. :ivar limit: how often a call may do it unless ``at_most`` says otherwise; None for any number.
    :ivar destroys: it cannot be taken back.
    """

    does: tuple[str, str]
    limit: int | None
    destroys: bool = False


STOPS = Harm(("stop 1 VM", "stop {} VMs"), None)
REMOVES = Harm(("remove 1 VM or disk", "remove {} VMs and disks"), 10, destroys=True)
REVERTS = Harm(("revert 1 VM to a snapshot", "revert {} VMs to snapshots"), 10, destroys=True)
REMOVES_SNAPSHOTS = Harm(("remove 1 snapshot", "remove {} snapshots"), 100)
#: Action of a step to what it takes away; other actions take nothing away.
HARMS: dict[str, Harm] = {
    "power_off": STOPS,
    "shut_down": STOPS,
    "suspend": STOPS,
    "reset": STOPS,
    "reboot": STOPS,
    "destroy": REMOVES,
    "unregister": REMOVES,
    "remove_disk": REMOVES,
    "revert_snapshot": REVERTS,
    "remove_snapshot": REMOVES_SNAPSHOTS,
}


def stops_or_destroys(actions: Iterable[str]) -> bool:
    """Whether any of some actions is one that a system VM must be spared."""
    return any(HARMS.get(action) in (STOPS, REMOVES, REVERTS) for action in actions)


def destroys(actions: Iterable[str]) -> bool:
    """Whether any of some actions cannot be taken back."""
    return any(action in HARMS and HARMS[action].destroys for action in actions)


def check_amount(actions: Iterable[str], at_most: int | None) -> None:
    """Check the actions of all VMs of a call against the option ``at_most``.

    :raises InvalidOption: they would take away more.
    """
    problems = []
    for harm, count in Counter(HARMS[action] for action in actions if action in HARMS).items():
        limit = harm.limit if at_most is None else at_most
        if limit is not None and count > limit:
            does = harm.does[count > 1].format(count)
            default = " unless it is set" if at_most is None else ""
            problems.append(f"at_most is {limit}{default}, and this call would {does}: check vms, then set at_most to {count}")
    if problems:
        raise InvalidOption(*problems)
