# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the options of a report, makes its folder, runs vmware_inventory_export, and prints a table of the sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.estate.vmware.plugins.modules.vmware_inventory_export import main as export
from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_module import execute_module
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import make_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import failure, format_table, print_lines, scan_rows
from ansible_collections.estate.vmware.plugins.plugin_utils.job.report import check_report_options, report_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

_EXPORT = "estate.vmware.vmware_inventory_export"
_FAILED = "failed"
_CONSEQUENCE = "nothing was written"


class ActionModule(ActionBase):
    """Takes the options of vmware_inventory_export, and makes the folder of ``dest``."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        options = dict(self._task.args)
        errors = check_report_options(Variables(task_vars, self._templar.template, task_vars.get("omit")))
        if errors:
            return {**result, **failure(errors, _CONSEQUENCE)}
        options["dest"], folder = report_folder(options["dest"])
        try:
            # The module looks at the folder in check mode too.
            make_folder(folder)
        except OSError as error:
            return {**result, **failure([f"vmware_report_dest: {folder} cannot be made ({error.strerror})"], _CONSEQUENCE)}
        found = execute_module(self, _EXPORT, export, options, task_vars, "the workbook was not written: ")
        if found.get(_FAILED):
            return {**result, **found}
        print_lines([*format_table(_rows(found, task_vars)), *_remarks(found, self._task.check_mode, str(task_vars.get("vmware_report_on_source_error")))])
        return {**result, **found, "ansible_stats": {"data": {"vmware_report_result": _summary(found)}, "per_host": False, "aggregate": False}}


def _rows(found: Mapping[str, Any], task_vars: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the workbook shows of each source, with the seconds and calls of its scan."""
    scans = {row["source"]: row for row in scan_rows(task_vars, task_vars.get("ansible_play_hosts_all", ()))}
    rows = []
    for source in found["sources"]:
        scan = scans.get(source["source"], {})
        read = scan if scan.get("status") == "reused" and source["status"] == "ok" else source
        rows.append({**source, "status": read["status"], "seconds": scan.get("seconds"), "calls": scan.get("calls")})
    return rows


def _remarks(found: Mapping[str, Any], is_check: bool, policy: str) -> Iterator[str]:
    left_out = ", ".join(f"{section} {count}" for section, count in found["left_out"].items() if count)
    if left_out:
        yield f"Filters leave out: {left_out}"
    failed = [source["source"] for source in found["sources"] if source["status"] == _FAILED]
    if failed and policy != "ignore":
        yield f"{len(failed)} of {len(found['sources'])} sources could not be read: {', '.join(failed)}."
    state = " (an older one, kept because no source could be read)" if found["kept"] else " (not written, this is check mode)" if is_check else ""
    yield f"The workbook is {found['dest']}{state}"


def _summary(found: Mapping[str, Any]) -> dict[str, Any]:
    """For jobs that follow in a workflow."""
    statuses = {source["source"]: source["status"] for source in found["sources"]}
    return {"workbook": found["dest"], "kept": found["kept"], "sources": statuses, "totals": found["totals"]}
