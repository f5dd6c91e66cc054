# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a field and a section are: the words in which the catalog is written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from collections.abc import Callable

#: How a field's value is kept, and which plain Python type a reader of a scan gets for it.
TEXT = "text"  # str
INTEGER = "integer"  # int
REAL = "real"  # float
BOOLEAN = "boolean"  # bool, kept as 0 or 1
TIME = "time"  # str, ISO 8601 in UTC to the second: 2025-02-20T14:30:00Z
LIST = "list"  # list of str, kept as a JSON array

_FRACTION = re.compile(r"\.\d+")


def _time(value: str) -> str:
    # Fractions of a second come with any number of digits, which Python 3.10 does not read.
    moment = datetime.fromisoformat(_FRACTION.sub("", value).replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _list(value: Any) -> str:
    return json.dumps([str(item) for item in value], ensure_ascii=False)


@dataclass(frozen=True)
class Kind:
    """One way to keep values: the SQLite column type, and the ways in and out."""

    column: str
    keep: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _as_kept(value: Any) -> Any:
    return value


KINDS: dict[str, Kind] = {
    TEXT: Kind("TEXT", str, _as_kept),
    INTEGER: Kind("INTEGER", int, _as_kept),
    REAL: Kind("REAL", float, _as_kept),
    BOOLEAN: Kind("INTEGER", int, bool),
    TIME: Kind("TEXT", _time, _as_kept),
    LIST: Kind("TEXT", _list, json.loads),
}


def value_as_is(lookup: Any, value: Any, *others: Any) -> Any:
    """The plain value of the field's first property."""
    return value


@dataclass(frozen=True)
class Field:
    """One column of a section.

    :ivar key: its name in scan files, facts and layouts.
    :ivar path: the vSphere property it is made of, or several. One that only a special managed object
        type has is written with that type before it: ``DistributedVirtualPortgroup:key``.
    :ivar kind: one of the kinds above.
    :ivar text: what it says, for people.
    :ivar how: makes the value: ``how(lookup, *values)``, one value a path, None for those not set.
    :ivar unit: unit of a number, empty where it has none. GB means GiB (2^30 bytes).
    """

    key: str
    path: str | tuple[str, ...]
    kind: str
    text: str
    how: Callable[..., Any] = value_as_is
    unit: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The properties it is made of."""
        return (self.path,) if isinstance(self.path, str) else self.path


@dataclass(frozen=True)
class Section:
    """A table of rows of one kind.

    :ivar key: its name, also that of its table in a scan file.
    :ivar managed_types: the managed object types whose objects are its rows; the first is the base of the others.
    :ivar fields: its columns in order. ``moid`` and ``name`` come first.
    :ivar shapes: for properties that are structures: which parts to decode, see vsphere/decode.py.
    :ivar since: for properties younger than vSphere 6.5: the first API version that has them. A server
        refuses the whole question when it does not know one of its properties, so older ones are not asked.
    """

    key: str
    managed_types: tuple[str, ...]
    text: str
    fields: tuple[Field, ...]
    shapes: dict[str, Any] = field(default_factory=dict)
    since: dict[str, str] = field(default_factory=dict)
