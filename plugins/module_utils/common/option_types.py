# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Types of options: values converted as Ansible does, with messages that name the option and the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
    check_type_path,
    check_type_str,
)

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

_Converter = Callable[[Any], Any]
#: Type of an option to the function that converts a value, and the type's name in messages.
_TYPES: dict[str, tuple[_Converter, str]] = {
    "str": (check_type_str, "text"),
    "path": (check_type_path, "a path"),
    "int": (check_type_int, "a whole number"),
    "float": (check_type_float, "a number"),
    "bool": (check_type_bool, "true or false"),
    "list": (check_type_list, "a list"),
    "dict": (check_type_dict, "a mapping"),
    "raw": (lambda value: value, "anything"),
}


def convert(name: str, spec: Mapping[str, Any], value: Any) -> Any:
    """A value, converted to the type of its option.

    :param name: of the option, as the user wrote it.
    :raises InvalidOption: it cannot be converted, or is none of the choices.
    """
    converter, type_name = _TYPES[spec.get("type", "str")]
    got = "" if spec.get("no_log") else f" (got {quoted_scalar(value)})"
    try:
        value = converter(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise InvalidOption(f"{name} must be {type_name}{got}") from error
    if spec.get("elements") in ("dict", "int"):
        # The value may hold the password of a destination.
        value = [convert(f"{name}[{number}]", {"type": spec["elements"], "no_log": True}, one) for number, one in enumerate(value)]
    choices = spec.get("choices")
    if choices and isinstance(value, list):
        for one in value:
            if one not in choices:
                raise InvalidOption(f"{name}: {quoted_scalar(one)} is unknown{suggestion(one, choices)}")
    elif choices and value not in choices:
        raise InvalidOption(f"{name} must be {join_choices(choices)}{got}")
    return value


def quoted_scalar(value: Any) -> str:
    """A value in a message. Structures are not shown: one of another option may hold passwords, as a destination does."""
    return "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, (list, tuple)) else quoted(value)


def without_text(value: Any) -> str:
    """The same, but a text is not shown either: in place of a mapping it may hold a secret."""
    return "text" if isinstance(value, str) else quoted_scalar(value)


def join_choices(names: Sequence[str]) -> str:
    """``en, es, fr or zh``"""
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
