# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Where the VMs of vmware_vm go: new ones, and existing ones that are moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.existing_vm import Target
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import WantedVm
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import NAME
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.making import NewFolder
from ansible_collections.estate.vmware.plugins.module_utils.machine.placement import Placements
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.machine.vm_sources.source import Place, Source
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


class Placing:
    """Finds the places that items name.

    :param problems: gets a line for each that is not clear.
    """

    def __init__(self, session: Session, places: Places, problems: list[str]) -> None:
        self._places = places
        self._placements = Placements(session, places)
        self._problems = problems
        self._new_folders: dict[tuple[MoRef, tuple[str, ...]], NewFolder] = {}

    def place(self, one: WantedVm, source: Source) -> Place | None:
        """Where a new VM goes; None where that has become a problem."""
        given = _given(one)
        for name in ("folder", "datacenter"):
            if one.options.get(name) and not given.get(name):
                given[name] = one.options[name]
        try:
            # A clone of a VM goes where that is, unless something else is said.
            near = source.datacenter
            placement = self._placements.find(one.where, given, source.needs_pool, source.needs_datastore, near)
            if placement.pool is None and placement.datacenter != near:
                placement = self._placements.find(one.where, given, True, True, near)
            placement = self._placements.with_datastore(one.where, placement, source.disks_size(one))
            if source.datastores and not placement.datastore:
                self._placements.check_reached(f"{one.where}.placement.datastore", placement, source.datastores)
        except InvalidOption as error:
            self._problems += error.lines
            return None
        places = self._places
        key = (placement.folder, placement.new_folders)
        folder = self._new_folders.setdefault(key, NewFolder(*key))
        top = placement.folder == places.vm_folder(placement.datacenter)
        above = places.path(placement.datacenter if top else placement.folder)
        path = "/".join([above, *(name.replace("/", "%2f") for name in (*placement.new_folders, one.name))])
        return Place(placement, folder, path, places.name(placement.datastore) if placement.datastore else "")

    def target(self, one: WantedVm, vm: Vm) -> Target | None:
        """Where an existing VM is to be moved; None for nowhere."""
        given = _given(one)
        try:
            if one.options["relocate"]:
                placement = self._placements.find(one.where, given, False, False, self.datacenter(vm))
                placement = self._placements.with_datastore(one.where, placement, 0)
                if placement.new_folders:
                    raise InvalidOption(f"{one.where}.placement.create_folder does not make folders for VMs that are there: make it first")
                return Target(placement, given)
            if one.identity.by == NAME and not one.identity.folder and not one.identity.datacenter:
                self._check_is_meant(one, vm, given)
        except InvalidOption as error:
            self._problems += error.lines
        return None

    def datacenter(self, vm: Vm) -> MoRef | None:
        """That of an existing VM."""
        place = vm.parent or vm.vapp
        return self._places.datacenter(place) if place else None

    def _check_is_meant(self, one: WantedVm, vm: Vm, given: Mapping[str, Any]) -> None:
        """Check that a VM that is named by its name alone lies where its placement says: else it may be another one."""
        if not given.get("folder") or vm.parent is None:
            return
        placement = self._placements.find(one.where, {name: given[name] for name in ("datacenter", "folder", "create_folder") if name in given}, False, False)
        if placement.new_folders or placement.folder != vm.parent:
            self._problems.append(
                f"{one.where}.name: {vm.path} is not in placement.folder: set relocate to move it, folder to leave it where it is, "
                "or folder to that of placement to make another one"
            )


def _given(one: WantedVm) -> dict[str, Any]:
    return {name: value for name, value in (one.options.get("placement") or {}).items() if value is not None}
