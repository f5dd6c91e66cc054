# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Check the options of a report and of its deliveries, before anything is read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import convert, join_choices
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line, quoted
from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import DESTINATION_OPTIONS, DESTINATION_TYPES, create_destination
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import row_filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import Pseudonyms
from ansible_collections.estate.vmware.plugins.module_utils.report.destination import SUFFIX
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import absolute_path, check_writable
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import DELIVER, REPORT, Variables

COPY = "copy"
#: Options of a copy, which the role makes itself.
_COPY_OPTIONS: dict[str, dict[str, Any]] = {name: {"type": "str"} for name in ("type", "name", "host", "dest", "owner", "group", "mode")}
#: Variables whose values are known once all is read.
_LATER = frozenset({"vmware_report_scans", "vmware_report_missing_sources", "vmware_deliver_file", "vmware_deliver_report", "vmware_deliver_files"})
_TYPES = sorted([COPY, *DESTINATION_TYPES])
#: An extension of a file. Names of folders have dots too, as in ``sources.d`` or ``2026.11``.
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")


def check_report_options(variables: Variables, sources: int | None = None) -> list[str]:
    """Errors of the options of vmware_report.

    :param variables: of the host that reports. :param sources: number of sources to report, where it is known.
    """
    options, errors = variables.role_options(REPORT, without=_LATER)
    try:
        options[f"{REPORT}_max_age"] = variables.get(f"{REPORT}_max_age")
    except InvalidOption as error:
        errors.append(str(error))
    given = {name.removeprefix(f"{REPORT}_"): value for name, value in options.items()}
    for check in (_filter_errors, _redaction_errors, _age_errors, _dest_errors):
        errors += check(given)
    if given.get("layout") == "single" and sources not in (None, 1):
        errors.append(f"{REPORT}_layout must be consolidated for {sources} sources (got single)")
    return errors


def check_delivery_options(variables: Variables) -> list[str]:
    """Errors of the options of vmware_deliver, found without any connection."""
    options, errors = variables.role_options(DELIVER, without=_LATER)
    for name in ("retries", "delay"):
        errors += _errors_of(in_range, f"{DELIVER}_{name}", options.get(f"{DELIVER}_{name}", 0), 0)
    for number, one in enumerate(options.get(f"{DELIVER}_to") or []):
        errors += check_destination(f"{DELIVER}_to[{number}]", one)
    return errors


def check_destination(prefix: str, given: Mapping[str, Any]) -> list[str]:
    """Errors of one destination.

    :param prefix: of each message; the name of the destination is added.
    """
    kind = given.get("type")
    prefix += f" ({one_line(given.get('name') or kind, 60)})" if given.get("name") or kind else ""
    if kind not in _TYPES:
        return [f"{prefix}: type must be {join_choices(_TYPES)} (got {quoted(kind, 60)})"]
    known = _COPY_OPTIONS if kind == COPY else DESTINATION_OPTIONS
    errors = [f"{prefix}: {one_line(name, 100)} is not an option of type {kind}{suggestion(name, list(known))}" for name in given if name not in known]
    required = ("dest",) if kind == COPY else DESTINATION_TYPES[kind].required
    missing = [name for name in required if given.get(name) in (None, "", [])]
    if missing:
        errors.append(f"{prefix}: {' and '.join(missing)} must be set")
    options = {name: spec.get("default") for name, spec in known.items()}
    for name, value in given.items():
        if name in known and value is not None:
            try:
                options[name] = convert(name, known[name], value)
            except InvalidOption as error:
                errors.append(f"{prefix}: {error}")
    if errors or kind == COPY:
        return errors
    try:
        create_destination(options, Payload(f"inventory{SUFFIX}"))
    except (DeliveryError, InvalidOption) as error:
        return [f"{prefix}: {error}"]
    return []


def report_folder(dest: str) -> tuple[str, str]:
    """The option ``dest`` of a report: its path, and the folder that the workbook needs.

    :raises InvalidOption: it is neither a folder nor a workbook, or is not writable.
    """
    name = f"{REPORT}_dest"
    path = absolute_path(name, dest)
    if path.lower().endswith(SUFFIX) and not str(dest).endswith("/"):
        if os.path.isdir(path):
            return path, path
        check_writable(name, os.path.dirname(path))
        return path, os.path.dirname(path)
    if not os.path.isdir(path) and not str(dest).endswith("/") and _EXTENSION.fullmatch(os.path.splitext(path)[1]):
        raise InvalidOption(f"{name} must be a folder, or a file that ends in {SUFFIX} (got {quoted(dest)})")
    check_writable(name, path)
    return path, path


def _errors_of(check: Any, *arguments: Any) -> list[str]:
    try:
        check(*arguments)
    except InvalidOption as error:
        return [str(error)]
    return []


def _filter_errors(given: Mapping[str, Any]) -> list[str]:
    pairs = ((given.get("include_filters"), None), (None, given.get("exclude_filters")))
    return [f"{REPORT}_{text}" for pair in pairs for text in _errors_of(row_filters, *pair)]


def _redaction_errors(given: Mapping[str, Any]) -> list[str]:
    if not given.get("redact"):
        return []
    if not given.get("redact_key"):
        return [f"{REPORT}_redact_key must be set with {REPORT}_redact: true"]
    return [f"{REPORT}_{text}" for text in _errors_of(Pseudonyms, given["redact_key"])]


def _age_errors(given: Mapping[str, Any]) -> list[str]:
    return _errors_of(age, str(given["max_age"]), f"{REPORT}_max_age") if given.get("max_age") else []


def _dest_errors(given: Mapping[str, Any]) -> list[str]:
    return _errors_of(report_folder, given["dest"]) if "dest" in given else []
