# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The items of ``vms``: each completed with ``common`` and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import Spec, checked, completed
from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import without_text
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import FILTERS, IDENTITY_OPTIONS

#: What names of several VMs may have in common.
_PLACES = frozenset(("folder", "datacenter"))
#: Lines that a message about items has at most.
_MOST_LINES = 20


class Item(NamedTuple):
    """An item of ``vms``.

    :ivar where: what messages call it, ``vms[3]``. :ivar options: its own and common ones, and defaults.
    """

    where: str
    options: dict[str, Any]


def checked_items(spec: Spec, common: Any, given: Any, option: str = "vms") -> list[Item]:
    """The items with what they have in common, and with defaults; parameters as of :func:`sound_items`.

    :raises InvalidOption: a line for everything that is wrong in any of them.
    """
    items, problems = sound_items(spec, common, given, option)
    if problems:
        raise InvalidOption(*problems)
    return items


def sound_items(spec: Spec, common: Any, given: Any, option: str = "vms") -> tuple[list[Item], list[str]]:
    """The items of which nothing is wrong, with what they have in common, and with defaults; and a line for everything that is wrong.

    :param spec: of an item, see option_specs.py. :param common: the option of this name. :param given: the option ``vms``, or one of another name.
    """
    problems: list[str] = []
    if not isinstance(given, (list, tuple)):
        return [], [f"{option} must be a list of items, each a mapping of options (got {without_text(given)})"]
    shared = checked("common", spec["options"], common or {}, problems)
    problems += [f"common.{name} names VMs: give it in the items of vms" for name in shared if name in IDENTITY_OPTIONS.keys() - _PLACES]
    is_shared = not problems
    items = []
    for number, one in enumerate(given):
        where, found = f"{option}[{number}]", len(problems)
        if isinstance(one, Mapping) and FILTERS in one and FILTERS not in spec["options"]:
            problems.append(f"{where}.{FILTERS} cannot be used where something is destroyed: name each VM")
            continue
        own = checked(where, spec["options"], one, problems)
        # What is missing is told of items that have nothing else wrong.
        if found == len(problems):
            item = Item(where, completed(where, spec, merged(shared, own), problems))
            items += [item] * (is_shared and found == len(problems))
    more = len(problems) - _MOST_LINES
    return items, [*problems[:_MOST_LINES], *([f"and {more} more"] if more > 0 else [])]


def merged(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Options of an item and those of all items. The item's own value wins; mappings are merged one level deep, lists replaced."""
    both = {name: {**common[name], **value} for name, value in own.items() if isinstance(value, dict) and isinstance(common.get(name), dict)}
    return {**common, **own, **both}
