# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Checks of options that the modules and the inventory plugin share."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

_ENVIRONMENT_RULES = {"tag_category": str, "custom_attribute": str, "folder_level": int}


class EnvironmentRule(NamedTuple):
    """What the environment of a VM is taken from.

    :ivar by: tag_category, custom_attribute or folder_level. :ivar name: of the category or attribute; a level is a number, from 1.
    """

    by: str
    name: Any


def environment_rule(given: Any, with_tags: bool) -> EnvironmentRule | None:
    """The option ``environment_from``; None where it is empty.

    :raises InvalidOption: it is not a mapping with one of the keys above, or needs tags that are not read.
    """
    if not given:
        return None
    rules = {by: name for by, name in given.items() if name is not None} if isinstance(given, dict) else {}
    if len(rules) != 1 or not rules.keys() <= _ENVIRONMENT_RULES.keys():
        raise InvalidOption(f"environment_from must be a mapping with one of {', '.join(_ENVIRONMENT_RULES)} (got {quoted(given)})")
    ((by, name),) = rules.items()
    try:
        name = _ENVIRONMENT_RULES[by](name)
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidOption(f"environment_from.{by} must be a number (got {quoted(name)})") from error
    if by == "folder_level":
        in_range("environment_from.folder_level", name, 1)
    if by == "tag_category" and not with_tags:
        raise InvalidOption("environment_from: tag_category needs tags; set with_tags to true, or use another key")
    return EnvironmentRule(by, name)


def page_size(given: int) -> int:
    """The option ``page_size``: objects to request at a time.

    :raises InvalidOption: it is not from 1 to 100,000.
    """
    return in_range("page_size", given, 1, 100_000)


def number_to_keep(given: int) -> int:
    """The option ``keep``: number of earlier scans to keep.

    :raises InvalidOption: it is negative.
    """
    return in_range("keep", given, 0)
