# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a reading that the module and the inventory plugin share, checked."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import InvalidOption

_WAYS = {"tag_category": str, "custom_attribute": str, "folder_level": int}


def environment_way(named: Any, with_tags: bool) -> tuple[str, Any] | None:
    """The option ``environment_from``: what tells the environment of a VM, and its name or number; None for nothing.

    :raises InvalidOption: it is no mapping of one of these ways, or a way that is not open.
    """
    if not named:
        return None
    told = {way: name for way, name in named.items() if name is not None} if isinstance(named, dict) else {}
    if len(told) != 1 or not told.keys() <= _WAYS.keys():
        raise InvalidOption(f"environment_from: {named!r} does not tell it; give one of {', '.join(_WAYS)}")
    ((way, name),) = told.items()
    try:
        name = _WAYS[way](name)
    except ValueError as error:
        raise InvalidOption(f"{way}: {name} is no number; give 1 for the folders at the top of a datacenter, or more") from error
    if way == "folder_level" and name < 1:
        raise InvalidOption(f"folder_level: {name} is no level; give 1 for the folders at the top of a datacenter, or more")
    if way == "tag_category" and not with_tags:
        raise InvalidOption(f"environment_from: the tag_category {name} needs tags; leave with_tags on, or name something else")
    return way, name


def page_size(given: int) -> int:
    """The option ``page_size``: objects to ask for at a time.

    :raises InvalidOption: it is no such number.
    """
    if not 1 <= given <= 100_000:
        raise InvalidOption(f"page_size: {given} is no number of objects a page; give 1 to 100000")
    return given
