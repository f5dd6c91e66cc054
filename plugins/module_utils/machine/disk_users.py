# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Which VMs use the disk files of others: linked clones, and disks that several VMs share. A server may destroy such files all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.devices import DEVICES, IDLE
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import listed
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Plan
from ansible_collections.estate.vmware.plugins.module_utils.machine.planned_vm import PlannedVm
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES, MoRef, short_text

VMX = "config.files.vmPathName"
_BACKING: dict[str, Any] = {"fileName": str, "datastore": MoRef}
_BACKING["parent"] = _BACKING
_SHAPES = {MACHINE: {DEVICES: [{SKIPPED_TYPES: IDLE, "key": int, "backing": _BACKING}], "name": short_text}}
_PAGE_SIZE = 500


class File(NamedTuple):
    """A file: names of datastores are unique within a datacenter alone."""

    datastore: str
    path: str

    @property
    def folder(self) -> File:
        """Where it lies."""
        return File(self.datastore, self.path.rpartition("/")[0])


def users_of_disks(session: Session, vms: Mapping[MoRef, tuple[str, Collection[int]]]) -> dict[MoRef, list[str]]:
    """Other VMs, by name, that use disk files which the destruction of a VM takes along. VMs without such others are left out.

    :param vms: those to be destroyed: the path of the VMX file, empty where only disks are removed, and the keys of disks that stay.
    :raises VsphereError: the disks of all VMs cannot be read.
    """

    def attempt() -> tuple[dict[MoRef, dict[int, list[File]]], dict[MoRef, str]]:
        chains, names = {}, {}
        for page in retrieve(session, {MACHINE: ["name", DEVICES]}, _SHAPES, _PAGE_SIZE):
            for item in page:
                devices = item.properties.get(DEVICES) or ()
                chains[item.ref] = {device.get("key", 0): list(_chain(device.get("backing"))) for device in devices if isinstance(device, dict)}
                names[item.ref] = unescape(item.properties.get("name", "")) or item.ref.moid
        return chains, names

    chains, names = session.call_with_retries(attempt)
    # VMs that share a disk are users of each other, also where both are to be destroyed.
    owners: defaultdict[File, set[MoRef]] = defaultdict(set)
    for ref, (vmx, kept) in vms.items():
        own = [files for key, files in chains.get(ref, {}).items() if files and key not in kept]
        # The disks of its snapshots lie in the folder of the last one, what a linked clone stands on lies elsewhere.
        taken = {file for files in own for file in files if file.folder == files[0].folder}
        # Also what other snapshots are made of lies beside its configuration.
        taken |= {files[0].folder for files in own if vmx and files[0].folder.path == vmx.rpartition("/")[0]}
        for file in taken:
            owners[file].add(ref)
    found: dict[MoRef, dict[str, None]] = {}
    for ref, disks in chains.items():
        for file in (file for files in disks.values() for file in files):
            for owner in (owners.get(file, set()) | owners.get(file.folder, set())) - {ref}:
                found.setdefault(owner, {})[names[ref]] = None
    return {ref: list(users) for ref, users in found.items()}


def spare_used_disks(session: Session, doomed: Mapping[MoRef, tuple[PlannedVm, str, Collection[int]]], remedy: str) -> None:
    """Leave VMs alone, with an error, whose files others use.

    :param doomed: see :func:`users_of_disks`. :param remedy: what to do, for the message.
    """
    if not doomed:
        return
    for ref, users in users_of_disks(session, {ref: (vmx, kept) for ref, (_planned, vmx, kept) in doomed.items()}).items():
        planned = doomed[ref][0]
        planned.plan = Plan()
        use = f"{listed(users)} {'uses' if len(users) == 1 else 'use'}"
        planned.error = NotPossible(f"nothing was done: {use} its disk files, as linked clones do, or as shared disks: {remedy}")


def _chain(backing: Any) -> Iterator[File]:
    """The file of a disk, and those that it depends on."""
    while isinstance(backing, dict) and backing.get("fileName"):
        datastore = backing.get("datastore")
        yield File(datastore.moid if isinstance(datastore, MoRef) else "", backing["fileName"])
        backing = backing.get("parent")
