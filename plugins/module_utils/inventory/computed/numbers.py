# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Text and numbers, whatever they are of. Sizes in GB are GiB (2^30 bytes)."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

GIB = 1 << 30


def first_set(topology: Topology, *values: Any) -> Any:
    return next((value for value in values if value not in (None, "")), None)


def one_line(topology: Topology, text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def set_time(topology: Topology, text: str | None) -> str | None:
    """A time, None for the one at which clocks begin: nobody has set it."""
    return None if text is None or parse_xsd_datetime(text).year <= 1970 else text


def gb(topology: Topology, size: int | None) -> float | None:
    return None if size is None else round(size / GIB, 2)


def gb_of_mb(topology: Topology, size: int | None) -> float | None:
    return None if size is None else round(size / 1024, 2)


def sum_gb(topology: Topology, *sizes: int | None) -> float | None:
    return None if None in sizes else gb(topology, sum(sizes))


def difference_gb(topology: Topology, whole: int | None, part: int | None) -> float | None:
    return None if whole is None or part is None else gb(topology, _rest(whole, part))


def provisioned_gb(topology: Topology, capacity: int | None, free: int | None, uncommitted: int | None) -> float | None:
    return None if capacity is None or free is None else gb(topology, _rest(capacity, free) + (uncommitted or 0))


def used_percent(topology: Topology, capacity: int | None, free: int | None) -> float | None:
    return None if not capacity or free is None else _percent(_rest(capacity, free), capacity)


def free_memory_gb(topology: Topology, total: int | None, used_mb: int | None) -> float | None:
    return None if total is None or used_mb is None else gb(topology, _rest(total, used_mb * 1024 * 1024))


def memory_percent(topology: Topology, total: int | None, used_mb: int | None) -> float | None:
    return None if not total or used_mb is None else _percent(min(used_mb * 1024 * 1024, total), total)


def free_percent(topology: Topology, capacity: int | None, free: int | None) -> float | None:
    return None if not capacity or free is None else _percent(min(free, capacity), capacity)


def if_limited(topology: Topology, limit: int | None) -> int | None:
    """A limit, which is negative where there is none."""
    return None if limit is None or limit < 0 else limit


def days_since(topology: Topology, text: str | None) -> int | None:
    """Whole days from a time to the scan; 0 for one that has yet to come."""
    return None if text is None else max(0, (topology.scanned - parse_xsd_datetime(text)).days)


def cpu_percent(topology: Topology, used_mhz: int | None, core_mhz: int | None, cores: int | None) -> float | None:
    return None if used_mhz is None or not core_mhz or not cores else _percent(used_mhz, core_mhz * cores)


def _rest(whole: int, part: int) -> int:
    """What is left of a whole without a part, which servers at times say is more than the whole."""
    return max(0, whole - part)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)
