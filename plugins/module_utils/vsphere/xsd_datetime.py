# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Dates and times of XML Schema, as servers write them."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_FRACTION = re.compile(r"\.(\d+)")


def parse_xsd_datetime(text: str) -> datetime:
    """Parse an ``xsd:dateTime`` and convert it to UTC; one without a zone is UTC.

    :raises ValueError: it is none, or beyond the years 1 to 9999.
    """
    # Fractions of a second come with any number of digits, and Python 3.10 reads three or six.
    found = datetime.fromisoformat(_FRACTION.sub(lambda match: f".{match[1][:6]:0<6}", text).replace("Z", "+00:00"))
    try:
        return found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)
    except OverflowError as error:
        raise ValueError(f"{text} is out of range in UTC") from error
