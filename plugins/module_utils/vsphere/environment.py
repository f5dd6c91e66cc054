# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Environment variables that stand in for options that are not set. An empty one is not set."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from ansible.module_utils.common.parameters import AnsibleFallbackNotFound
from ansible.module_utils.common.validation import check_type_bool, check_type_int, check_type_path, check_type_str

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted


class _Type(NamedTuple):
    """A type of options: how its text is read, and what such a text is, for messages."""

    read: Callable[[str], Any]
    words: str


_TYPES = {
    "str": _Type(check_type_str, "text"),
    "path": _Type(check_type_path, "a path"),
    "int": _Type(check_type_int, "a number"),
    "bool": _Type(check_type_bool, "true or false"),
}


def read(variable: str, kind: str) -> Any:
    """What a variable says, None where it is not set.

    :param kind: type of the option that it stands in for.
    :raises InvalidOption: it says nothing of that type.
    """
    said = os.environ.get(variable, "")
    if not said.strip():
        return None
    try:
        return _TYPES[kind].read(said)
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidOption(f"{variable} must be {_TYPES[kind].words} (got {quoted(said)})") from error


def fallback(variable: str, kind: str) -> Any:
    """The same, as the ``fallback`` of an argument spec, which no error may leave: what cannot be read is left to :func:`check`."""
    value = read_or_none(variable, kind)
    if value is None:
        raise AnsibleFallbackNotFound
    return value


def read_or_none(variable: str, kind: str) -> Any:
    """The same, None also where it cannot be read."""
    try:
        return read(variable, kind)
    except InvalidOption:
        return None


def check(variable: str, kind: str, value: Any, default: Any) -> None:
    """Find a variable that cannot be read and would have counted.

    :param value: of the option that it stands in for. :param default: of that option.
    :raises InvalidOption: it says nothing of that type.
    """
    if value == default:
        read(variable, kind)
