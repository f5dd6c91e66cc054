# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The topology of a source: names, parents, CPU models and networks of everything but VMs, read once.

It holds the host-CPU cache: a VM's processor, host, cluster, datacenter, folder, resource pool, datastores and networks
come from memory, never from a call for each VM.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, OR_TEXT, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: Managed object type to the properties that the topology is made of. Objects of subclasses have those of the base class, too.
TOPOLOGY_PROPERTIES: dict[str, tuple[str, ...]] = {
    "Folder": ("name", "parent"),
    "Datacenter": ("name", "parent"),
    "ComputeResource": ("name", "parent"),
    "ResourcePool": ("name", "parent"),
    "VirtualApp": ("parentFolder",),
    "DistributedVirtualSwitch": ("name", "parent"),
    "HostSystem": ("name", "parent", "summary.hardware.cpuModel", "summary.hardware.model", "config.network.portgroup", "config.network.opaqueSwitch"),
    "Datastore": ("name", "parent"),
    "Network": ("name", "parent"),
    "DistributedVirtualPortgroup": ("key", "config.defaultPortConfig", "config.distributedVirtualSwitch"),
    "OpaqueNetwork": ("summary",),
}
HARDWARE_UUID = "summary.hardware.uuid"
#: The same for a standalone ESXi host, which has no instance UUID as a vCenter has.
ESXI_TOPOLOGY_PROPERTIES = {**TOPOLOGY_PROPERTIES, "HostSystem": (*TOPOLOGY_PROPERTIES["HostSystem"], HARDWARE_UUID)}
#: Their shapes, see vsphere/xml_decoder.py.
TOPOLOGY_SHAPES: Shapes = {
    EVERY_TYPE: {
        **dict.fromkeys(("name", "key", "summary.hardware.cpuModel", "summary.hardware.model", HARDWARE_UUID), short_text),
        **dict.fromkeys(("parent", "parentFolder", "config.distributedVirtualSwitch"), MoRef),
    },
    "HostSystem": {
        "config.network.portgroup": [{"spec": {"name": str, "vlanId": int, "vswitchName": str}}],
        "config.network.opaqueSwitch": [{"name": str}],
    },
    "DistributedVirtualPortgroup": {"config.defaultPortConfig": {"vlan": {"vlanId": [{OR_TEXT: True, "start": int, "end": int}], "pvlanId": int}}},
    "OpaqueNetwork": {"summary": {"opaqueNetworkId": str}},
}
#: What stands for %, / or \ in names.
ESCAPE = re.compile("%(?:2f|5c|25)", re.IGNORECASE)
#: Most parents above an object. Real inventories have up to twenty.
_DEEPEST = 200
_CLUSTER = "ClusterComputeResource"
_DATACENTER = "Datacenter"
_DATASTORE = "Datastore"
_VAPP = "VirtualApp"
#: Hardware model of a host that is an appliance of VMware HCX, through which VMs are migrated.
_MIGRATION_APPLIANCE = "VMware Mobility Platform"


def is_migration_appliance(model: str | None) -> bool:
    """Whether a host of this model is an appliance for migrations instead of hardware."""
    return (model or "").strip() == _MIGRATION_APPLIANCE


def unescape(name: str) -> str:
    """A name as it was typed: vCenter escapes %, / and \\ in names, and nothing else."""
    return ESCAPE.sub(lambda match: unquote(match[0]), name) if "%" in name else name


