# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What is wrong of the options of a report and of its deliveries, before anything is read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line, quoted
from ansible_collections.estate.vmware.plugins.module_utils.deliver.destinations import DESTINATION_OPTIONS, DESTINATION_TYPES, create_destination
from ansible_collections.estate.vmware.plugins.module_utils.deliver.errors import DeliveryError
from ansible_collections.estate.vmware.plugins.module_utils.deliver.payload import Payload
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import row_filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import Pseudonyms
from ansible_collections.estate.vmware.plugins.module_utils.inventory.reuse import age
from ansible_collections.estate.vmware.plugins.module_utils.report.destination import SUFFIX
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import absolute, check_writable
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import DELIVER, REPORT, Variables, either, typed

COPY = "copy"
#: What the role itself knows of a copy.
_COPY_OPTIONS: dict[str, dict[str, Any]] = {name: {"type": "str"} for name in ("type", "name", "host", "dest", "owner", "group", "mode")}
#: Variables that have their values when all is read.
_LATER = frozenset({"vmware_report_scans", "vmware_report_missing_sources", "vmware_deliver_file", "vmware_deliver_report", "vmware_deliver_files"})
_TYPES = sorted([COPY, *DESTINATION_TYPES])
#: The end of a name that stands for a kind of file. Folders have dots too, as in ``sources.d`` or ``2026.11``.
_END = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")


def wrong_report(variables: Variables, sources: int | None = None) -> list[str]:
    """What is wrong of the options of vmware_report, a line each.

    :param variables: those of the host that reports. :param sources: how many there are to report, where that is known.
    """
    options, said = variables.of_role(REPORT, without=_LATER)
    try:
        options[f"{REPORT}_max_age"] = variables.get(f"{REPORT}_max_age")
    except InvalidOption as error:
        said.append(str(error))
    given = {name.removeprefix(f"{REPORT}_"): value for name, value in options.items()}
    for check in (_filters, _redaction, _age, _dest):
        said += check(given)
    if given.get("layout") == "single" and sources not in (None, 1):
        said.append(f"{REPORT}_layout must be consolidated for {sources} sources (got single)")
    return said


def wrong_deliveries(variables: Variables) -> list[str]:
    """What is wrong of the options of vmware_deliver, a line each. Nobody is asked anything."""
    options, said = variables.of_role(DELIVER, without=_LATER)
    for name in ("retries", "delay"):
        said += _said(in_range, f"{DELIVER}_{name}", options.get(f"{DELIVER}_{name}", 0), 0)
    for number, one in enumerate(options.get(f"{DELIVER}_to") or []):
        said += wrong_destination(f"{DELIVER}_to[{number}]", one)
    return said


def wrong_destination(where: str, given: Mapping[str, Any]) -> list[str]:
    """What is wrong of one destination.

    :param where: what messages call it; its name is added.
    """
    way = given.get("type")
    where += f" ({one_line(given.get('name') or way, 60)})" if given.get("name") or way else ""
    if way not in _TYPES:
        return [f"{where}: type must be {either(_TYPES)} (got {quoted(way, 60)})"]
    known = _COPY_OPTIONS if way == COPY else DESTINATION_OPTIONS
    said = [f"{where}: {one_line(name, 100)} is no option of type {way}{suggestion(name, list(known))}" for name in given if name not in known]
    needed = ("dest",) if way == COPY else DESTINATION_TYPES[way].required
    missing = [name for name in needed if given.get(name) in (None, "", [])]
    if missing:
        said.append(f"{where}: {' and '.join(missing)} must be set")
    options = {name: spec.get("default") for name, spec in known.items()}
    for name, value in given.items():
        if name in known and value is not None:
            try:
                options[name] = typed(name, known[name], value)
            except InvalidOption as error:
                said.append(f"{where}: {error}")
    if said or way == COPY:
        return said
    try:
        create_destination(options, Payload(f"inventory{SUFFIX}"))
    except (DeliveryError, InvalidOption) as error:
        return [f"{where}: {error}"]
    return []


def report_folder(dest: str) -> tuple[str, str]:
    """The option ``dest`` of a report: the path, and the folder that must be there before the workbook is written.

    :raises InvalidOption: it is neither a folder nor a workbook, or cannot be written.
    """
    name = f"{REPORT}_dest"
    path = absolute(name, dest)
    if path.lower().endswith(SUFFIX) and not str(dest).endswith("/"):
        if os.path.isdir(path):
            return path, path
        check_writable(name, os.path.dirname(path))
        return path, os.path.dirname(path)
    if not os.path.isdir(path) and not str(dest).endswith("/") and _END.fullmatch(os.path.splitext(path)[1]):
        raise InvalidOption(f"{name} must be a folder, or a file that ends in {SUFFIX} (got {quoted(dest)})")
    check_writable(name, path)
    return path, path


def _said(check: Any, *arguments: Any) -> list[str]:
    try:
        check(*arguments)
    except InvalidOption as error:
        return [str(error)]
    return []


def _filters(given: Mapping[str, Any]) -> list[str]:
    asked = ((given.get("include_filters"), None), (None, given.get("exclude_filters")))
    return [f"{REPORT}_{text}" for pair in asked for text in _said(row_filters, *pair)]


def _redaction(given: Mapping[str, Any]) -> list[str]:
    if not given.get("redact"):
        return []
    if not given.get("redact_key"):
        return [f"{REPORT}_redact_key must be set with {REPORT}_redact: true"]
    return [f"{REPORT}_{text}" for text in _said(Pseudonyms, given["redact_key"])]


def _age(given: Mapping[str, Any]) -> list[str]:
    return _said(age, str(given["max_age"]), f"{REPORT}_max_age") if given.get("max_age") else []


def _dest(given: Mapping[str, Any]) -> list[str]:
    return _said(report_folder, given["dest"]) if "dest" in given else []
