# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Texts, counts, limits and times, whatever they belong to."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

_Value = TypeVar("_Value")
#: A decoded vSphere structure: name of each part to its value.
Structure = dict[str, Any]


def first_set(*values: _Value | None) -> _Value | None:
    """The first value that is neither None nor an empty text."""
    return next((value for value in values if value not in (None, "")), None)


def one_line(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def unescaped(name: str | None) -> str | None:
    return None if name is None else unescape(name)


def count(items: Sized | None) -> int | None:
    return None if items is None else len(items)


def limit(value: int | None) -> int | None:
    """A limit of resources, None for unlimited, which vSphere says with a negative number."""
    return None if value is None or value < 0 else value


def time_if_set(text: str | None) -> str | None:
    """A time, None for 1970 or earlier: the clock was never set."""
    return None if text is None or parse_xsd_datetime(text).year <= 1970 else text


@in_context
def days_since(context: ScanContext, text: str | None) -> int | None:
    """Whole days from a time to the scan; 0 for a time after the scan."""
    return None if text is None else max(0, (context.scanned_at - parse_xsd_datetime(text)).days)
