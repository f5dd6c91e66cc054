# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""VMs from scratch (``CreateVM_Task``)."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.estate.vmware.plugins.module_utils.machine import operations
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import NEW
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import stored
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import NewVm, Source, SourceKind
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import check_new
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type


class Nothing(Source):
    """All is as the item says."""

    def steps(self, new: NewVm) -> list[Step]:
        """As of Source."""
        config = new.making.marked(config_spec(new.changes))
        config.name = stored(new.wanted.name)
        config.files = vim_type("VirtualMachineFileInfo")(vmPathName=f"[{new.place.datastore}]")
        placement = new.place.placement
        arguments = (config, placement.pool, placement.host)
        return [Step("create", lambda _vm: new.making.make(operations.CREATE, lambda folder: folder, lambda _folder: arguments))]


class FromNothing(SourceKind):
    """Items without a source."""

    def check(self, one: WantedVm) -> None:
        """As of SourceKind."""
        check_new(one.wanted, self.reading.problems)
        if one.customization:
            self.reading.problems.append(f"{one.where}.customization needs source: a VM from scratch has no guest")

    def find(self, new: Sequence[WantedVm]) -> list[Source | None]:
        """As of SourceKind."""
        return [Nothing(NEW) for _one in new]
