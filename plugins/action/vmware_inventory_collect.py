# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the source that a host of the inventory is, and returns what became of it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts, failed_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, ScanFileError, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import failed_path, scan_path
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import make
from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import say, scan_rows, table
from ansible_collections.estate.vmware.plugins.plugin_utils.job.source import Source
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

_FAILED = "failed"
#: What Ansible takes for something else in the result of a task.
_RESERVED = ("started", "finished")


class ActionModule(ActionBase):
    """Never fails because of its source. ``summary: true`` reads nothing and shows what became of all sources of the batch."""

    _supports_check_mode = True
    _VALID_ARGS = frozenset({"summary"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        if self._task.args.get("summary"):
            say(table(scan_rows(task_vars, task_vars.get("ansible_play_batch", ()))))
            return result
        name = task_vars["inventory_hostname"]
        try:
            scan = self._scan(name, task_vars)
        except Exception as error:  # whatever happens to one source must not cost the workbook
            Display().vvv(traceback.format_exc(), host=name)
            scan = {"source": name, "status": _FAILED, "error": one_line(f"{type(error).__name__}: {error}"), "error_kind": "fault"}
        if scan["status"] == _FAILED:
            say([f"{scan['source']}: {_FAILED}" + (f" ({scan['error_kind']})" if scan.get("error_kind") else "")])
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return {**result, **{key: value for key, value in scan.items() if key not in _RESERVED}, "changed": False}

    def _scan(self, name: str, task_vars: dict[str, Any]) -> dict[str, Any]:
        source = Source.of(name, Variables(task_vars, self._templar.template, task_vars.get("omit")))
        checked = task_vars.get("vmware_collect_checked") or {}
        refused = (checked.get("refused") or {}).get(name) or [*source.wrong, *source.unreachable]
        if name in (checked.get("not_unique") or ()):
            # Its name, and so the scan file of that name, is another one's too.
            return {"source": name, "status": _FAILED, "error": "; ".join(refused), "error_kind": InvalidOption.kind}
        scan = self._refused(source, refused) if refused else self._read(source, task_vars)
        # Ansible hides a password wherever it stands in a result, and a short one may be part of a name or path.
        return {**scan, "source": source.alias}

    def _refused(self, source: Source, lines: list[str]) -> dict[str, Any]:
        """A scan that failed for its options. It lies beside the last good one, as any that failed."""
        error = InvalidOption(*lines)
        try:
            make(source.folder)
            scan = failed_scan(ScanHead(source.alias, ""), error, scan_path(source.folder, source.alias))
        except (OSError, ScanFileError):
            scan = failed_scan(ScanHead(source.alias, ""), error, IN_MEMORY)
        with closing(scan):
            return facts(scan, with_rows=False)

    def _read(self, source: Source, task_vars: dict[str, Any]) -> dict[str, Any]:
        if source.check == "each":
            found = self._module("vmware_connection_info", {**source.reaching, "sections": source.reading["sections"]}, task_vars)
            connection = found.get("connection") or {"ok": False, "error": _reason(found)}
            if not connection["ok"]:
                told = {key: connection.get(key) or "" for key in ("address", "type", "error")}
                return {**told, "about": connection.get("about") or {}, "error_kind": connection.get("kind") or "", **self._failed(source)}
        try:
            make(source.folder)
        except OSError as error:
            return {"error": f"vmware_collect_dest: {source.folder} cannot be made ({error.strerror})", **self._failed(source)}
        path = scan_path(source.folder, source.alias)
        found = self._action("vmware_inventory_facts", {**source.reaching, **source.reading, "dest": path}, task_vars)
        scan = (found.get("ansible_facts") or {}).get("vmware_inventory")
        if scan is None:
            return {"error": _reason(found), **self._failed(source)}
        return {**scan, "scan_file": failed_path(path) if scan["status"] == _FAILED else path, "good_scan_file": path}

    @staticmethod
    def _failed(source: Source) -> dict[str, Any]:
        """What is told of a source of which no scan was written."""
        return {"status": _FAILED, "good_scan_file": scan_path(source.folder, source.alias)}

    def _module(self, name: str, options: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        return self._execute_module(module_name=f"estate.vmware.{name}", module_args=options, task_vars=task_vars)

    def _action(self, name: str, options: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        task = self._task.copy()
        task.args = options
        task.action = f"estate.vmware.{name}"
        action = self._shared_loader_obj.action_loader.get(
            task.action,
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        return action.run(task_vars=task_vars)


def _reason(found: Mapping[str, Any]) -> str:
    """Why a module ended without an answer."""
    return one_line(found.get("msg") or "the module ended without a reason; run the job again with -vvv")
