# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""VMs by what people know of them: names, paths, UUIDs, managed object ids, filters.

One paged read of all VMs answers everything from memory for the whole call. A few paths and UUIDs, and up to some thousand ids, are
asked for directly instead. What is not found is looked for once more, in a fresh read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE, PageReader
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import current_shapes, read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import BIOS_UUID, FILTERS, INSTANCE_UUID, MOID, NAME, PATH, Identity
from ansible_collections.estate.vmware.plugins.module_utils.machine.known_vms import VM_PROPERTIES, VM_SHAPES, KnownVms, Vm
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import VM_LEVEL, inventory_paths, listed, spellings
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import NotPermitted, ServerFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: Objects a page: their rows are small.
_PAGE_SIZE = 1000
#: UUIDs and paths that are asked for one by one: where there are more, reading all VMs is less work.
_MOST_SINGLE = 10
#: Ids that are read directly, hundreds with one request.
_MOST_IDS = 2000
#: Whether a place is a folder, to its property with the VMs in it.
_CHILDREN = {True: "childEntity", False: "vm"}
#: Managed object types with the properties that are read above a VM.
_WITH_PLACES = {**VM_PROPERTIES, "ManagedEntity": ("name", "parent")}


class Answer(NamedTuple):
    """What an identity stands for.

    :ivar vms: one VM; with filters, any number. :ivar missing: the message where there is no such VM.
    :ivar ambiguous: the message where several are called so.
    """

    vms: Sequence[Vm] = ()
    missing: str = ""
    ambiguous: str = ""


