# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""Where a new VM goes: folder, resource pool, host and datastore, out of the option ``placement``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.sizes import format_size
from ansible_collections.estate.vmware.plugins.module_utils.machine.new_names import problem_of_name
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import WrittenPath, listed, spellings
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import (
    CLUSTER,
    DATACENTER,
    DATASTORE,
    DATASTORE_CLUSTER,
    FOLDER,
    HOST,
    RESOURCE_POOL,
    Places,
)
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, MoRef, short_text

OPTIONS: dict[str, dict[str, Any]] = {
    "datacenter": {"type": "str"},
    "cluster": {"type": "str"},
    "host": {"type": "str"},
    "resource_pool": {"type": "str"},
    "folder": {"type": "str"},
    "create_folder": {"type": "bool", "default": False},
    "datastore": {"type": "str"},
    "datastore_cluster": {"type": "str"},
}
SPEC: dict[str, Any] = {"type": "dict", "options": OPTIONS, "mutually_exclusive": [("datastore", "datastore_cluster")]}
_DRS, _CONNECTION, _MAINTENANCE = "configurationEx.drsConfig.enabled", "runtime.connectionState", "runtime.inMaintenanceMode"
_SHAPES = {EVERY_TYPE: {_DRS: bool, _CONNECTION: short_text, _MAINTENANCE: bool}}
_GIB = 1 << 30


@dataclass(frozen=True)
class Placement:
    """Where a VM goes.

    :ivar folder: the one that exists; ``new_folders`` are to be made below it. :ivar pool: None for that of the source of a clone.
    :ivar compute: cluster of the pool, or what stands for one around a standalone host. :ivar host: None for the cluster to choose.
    :ivar datastore: None for that of the source. :ivar pod: datastore cluster of which a datastore is chosen.
    """

    datacenter: MoRef
    folder: MoRef
    new_folders: tuple[str, ...] = ()
    pool: MoRef | None = None
    compute: MoRef | None = None
    host: MoRef | None = None
    datastore: MoRef | None = None
    pod: MoRef | None = None

    @property
    def target(self) -> MoRef | None:
        """What must reach its datastores and networks: the host, or the cluster."""
        return self.host or self.compute


