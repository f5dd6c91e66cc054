# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""JSON of an untrusted server: parts of it, with their types checked."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.limits import MAX_JSON_VALUES


class UnexpectedValue(ValueError):
    """A value is not of its type. The message names it, and repeats nothing of it."""


def parse_json(data: bytes | bytearray) -> Any:
    """Parse JSON; every number in it becomes None.

    :raises UnexpectedValue: it is no JSON, or has more than MAX_JSON_VALUES values.
    """
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_JSON_VALUES:
        raise UnexpectedValue("it has more values than any response has")
    try:
        # Numbers are not used, and converting a long one takes minutes.
        return json.loads(data, parse_int=_nothing, parse_float=_nothing)
    except (ValueError, RecursionError) as error:
        raise UnexpectedValue("it is no JSON") from error


def member(value: Any, name: str) -> Any:
    """A member of an object; None if there is none of this name.

    :raises UnexpectedValue: the value is no object.
    """
    if not isinstance(value, dict):
        raise UnexpectedValue(f"what should hold {name} is no object")
    return value.get(name)


def text(value: Any, name: str) -> str:
    """A text, with lone surrogates replaced.

    :param name: what it is, for the error.
    :raises UnexpectedValue: the value is no text.
    """
    if not isinstance(value, str):
        raise UnexpectedValue(f"its {name} is no text")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def elements(value: Any, name: str) -> list[Any]:
    """The elements of an array; none for null.

    :param name: what it is, for the error.
    :raises UnexpectedValue: the value is no array.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnexpectedValue(f"its {name} is no array")
    return value


def _nothing(digits: str) -> None:
    return None
