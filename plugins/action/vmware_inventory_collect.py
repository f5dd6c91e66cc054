# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the source that a host of the inventory is, and returns what became of it."""

from __future__ import annotations

import os
import time
import traceback
from contextlib import closing, nullcontext
from functools import partial
from typing import Any

from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.estate.vmware.plugins.module_utils.common.durations import age
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.progress_pipe import Cancelled
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan import facts, failed_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_or_reuse import scan_or_reuse
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import IN_MEMORY, ScanFileError, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import failed_path, scan_path
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import PYVMOMI_ERROR
from ansible_collections.estate.vmware.plugins.plugin_utils.job.child_process import ChildFailed, ChildProcess
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import make_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import format_table, print_lines, scan_rows
from ansible_collections.estate.vmware.plugins.plugin_utils.job.progress import Follower, follower
from ansible_collections.estate.vmware.plugins.plugin_utils.job.source import Source, name_and_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

_FAILED = "failed"
_IF_KILLED = "lower vmware_collect_throttle or --forks"
#: What Ansible takes for something else in the result of a task.
_RESERVED = ("started", "finished")


class ActionModule(ActionBase):
    """Never fails because of its source."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        _result, arguments = self.validate_argument_spec(
            {"read": {"type": "bool", "default": True}, "max_age": {"type": "str"}, "summary": {"type": "bool", "default": False}},
        )
        if arguments["summary"]:
            print_lines(format_table(scan_rows(task_vars, task_vars.get("ansible_play_batch", ()))))
            return result
        name = task_vars["inventory_hostname"]
        variables = Variables(task_vars, self._templar.template, task_vars.get("omit"))
        try:
            scan = self._scan(name, variables, task_vars) if arguments["read"] else _latest(name, variables, arguments["max_age"])
        except ChildFailed as error:
            Display().vvv(error.trace, host=name)
            scan = {"source": name, **_failed(str(error), "fault")}
        except EstateError as error:
            scan = {"source": name, **_failed(str(error), error.kind)}
        except Exception as error:  # whatever happens to one source must not cost the workbook
            Display().vvv(traceback.format_exc(), host=name)
            scan = {"source": name, **_failed(one_line(f"{type(error).__name__}: {error}"), "fault")}
        if arguments["read"] and scan["status"] == _FAILED:
            print_lines([f"{scan['source']}: {_FAILED}" + (f" ({scan['error_kind']})" if scan.get("error_kind") else "")])
        return {**result, **{key: value for key, value in scan.items() if key not in _RESERVED}, "changed": False}

    def _scan(self, name: str, variables: Variables, task_vars: dict[str, Any]) -> dict[str, Any]:
        source = Source.from_variables(name, variables)
        checked = task_vars.get("vmware_collect_checked") or {}
        refused = (checked.get("refused") or {}).get(name) or [*source.option_errors, *source.connection_errors]
        if name in (checked.get("not_unique") or ()):
            # The scan file of its name is another source's.
            return {"source": name, **_failed("; ".join(refused), InvalidOption.kind)}
        if refused or source.connection is None:
            return _refused(source, refused)
        followed = follower(source.alias, self._task, task_vars, source.progress)
        child = ChildProcess(partial(_read, source, source.connection, followed), _IF_KILLED)
        with followed or nullcontext():
            scan = child.result()
        path = scan_path(source.folder, source.alias)
        scan_file = {"scan_file": failed_path(path) if scan["status"] == _FAILED else path} if scan.get("scan_file") else {}
        # As Ansible masks the result of a module, but for names and paths, which may contain a short password by chance.
        return {**remove_values(scan, source.connection.secrets), "source": source.alias, **scan_file, "good_scan_file": path}


def _read(source: Source, connection: Connection, followed: Follower | None) -> dict[str, Any]:
    """Read a source; what ``vmware_inventory_facts`` returns of it. Runs in a child process, so that its death fails this source alone."""
    if followed:
        followed.close_in_child()
    if PYVMOMI_ERROR is not None:
        return _failed(missing_required_lib("pyvmomi"))
    if source.check_connections == "each":
        found = check_connection(connection, source.request.sections)
        if not found["ok"]:
            return {**{key: found[key] for key in ("address", "type", "about")}, **_failed(found["error"], found["kind"])}
    try:
        make_folder(source.folder)
    except OSError as error:
        return _failed(f"vmware_collect_dest: {source.folder} cannot be made ({error.strerror})")
    progress = Progress(followed.path if followed else None, source.progress)
    try:
        return scan_or_reuse(connection, source.alias, source.request, dest=source.folder, progress=progress, **source.reading)
    except (Cancelled, ScanFileError) as error:
        return _failed(str(error))


def _latest(name: str, variables: Variables, max_age: str | None) -> dict[str, Any]:
    """The scan file of a source that another job left: the newer one of the last good and the last failed scan.

    Where there is none, or none younger than ``max_age``, the source failed.
    """
    alias, folder = name_and_folder(name, variables)
    if not os.path.isdir(folder):
        return {"source": alias, **_failed(f"there is no folder {folder}: check vmware_collect_dest")}
    path = scan_path(folder, alias)
    oldest = time.time() - age(max_age, "max_age").total_seconds() if max_age else 0.0
    # A failed scan is removed by the next good one, so it is the newer one.
    recent = [file for file in (failed_path(path), path) if os.path.isfile(file) and os.path.getmtime(file) >= oldest]
    # Where there is a file, the report takes status and error from it.
    missing = _failed(f"there is no scan of it in {folder}" + (f" that is younger than {max_age}" if max_age else ""))
    return {"source": alias, **missing, "scan_file": recent[0] if recent else "", "good_scan_file": path}


def _refused(source: Source, lines: list[str]) -> dict[str, Any]:
    """The failed scan of a source with invalid options, written beside the last good one as any that failed."""
    error = InvalidOption(*lines)
    try:
        make_folder(source.folder)
        scan = failed_scan(ScanHead(source.alias, ""), error, scan_path(source.folder, source.alias))
    except (OSError, ScanFileError):
        scan = failed_scan(ScanHead(source.alias, ""), error, IN_MEMORY)
    with closing(scan):
        return facts(scan, with_rows=False)


def _failed(error: str, kind: str = "") -> dict[str, Any]:
    """What is returned of a source without a scan file."""
    return {"status": _FAILED, "error": error, "error_kind": kind}
