# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the report of a job that changes VMs, and prints a table of its sources."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes import files
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.change_job import FAILED, ChangeJob
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.jobs import JOBS
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import make_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import failure, format_table, print_lines
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

_COLUMNS = {"vms": "VMs", "changed": "changed", "unchanged": "unchanged", "failed": "failed", "seconds": "seconds", "calls": "calls"}
_SAID = ("source", "status", "error", "error_kind", "counts", "calls", "seconds")
#: Rows that a job leaves for those that follow it in a workflow.
_MOST_RETURNED = 500


class ActionModule(ActionBase):
    """Runs once, on the controller, for all hosts of the play."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS = frozenset({"job"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        variables = Variables(task_vars, self._templar.template, task_vars.get("omit"))
        job = JOBS[self._task.args["job"]](task_vars["inventory_hostname"], variables)
        if job.errors:
            return {**result, **failure(job.errors, "no report was written")}
        found = list(map(_source, _names(task_vars), _found(task_vars)))
        is_dry = any(one["dry_run"] for one in found)
        rows_of = {one["source"]: files.report_rows(job, one) for one in found}
        rows = [row for several in rows_of.values() for row in several]
        sources = [{**{key: one.get(key) for key in _SAID}, "remark": job.remark(rows_of[one["source"]])} for one in found]
        summary = {"dry_run": is_dry, "sources": {one["source"]: one["status"] for one in found}, "totals": files.totals(rows)}
        try:
            paths = _write(job, {"job": job.file, "time": _now(), **summary, "sources": sources, job.rows_key: rows})
        except OSError as error:
            return {**result, **failure([f"{job.role}_dest: the report cannot be written ({error.strerror})"], "see the journal for what was changed")}
        lines = [*_table(sources), *(f"{one['source']}: {one['remark']}" for one in sources if one["remark"]), *_conclusion(job, summary, paths)]
        print_lines(lines)
        artifact = {**summary, "files": paths, job.rows_key: rows[:_MOST_RETURNED] if job.rows_key == "vms" else []}
        return {
            **result,
            "changed": True,
            **summary,
            "files": paths,
            "deliver": _deliver(variables, paths),
            "summary": {"subject": f"{job.title}: {_counted(summary)}", "text": "\n".join(lines) + "\n"},
            "ansible_stats": {"data": {f"{job.role}_result": artifact}, "per_host": False, "aggregate": False},
        }


def _names(task_vars: Mapping[str, Any]) -> list[str]:
    return list(task_vars.get("ansible_play_hosts_all") or [task_vars["inventory_hostname"]])


def _found(task_vars: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [task_vars["hostvars"][name].get("vmware_changes_source") or {} for name in _names(task_vars)]


def _source(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """What became of a source, also of one that no task has worked on."""
    missing = {"status": FAILED, "error": "it was not worked on", "error_kind": "fault", "dry_run": False, "results_path": ""}
    return {**(found if found.get("status") else missing), "source": name}


def _write(job: ChangeJob, content: Mapping[str, Any]) -> dict[str, str]:
    """:raises OSError: a file cannot be written."""
    make_folder(job.folder)
    stem = os.path.join(job.folder, f"{job.file}_{time.strftime('%Y%m%d_%H%M%S')}{'_dry_run' if content['dry_run'] else ''}")
    paths = {kind: f"{stem}.{kind}" for kind in (files.CSV, files.JSON)}
    files.write_csv(paths[files.CSV], job.columns, content[job.rows_key])
    files.write_json(paths[files.JSON], content)
    return paths


def _deliver(variables: Variables, paths: Mapping[str, str]) -> list[dict[str, Any]]:
    """The files, each with the numbers of the destinations that take it. The destinations themselves have passwords."""
    wanted = [files.formats_for(one) for one in variables.get("vmware_deliver_to", []) or []]
    found = [{"file": path, "numbers": [number for number, kinds in enumerate(wanted) if kind in kinds]} for kind, path in paths.items()]
    return [one for one in found if one["numbers"]]


def _table(sources: list[dict[str, Any]]) -> list[str]:
    rows = []
    for one in sources:
        counts = one["counts"] or {}
        numbers = {**counts, "vms": sum(counts.values())} if counts else {}
        rows.append({**one, **numbers})
    return format_table(rows, _COLUMNS)


def _conclusion(job: ChangeJob, summary: Mapping[str, Any], paths: Mapping[str, str]) -> list[str]:
    state = " (nothing was changed, this is a dry run)" if summary["dry_run"] else ""
    return [f"{job.title}: {_counted(summary)}{state}", f"The report is {paths[files.CSV]}, and with .{files.JSON}"]


def _counted(summary: Mapping[str, Any]) -> str:
    return ", ".join(f"{number} {result.replace('_', ' ')}" for result, number in summary["totals"].items()) or "none"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