class Placements:
    """Finds places for VMs. Messages say the option as the user wrote it."""

    def __init__(self, session: Session, places: Places) -> None:
        self._session = session
        self._places = places
        self._without_drs: dict[MoRef, Any] = {}
        self._free: dict[MoRef, dict[MoRef, int]] = {}

    def find(self, where: str, given: Mapping[str, Any], needs_pool: bool, needs_datastore: bool, near: MoRef | None = None) -> Placement:
        """The places that an item names, or the only ones there are.

        :param where: the item. :param given: its placement, maybe empty. :param near: datacenter to use where none is named: that of the source.
        :raises InvalidOption: they are not clear, or do not fit together. :raises VsphereError: they cannot be read.
        """
        option, places = f"{where}.placement", self._places

        def named(kind: str, within: MoRef | None = None) -> MoRef | None:
            return places.find(f"{option}.{kind}", kind, given[kind], within) if given.get(kind) else None

        datacenter = named(DATACENTER)
        cluster, host = named(CLUSTER, datacenter), named(HOST, datacenter)
        if cluster and host and places.compute(host) != cluster:
            raise InvalidOption(f"{option}.host: {places.path(host)} is not in {places.path(cluster)}: leave out cluster or host")
        compute = cluster or (places.compute(host) if host else None)
        pool = named(RESOURCE_POOL, compute or datacenter)
        compute = compute or (places.compute(pool) if pool else None)
        if not datacenter:
            datacenter = (places.datacenter(compute) if compute else None) or self._of_others(option, given) or near
            datacenter = datacenter or places.only(f"{option}.datacenter", DATACENTER)
        if needs_pool and not compute:
            compute = self._only_compute(option, datacenter)
        pool = pool or (places.root_pool(compute) if compute else None)
        if compute and not pool:
            raise InvalidOption(f"{option}.resource_pool must be set: the account does not see the topmost one of {places.path(compute)}")
        folder, new = self._folder(option, given, datacenter)
        datastore, pod = named(DATASTORE, datacenter), named(DATASTORE_CLUSTER, datacenter)
        target = host or compute
        if target:
            places.reach([target])
            for name, chosen in ((DATASTORE, datastore), (DATASTORE_CLUSTER, pod)):
                if chosen:
                    places.check_reach(f"{option}.{name}", chosen, target)
        if needs_datastore and not datastore and not pod:
            datastore = self._only_datastore(option, target)
        return Placement(datacenter, folder, new, pool, compute, host or self._host(compute, datastore), datastore, pod)

    def with_datastore(self, where: str, placement: Placement, size: int) -> Placement:
        """The placement with a datastore of its datastore cluster: the one with the most free space, counting what was placed before.

        :param size: bytes that the VM will need.
        :raises InvalidOption: none has enough free space. :raises VsphereError: they cannot be read.
        """
        pod = placement.pod
        if not pod:
            return placement
        if pod not in self._free:
            states = self._places.datastore_states(self._places.inside(DATASTORE, pod))
            self._free[pod] = {ref: state.free for ref, state in states.items() if state.is_usable}
        free = self._free[pod]
        target = placement.target
        reached = self._places.reach([target])[target].datastores if target else frozenset(free)
        usable = [ref for ref in free if ref in reached]
        if not usable:
            raise InvalidOption(f"{where}.placement.datastore_cluster: {self._places.path(pod)} has no datastore that is accessible and not in maintenance")
        best = max(usable, key=lambda ref: (free[ref], ref))
        if free[best] < size:
            raise InvalidOption(
                f"{where}.placement.datastore_cluster: no datastore of {self._places.path(pod)} has {format_size(size)} free "
                f"({self._places.name(best)} has {format_size(max(0, free[best]) // _GIB * _GIB)}): free space, or use another one"
            )
        free[best] -= size
        return replace(placement, datastore=best)

    def check_reached(self, option: str, placement: Placement, datastores: Iterable[MoRef]) -> None:
        """Check that a clone can stay on the datastores of its source.

        :raises InvalidOption: the cluster or host has not mounted them. :raises VsphereError: it cannot be read.
        """
        target = placement.target
        if target and (missing := [ref for ref in datastores if ref not in self._places.reach([target])[target].datastores]):
            names = listed([self._places.name(ref) for ref in missing])
            raise InvalidOption(f"{option} must be set: {self._places.path(target)} has not mounted that of the source ({names})")

    def _of_others(self, option: str, given: Mapping[str, Any]) -> MoRef | None:
        """The datacenter of the other places that are named."""
        for kind in (FOLDER, DATASTORE, DATASTORE_CLUSTER):
            if given.get(kind) and not (kind == FOLDER and given.get("create_folder")):
                return self._places.datacenter(self._places.find(f"{option}.{kind}", kind, given[kind]))
        return None

    def _only_compute(self, option: str, datacenter: MoRef) -> MoRef:
        places = self._places
        clusters = places.all(CLUSTER, datacenter)
        alone = [compute for host in places.all(HOST, datacenter) if (compute := places.compute(host)) and compute not in clusters]
        if len(clusters) + len(alone) == 1:
            return [*clusters, *alone][0]
        paths = [places.path(ref) for ref in (*clusters, *alone)]
        raise InvalidOption(f"{option}.cluster or host must be set: {places.path(datacenter)} has {listed(paths) or 'none that the account sees'}")

    def _only_datastore(self, option: str, target: MoRef | None) -> MoRef:
        reached = sorted(self._places.reach([target])[target].datastores) if target else []
        if len(reached) == 1:
            return reached[0]
        raise InvalidOption(f"{option}.datastore must be set: there are {len(reached)}: {listed([self._places.name(ref) for ref in reached])}")

    def _folder(self, option: str, given: Mapping[str, Any], datacenter: MoRef) -> tuple[MoRef, tuple[str, ...]]:
        """The folder, or the deepest one that exists and the names of those below it to be made."""
        top = self._places.vm_folder(datacenter)
        if top is None:
            raise InvalidOption(f"{option}.datacenter: the account does not see the folder of VMs in {self._places.path(datacenter)}")
        written = given.get("folder")
        if not written:
            return top, ()
        if not given.get("create_folder"):
            return self._places.find(f"{option}.folder", FOLDER, written, datacenter), ()
        names, folder = WrittenPath.of(written).names, top
        above = WrittenPath.of(self._places.path(datacenter)).names
        if written.startswith("/") and names[: len(above)] == above:
            names = names[len(above) :]
        if names[:1] == (self._places.name(top),):
            names = names[1:]
        for number, name in enumerate(names):
            below = {self._places.name(ref): ref for ref in self._places.inside(FOLDER, folder)}
            found = next((below[spelling] for spelling in spellings(name) if spelling in below), None)
            if found is None:
                if problems := list(filter(None, (problem_of_name(f"{option}.folder", new) for new in names[number:]))):
                    raise InvalidOption(*problems)
                return folder, names[number:]
            folder = found
        return folder, ()

    def _host(self, compute: MoRef | None, datastore: MoRef | None) -> MoRef | None:
        """A host for a VM in a cluster that does not choose one itself, for lack of DRS: the next one in turn."""
        if not compute or compute.type != "ClusterComputeResource":
            return None
        if compute not in self._without_drs:
            self._without_drs[compute] = self._turns(compute)
        turns: Callable[[MoRef | None], MoRef | None] | None = self._without_drs[compute]
        return turns(datastore) if turns else None

    def _turns(self, compute: MoRef) -> Callable[[MoRef | None], MoRef | None] | None:
        hosts = self._places.inside(HOST, compute)
        wanted = {"ClusterComputeResource": [_DRS], "HostSystem": [_CONNECTION, _MAINTENANCE]}
        read = retrieve_objects(self._session, [compute, *hosts], wanted, _SHAPES)
        if compute not in read or read[compute].properties.get(_DRS):
            return None
        usable = [host for host in hosts if host in read and _is_usable(read[host].properties)]
        reach = self._places.reach(usable)
        turn = cycle(usable)

        def next_host(datastore: MoRef | None) -> MoRef | None:
            for host in islice(turn, len(usable)):
                if datastore is None or datastore in reach[host].datastores:
                    return host
            return None

        return next_host


def _is_usable(properties: Mapping[str, Any]) -> bool:
    return properties.get(_CONNECTION) == "connected" and not properties.get(_MAINTENANCE)
