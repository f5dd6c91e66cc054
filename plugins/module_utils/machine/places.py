# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Places for VMs by name or path: datacenters, clusters, hosts, resource pools, folders, datastores, networks, switches.

One read of the topology answers for the whole call. What is not found is looked for once more, in a fresh read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import suggestion
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE, PageReader
from ansible_collections.estate.vmware.plugins.module_utils.inventory.progress import Progress
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import TOPOLOGY_SHAPES, Topology
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import Level, WrittenPath, levels_of, listed, shown, spellings
from ansible_collections.estate.vmware.plugins.module_utils.machine.reach import DatastoreState, Reach, read_datastores, read_reach
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, Shapes, short_text

DATACENTER, CLUSTER, HOST, RESOURCE_POOL, FOLDER = "datacenter", "cluster", "host", "resource_pool", "folder"
DATASTORE, DATASTORE_CLUSTER, NETWORK, SWITCH = "datastore", "datastore_cluster", "network", "switch"
#: Kind of place to its managed object types. Folders are those of VMs alone; port groups of standard switches are Network.
KINDS: dict[str, tuple[str, ...]] = {
    DATACENTER: ("Datacenter",),
    CLUSTER: ("ClusterComputeResource",),
    HOST: ("HostSystem",),
    RESOURCE_POOL: ("ResourcePool", "VirtualApp"),
    FOLDER: ("Folder",),
    DATASTORE: ("Datastore",),
    DATASTORE_CLUSTER: ("StoragePod",),
    NETWORK: ("Network", "DistributedVirtualPortgroup", "OpaqueNetwork"),
    SWITCH: ("DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch"),
}
_VCENTER_ONLY = (CLUSTER, DATASTORE_CLUSTER, SWITCH)
_COMPUTE = ("ComputeResource", "ClusterComputeResource")
_PROPERTIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("ComputeResource", "ResourcePool", "DistributedVirtualSwitch", "HostSystem", "Datastore", "Network"), ("name", "parent")),
    "Folder": ("name", "parent", "childType"),
    "Datacenter": ("name", "parent", "vmFolder"),
    "VirtualApp": ("parentFolder",),
    "DistributedVirtualPortgroup": ("config.distributedVirtualSwitch",),
}
_SHAPES: Shapes = {**TOPOLOGY_SHAPES, EVERY_TYPE: {**TOPOLOGY_SHAPES[EVERY_TYPE], "vmFolder": MoRef, "childType": [short_text]}}
_PAGE_SIZE = 1000
#: Messages that look for a similar name among all: with thousands of them each takes tenths of a second.
_MOST_SUGGESTIONS = 10