class VmLookup:
    """The VMs of one source.

    Look them up before changes are sent: a paged read that fails aborts the other requests of the session.

    :param connection: of the session. :param paths: what :meth:`current` reads, see current.py.
    """

    def __init__(self, session: Session, connection: Connection, paths: Iterable[str] = ()) -> None:
        self._session = session
        self._connection = connection
        self._paths = list(dict.fromkeys(paths))
        self._current: dict[MoRef, ManagedObject] = {}
        self._known = KnownVms()
        self._is_complete = False

    def require(self, identities: Sequence[Identity]) -> list[list[Vm]]:
        """The VMs of each identity, each VM once: filters do not repeat what other identities name, or earlier filters.

        :raises InvalidOption: an identity names no VM or several, or two of them name the same; one line for each.
        :raises VsphereError: VMs cannot be read.
        """
        answers = self.find(identities)
        problems = [answer.missing or answer.ambiguous for answer in answers if answer.missing or answer.ambiguous]
        problems += named_twice(identities, answers)
        if problems:
            raise InvalidOption(*problems)
        taken = {vm.ref for identity, answer in zip(identities, answers) if identity.by != FILTERS for vm in answer.vms}
        found: list[list[Vm]] = []
        for identity, answer in zip(identities, answers):
            found.append([vm for vm in answer.vms if identity.by != FILTERS or vm.ref not in taken])
            taken.update(vm.ref for vm in found[-1])
        return found

    def find(self, identities: Sequence[Identity]) -> list[Answer]:
        """What each identity stands for, in their order.

        :raises VsphereError: VMs cannot be read. :raises InvalidOption: a pattern of a filter takes too long.
        """
        kept = self._kept({identity.option: identity.value for identity in identities if identity.by == FILTERS})
        wanted = {identity.value for identity in identities if identity.by == MOID}.union(*kept.values())
        if not self._is_complete:
            single = [identity for identity in identities if identity.by in (PATH, INSTANCE_UUID, BIOS_UUID)]
            if len(single) > _MOST_SINGLE or len(wanted) > _MOST_IDS or any(identity.by == NAME for identity in identities):
                self._read_all()
            else:
                wanted.update(moid for identity in single for moid in self._ask(identity))
        self._read(moid for moid in wanted if not self._known.knows(moid))
        if not all(self._known.found(identity) for identity in identities if identity.by not in (FILTERS, MOID)):
            self._read_all()
        return [self._answer(identity, kept) for identity in identities]

    def current(self, refs: Iterable[MoRef]) -> dict[MoRef, ManagedObject]:
        """Properties of VMs that were found, as of :func:`read_current`. Of those that were asked for by their ids they have come along.

        :raises VsphereError: they cannot be read.
        """
        wanted = list(refs)
        read = read_current(self._session, [ref for ref in wanted if ref not in self._current], self._paths)
        return {ref: item for ref in wanted if (item := self._current.get(ref) or read.get(ref))}

    def whose_name(self, matches: Callable[[str], bool]) -> list[Vm]:
        """The VMs with names, as people type them, that a function is true for.

        :raises VsphereError: VMs cannot be read.
        """
        if not self._is_complete:
            self._read_all()
        return self._known.whose_name(matches)

    def names_in(self, place: MoRef) -> set[str]:
        """The names of the VMs in a folder or vApp, as people type them; without those in folders below it.

        :raises VsphereError: VMs cannot be read.
        """
        if not self._is_complete:
            self._read_all()
        return self._known.names_in(place)

    def _kept(self, filters: Mapping[str, Any]) -> dict[str, list[str]]:
        if not filters:
            return {}
        # Only where there are filters, see identity.py.
        from ansible_collections.estate.vmware.plugins.module_utils.machine.filtered_objects import kept_by

        return kept_by(self._session, self._connection, filters)

    def _answer(self, identity: Identity, kept: dict[str, list[str]]) -> Answer:
        if identity.by == FILTERS:
            # A VM may have been deleted since.
            return Answer([self._known.vm(MoRef(MACHINE, moid)) for moid in kept[identity.option] if self._known.knows(moid)])
        found = self._known.found(identity)
        if len(found) == 1:
            return Answer(found)
        if not found:
            return Answer(missing=self._known.missing(identity))
        remedy = "give folder, datacenter or path" if identity.by == NAME else "name it by moid"
        paths = [vm.path for vm in found]
        if len(set(paths)) < len(paths):
            paths, remedy = [f"{vm.path} ({vm.ref.moid})" for vm in found], "name it by moid"
        return Answer(ambiguous=f"{identity.option}.{identity.by}: {len(found)} VMs are called {quoted(identity.written)}: {listed(paths)}; {remedy}")

    def _read_all(self) -> None:
        """One paged read of all VMs with the places above them."""
        paths = {path for several in VM_PROPERTIES.values() for path in several}
        reader = PageReader(self._session, VM_SHAPES, paths, _PAGE_SIZE, Progress())

        def attempt() -> KnownVms:
            known = KnownVms()
            for page in reader.pages(VM_PROPERTIES):
                known.add(item for item in page if not item.has_vanished)
            return known

        self._known = reader.read(attempt)
        self._known.complete()
        self._is_complete = True

    def _read(self, moids: Iterable[str]) -> None:
        """VMs by their ids, with the places above them; those that do not exist stay unknown."""
        wanted = {name: paths for name, paths in _WITH_PLACES.items() if self._session.is_vcenter or name != "VirtualApp"}
        wanted[MACHINE] = tuple(dict.fromkeys((*wanted[MACHINE], *self._paths)))
        shapes = {**VM_SHAPES, MACHINE: current_shapes(self._paths)}
        found = retrieve_objects(self._session, (MoRef(MACHINE, moid) for moid in sorted(moids)), wanted, shapes, with_ancestors=True)
        for ref, item in found.items():
            if ref.type == MACHINE:
                missing = {path: fault for path, fault in item.missing.items() if path in self._paths}
                self._current[ref] = item._replace(missing=missing)
        self._known.add(found.values())
        self._known.complete()

    def _ask(self, identity: Identity) -> list[str]:
        """The ids of the VMs that the server finds for a UUID or a path. What it does not find may be there all the same."""
        if identity.by != PATH:
            refs = self._search("FindAllByUuid", None, identity.value, True, identity.by == INSTANCE_UUID, shape=[MoRef]) or []
        else:
            refs = []
            for path in inventory_paths(identity.value):
                ref = self._search("FindByInventoryPath", path, shape=MoRef)
                refs += [ref] if ref else []
                # Where vm is written it may be the level of that name, or a folder below it.
                if refs and VM_LEVEL not in identity.value.names:
                    break
        return [ref.moid for ref in refs if ref.type == MACHINE]

    def _search(self, method: str, *arguments: Any, shape: Any) -> Any:
        def attempt() -> Any:
            return self._session.invoke(self._session.manager("searchIndex"), method, *arguments, shape=shape)

        # What refuses this may still let all VMs be read.
        with suppress(ServerFault, NotPermitted):
            return self._session.call_with_retries(attempt)
        return None


def named_twice(identities: Sequence[Identity], answers: Sequence[Answer]) -> Iterator[str]:
    """A message for each identity, other than filters, that names the VM of an earlier one."""
    first: dict[MoRef, str] = {}
    for identity, answer in zip(identities, answers):
        for vm in answer.vms if identity.by != FILTERS else ():
            earlier = first.setdefault(vm.ref, identity.option)
            if earlier != identity.option:
                yield f"{identity.option}.{identity.by}: {vm.path} is named by {earlier} already: leave one out"


def vms_in_place(session: Session, place: MoRef, name: str, paths: Sequence[str] = ()) -> list[ManagedObject]:
    """The VMs of a name in a folder or vApp, read afresh: where the answer to a call that makes a VM was lost.

    :param name: as people type it. :param paths: properties to read of them, beside the name.
    :raises VsphereError: they cannot be read.
    """
    children = _CHILDREN[place.type == "Folder"]
    found = retrieve_objects(session, [place], {place.type: [children]}, {EVERY_TYPE: {children: [MoRef]}}).get(place)
    machines = [ref for ref in (found.properties.get(children) or () if found else ()) if ref.type == MACHINE]
    named = retrieve_objects(session, machines, {MACHINE: ["name"]}, VM_SHAPES).values()
    refs = [item.ref for item in named if unescape(item.properties.get("name", "")) in spellings(name)]
    return list(retrieve_objects(session, refs, {MACHINE: ["name", *paths]}, VM_SHAPES).values())
