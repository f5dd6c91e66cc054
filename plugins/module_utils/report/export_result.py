# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Check a mapping that should be what vmware_inventory_export returns: users hand it over, and may hand over anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line

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


#: Keys that a source needs, and the check of each value.
_SOURCE: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("source", "shown_as", "error"), _is_text),
    "status": _is_status,
    **dict.fromkeys(("vms", "hosts", "datastores", "networks"), _is_count_or_none),
}
_TOTALS: dict[str, Callable[[Any], bool]] = dict.fromkeys(_STATUSES, _is_count)


def checked_result(result: Mapping[str, Any], translations: Mapping[str, str]) -> Mapping[str, Any]:
    """The result, unchanged; ``sources``, ``totals`` and ``left_out`` may be missing.

    :param translations: text by key. Every section of the result must have one.
    :raises InvalidOption: it is not what vmware_inventory_export returns.
    """
    sources, totals, left_out = result.get("sources") or [], result.get("totals") or {}, result.get("left_out") or {}
    if not isinstance(sources, list) or len(sources) > _MOST_SOURCES:
        raise _invalid("sources", f"must be a list of up to {_MOST_SOURCES:,} sources")
    for number, source in enumerate(sources):
        _check(f"sources[{number}]", source, _SOURCE)
    if totals:
        _check("totals", totals, _TOTALS)
        for key, value in totals.items():
            if not _is_count_or_none(value):
                raise _invalid(f"totals.{one_line(key, _MOST_CHARACTERS)}", "must be a number")
    if not isinstance(left_out, Mapping) or not all(f"state.{key}" in translations and _is_count(value) for key, value in left_out.items()):
        raise _invalid("left_out", "must be a mapping of sections to numbers")
    return result


def _check(name: str, given: Any, needed: Mapping[str, Callable[[Any], bool]]) -> None:
    if not isinstance(given, Mapping):
        raise _invalid(name, f"must be a mapping (got {one_line(repr(given)[:1000], _MOST_CHARACTERS)})")
    if missing := needed.keys() - given.keys():
        raise _invalid(name, f"lacks {', '.join(sorted(missing))}")
    for key, is_valid in needed.items():
        if not is_valid(given[key]):
            raise _invalid(f"{name}.{key}", f"is invalid (got {one_line(repr(given[key])[:1000], _MOST_CHARACTERS)})")


def _invalid(name: str, problem: str) -> InvalidOption:
    return InvalidOption(f"report.{name} {problem}: give what vmware_inventory_export returned")
