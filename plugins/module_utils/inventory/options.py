# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Options of a reading that the module and the inventory plugin share, checked."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

_WAYS = {"tag_category": str, "custom_attribute": str, "folder_level": int}


def environment_way(named: Any, with_tags: bool) -> tuple[str, Any] | None:
    """The option ``environment_from``: what tells the environment of a VM, and its name or number; None for nothing.

    :raises InvalidOption: it is no mapping of one of these ways, or a way that is not open.
    """
    if not named:
        return None
    told = {way: name for way, name in named.items() if name is not None} if isinstance(named, dict) else {}
    if len(told) != 1 or not told.keys() <= _WAYS.keys():
        raise InvalidOption(f"environment_from must be a mapping with one of {', '.join(_WAYS)} (got {quoted(named)})")
    ((way, name),) = told.items()
    try:
        name = _WAYS[way](name)
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidOption(f"environment_from.{way} must be a number (got {quoted(name)})") from error
    if way == "folder_level":
        in_range("environment_from.folder_level", name, 1)
    if way == "tag_category" and not with_tags:
        raise InvalidOption("environment_from: tag_category needs tags; leave with_tags on, or name something else")
    return way, name


def page_size(given: int) -> int:
    """The option ``page_size``: objects to ask for at a time.

    :raises InvalidOption: it is no such number.
    """
    return in_range("page_size", given, 1, 100_000)


def number_to_keep(given: int) -> int:
    """The option ``keep``: earlier scans to keep.

    :raises InvalidOption: it is no such number.
    """
    return in_range("keep", given, 0)
