# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds what is wrong of a job before anything of it is read or written: options of the job, and those of its sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.template import Templar

from ansible_collections.estate.vmware.plugins.module_utils.inventory.connection_check import check_connection
from ansible_collections.estate.vmware.plugins.plugin_utils.job.output import say, wrong
from ansible_collections.estate.vmware.plugins.plugin_utils.job.report import wrong_deliveries, wrong_report
from ansible_collections.estate.vmware.plugins.plugin_utils.job.source import Source, wrong_batches
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import Variables, unknown


class ActionModule(ActionBase):
    """Runs once, on the controller, for all hosts of the play."""

    _supports_check_mode = True
    _requires_connection = False
    _VALID_ARGS = frozenset({"group", "collect", "report", "deliver"})

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        _result, arguments = self.validate_argument_spec(
            {
                "group": {"type": "str"},
                "collect": {"type": "bool", "default": True},
                "report": {"type": "bool", "default": False},
                "deliver": {"type": "bool", "default": False},
            }
        )
        group = arguments["group"]
        if group and not task_vars.get("groups", {}).get(group):
            msg = f"The inventory has no host in the group {group}. Put every vCenter and ESXi host there, or name another group in vmware_sources_group."
            return {**result, "failed": True, "msg": msg}
        names = list(task_vars.get("ansible_play_hosts_all") or [task_vars["inventory_hostname"]])
        raw = _raw(names, task_vars)
        errors, warnings = _names_that_are_wrong(raw)
        refused: dict[str, list[str]] = {}
        not_unique: list[str] = []
        if arguments["report"]:
            errors += wrong_report(self._variables(task_vars), len(names))
        if arguments["report"] or arguments["deliver"]:
            errors += wrong_deliveries(self._variables(task_vars))
        if arguments["collect"]:
            sources = {name: Source.of(name, self._variables(raw[name])) for name in names}
            errors += [*wrong_batches(self._variables(task_vars)), *_wrong_everywhere(sources)]
            not_unique = _of_one_alias(sources)
            refused = _refused(sources, not_unique)
            if not errors:
                errors = self._not_in_order(sources, refused, task_vars)
        if errors:
            return {**result, **wrong(errors, "was read or written")}
        say([f"{name} is not read: {'; '.join(lines)}" for name, lines in refused.items()])
        return {**result, "changed": False, "warnings": warnings, "refused": refused, "not_unique": not_unique}

    def _variables(self, raw: Mapping[str, Any]) -> Variables:
        return Variables(raw, Templar(loader=self._loader, variables=raw).template, raw.get("omit"))

    def _not_in_order(self, sources: Mapping[str, Source], refused: Mapping[str, list[str]], task_vars: Mapping[str, Any]) -> list[str]:
        """What keeps sources of this batch from being read, where one of them is to be read only with all others."""
        batch = [name for name in task_vars.get("ansible_play_batch", sources) if name in sources]
        if not any(sources[name].check == "all" for name in batch):
            return []
        limits = [len(batch), int(task_vars.get("ansible_forks", 1)), *(sources[name].throttle for name in batch)]
        with ThreadPoolExecutor(min(limit for limit in limits if limit)) as pool:
            found = pool.map(lambda name: _reason(sources[name], refused.get(name)), batch)
            return [f"{name} is not in order: {reason}" for name, reason in zip(batch, found) if reason]


def _raw(names: list[str], task_vars: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The variables of hosts, templates as they are, with what the play says for all of them."""
    hostvars = task_vars["hostvars"]
    own = hostvars.raw_get(task_vars["inventory_hostname"])
    of_the_play = {name: value for name, value in task_vars.items() if name not in own}
    return {name: {**of_the_play, **hostvars.raw_get(name)} for name in names}


def _names_that_are_wrong(raw: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Errors and warnings, each once, whichever hosts have the variable."""
    return unknown({name for variables in raw.values() for name in variables})


def _wrong_everywhere(sources: Mapping[str, Source]) -> list[str]:
    """What is wrong of options of the role for each source: those of the job, which nobody has set for one source alone."""
    first, *others = (source.wrong for source in sources.values())
    return [line for line in first if all(line in other for other in others)]


def _of_one_alias(sources: Mapping[str, Source]) -> list[str]:
    """The hosts whose source has the name of another one."""
    times = Counter(source.alias for source in sources.values())
    return [name for name, source in sources.items() if times[source.alias] > 1]


def _refused(sources: Mapping[str, Source], not_unique: Collection[str]) -> dict[str, list[str]]:
    """The hosts whose sources are not read, and why, a line each."""
    found = {}
    for name, source in sources.items():
        lines = [*source.wrong, *source.unreachable]
        if name in not_unique:
            lines.insert(0, f"vmware_collect_source: {source.alias} is the name of another source too; give each one its own")
        if lines:
            found[name] = lines
    return found


def _reason(source: Source, refused: list[str] | None) -> str:
    """Why a source cannot be read; empty where it can."""
    if refused or source.connection is None:
        return "; ".join(refused or [])
    found = check_connection(source.connection, source.request.sections)
    return "" if found["ok"] else found["error"]
