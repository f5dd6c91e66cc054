# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Suggestions for a name that is unknown."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from itertools import islice

#: Names that a message lists at most.
_MAX_LISTED = 12


def closest_name(name: object, known: Collection[str]) -> str:
    """The known name that is spelled most like an unknown one; empty if none is similar."""
    return next(iter(difflib.get_close_matches(str(name), known, 1)), "")


def suggestion(name: object, known: Collection[str]) -> str:
    """The end of a message about an unknown name: the name that was probably meant, or the known names."""
    closest = closest_name(name, known)
    if closest:
        return f"; did you mean {closest}?"
    more = len(known) - _MAX_LISTED
    return f"; there are {', '.join(islice(known, _MAX_LISTED))}{f' and {more} more' if more > 0 else ''}"
