# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The jobs of create_vms and clone_vms: which items of vmware_vms are for a source, and what became of their VMs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import one_line, quoted
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.change_job import CHANGED, FAILED, NOT_STARTED, UNCHANGED, ChangeJob, ModuleCall
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import VMS

#: The key of an item that names its source.
SOURCE = "vmware_source"
#: What ``only`` allows to the sources that an item may have, and what for.
_ONLY = {"clones": (("template", "vm"), "what to clone"), "packages": (("ova", "ovf"), "what to deploy")}
_VM = ("name", "path", "moid", "instance_uuid", "bios_uuid")
#: Sources that a message lists.
_LISTED = 5


class Vms(ChangeJob):
    """Makes VMs, and changes those that are there until they are as their items say."""

    role = VMS
    module = "estate.vmware.vmware_vm"
    file = "vms"
    title = "VMs"
    columns = ("source", *_VM, "result", "actions", "error")
    rows_key = "vms"

    def check(self) -> None:
        for name in ("at_most", "concurrency"):
            if name in self.options:
                self._checked(in_range, f"{VMS}_{name}", self.options[name], int(name == "concurrency"))
        allowed, what_for = _ONLY.get(self.options.get("only") or "", ((), ""))
        for where, item in self.items() if allowed else ():
            # As the module joins them: the mappings of both are one.
            given = [one.get("source") for one in (self.options.get("common") or {}, item)]
            if not any(isinstance(made_of, Mapping) and any(made_of.get(key) for key in allowed) for made_of in given):
                self.errors.append(f"{where}.source must have {' or '.join(allowed)}: {what_for}")

    def items(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """All items of the variable with their names. Those that are none are left for the module to refuse."""
        for number, item in enumerate(self.options.get(VMS) or ()):
            if isinstance(item, Mapping):
                yield f"{VMS}[{number}]", item

    def call(self, is_check: bool) -> ModuleCall | None:
        options = self.options
        mine = [{key: value for key, value in item.items() if key != SOURCE} for _where, item in self.items() if item.get(SOURCE, self.source) == self.source]
        if not mine:
            return None
        given: dict[str, Any] = {name: options[name] for name in ("common", "on_error", "concurrency", "at_most") if name in options}
        return ModuleCall({"state": "present", "vms": mine, **given}, is_check)

    def rows(self, vm: Mapping[str, Any], is_dry: bool) -> Iterator[dict[str, Any]]:
        result = NOT_STARTED if vm["error_kind"] == NOT_STARTED else FAILED if vm["error"] else CHANGED if vm["changed"] else UNCHANGED
        yield {**{key: vm[key] for key in _VM}, "result": result, "actions": ", ".join(vm["actions"]), "error": vm["error"]}


def check_sources(jobs: Mapping[str, ChangeJob], hosts: list[str]) -> list[str]:
    """What is wrong with the sources of the items of all hosts of a play.

    :param hosts: all sources of the inventory, also those that are not in the play.
    """
    errors: dict[str, None] = {}
    wanted = {name: dict(job.items()) for name, job in jobs.items() if isinstance(job, Vms)}
    for name, items in wanted.items():
        for where, item in items.items():
            title = f"{where} ({one_line(item['name'], 60)})" if item.get("name") else where
            if SOURCE in item:
                if item[SOURCE] not in hosts:
                    errors[f"{title}: {SOURCE} {quoted(item[SOURCE])} is no source of the inventory{suggestion(str(item[SOURCE]), hosts)}"] = None
                continue
            same = [other for other, theirs in wanted.items() if item in theirs.values()]
            if len(same) > 1 and name == same[0]:
                listed = ", ".join(same[:_LISTED]) + (", …" if len(same) > _LISTED else "")
                errors[f"{title} would be made on {len(same)} sources: set {SOURCE} in it to one of {listed}"] = None
    if wanted and not any(wanted.values()) and not any(job.errors for job in jobs.values()):
        errors[f"{VMS} must be set: a list of VMs"] = None
    return list(errors)
