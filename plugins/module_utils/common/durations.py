# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Durations as people write them."""

from __future__ import annotations

import re
from datetime import timedelta

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted

_AGE = re.compile(r"(\d{1,9}) ?([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def age(text: str, option: str) -> timedelta:
    """The duration of an option: seconds, or a number with a unit, such as ``3600``, ``90m``, ``12h`` or ``7d``.

    :raises InvalidOption: the text is neither.
    """
    found = _AGE.fullmatch(text.strip())
    if not found:
        raise InvalidOption(f"{option} must be seconds, or a number with s, m, h or d, such as 12h (got {quoted(text)})")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