class Places:
    """The places of one source, read when first needed.

    Find places before changes are sent: a paged read that fails aborts the other requests of the session.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._topology: Topology | None = None
        self._vm_folders: dict[MoRef, MoRef] = {}
        #: Folders that may hold VMs.
        self._holding: set[MoRef] = set()
        #: See :meth:`_called`.
        self._by_name: dict[str, dict[str, list[MoRef]]] = {}
        #: See :meth:`_below`.
        self._children: dict[MoRef, list[MoRef]] = {}
        self._suggestions = 0
        self._is_fresh = False
        self._reach: dict[MoRef, Reach] = {}
        self._states: dict[MoRef, DatastoreState] = {}

    def forget(self) -> None:
        """Read anew when next asked: a place was made."""
        self._topology, self._reach, self._states = None, {}, {}

    def find(self, option: str, kind: str, written: str, within: MoRef | None = None) -> MoRef:
        """A place by its name or path.

        :param option: its name, for messages. :param kind: one of :data:`KINDS`.
        :param written: a name, the end of a path, or with a slash before it a path from the datacenter; for folders also from below it.
        :param within: the datacenter, cluster or other place that it lies in.
        :raises InvalidOption: there is none, with similar names, or several, with their paths.
        :raises VsphereError: places cannot be read.
        """
        called = kind.replace("_", " ")
        if kind in _VCENTER_ONLY and not self._session.is_vcenter:
            raise InvalidOption(f"{option}: a standalone ESXi host has no {called}: leave it out")
        path = WrittenPath.of(written)
        found = self._named(kind, path, within)
        if not found and not self._is_fresh:
            self.forget()
            self._read()
            self._is_fresh = True
            found = self._named(kind, path, within)
        if len(found) == 1:
            return found[0]
        where = f" in {self.path(within)}" if within else ""
        if not found:
            raise InvalidOption(f"{option}: there is no {called} {quoted(written)}{where}{self._suggestion(kind, written, within)}")
        paths = [self.path(ref) for ref in found]
        if len(set(paths)) < len(paths):
            paths = [f"{self.path(ref)} ({ref.moid})" for ref in found]
        raise InvalidOption(f"{option}: {len(found)} {_plural(called)} are called {quoted(written)}{where}: {listed(paths)}; give its path")

    def only(self, option: str, kind: str, within: MoRef | None = None) -> MoRef:
        """The only place of a kind, for an option that is not given.

        :raises InvalidOption: there is none, or a choice. :raises VsphereError: places cannot be read.
        """
        found = self.all(kind, within)
        if len(found) == 1:
            return found[0]
        called, where = kind.replace("_", " "), f" in {self.path(within)}" if within else ""
        if not found:
            raise InvalidOption(f"{option}: there is no {called}{where} that the account sees")
        raise InvalidOption(f"{option} must be set: there are {len(found)} {_plural(called)}{where}: {listed([self.path(ref) for ref in found])}")

    def all(self, kind: str, within: MoRef | None = None) -> list[MoRef]:
        """Every place of a kind, in the order of their paths.

        :raises VsphereError: places cannot be read.
        """
        return sorted((ref for ref in self._known.of_types(KINDS[kind]) if self._is_one(kind, ref, within)), key=self.path)

    def name(self, ref: MoRef) -> str:
        """The name of a place as people type it; its managed object id where it is unknown."""
        return self._known.name(ref) or ref.moid

    def path(self, ref: MoRef) -> str:
        """The path of a place, in the form that :meth:`find` takes."""
        return shown(levels_of(self._known, ref))

    def datacenter(self, ref: MoRef) -> MoRef | None:
        """The datacenter that a place lies in."""
        return self._known.nearest(ref, *KINDS[DATACENTER])

    def vm_folder(self, datacenter: MoRef) -> MoRef | None:
        """The topmost folder of VMs of a datacenter."""
        return self._vm_folders.get(datacenter) if self._known else None

    def compute(self, ref: MoRef) -> MoRef | None:
        """The cluster of a host or resource pool, or what stands for one around a standalone host."""
        return self._known.nearest(ref, *_COMPUTE)

    def root_pool(self, ref: MoRef) -> MoRef | None:
        """The topmost resource pool of a cluster, or of the cluster of a host."""
        compute = self.compute(ref)
        return next((below for below in self._below.get(compute, ()) if below.type == "ResourcePool"), None) if compute else None

    def inside(self, kind: str, place: MoRef) -> list[MoRef]:
        """Places of a kind that lie in a place directly: hosts of a cluster, datastores of a datastore cluster, folders of a folder."""
        return sorted((ref for ref in self._below.get(place, ()) if ref.type in KINDS[kind] and self._is_one(kind, ref, place)), key=self.path)

    def switch(self, port_group: MoRef) -> MoRef | None:
        """The distributed switch of a distributed port group."""
        return self._known.switch(port_group)

    def reach(self, places: Iterable[MoRef]) -> dict[MoRef, Reach]:
        """What clusters and hosts reach, all of them in one read.

        :raises VsphereError: it cannot be read.
        """
        wanted = list(dict.fromkeys(places))
        self._reach.update(read_reach(self._session, [ref for ref in wanted if ref not in self._reach]))
        return {ref: self._reach[ref] for ref in wanted}

    def datastore_states(self, datastores: Iterable[MoRef]) -> dict[MoRef, DatastoreState]:
        """The states of datastores when they were first asked for, all of them in one read.

        :raises VsphereError: they cannot be read.
        """
        wanted = list(dict.fromkeys(datastores))
        self._states.update(read_datastores(self._session, [ref for ref in wanted if ref not in self._states]))
        return {ref: self._states[ref] for ref in wanted}

    def check_reach(self, option: str, ref: MoRef, place: MoRef) -> None:
        """Check that a cluster or host can write to a datastore, or has a network. Call :meth:`reach` for all of them before.

        :param ref: the datastore or network; of a datastore cluster one datastore is enough.
        :raises InvalidOption: it cannot; the message names those that it has. :raises VsphereError: it cannot be read.
        """
        reach = self.reach([place])[place]
        is_network = ref.type in KINDS[NETWORK]
        asked = self.inside(DATASTORE, ref) if ref.type in KINDS[DATASTORE_CLUSTER] else [ref]
        reached = reach.networks if is_network else reach.datastores
        if reached.isdisjoint(asked):
            has = "has no network" if is_network else "has not mounted"
            names = sorted(map(self.name, reached))
            raise InvalidOption(f"{option}: {self.path(place)} {has} {quoted(self.name(ref))}{suggestion('', names) if names else ''}")
        if not is_network:
            # Those of all datastores: the next item may name another one.
            states = self.datastore_states(reached)
            hosts = {place, *(self.inside(HOST, place) if place.type in _COMPUTE else ())}
            if not any(states[store].is_usable and not hosts.isdisjoint(states[store].writers) for store in asked if store in states):
                reason = "it is inaccessible, read-only or in maintenance mode; use another one"
                raise InvalidOption(f"{option}: {self.path(place)} cannot write to {quoted(self.name(ref))}: {reason}")

    @property
    def _known(self) -> Topology:
        if self._topology is None:
            return self._read()
        return self._topology

    def _read(self) -> Topology:
        reader = PageReader(self._session, _SHAPES, {path for paths in _PROPERTIES.values() for path in paths}, _PAGE_SIZE, Progress())

        def attempt() -> tuple[Topology, dict[MoRef, MoRef], set[MoRef]]:
            topology, vm_folders = Topology(), {}
            holding: set[MoRef] = set()
            for page in reader.pages(_PROPERTIES):
                topology.add(page)
                vm_folders.update({item.ref: item.properties["vmFolder"] for item in page if "vmFolder" in item.properties})
                holding.update(item.ref for item in page if MACHINE in item.properties.get("childType", ()))
            return topology, vm_folders, holding

        topology, self._vm_folders, self._holding = reader.read(attempt)
        topology.complete()
        self._topology, self._is_fresh, self._by_name, self._children = topology, False, {}, {}
        return topology

    def _named(self, kind: str, written: WrittenPath, within: MoRef | None) -> list[MoRef]:
        called = {*spellings(written.text), *spellings(written.names[-1] if written.names else "")}
        # A path may end above a level that people need not write.
        candidates = {ref: None for name in (*called, "") for ref in self._called(kind).get(name, ())}
        return [ref for ref in candidates if self._is_one(kind, ref, within) and any(written.leads_to(levels) for levels in self._ways(kind, ref))]

    def _called(self, kind: str) -> dict[str, list[MoRef]]:
        """Name to the places of a kind that are called so; an empty name to those whose own level is optional."""
        known = self._known
        if kind not in self._by_name:
            found = self._by_name[kind] = {}
            for ref in known.of_types(KINDS[kind]):
                own = levels_of(known, ref)[-1]
                for name in (own.name, "") if own.is_optional else (own.name,):
                    found.setdefault(name, []).append(ref)
        return self._by_name[kind]

    def _is_one(self, kind: str, ref: MoRef, within: MoRef | None) -> bool:
        """Whether an object of the types of a kind is of that kind, and lies in a place."""
        return (within is None or within in self._known.all_above(ref)) and (kind != FOLDER or ref in self._holding)

    def _ways(self, kind: str, ref: MoRef) -> list[Sequence[Level]]:
        """The paths that a place may be written by."""
        levels = levels_of(self._known, ref)
        if kind == FOLDER:
            # Scans and reports show folders as paths within their datacenter.
            return [levels, levels[len(levels_of(self._known, self.datacenter(ref))) :]]
        switch = self.switch(ref)
        return [levels, [*levels_of(self._known, switch), levels[-1]]] if switch else [levels]

    @property
    def _below(self) -> dict[MoRef, list[MoRef]]:
        """Place to the places that lie in it directly."""
        known = self._known
        if not self._children:
            for ref in known.of_types({name for several in KINDS.values() for name in several}):
                for parent in islice(known.all_above(ref), 1, 2):
                    self._children.setdefault(parent, []).append(ref)
        return self._children

    def _suggestion(self, kind: str, written: str, within: MoRef | None) -> str:
        self._suggestions += 1
        names = sorted({self.name(ref) for ref in self.all(kind, within)}) if self._suggestions <= _MOST_SUGGESTIONS else []
        return suggestion(written, names) if names else ""


def _plural(called: str) -> str:
    return called + ("es" if called.endswith("ch") else "s")
