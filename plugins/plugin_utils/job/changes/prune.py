# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The job of prune_snapshots: which VMs of a source it looks at, and what it says of each snapshot."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timezone
from itertools import groupby
from operator import itemgetter
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.options import in_range
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import filters_of
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED as NOT_READ, ScanFileError
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import scan_path
from ansible_collections.estate.vmware.plugins.module_utils.machine.harm import REMOVES_SNAPSHOTS
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_retention import Retention
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import Snapshot
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.plugin_utils.job.changes.change_job import FAILED, NOT_STARTED, ChangeJob, ModuleCall
from ansible_collections.estate.vmware.plugins.plugin_utils.job.folders import absolute_path
from ansible_collections.estate.vmware.plugins.plugin_utils.job.source import name_and_folder
from ansible_collections.estate.vmware.plugins.plugin_utils.job.variables import PRUNE, Variables

KEPT, REMOVED, TO_REMOVE = "kept", "removed", "to_remove"
#: The module's word for what is not removed, or not yet.
_REMOVE = "remove"
#: More than any call removes: a dry run shows everything.
_ALL = 1_000_000_000
_VM, _SNAPSHOT = ("name", "path", "instance_uuid", "bios_uuid"), ("id", "created", "size_gb", "description")


class Prune(ChangeJob):
    """Finds snapshots that retention removes, and removes them if it should."""

    role = PRUNE
    module = "estate.vmware.vmware_vm_snapshot"
    file = "prune_snapshots"
    title = "Snapshots"
    columns = ("source", *_VM, "snapshot", *_SNAPSHOT, "result", "reason", "error")
    rows_key = "snapshots"

    def __init__(self, source: str, variables: Variables) -> None:
        self._variables = variables
        super().__init__(source, variables)

    def check(self) -> None:
        self._retention = None
        if given := self.options.get("retention"):
            self._retention = Retention.of(f"{PRUNE}_retention", given, 0, self.errors)
        elif not any(line.startswith(f"{PRUNE}_retention") for line in self.errors):
            self.errors.append(f"{PRUNE}_retention must be set: keep, max_age, or both")
        if "filters" in self.options:
            self._checked(filters_of, f"{PRUNE}_filters", "vms", self.options["filters"])
        for name, least in (("at_most", 0), ("concurrency", 1), ("per_datastore", 1)):
            if name in self.options:
                self._checked(in_range, f"{PRUNE}_{name}", self.options[name], least)

    def call(self, is_check: bool) -> ModuleCall | None:
        options = self.options
        is_dry = is_check or not options["remove"]
        items = [{"filters": filters} for filters in self._filters()]
        if not items:
            return None
        at_most = _ALL if is_dry else options.get("at_most")
        return ModuleCall(
            {
                "state": "pruned",
                "vms": items,
                "common": {"retention": options["retention"], "consolidate": options["consolidate"]},
                "concurrency": options["concurrency"],
                "per_datastore": options["per_datastore"],
                **({} if at_most is None else {"at_most": at_most}),
            },
            is_dry,
        )

    def rows(self, vm: Mapping[str, Any], is_dry: bool) -> Iterator[dict[str, Any]]:
        common = {**{key: vm[key] for key in _VM}, "error": vm["error"]}
        found = vm.get("snapshots")
        if found is None:
            yield {**common, "result": KEPT, "reason": "the VM is protected"}
        elif vm["error"] and not found:
            yield {**common, "result": FAILED}
        for one in found or ():
            result = one["result"]
            if result == _REMOVE:
                result = TO_REMOVE if is_dry and not vm["error"] else NOT_STARTED if vm["error_kind"] == NOT_STARTED else FAILED
            yield {**common, "snapshot": one["name"], **{key: one[key] for key in _SNAPSHOT}, "result": result, "reason": one["reason"]}

    def remark(self, rows: list[dict[str, Any]]) -> str:
        wanted = sum(row["result"] == TO_REMOVE for row in rows)
        limit = self.options.get("at_most", REMOVES_SNAPSHOTS.limit)
        return f"removing these takes {PRUNE}_at_most: {wanted} ({limit} is the limit now)" if wanted > limit else ""

    def _filters(self) -> list[list[dict[str, Any]]]:
        """For each item of the module its filters."""
        given = self.options["filters"]
        if not self.options["scans"]:
            return [given]
        return [[*given, {key: uuids}] for key, uuids in self._scanned().items() if uuids]

    def _scanned(self) -> dict[str, list[str]]:
        """The VMs of which the scan has a snapshot that retention removes: their UUIDs by kind.

        :raises ScanFileError: there is no scan of the source, or it cannot be read.
        """
        chosen: dict[str, list[str]] = {"instance_uuid": [], "bios_uuid": []}
        retention = self._retention
        with closing(self._scan()) as scan:
            if not {"vms", "vm_snapshots"} <= scan.counts.keys():
                raise ScanFileError(f"{scan.path} has no VMs or no snapshots: read the sections vms and vm_snapshots")
            now = datetime.now(timezone.utc)
            rows = scan.rows("vm_snapshots", ("moid", "snapshot", "name", "id", "created"), order_by=("moid",))
            goes = set()
            for moid, several in groupby(rows, itemgetter(0)):
                found = [
                    Snapshot(MoRef("VirtualMachineSnapshot", ref), number, name or "", created=_time(created)) for _vm, ref, name, number, created in several
                ]
                if retention and any(verdict[0] for verdict in retention.verdicts(found, now).values()):
                    goes.add(moid)
            for moid, instance, bios in scan.rows("vms", ("moid", "instance_uuid", "bios_uuid")):
                if moid in goes and (instance or bios):
                    chosen["instance_uuid" if instance else "bios_uuid"].append(instance or bios)
        return chosen

    def _scan(self) -> Scan:
        alias, _folder = name_and_folder(self.source, self._variables)
        for given in self.options["scans"]:
            path = absolute_path(f"{PRUNE}_scans", given)
            file = scan_path(path, alias) if os.path.isdir(path) else path
            if os.path.isfile(file):
                scan = Scan.open(file)
                if scan.head.source == alias and scan.head.status != NOT_READ:
                    return scan
                scan.close()
        raise ScanFileError(f"there is no scan of {alias} in {PRUNE}_scans: read the source first")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
