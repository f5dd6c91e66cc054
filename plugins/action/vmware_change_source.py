# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of a job that changes VMs against the source that a host of the inventory is, and returns what became of it."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Mapping
from typing import Any

from ansible import constants
from ansible.utils.display import Display

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.change_job import FAILED
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.jobs import JOBS
from ansible_collections.estate.vmware.plugins.plugin_utils.job.followed_module import ChangingModule
from ansible_collections.estate.vmware.plugins.plugin_utils.job.source import connection_of
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

_KEPT = ("changed", "counts", "calls", "seconds", "warnings", "diff")


class ActionModule(ChangingModule):
    """Never fails because of its source: the report of the others has to be written first."""

    _supports_async = False
    _VALID_ARGS = frozenset({"job"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        name = task_vars["inventory_hostname"]
        try:
            self._prepare(name, task_vars)
            if self._call is None:
                return {"changed": False, "source": name, "status": "idle", "error": "", "error_kind": "", "dry_run": False, "results_path": ""}
            found = super().run(tmp, task_vars)
        except EstateError as error:
            found = {"failed": True, "msg": str(error), "error_kind": error.kind}
        except Exception as error:  # whatever happens to one source must not cost the report
            Display().vvv(traceback.format_exc(), host=name)
            found = {"failed": True, "msg": one_line(f"{type(error).__name__}: {error}"), "error_kind": "fault"}
        failed = bool(found.get("failed"))
        return {
            "changed": False,
            **{key: found[key] for key in _KEPT if key in found},
            "source": name,
            "status": FAILED if failed else "ok",
            "error": one_line(str(found.get("msg") or "the module failed")) if failed else "",
            "error_kind": found.get("error_kind", ""),
            "dry_run": self._task.check_mode,
            "results_path": self._results,
        }

    def arguments(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        given = super().arguments(task_vars)
        del given["job"]
        wanted = self._call.options if self._call else {}
        return {**given, **self._connection_options, **wanted, "results_path": self._results}

    def _prepare(self, name: str, task_vars: Mapping[str, Any]) -> None:
        """Find out what to run.

        :raises EstateError: variables of the source cannot be used, or there is no scan of it.
        """
        self._results = ""
        make_job = JOBS[self._task.args["job"]]
        self.module = make_job.module
        variables = Variables(task_vars, self._templar.template, task_vars.get("omit"))
        job = make_job(name, variables)
        if job.errors:
            raise InvalidOption(*job.errors)
        self._call = job.call(self._task.check_mode)
        if self._call is None:
            return
        connection, options, errors = connection_of(name, variables, os.environ)
        if errors or connection is None:
            raise InvalidOption(*errors)
        self._connection_options = {key: value for key, value in options.items() if value not in (None, "")}
        # Ansible removes this folder at its end.
        handle, self._results = tempfile.mkstemp(prefix="results-", suffix=".json", dir=constants.DEFAULT_LOCAL_TMP)
        os.close(handle)
        os.unlink(self._results)
        self._task.check_mode = self._call.is_dry
