# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What values a vApp property may have: the type and the qualifiers of its descriptor."""

from __future__ import annotations

import ipaddress
import math
import re
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

_LENGTH = re.compile(r"(MinLen|MaxLen)\((\d{1,6})\)")
_RANGE = re.compile(r"(MinValue|MaxValue)\((-?\d{1,18})\)")
_CHOICES = re.compile(r"ValueMap\{(.*?)\}", re.DOTALL)
_CHOICE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ADDRESS = re.compile(r"\bIp\b")
#: Type of a whole number to its least and greatest value.
_WHOLE = {
    **{f"uint{bits}": (0, (1 << bits) - 1) for bits in (8, 16, 32, 64)},
    **{f"sint{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32, 64)},
    "int": (-(1 << 31), (1 << 31) - 1),
}
_REAL = ("real32", "real64", "real")
_BOOLEAN = ("true", "false")


class Limits(NamedTuple):
    """What values are allowed. :ivar range: of a whole number; None for none. :ivar choices: empty for any."""

    type: str
    shortest: int = 0
    longest: int | None = None
    range: tuple[int, int] | None = None
    choices: tuple[str, ...] = ()
    is_address: bool = False

    @property
    def allows_empty(self) -> bool:
        """Whether it may stay without a value."""
        return not self.shortest and not self.range and self.type not in _REAL and (not self.choices or "" in self.choices)

    def refuses(self, value: str) -> str:
        """Why a value is not allowed, to be put after the name of its option; empty where it is. The value itself is not in it, for it may be secret."""
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(map(quoted, self.choices[:20]))}{suggestion(value, self.choices)}"
        if not value and self.allows_empty:
            return ""
        if self.range and not (re.fullmatch(r"[+-]?\d{1,20}", value, re.ASCII) and self.range[0] <= int(value) <= self.range[1]):
            return f"must be a whole number from {self.range[0]} to {self.range[1]}"
        if self.type in _REAL and not _is_real(value):
            return "must be a number"
        if self.type == "boolean" and value.lower() not in _BOOLEAN:
            return "must be true or false"
        if self.is_address and not _is_address(value):
            return "must be an IP address"
        if len(value) < self.shortest or (self.longest is not None and len(value) > self.longest):
            most = f"at most {self.longest}" if self.longest is not None else "more"
            return f"must have at least {self.shortest} characters" if len(value) < self.shortest else f"must have {most} characters"
        return ""


def limits_of(kind: str, qualifiers: str) -> Limits:
    """Of a type, such as ``uint16`` or ``string(1..63)``, and qualifiers such as ``MinLen(1) ValueMap{"a","b"}``."""
    name, lengths = kind.strip().lower(), dict(_LENGTH.findall(qualifiers))
    # vSphere's own types say their limits themselves.
    written = re.fullmatch(r"(\w+)\((-?\d{1,18})?\.\.(-?\d{1,18})?\)", name)
    ends: tuple[str, str] = ("", "")
    if written:
        name, ends = written[1], (written[2] or "", written[3] or "")
    if name in ("string", "password"):
        shortest, longest = int(lengths.get("MinLen", ends[0] or 0)), lengths.get("MaxLen", ends[1])
        return Limits(name, shortest, int(longest) if longest else None, None, _choices(qualifiers), bool(_ADDRESS.search(qualifiers)))
    if name in _WHOLE:
        least, most = _WHOLE[name]
        bounds = dict(_RANGE.findall(qualifiers))
        return Limits(name, range=(int(bounds.get("MinValue", ends[0] or least)), int(bounds.get("MaxValue", ends[1] or most))), choices=_choices(qualifiers))
    return Limits(name, choices=_choices(qualifiers), is_address=name == "ip" or name.startswith("ip:"))


def _choices(qualifiers: str) -> tuple[str, ...]:
    found = _CHOICES.search(qualifiers)
    return tuple(re.sub(r"\\(.)", r"\1", one) for one in _CHOICE.findall(found[1])) if found else ()


def _is_real(value: str) -> bool:
    try:
        return len(value) < 50 and math.isfinite(float(value))
    except ValueError:
        return False


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True
