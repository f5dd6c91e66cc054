# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module of the same name, and shows its progress meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.estate.vmware.plugins.plugin_utils.job.progress import follower


class ActionModule(ActionBase):
    """Gives the module a pipe for its progress, if it runs on the control node and not asynchronously."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        with self._followed(task_vars) as pipe:
            arguments = {**self._task.args, **pipe}
            result.update(self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=self._task.async_val))
        if not self._task.async_val:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    @contextmanager
    def _followed(self, task_vars: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """The option of the module that names the pipe; none if the pipe cannot be read."""
        task = self._task
        is_elsewhere = self._connection.transport != "local" or task.async_val or "progress_pipe" in task.args
        name = str(task.args.get("source") or task_vars.get("inventory_hostname", ""))
        is_shown = boolean(task.args.get("progress", True), strict=False)
        followed = None if is_elsewhere else follower(name, task, task_vars, is_shown)
        with followed or nullcontext():
            yield {"progress_pipe": followed.path} if followed else {}
