# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a source's small objects are called and where they belong, from one read of them.

This is the host-CPU cache and its kin: a VM's processor, host, cluster, datacenter, folder, resource
pool, datastores and networks are all answered from memory, never by a call.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timezone
from typing import Any
from urllib.parse import unquote

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import EVERY_TYPE, OR_TEXT, MoRef, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: Managed object types that name and place others, with the properties that say so. An object has the
#: properties of its own type and of those that it is a subclass of.
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
#: The same of an ESXi host on its own, which has as a server no UUID but that of its hardware.
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
#: How many objects may lie above one another. People do not go beyond twenty.
_DEEPEST = 200
_CLUSTER = "ClusterComputeResource"
_DATACENTER = "Datacenter"
_DATASTORE = "Datastore"
_VAPP = "VirtualApp"
#: What VMware HCX calls itself where it shows an appliance as a host, to which VMs are then moved.
_MIGRATION_APPLIANCE = "VMware Mobility Platform"


def is_migration_appliance(model: str | None) -> bool:
    """Whether a host of this model is no hardware but an appliance that VMs are migrated through."""
    return (model or "").strip() == _MIGRATION_APPLIANCE


def unescape(name: str) -> str:
    """A name as people typed it: vCenter escapes %, / and \\ in names, and nothing else."""
    return unquote(name) if "%" in name else name


