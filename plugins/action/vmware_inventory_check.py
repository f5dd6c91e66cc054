# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the options of a job and of its sources before anything is read or written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar

from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.jobs import JOBS
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.vms import check_sources
from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import failure, print_lines
from ansible_collections.estate.vmware.plugins.plugin_utils.job.report import check_delivery_options, check_report_options
from ansible_collections.estate.vmware.plugins.plugin_utils.job.source import Source, check_serial
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables, check_names


class ActionModule(ActionBase):
    """Runs once, on the controller, for all hosts of the play."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS = frozenset({"group", "collect", "report", "deliver", "change"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        _result, arguments = self.validate_argument_spec(
            {
                "group": {"type": "str"},
                "collect": {"type": "bool", "default": True},
                "report": {"type": "bool", "default": False},
                "deliver": {"type": "bool", "default": False},
                "change": {"type": "str", "choices": list(JOBS)},
            }
        )
        group = arguments["group"]
        if group and not task_vars.get("groups", {}).get(group):
            msg = f"The inventory has no host in the group {group}: add every vCenter and ESXi host to it, or set vmware_sources_group"
            return {**result, "failed": True, "msg": msg}
        names = list(task_vars.get("ansible_play_hosts_all") or [task_vars["inventory_hostname"]])
        raw = _raw(names, task_vars)
        errors, warnings = _check_names(raw)
        refused: dict[str, list[str]] = {}
        not_unique: list[str] = []
        if arguments["report"]:
            errors += check_report_options(self._variables(task_vars), len(names))
        if arguments["report"] or arguments["deliver"]:
            errors += check_delivery_options(self._variables(task_vars))
        if arguments["change"]:
            errors += self._change_errors(arguments["change"], raw, list(task_vars.get("groups", {}).get(group) or names))
        if arguments["collect"]:
            sources = {name: Source.from_variables(name, self._variables(raw[name])) for name in names}
            errors += [*check_serial(self._variables(task_vars)), *_common_errors(sources)]
            not_unique = _with_shared_alias(sources)
            refused = _refused(sources, not_unique)
            if not errors:
                errors = self._failed_connections(sources, refused, task_vars)
        if errors:
            return {**result, **failure(errors, "nothing was read or written")}
        print_lines([f"{name} is not read: {'; '.join(lines)}" for name, lines in refused.items()])
        return {**result, "changed": False, "warnings": warnings, "refused": refused, "not_unique": not_unique}

    def _variables(self, raw: Mapping[str, Any]) -> Variables:
        return Variables(raw, Templar(loader=self._loader, variables=raw).template, raw.get("omit"))

    def _change_errors(self, kind: str, raw: Mapping[str, Mapping[str, Any]], hosts: list[str]) -> list[str]:
        """Errors that all sources have in the options of a job that changes VMs; those of one source fail that one."""
        jobs = {name: JOBS[kind](name, self._variables(variables)) for name, variables in raw.items()}
        return [*_shared(job.errors for job in jobs.values()), *check_sources(jobs, hosts)]

    def _failed_connections(self, sources: Mapping[str, Source], refused: Mapping[str, list[str]], task_vars: Mapping[str, Any]) -> list[str]:
        """Errors of the sources of this batch whose connection fails, where one of them has ``check_connections: all``."""
        batch = [name for name in task_vars.get("ansible_play_batch", sources) if name in sources]
        if not any(sources[name].check_connections == "all" for name in batch):
            return []
        limits = [len(batch), int(task_vars.get("ansible_forks", 1)), *(sources[name].throttle for name in batch)]
        with ThreadPoolExecutor(min(limit for limit in limits if limit)) as pool:
            found = pool.map(lambda name: _reason(sources[name], refused.get(name)), batch)
            return [f"{name} failed the connection check: {reason}" for name, reason in zip(batch, found) if reason]


def _raw(names: list[str], task_vars: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The variables of hosts, templates not evaluated, with those that the play sets for all of them."""
    hostvars = task_vars["hostvars"]
    own = hostvars.raw_get(task_vars["inventory_hostname"])
    of_the_play = {name: value for name, value in task_vars.items() if name not in own}
    return {name: {**of_the_play, **hostvars.raw_get(name)} for name in names}


def _check_names(raw: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Errors and warnings, each once, whichever hosts have the variable."""
    return check_names({name for variables in raw.values() for name in variables})


def _common_errors(sources: Mapping[str, Source]) -> list[str]:
    """Errors of role options that all sources have: these are set for the job, not for one source."""
    return _shared(source.option_errors for source in sources.values())


def _shared(errors: Iterable[list[str]]) -> list[str]:
    """The lines that all lists have."""
    first, *others = errors
    return [line for line in first if all(line in other for other in others)]


def _with_shared_alias(sources: Mapping[str, Source]) -> list[str]:
    """The hosts whose source has the same name as another one."""
    times = Counter(source.alias for source in sources.values())
    return [name for name, source in sources.items() if times[source.alias] > 1]


def _refused(sources: Mapping[str, Source], not_unique: Collection[str]) -> dict[str, list[str]]:
    """The hosts whose sources are not read, and the errors of each."""
    found = {}
    for name, source in sources.items():
        lines = [*source.option_errors, *source.connection_errors]
        if name in not_unique:
            lines.insert(0, f"vmware_collect_source must be unique ({source.alias} is the name of another source, too)")
        if lines:
            found[name] = lines
    return found


def _reason(source: Source, refused: list[str] | None) -> str:
    """Why a source cannot be read; empty if it can."""
    if refused or source.connection is None:
        return "; ".join(refused or [])
    found = check_connection(source.connection, source.request.sections)
    return "" if found["ok"] else found["error"]
