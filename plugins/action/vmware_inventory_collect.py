# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the source that a host of the inventory is, and returns what became of it."""

from __future__ import annotations

import traceback
from contextlib import closing, nullcontext
from functools import partial
from typing import Any

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Cancelled, Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts, failed_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_or_reuse import scan_or_reuse
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, ScanFileError, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import failed_path, scan_path
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import PYVMOMI_ERROR
from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_process import ChildFailed, ChildProcess
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import make
from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import say, scan_rows, table
from ansible_collections.estate.vmware.plugins.plugin_utils.job.progress import Follower, follower
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
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        if self._task.args.get("summary"):
            say(table(scan_rows(task_vars, task_vars.get("ansible_play_batch", ()))))
            return result
        name = task_vars["inventory_hostname"]
        try:
            scan = self._scan(name, task_vars)
        except ChildFailed as error:
            Display().vvv(error.trace, host=name)
            scan = {"source": name, "status": _FAILED, "error": str(error), "error_kind": "fault"}
        except Exception as error:  # whatever happens to one source must not cost the workbook
            Display().vvv(traceback.format_exc(), host=name)
            scan = {"source": name, "status": _FAILED, "error": one_line(f"{type(error).__name__}: {error}"), "error_kind": "fault"}
        if scan["status"] == _FAILED:
            say([f"{scan['source']}: {_FAILED}" + (f" ({scan['error_kind']})" if scan.get("error_kind") else "")])
        return {**result, **{key: value for key, value in scan.items() if key not in _RESERVED}, "changed": False}

    def _scan(self, name: str, task_vars: dict[str, Any]) -> dict[str, Any]:
        source = Source.of(name, Variables(task_vars, self._templar.template, task_vars.get("omit")))
        checked = task_vars.get("vmware_collect_checked") or {}
        refused = (checked.get("refused") or {}).get(name) or [*source.wrong, *source.unreachable]
        if name in (checked.get("not_unique") or ()):
            # Its name, and so the scan file of that name, is another one's too.
            return {"source": name, "status": _FAILED, "error": "; ".join(refused), "error_kind": InvalidOption.kind}
        if refused or source.connection is None:
            return _refused(source, refused)
        followed = follower(source.alias, self._task, task_vars, source.progress)
        child = ChildProcess(partial(_read, source, source.connection, followed))
        with followed or nullcontext():
            scan = child.result()
        path = scan_path(source.folder, source.alias)
        scan_file = {"scan_file": failed_path(path) if scan["status"] == _FAILED else path} if scan.get("scan_file") else {}
        # What Ansible masks in the result of a module, but for names and paths, which may hold a short password by chance.
        return {**remove_values(scan, source.connection.secrets), "source": source.alias, **scan_file, "good_scan_file": path}


def _read(source: Source, connection: Connection, followed: Follower | None) -> dict[str, Any]:
    """What became of a source. Runs in a child process: one that dies costs no other source anything."""
    if followed:
        followed.let_go()
    if PYVMOMI_ERROR is not None:
        return _failed(missing_required_lib("pyvmomi"))
    if source.check == "each":
        found = check_connection(connection, source.request.sections)
        if not found["ok"]:
            return {**{key: found[key] for key in ("address", "type", "about")}, **_failed(found["error"], found["kind"])}
    try:
        make(source.folder)
    except OSError as error:
        return _failed(f"vmware_collect_dest: {source.folder} cannot be made ({error.strerror})")
    progress = Progress(followed.path if followed else None, source.progress)
    try:
        return scan_or_reuse(connection, source.alias, source.request, dest=source.folder, progress=progress, **source.reading)
    except (Cancelled, ScanFileError) as error:
        return _failed(str(error))


def _refused(source: Source, lines: list[str]) -> dict[str, Any]:
    """A scan that failed for its options. It lies beside the last good one, as any that failed."""
    error = InvalidOption(*lines)
    try:
        make(source.folder)
        scan = failed_scan(ScanHead(source.alias, ""), error, scan_path(source.folder, source.alias))
    except (OSError, ScanFileError):
        scan = failed_scan(ScanHead(source.alias, ""), error, IN_MEMORY)
    with closing(scan):
        return facts(scan, with_rows=False)


def _failed(error: str, kind: str = "") -> dict[str, Any]:
    """What becomes of a source of which no scan is written."""
    return {"status": _FAILED, "error": error, "error_kind": kind}