class Topology:
    """Answers by MoRef what the objects of one source are called and where they belong.

    :ivar custom_attributes: key to name of those that the source knows.
    :ivar environment: how a VM tells its environment: tag_category, custom_attribute or folder_level, with its
        name, which is a number for a level; None where nobody has said.
    :ivar scanned: when, in UTC.
    :ivar hardware_uuid: that of an ESXi host on its own, else empty.
    :ivar unknown: objects that were asked for and are not here, as keys, in the order of asking.
    :param objects: of the types in :data:`TOPOLOGY_PROPERTIES`; every one has to be here or come by :meth:`add`.
    """

    def __init__(self, objects: Iterable[ManagedObject] = ()) -> None:
        # Kept to the end of a scan, so nothing but what is asked for below.
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
        self.custom_attributes: dict[int, str] = {}
        self.environment: tuple[str, Any] | None = None
        self.scanned = datetime.now(timezone.utc)
        self.hardware_uuid = ""
        self.unknown: dict[MoRef, None] = {}
        self.add(objects)
        self.complete()

    def add(self, objects: Iterable[ManagedObject]) -> None:
        """Take in more of them. Questions may be asked once all are here and :meth:`complete`."""
        for ref, properties, _missing in objects:
            # An object whose name may not be read is known all the same.
            self._names[ref] = unescape(properties.get("name") or ref.moid)
            if ref.type == _DATASTORE:
                self._datastores.add(self._names[ref])
            if "parentFolder" in properties:
                self._vapp_folders[ref] = properties["parentFolder"]
            if "parent" in properties:
                self._parents[ref] = properties["parent"]
            if properties.get("summary.hardware.cpuModel"):
                # Vendors pad their model names with blanks.
                self._cpu_models[ref] = " ".join(properties["summary.hardware.cpuModel"].split())
            if is_migration_appliance(properties.get("summary.hardware.model")):
                self._migration_appliances.add(ref)
            self.hardware_uuid = properties.get(HARDWARE_UUID, self.hardware_uuid)
            if "config.network.portgroup" in properties:
                specs = [group.get("spec", {}) for group in properties["config.network.portgroup"]]
                # A host has one of a name.
                self._port_groups[ref] = {spec["name"]: spec for spec in specs if "name" in spec}
            if properties.get("config.network.opaqueSwitch"):
                self._opaque_switches[ref] = [switch["name"] for switch in properties["config.network.opaqueSwitch"] if switch.get("name")]
            if "config.defaultPortConfig" in properties:
                self._port_configs[ref] = properties["config.defaultPortConfig"]
            if "config.distributedVirtualSwitch" in properties:
                self._switches[ref] = properties["config.distributedVirtualSwitch"]
            key = properties.get("key") or properties.get("summary", {}).get("opaqueNetworkId")
            if key:
                self._networks[key] = ref

    def complete(self) -> list[MoRef]:
        """Cut the ways up that have no end, or hardly any, so that everybody may follow them.

        :returns: the objects whose parent is forgotten: one of each cycle, and those too deep.
        """
        cut: list[MoRef] = []
        depths: dict[MoRef, int] = {}
        for start in list(self._parents):
            way: dict[MoRef, None] = {}
            ref: MoRef | None = start
            while ref is not None and ref not in depths and ref not in way:
                way[ref] = None
                ref = self._parents.get(ref)
            # The end of the way: known of before, or the beginning of a cycle, or nothing.
            depth = depths.get(ref, -1) if ref is not None else -1
            for number, item in enumerate(reversed(way)):
                depth += 1
                if depth > _DEEPEST or (number == 0 and ref in way):
                    del self._parents[item]
                    cut.append(item)
                    depth = 0
                depths[item] = depth
        return cut

    def name(self, ref: MoRef | None) -> str | None:
        """Name of an object, its id where it has none; None when the object is not known."""
        if ref is None:
            return None
        found = self._names.get(ref)
        if found is None:
            self.unknown[ref] = None
        return found

    def cpu_model(self, host: MoRef | None) -> str | None:
        """CPU model of a host, the host-CPU cache."""
        return self._cpu_models.get(host) if host else None

    def migration_appliances(self, hosts: Iterable[MoRef]) -> list[bool]:
        """Of each of these hosts that is known: whether it is a migration appliance."""
        return [host in self._migration_appliances for host in hosts if host in self._names]

    def ancestors(self, ref: MoRef | None) -> Iterator[MoRef]:
        """The object itself, its parent, and so on up to its datacenter."""
        while ref:
            yield ref
            if ref.type == _DATACENTER:
                return
            parent = self._parents.get(ref)
            if parent is None and ref not in self._names:
                self.unknown[ref] = None
            ref = parent

    def all_above(self, ref: MoRef | None) -> Iterator[MoRef]:
        """The object itself, its parent, and so on up to the root, as far as the account may see."""
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
        """Name of the cluster that a host lies in; None for a standalone host."""
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
                # The last folder is vm, host, datastore or network: vCenter's own, shown to nobody.
                return names[-2::-1] if within else None
            if item.type in ("Folder", "StoragePod"):
                within = True
                names.append(self.name(item) or item.moid)
        return None

    def vapp_folder(self, vapp: MoRef | None) -> MoRef | None:
        """The folder of a vApp, or of the outermost vApp that it lies in: inner ones have none."""
        vapps = (ref for ref in self.all_above(vapp) if ref.type == _VAPP)
        return next(filter(None, map(self._vapp_folders.get, vapps)), None)

    def is_datastore(self, name: str) -> bool:
        """Whether the source has a datastore of this name."""
        return name in self._datastores

    def network(self, key: str | None) -> MoRef | None:
        """The distributed port group of a key, or the opaque network of an id, as an adapter's backing names them."""
        return self._networks.get(key) if key else None

    def port_config(self, ref: MoRef | None) -> dict[str, Any] | None:
        """The default port configuration of a distributed port group."""
        return self._port_configs.get(ref)

    def switch(self, ref: MoRef | None) -> MoRef | None:
        """The distributed switch of a distributed port group."""
        return self._switches.get(ref)

    def opaque_switches(self, hosts: Iterable[MoRef | None]) -> set[str]:
        """The switches of opaque networks on these hosts. Which of several a network lies on no host says, so those of such hosts are left out."""
        found = (self._opaque_switches.get(host, ()) for host in hosts)
        return {names[0] for names in found if len(names) == 1}

    def standard_port_groups(self, ref: MoRef, hosts: Iterable[MoRef | None]) -> list[dict[str, Any]]:
        """What these hosts say of a standard network's port group: vlanId, 0 for none, and vswitchName.

        Hosts of other places may have another port group of that name.
        """
        name = self.name(ref)
        groups = (self._port_groups.get(host, {}).get(name) for host in hosts)
        return [group for group in groups if group]
