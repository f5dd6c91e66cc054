# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What some fields are computed from besides the properties of their object.

Functions of this package compute fields of the catalog. They take one value a property path, None for a property that is not set, and
return the field's value, or None. Functions that need more are marked :func:`in_context` and take a :class:`ScanContext` first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import EnvironmentRule
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology

_Function = TypeVar("_Function", bound=Callable[..., Any])
_MARK = "takes_context"


@dataclass(frozen=True)
class ScanContext:
    """The same for all rows of a scan.

    :ivar topology: names and parents of the other objects of the source.
    :ivar custom_attributes: key to name of the custom attributes of the source.
    :ivar environment: what the environment of a VM is taken from; None for nothing.
    :ivar scanned_at: the time of the scan, in UTC.
    """

    topology: Topology
    custom_attributes: Mapping[int, str] = field(default_factory=dict)
    environment: EnvironmentRule | None = None
    scanned_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))


def in_context(function: _Function) -> _Function:
    """Mark a function that computes a field as ``function(context, *values)``."""
    setattr(function, _MARK, True)
    return function


def takes_context(function: Callable[..., Any]) -> bool:
    """Whether a function is marked :func:`in_context`."""
    return getattr(function, _MARK, False) is True
