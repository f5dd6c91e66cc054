# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""The VMs of one source in memory, by all that identities name them by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import closest_name, suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology, unescape
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import BIOS_UUID, INSTANCE_UUID, MOID, NAME, PATH, Identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import Level, WrittenPath, levels_of, listed, shown, spellings, vm_levels
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: Managed object type to the properties that VMs and their paths are known by.
VM_PROPERTIES: dict[str, tuple[str, ...]] = {
    MACHINE: ("name", "parent", "parentVApp", "config.uuid", "config.instanceUuid", "runtime.powerState", "config.template"),
    "Folder": ("name", "parent"),
    "Datacenter": ("name", "parent"),
    "VirtualApp": ("name", "parent", "parentFolder"),
}
VM_SHAPES: Shapes = {
    EVERY_TYPE: {
        **dict.fromkeys(("name", "config.uuid", "config.instanceUuid", "runtime.powerState"), short_text),
        **dict.fromkeys(("parent", "parentVApp", "parentFolder"), MoRef),
        "config.template": bool,
    }
}
_UUIDS = frozenset((INSTANCE_UUID, BIOS_UUID))
_DATACENTER = "Datacenter"
_CHECK = ": check it, and that the account sees the VM"
#: Messages that look for a similar name among all: with thousands of them each takes tenths of a second.
_MOST_SUGGESTIONS = 10


class Vm(NamedTuple):
    """A VM or template, as it was when it was looked up.

    :ivar name: as people type it; its managed object id where it cannot be read. :ivar path: ``/Madrid/Prod/web-1``.
    :ivar power_state: poweredOn, poweredOff or suspended; like the UUIDs empty where it cannot be read.
    :ivar parent: its folder, None in a vApp. :ivar vapp: its vApp, None outside.
    """

    ref: MoRef
    name: str
    path: str
    instance_uuid: str
    bios_uuid: str
    power_state: str
    is_template: bool
    parent: MoRef | None
    vapp: MoRef | None


