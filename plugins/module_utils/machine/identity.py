# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""How an item of an option names a VM: by name, path, UUID or managed object id, or several by filters.

These are checks of options alone; lookup.py finds what they name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import WrittenPath

NAME, PATH, INSTANCE_UUID, BIOS_UUID, MOID, FILTERS = "name", "path", "instance_uuid", "bios_uuid", "moid", "filters"
_SECTION = "vms"
#: The options that say where the VM with a name lies.
_PLACES = ("folder", "datacenter")
#: The argument spec of an item's identity; ``filters`` is left out where something is destroyed.
IDENTITY_OPTIONS: dict[str, dict[str, Any]] = {
    **{name: {"type": "str", "is_name": True} for name in (NAME, *_PLACES, PATH, INSTANCE_UUID, BIOS_UUID)},
    # On an ESXi host it is a number.
    MOID: {"type": "str"},
    FILTERS: {"type": "list", "elements": "dict"},
}
_UUID = re.compile("[0-9a-f]{32}")
_MOID = re.compile(r"'?(?:(?:urn:vmomi:|vim\.)?VirtualMachine[:-])?([A-Za-z0-9][A-Za-z0-9_.-]{0,99})(?::[0-9A-Fa-f-]{36})?'?")
_WILDCARDS = frozenset("*?")


class Identity(NamedTuple):
    """What an item calls a VM.

    :ivar option: the item, such as ``vms[2]``, for messages. :ivar by: one of the constants above.
    :ivar value: name, UUID or managed object id in their usual form, :class:`WrittenPath`, or :class:`RowFilter`.
    :ivar written: the value as the user wrote it, for messages.
    :ivar folder: of the VM with this name; None where it does not matter. :ivar datacenter: the same.
    """

    option: str
    by: str
    value: Any
    written: str = ""
    folder: WrittenPath | None = None
    datacenter: WrittenPath | None = None


def identities(option: str, items: Sequence[Mapping[str, Any]], with_filters: bool = True) -> list[Identity]:
    """The identity in each item of an option.

    :param option: its name, such as vms. :param with_filters: whether several VMs may be named by filters: never where something is destroyed.
    :raises InvalidOption: items name no VM, or in several ways, or by values that cannot be used; one line for each.
    """
    found: list[Identity] = []
    problems: list[str] = []
    for number, item in enumerate(items):
        try:
            found.append(identity(f"{option}[{number}]", item, with_filters))
        except InvalidOption as error:
            problems += error.lines
    if problems:
        raise InvalidOption(*problems)
    return found


def identity(option: str, item: Mapping[str, Any], with_filters: bool = True) -> Identity:
    """The identity in one item; parameters and errors as of :func:`identities`, but ``option`` names the item: ``vms[2]``."""
    ways = [by for by in _CHECKS if by != FILTERS or with_filters]
    given = [by for by in _CHECKS if item.get(by) not in (None, "")]
    problems = []
    if not given:
        problems.append(f"{option} must name a VM: give one of {', '.join(ways)}")
    elif len(given) > 1:
        problems.append(f"{option} must name a VM in one way (got {' and '.join(given)}): leave out all but one")
    elif given == [FILTERS] and not with_filters:
        problems.append(f"{option}.{FILTERS} cannot be used where something is destroyed: give one of {', '.join(ways)}")
    for place in _PLACES if given and NAME not in given else ():
        if item.get(place) not in (None, ""):
            problems.append(f"{option}.{place} goes with name alone: leave it out, or use {PATH}")
    if problems:
        raise InvalidOption(*problems)
    (by,) = given
    written = item[by]
    folder, datacenter = (WrittenPath.of(str(item[place])) if item.get(place) not in (None, "") else None for place in _PLACES)
    return Identity(option, by, _CHECKS[by](f"{option}.{by}", written), "" if by == FILTERS else str(written), folder, datacenter)


def _name(option: str, given: Any) -> str:
    name = str(given)
    if not _WILDCARDS.isdisjoint(name):
        raise InvalidOption(f"{option} must be one name without * and ? (got {quoted(name)}): use {MOID} for a VM that is called so, filters for several")
    return name


def _path(option: str, given: Any) -> WrittenPath:
    path = WrittenPath.of(_name(option, given))
    if not path.is_absolute or len(path.names) < 2:
        raise InvalidOption(f"{option} must lead from the datacenter to the VM, such as /Madrid/Prod/web-1 (got {quoted(given)})")
    return path


def _uuid(option: str, given: Any) -> str:
    digits = str(given).lower().translate(dict.fromkeys(map(ord, "- {}")))
    if not _UUID.fullmatch(digits):
        raise InvalidOption(f"{option} must be a UUID, such as 4210f9b2-6f0c-4c5d-8e21-9a7b3c5d1e0f (got {quoted(given)})")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _moid(option: str, given: Any) -> str:
    match = _MOID.fullmatch(str(given).strip())
    if not match:
        raise InvalidOption(f"{option} must be the managed object id of a VM, such as vm-123 (got {quoted(given)})")
    return match[1]


def _filters(option: str, given: Any) -> Any:
    # Only where there are filters: a fifth of a module is imported for them.
    from ansible_collections.estate.vmware.plugins.module_utils.machine.filtered_objects import live_filter

    return live_filter(option, _SECTION, given)


#: Way to name a VM to the check of its value.
_CHECKS = {NAME: _name, PATH: _path, INSTANCE_UUID: _uuid, BIOS_UUID: _uuid, MOID: _moid, FILTERS: _filters}
