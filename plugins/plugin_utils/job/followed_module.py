# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Action plugins that run the module of the same name, and show its progress meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import absolute_path
from ansible_collections.estate.vmware.plugins.plugin_utils.job.progress import follower
from ansible_collections.estate.vmware.plugins.plugin_utils.job.progress_lines import ChangeLine, ProgressLine, ScanLine
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables

_LOCALHOST = "localhost"


class FollowedModule(ActionBase):
    """Gives the module a pipe for its progress, if it runs on the control node and not asynchronously.

    :cvar line: makes lines of what the module reports. :cvar module: its name; by default that of the action plugin.
    """

    _supports_check_mode = True
    _supports_async = True
    line: type[ProgressLine] = ScanLine
    module: str | None = None

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        try:
            arguments = self.arguments(task_vars)
        except EstateError as error:
            return {**result, "failed": True, "msg": str(error)}
        with self._followed(task_vars) as pipe:
            result.update(
                self._execute_module(module_name=self.module, module_args={**arguments, **pipe}, task_vars=task_vars, wrap_async=self._task.async_val)
            )
        if not self._task.async_val:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def arguments(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The options that the module is given.

        :raises EstateError: a variable cannot be used.
        """
        return dict(self._task.args)

    @contextmanager
    def _followed(self, task_vars: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """The option of the module that names the pipe; none if the pipe cannot be read."""
        task = self._task
        is_elsewhere = self._connection.transport != "local" or task.async_val or "progress_pipe" in task.args
        is_shown = boolean(task.args.get("progress", True), strict=False)
        followed = None if is_elsewhere else follower(self._source(task_vars), task, task_vars, is_shown, self.line)
        with followed or nullcontext():
            yield {"progress_pipe": followed.path} if followed else {}

    def _source(self, task_vars: Mapping[str, Any]) -> str:
        """What lines call the source."""
        host = str(task_vars.get("inventory_hostname", ""))
        return str(self._task.args.get("source") or (self._task.args.get("hostname") if host == _LOCALHOST else "") or host)


class JournaledModule(FollowedModule):
    """Runs a module that changes something, with the journal of the job."""

    line = ChangeLine

    def arguments(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        given = super().arguments(task_vars)
        if given.get("journal"):
            return given
        # A module runs in another folder.
        journal = Variables(task_vars, self._templar.template, task_vars.get("omit")).get("vmware_journal")
        return {**given, **({"journal": absolute_path("vmware_journal", journal)} if journal else {})}


class ChangingModule(JournaledModule):
    """Runs a module that changes VMs, with what variables of the job say of all of them."""

    def arguments(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        variables = Variables(task_vars, self._templar.template, task_vars.get("omit"))
        given = super().arguments(task_vars)
        protected = [*_listed(given.get("protected")), *_listed(variables.get("vmware_protected"))]
        servers = [*_listed(given.get("protected_servers")), *_other_servers(task_vars)]
        further = {"protected": protected, "protected_servers": servers}
        return {**given, **{name: value for name, value in further.items() if value}}


def _listed(value: Any) -> list[Any]:
    """A list, also of one value; what is no list at all is left for the module to refuse."""
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _other_servers(task_vars: Mapping[str, Any]) -> list[str]:
    """The addresses of the vCenters of the play."""
    found = []
    for name in task_vars.get("ansible_play_hosts_all", ()):
        # A variable that cannot be evaluated is told of when its host is worked on.
        with suppress(Exception):
            found.append(str(task_vars["hostvars"][name].get("vmware_hostname") or ""))
    return sorted(set(filter(None, found)))