class KnownVms:
    """VMs with the folders, vApps and datacenters above them. Ask only after the last :meth:`add` and :meth:`complete`."""

    def __init__(self) -> None:
        self._topology = Topology()
        self._rows: dict[MoRef, Vm] = {}
        #: Way to name a VM to what it is called to the VMs called so.
        self._called: dict[str, dict[str, list[MoRef]]] = {NAME: {}, INSTANCE_UUID: {}, BIOS_UUID: {}, MOID: {}}
        self._suggestions = 0

    def add(self, objects: Iterable[ManagedObject]) -> None:
        """Add objects of the types of :data:`VM_PROPERTIES`; a VM that is known already stays as it is."""
        for item in objects:
            if item.ref.type != MACHINE:
                self._topology.add([item])
            elif item.ref not in self._rows:
                self._add_vm(item)

    def complete(self) -> None:
        """Everything is added."""
        self._topology.complete()

    def _add_vm(self, item: ManagedObject) -> None:
        get = item.properties.get
        name = unescape(get("name") or "")
        instance_uuid, bios_uuid = ((get(path) or "").lower() for path in ("config.instanceUuid", "config.uuid"))
        state, is_template = get("runtime.powerState") or "", bool(get("config.template"))
        # Its path is known once all that is above it has been read.
        self._rows[item.ref] = Vm(item.ref, name or item.ref.moid, "", instance_uuid, bios_uuid, state, is_template, get("parent"), get("parentVApp"))
        for by, called in ((NAME, name), (INSTANCE_UUID, instance_uuid), (BIOS_UUID, bios_uuid), (MOID, item.ref.moid)):
            if called:
                self._called[by].setdefault(called, []).append(item.ref)

    def knows(self, moid: str) -> bool:
        """Whether the VM with this managed object id is here."""
        return moid in self._called[MOID]

    def vm(self, ref: MoRef) -> Vm:
        """A VM that is here."""
        row = self._rows[ref]
        return row._replace(path=shown(self._levels(ref)))

    def found(self, identity: Identity) -> list[Vm]:
        """The VMs that an identity, which has no filters, names."""
        return [self.vm(ref) for ref in self._named(identity)]

    def whose_name(self, matches: Callable[[str], bool]) -> list[Vm]:
        """The VMs with names that a function is true for."""
        return [self.vm(ref) for name, refs in self._called[NAME].items() if matches(name) for ref in refs]

    def names_in(self, place: MoRef) -> set[str]:
        """The names of the VMs in a folder or vApp, without those in folders below it."""
        return {row.name for row in self._rows.values() if place in (row.parent, row.vapp)}

    def missing(self, identity: Identity) -> str:
        """The message of an identity that names no VM here: where others of its name are, or what was probably meant."""
        option, written = f"{identity.option}.{identity.by}", quoted(identity.written)
        if identity.by == MOID:
            return f"{option}: there is no VM {written}: one that was registered anew has a new id"
        if identity.by in _UUIDS:
            (other,) = _UUIDS - {identity.by}
            refs = self._called[other].get(identity.value, ())
            return f"{option}: no VM has {written}{f'; it is the {other} of {listed(self._paths(refs))}' if refs else _CHECK}"
        if identity.datacenter and (unknown := self._unknown_datacenter(identity.datacenter)):
            return f"{identity.option}.datacenter: {unknown}"
        where = " in this folder" if identity.folder else " in this datacenter" if identity.datacenter else ""
        return f"{option}: there is no VM {written}{where}{self._suggestion(_name(identity))}"

    def _unknown_datacenter(self, written: WrittenPath) -> str:
        """What to say of a datacenter that does not exist; empty for one that does."""
        refs = self._topology.of_types((_DATACENTER,))
        if any(written.leads_to(levels_of(self._topology, ref)) for ref in refs):
            return ""
        names = sorted(self._topology.name(ref) or ref.moid for ref in refs)
        return f"there is no datacenter {quoted(written.text)}{suggestion(written.text, names)}"

    def _named(self, identity: Identity) -> list[MoRef]:
        if identity.by not in (NAME, PATH):
            return self._called[identity.by].get(identity.value, [])
        refs = self._of_name(_name(identity))
        if identity.by == PATH:
            return [ref for ref in refs if identity.value.leads_to(self._levels(ref))]
        return [ref for ref in refs if self._is_in(ref, identity)]

    def _of_name(self, name: str) -> list[MoRef]:
        return [ref for spelling in spellings(name) for ref in self._called[NAME].get(spelling, ())]

    def _is_in(self, ref: MoRef, identity: Identity) -> bool:
        """Whether a VM lies in the folder and the datacenter that an identity asks for."""
        above = self._levels(ref)[:-1]
        if identity.datacenter and not identity.datacenter.leads_to(self._datacenter_levels(ref)):
            return False
        if identity.folder is None:
            return True
        # Scans and reports show folders as paths within their datacenter.
        outside = len(self._datacenter_levels(ref))
        return identity.folder.leads_to(above) or identity.folder.leads_to(above[outside:])

    def _levels(self, ref: MoRef) -> list[Level]:
        row = self._rows[ref]
        return vm_levels(self._topology, row.parent, row.vapp, row.name)

    def _datacenter_levels(self, ref: MoRef) -> list[Level]:
        row = self._rows[ref]
        return levels_of(self._topology, self._topology.nearest(row.parent or self._topology.vapp_folder(row.vapp), _DATACENTER))

    def _paths(self, refs: Sequence[MoRef]) -> list[str]:
        return [shown(self._levels(ref)) for ref in refs]

    def _suggestion(self, name: str) -> str:
        if refs := self._of_name(name):
            return f"; there is {listed(self._paths(refs))}"
        self._suggestions += 1
        if self._suggestions > _MOST_SUGGESTIONS:
            return ""
        names = self._called[NAME]
        closest = next((other for other in names if other.casefold() == name.casefold()), "") or closest_name(name, names)
        return f"; did you mean {closest}?" if closest else _CHECK


def _name(identity: Identity) -> str:
    """The VM's name in an identity by name or path."""
    name: str = identity.value.names[-1] if identity.by == PATH else identity.value
    return name
