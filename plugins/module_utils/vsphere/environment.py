# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Environment variables in place of options that are not set. An empty variable counts as not set."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from ansible.module_utils.common.parameters import AnsibleFallbackNotFound
from ansible.module_utils.common.validation import check_type_bool, check_type_int, check_type_path, check_type_str

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted


class _Type(NamedTuple):
    """A type of options: the function that converts text to it, and its name in messages."""

    convert: Callable[[str], Any]
    name: str


_TYPES = {
    "str": _Type(check_type_str, "text"),
    "path": _Type(check_type_path, "a path"),
    "int": _Type(check_type_int, "a number"),
    "bool": _Type(check_type_bool, "true or false"),
}


def read(variable: str, option_type: str) -> Any:
    """The value of a variable, converted; None if it is not set.

    :param option_type: type of the option that it replaces.
    :raises InvalidOption: it cannot be converted.
    """
    text = os.environ.get(variable, "")
    if not text.strip():
        return None
    try:
        return _TYPES[option_type].convert(text)
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidOption(f"{variable} must be {_TYPES[option_type].name} (got {quoted(text)})") from error


def fallback(variable: str, option_type: str) -> Any:
    """read() for the ``fallback`` of an argument spec, which may raise nothing else: :func:`check` reports what cannot be converted."""
    value = read_or_none(variable, option_type)
    if value is None:
        raise AnsibleFallbackNotFound
    return value


def read_or_none(variable: str, option_type: str) -> Any:
    """read(), but None also if it cannot be converted."""
    try:
        return read(variable, option_type)
    except InvalidOption:
        return None


def check(variable: str, option_type: str, value: Any, default: Any) -> None:
    """Report a variable that cannot be converted, unless its option was given.

    :param value: of the option that it replaces. :param default: of that option.
    :raises InvalidOption: it cannot be converted.
    """
    if value == default:
        read(variable, option_type)
