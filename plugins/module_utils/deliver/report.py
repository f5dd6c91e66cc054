# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Whether what is to be told of a workbook is what vmware_inventory_export returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError

_STATUSES = ("ok", "partial", "failed")
_MOST_SOURCES = 10_000
_MOST_CHARACTERS = 200


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count_or_none(value: Any) -> bool:
    return value is None or _is_count(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_status(value: Any) -> bool:
    return isinstance(value, str) and value in _STATUSES


#: What a source of a report needs, and what that must be.
_SOURCE: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("source", "shown_as", "error"), _is_text),
    "status": _is_status,
    **dict.fromkeys(("vms", "hosts", "datastores", "networks"), _is_count_or_none),
}
_TOTALS: dict[str, Callable[[Any], bool]] = dict.fromkeys(_STATUSES, _is_count)


def checked_report(report: Mapping[str, Any], labels: Mapping[str, str]) -> Mapping[str, Any]:
    """The report, as it is.

    :param labels: label key to text, which sections need.
    :raises DeliveryError: it is none.
    """
    sources, totals, left_out = report.get("sources") or [], report.get("totals") or {}, report.get("left_out") or {}
    if not isinstance(sources, list) or len(sources) > _MOST_SOURCES:
        raise _refused("sources", f"is no list of up to {_MOST_SOURCES:,} sources")
    for number, source in enumerate(sources):
        _check(f"sources[{number}]", source, _SOURCE)
    if totals:
        _check("totals", totals, _TOTALS)
        for key, value in totals.items():
            if not _is_count_or_none(value):
                raise _refused(f"totals.{one_line(key, _MOST_CHARACTERS)}", "is no number")
    if not isinstance(left_out, Mapping) or not all(f"state.{key}" in labels and _is_count(value) for key, value in left_out.items()):
        raise _refused("left_out", "is no map of sections to numbers")
    return report


def _check(name: str, given: Any, needed: Mapping[str, Callable[[Any], bool]]) -> None:
    if not isinstance(given, Mapping):
        raise _refused(name, f"is no map (got {one_line(repr(given)[:1000], _MOST_CHARACTERS)})")
    if missing := needed.keys() - given.keys():
        raise _refused(name, f"lacks {', '.join(sorted(missing))}")
    for key, is_right in needed.items():
        if not is_right(given[key]):
            raise _refused(f"{name}.{key}", f"cannot be that (got {one_line(repr(given[key])[:1000], _MOST_CHARACTERS)})")


def _refused(name: str, why: str) -> DeliveryError:
    return DeliveryError(f"report.{name} {why}: give what vmware_inventory_export returned")
