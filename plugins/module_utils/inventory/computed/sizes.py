# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Sizes in GB, which are GiB (2^30 bytes), and shares of them in percent. Parts larger than their whole, which servers report at times, count as the whole."""

from __future__ import annotations

GIB = 1 << 30
_MIB = 1 << 20


def gb(size: int | None) -> float | None:
    return None if size is None else round(size / GIB, 2)


def gb_of_mb(size: int | None) -> float | None:
    return None if size is None else round(size / 1024, 2)


def whole_mb(size: int | None) -> int | None:
    return None if size is None else size // _MIB


def mb(size: int | None) -> float | None:
    return None if size is None else round(size / _MIB, 4)


def sum_mb(*sizes: int | None) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) // _MIB if len(known) == len(sizes) else None


def sum_gb(*sizes: int | None) -> float | None:
    known = [size for size in sizes if size is not None]
    return gb(sum(known)) if len(known) == len(sizes) else None


def difference_gb(whole: int | None, part: int | None) -> float | None:
    return None if whole is None or part is None else gb(_rest(whole, part))


def provisioned_gb(capacity: int | None, free: int | None, uncommitted: int | None) -> float | None:
    return None if capacity is None or free is None else gb(_rest(capacity, free) + (uncommitted or 0))


def used_percent(capacity: int | None, free: int | None) -> float | None:
    return None if not capacity or free is None else _percent(_rest(capacity, free), capacity)


def free_percent(capacity: int | None, free: int | None) -> float | None:
    return None if not capacity or free is None else _percent(min(free, capacity), capacity)


def free_memory_gb(total: int | None, used_mb: int | None) -> float | None:
    return None if total is None or used_mb is None else gb(_rest(total, used_mb * _MIB))


def memory_percent(total: int | None, used_mb: int | None) -> float | None:
    return None if not total or used_mb is None else _percent(min(used_mb * _MIB, total), total)


def cpu_percent(used_mhz: int | None, core_mhz: int | None, cores: int | None) -> float | None:
    return None if used_mhz is None or not core_mhz or not cores else _percent(used_mhz, core_mhz * cores)


def _rest(whole: int, part: int) -> int:
    return max(0, whole - part)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)
