# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The name that somebody has probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from itertools import islice

#: Names that a message lists at most.
_LISTED = 12


def nearest(name: object, known: Collection[str]) -> str:
    """The known name that comes closest to one that is not among them; empty where none is close."""
    return next(iter(difflib.get_close_matches(str(name), known, 1)), "")


def hint(name: object, known: Collection[str]) -> str:
    """What a message about an unknown name adds: the one that is probably meant, or else what there is."""
    close = nearest(name, known)
    if close:
        return f"; did you mean {close}?"
    more = len(known) - _LISTED
    return f"; there are {', '.join(islice(known, _LISTED))}{f' and {more} more' if more > 0 else ''}"
