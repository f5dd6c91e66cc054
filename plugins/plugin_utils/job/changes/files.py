# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The report of a job that changes VMs: a CSV and a JSON file of all sources."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TextIO

from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.change_job import FAILED, ChangeJob

CSV, JSON = "csv", "json"
#: A spreadsheet takes a text that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Type of a destination to the option that names the file, or a folder with a slash at its end. A mail has none, and takes the CSV file.
_TARGETS = {"copy": "dest", "http": "url", "s3": "key"}


def report_rows(job: ChangeJob, source: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one source: of its VMs, and one of itself if it failed without any.

    :param source: what became of it: source, status, error, dry_run and results_path.
    """
    vms = []
    if source.get("results_path") and os.path.isfile(source["results_path"]):
        with open(source["results_path"], encoding="utf-8") as file:
            vms = json.load(file)["vms"]
    rows = [row for vm in vms for row in job.rows(vm, source["dry_run"])]
    if source["status"] == FAILED and not vms:
        rows = [{"result": FAILED, "error": source["error"]}]
    return [{**dict.fromkeys(job.columns), "source": source["source"], **row} for row in rows]


def totals(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows have each result."""
    return dict(sorted(Counter(row["result"] for row in rows).items()))


def write_csv(path: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV file in UTF-8 that spreadsheets open as it is meant.

    :raises OSError: it cannot be written.
    """

    def write(file: TextIO) -> None:
        file.write("\ufeff")
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)

    _write(path, write)


def write_json(path: str, content: Mapping[str, Any]) -> None:
    """Write a JSON file.

    :raises OSError: it cannot be written.
    """
    _write(path, lambda file: json.dump(content, file, ensure_ascii=False, indent=1))


def formats_for(destination: Mapping[str, Any]) -> list[str]:
    """The files that a destination of vmware_deliver_to takes: both into a folder, else the one that its name says."""
    kind = destination.get("type")
    if kind not in _TARGETS:
        return [CSV]
    target = str(destination.get(_TARGETS[kind]) or "").partition("?")[0]
    if not target or target.endswith("/") or (kind == "copy" and not os.path.splitext(target)[1]):
        return [CSV, JSON]
    return [JSON] if target.lower().endswith(f".{JSON}") else [CSV]


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _write(path: str, write: Callable[[TextIO], object]) -> None:
    part = PartFile(os.path.dirname(path))
    try:
        with open(part.path, "w", encoding="utf-8", newline="") as file:
            write(file)
        os.replace(part.path, path)
    finally:
        with suppress(OSError):
            part.discard()
