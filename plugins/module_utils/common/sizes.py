# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Sizes as people write them: a number and its unit, counted as vSphere counts: ``8GB`` and ``8GiB`` are both 8 × 2^30 bytes."""

from __future__ import annotations

import re
from fractions import Fraction

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

_UNITS = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50}
_SIZE = re.compile(r"(?a)\s*(\d{1,19}(?:\.\d{1,15})?)\s*([kmgtp]?)i?b\s*", re.IGNORECASE)


def parse_size(option: str, given: object) -> int:
    """Bytes of a size such as ``8GiB``, ``512MB`` or ``1.5 TiB``.

    :raises InvalidOption: it has no unit, is no whole number of bytes, or no size at all.
    """
    found = _SIZE.fullmatch(given) if isinstance(given, str) and len(given) < 50 else None
    size = Fraction(found[1]) * (1 << _UNITS[found[2].lower()]) if found else None
    if size is None or size.denominator != 1:
        raise InvalidOption(f"{option} must be a size with its unit, such as 8GiB or 512MB (got {quoted(given)})")
    return int(size)


def format_size(size: int) -> str:
    """Bytes as :func:`parse_size` reads them, in the largest unit that holds them without a fraction: ``1536MiB``."""
    unit = max((unit for unit, bits in _UNITS.items() if size and size % (1 << bits) == 0), key=_UNITS.__getitem__, default="")
    return f"{size >> _UNITS[unit]}{unit.upper()}{'i' if unit else ''}B"