class Topology:
    """Names and parents of the objects of one source, by MoRef.

    :ivar unresolved: objects that were looked up and are not here, as keys in the order of the look-ups.
    :param objects: of the types in :data:`TOPOLOGY_PROPERTIES`; further ones come by :meth:`add`.
    """

    def __init__(self, objects: Iterable[ManagedObject] = ()) -> None:
        # Kept until the scan ends, so only what the methods below need.
        self._names: dict[MoRef, str] = {}
        self._parents: dict[MoRef, MoRef] = {}
        self._cpu_models: dict[MoRef, str] = {}
        self._networks: dict[str, MoRef] = {}
        self._migration_appliances: set[MoRef] = set()
        self._port_groups: dict[MoRef, dict[str, dict[str, Any]]] = {}
        self._opaque_switches: dict[MoRef, list[str]] = {}
        self._port_configs: dict[MoRef, dict[str, Any]] = {}
        self._switches: dict[MoRef, MoRef] = {}
        self._vapp_folders: dict[MoRef, MoRef] = {}
        self._datastores: set[str] = set()
        self.unresolved: dict[MoRef, None] = {}
        self.add(objects)
        self.complete()

    def add(self, objects: Iterable[ManagedObject]) -> None:
        """Add objects. Look up only after the last one and :meth:`complete`."""
        for ref, properties, _missing in objects:
            # Also without permission to read its name.
            self._names[ref] = unescape(properties.get("name") or ref.moid)
            if ref.type == _DATASTORE:
                self._datastores.add(self._names[ref])
            if "parentFolder" in properties:
                self._vapp_folders[ref] = properties["parentFolder"]
            if "parent" in properties:
                self._parents[ref] = properties["parent"]
            if properties.get("summary.hardware.cpuModel"):
                # Vendors pad CPU models with blanks.
                self._cpu_models[ref] = " ".join(properties["summary.hardware.cpuModel"].split())
            if is_migration_appliance(properties.get("summary.hardware.model")):
                self._migration_appliances.add(ref)
            if "config.network.portgroup" in properties:
                specs = [group.get("spec", {}) for group in properties["config.network.portgroup"]]
                # Names of port groups are unique on a host.
                self._port_groups[ref] = {spec["name"]: spec for spec in specs if "name" in spec}
            if properties.get("config.network.opaqueSwitch"):
                self._opaque_switches[ref] = [switch["name"] for switch in properties["config.network.opaqueSwitch"] if switch.get("name")]
            if "config.defaultPortConfig" in properties:
                self._port_configs[ref] = properties["config.defaultPortConfig"]
            if "config.distributedVirtualSwitch" in properties:
                self._switches[ref] = properties["config.distributedVirtualSwitch"]
            key: str | None = properties.get("key") or properties.get("summary", {}).get("opaqueNetworkId")
            if key:
                self._networks[key] = ref

    def complete(self) -> list[MoRef]:
        """Cut parents that form a loop or are nested too deep, so that following them ends.

        :returns: the objects that have lost their parent: one of each loop, and those too deep.
        """
        cut: list[MoRef] = []
        depths: dict[MoRef, int] = {}
        for start in list(self._parents):
            path: dict[MoRef, None] = {}
            ref: MoRef | None = start
            while ref is not None and ref not in depths and ref not in path:
                path[ref] = None
                ref = self._parents.get(ref)
            # The path ends at an object with a known depth, at the beginning of a loop, or at the top.
            depth = depths.get(ref, -1) if ref is not None else -1
            for number, item in enumerate(reversed(path)):
                depth += 1
                if depth > _DEEPEST or (number == 0 and ref in path):
                    del self._parents[item]
                    cut.append(item)
                    depth = 0
                depths[item] = depth
        return cut

    def name(self, ref: MoRef | None) -> str | None:
        """Name of an object, its id where it has none; None for an unknown object."""
        if ref is None:
            return None
        found = self._names.get(ref)
        if found is None:
            self.unresolved[ref] = None
        return found

    def cpu_model(self, host: MoRef | None) -> str | None:
        """CPU model of a host, the host-CPU cache."""
        return self._cpu_models.get(host) if host else None

    def migration_appliances(self, hosts: Iterable[MoRef]) -> list[bool]:
        """For each known host among these: whether it is a migration appliance."""
        return [host in self._migration_appliances for host in hosts if host in self._names]

    def ancestors(self, ref: MoRef | None) -> Iterator[MoRef]:
        """The object itself, its parent, and so on up to its datacenter."""
        while ref:
            yield ref
            if ref.type == _DATACENTER:
                return
            parent = self._parents.get(ref)
            if parent is None and ref not in self._names:
                self.unresolved[ref] = None
            ref = parent

    def all_above(self, ref: MoRef | None) -> Iterator[MoRef]:
        """The object itself, its parent, and so on up to the root, as far as the account may see them."""
        while ref:
            yield ref
            ref = self._parents.get(ref)

    def of_types(self, types: Container[str]) -> list[MoRef]:
        """Every object of these types."""
        return [ref for ref in self._names if ref.type in types]

    def nearest(self, ref: MoRef | None, *types: str) -> MoRef | None:
        """The object itself or the closest ancestor of one of these types."""
        return next((item for item in self.ancestors(ref) if item.type in types), None)

    def cluster(self, ref: MoRef | None) -> str | None:
        """Name of the cluster of a host; None for a standalone host."""
        return self.name(self.nearest(ref, _CLUSTER))

    def datacenter(self, ref: MoRef | None) -> str | None:
        """Name of the datacenter that holds an object."""
        return self.name(self.nearest(ref, _DATACENTER))

    def folder(self, ref: MoRef | None) -> str | None:
        """Path of an object's folder within its datacenter: ``/`` at the top, ``/Prod/Web`` below it.

        None when the object lies in no folder.
        """
        names = self.folders(ref)
        return None if names is None else "/" + "/".join(names)

    def folders(self, ref: MoRef | None) -> list[str] | None:
        """Names of an object's folders within its datacenter, the outermost first; None when it lies in none."""
        names: list[str] = []
        within = False
        for item in self.ancestors(ref):
            if item.type == _DATACENTER:
                # The top folder of a datacenter (vm, host, datastore or network) is never shown.
                return names[-2::-1] if within else None
            if item.type in ("Folder", "StoragePod"):
                within = True
                names.append(self.name(item) or item.moid)
        return None

    def vapp_folder(self, vapp: MoRef | None) -> MoRef | None:
        """The folder of a vApp, or of its outermost vApp: nested vApps have none."""
        vapps = (ref for ref in self.all_above(vapp) if ref.type == _VAPP)
        return next(filter(None, map(self._vapp_folders.get, vapps)), None)

    def is_datastore(self, name: str) -> bool:
        """Whether the source has a datastore of this name."""
        return name in self._datastores

    def network(self, key: str | None) -> MoRef | None:
        """The distributed port group with a key, or the opaque network with an id, from the backing of an adapter."""
        return self._networks.get(key) if key else None

    def port_config(self, ref: MoRef | None) -> dict[str, Any] | None:
        """The default port configuration of a distributed port group."""
        return self._port_configs.get(ref) if ref else None

    def switch(self, ref: MoRef | None) -> MoRef | None:
        """The distributed switch of a distributed port group."""
        return self._switches.get(ref) if ref else None

    def opaque_switches(self, hosts: Iterable[MoRef | None]) -> set[str]:
        """The NSX switches of these hosts. A host with several does not say which one a network is on, so it is left out."""
        found = (self._opaque_switches[host] for host in hosts if host in self._opaque_switches)
        return {names[0] for names in found if len(names) == 1}

    def standard_port_groups(self, ref: MoRef, hosts: Iterable[MoRef | None]) -> list[dict[str, Any]]:
        """The port group of a standard network on each of these hosts: vlanId, 0 for none, and vswitchName.

        Only these hosts count: port groups of other hosts may have the same name.
        """
        name = self.name(ref)
        groups = (self._port_groups[host].get(name or "") for host in hosts if host in self._port_groups)
        return [group for group in groups if group]
