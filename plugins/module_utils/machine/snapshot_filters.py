# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Filters of snapshots: the language of the inventory, with ``age`` and ``size`` as people write them.

``{name: "before-*", age: {at_least: 7d}, size: {greater: 10GiB}}``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.sizes import parse_size
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

_SECTION = "vm_snapshots"
_AGE, _SIZE = "age", "size"
#: What filters may ask for.
FIELDS = ("name", _AGE, _SIZE, "description", "created", "quiesced", "state", "id", "parent", "current")
#: Operator of an age to that of the time of creation: what is older was created earlier.
_OF_AGES = {"at_least": "at_most", "greater": "less", "at_most": "at_least", "less": "greater"}
_GIB = 1 << 30
#: Stands for the server's clock while options are checked.
_SOME_TIME = datetime(2026, 1, 1, tzinfo=timezone.utc)


def snapshot_filters(option: str, given: Any, now: datetime = _SOME_TIME) -> list[Any]:
    """The filters in an option, each a RowFilter; all of them must hold.

    :param option: its name, for messages. :param given: a list of filters. :param now: the server's clock.
    :raises InvalidOption: there is none, a field or operator is unknown, or a value does not fit its field.
    """
    if isinstance(given, Mapping):
        given = [given]
    if not isinstance(given, (list, tuple)) or not given:
        raise InvalidOption(f"{option} must be a list of filters, each a mapping of fields to conditions (got {quoted(given)})")
    problems: list[str] = []
    found: list[Any] = []
    for number, one in enumerate(given):
        try:
            found += _filters(f"{option}[{number}]", one, now)
        except InvalidOption as error:
            problems += error.lines
    if problems:
        raise InvalidOption(*problems)
    return found


def _filters(option: str, given: Any, now: datetime) -> list[Any]:
    for key in given if isinstance(given, Mapping) else ():
        if key not in FIELDS:
            raise InvalidOption(f"{option}: snapshots have no field {quoted(key)}{suggestion(key, FIELDS)}")
    ours = {key: given[key] for key in (_AGE, _SIZE) if key in given} if isinstance(given, Mapping) else {}
    rest = {key: value for key, value in given.items() if key not in ours} if ours else given
    parts = [_PARTS[key](f"{option}.{key}", value, now) for key, value in ours.items()]
    # Names are those of the option, not of a list within it.
    return [_named(option, part) for part in ([rest] if rest or not ours else []) + parts]


def _named(option: str, given: Any) -> Any:
    # Only where there are filters, see identity.py.
    from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import filters_of

    try:
        return filters_of(option, _SECTION, [given])
    except InvalidOption as error:
        raise InvalidOption(*(line.replace(f"{option}[0]", option, 1) for line in error.lines)) from error


def _created(option: str, given: Any, now: datetime) -> dict[str, Any]:
    """The condition on the time of creation that stands for one on the age."""
    found = {}
    for operator, value in _operators(option, given).items():
        try:
            limit = now - age(str(value), f"{option}.{operator}")
        except OverflowError as error:
            raise InvalidOption(f"{option}.{operator} is too long (got {quoted(value)})") from error
        found[_OF_AGES[operator]] = limit.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"created": found}


def _size_gb(option: str, given: Any, now: datetime) -> dict[str, Any]:
    return {"size_gb": {operator: parse_size(f"{option}.{operator}", value) / _GIB for operator, value in _operators(option, given).items()}}


def _operators(option: str, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping) or not given or not given.keys() <= _OF_AGES.keys():
        raise InvalidOption(f"{option} must be a mapping of {', '.join(_OF_AGES)} to a value (got {quoted(given)})")
    return given


_PARTS: dict[str, Callable[[str, Any, datetime], dict[str, Any]]] = {_AGE: _created, _SIZE: _size_gb}
