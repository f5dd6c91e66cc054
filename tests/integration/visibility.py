# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one account may see of an estate, worked out from the record alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from pyVmomi import VmomiSupport

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import ITEM, SELF, TAGS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.tests.integration.expected import Rows

READ, VIEW, NOTHING = "read-only", "view", "no-access"
_NAMED = ("hosts", "datastores", "networks", "clusters", "switches")

Narrow = Callable[[str, dict[str, Any]], dict[str, Any]]


class Visibility:
    """One account's view.

    :param record: that of a simulator with accounts, see expected.py.
    """

    def __init__(self, record: Rows, account: str) -> None:
        self._record = record
        self._places = record["objects"]
        self._roles = {moid: place["roles"][account] for moid, place in self._places.items()}
        self._moids = {(section, row["datacenter"], row["name"]): moid for section in _NAMED for moid, row in record[section].items()}
        self._narrow: dict[str, Narrow] = {
            "vms": self._vm,
            "hosts": self._host,
            "datastores": self._datastore,
            "networks": self._network,
            "clusters": self._cluster,
            "vm_nics": self._nic,
            "resource_pools": self._pool,
        }

    def can_see(self, moid: str | None) -> bool:
        """It knows the object's name and place."""
        return moid is not None and self._roles[moid] != NOTHING

    def role(self, moid: str) -> str:
        """What it may do with an object: :data:`READ`, :data:`VIEW` or :data:`NOTHING`."""
        return self._roles[moid]

    def rows(self, section: str) -> dict[Hashable, dict[str, Any]]:
        """What a scan should hold of a section: identity to row. A field that it cannot know is None."""
        narrow = self._narrow.get(section, lambda moid, row: {})
        known = viewable_fields(section)
        scanned = {}
        for identity, row in self._record[section].items():
            moid = row["moid"]
            if self._roles[moid] == READ:
                scanned[identity] = {**row, **narrow(moid, row)}
            elif self.can_see(moid) and not SECTIONS[section].items:
                # The type of a port group alone needs System.Read: it depends on the group's configuration.
                shown = known | {"type"} if self._places[moid]["type"] in ("Network", "OpaqueNetwork") else known
                scanned[identity] = {key: value for key, value in {**row, **narrow(moid, row)}.items() if key in shown}
        return scanned

    def invisible(self) -> set[str]:
        """What objects that it sees refer to and it does not see."""
        found: set[str] = set()
        for moid, row in self._visible("vms"):
            place = self._places[moid]
            found.update(self._first_invisible(place["host"]), self._first_invisible(self._folder_of(place)))
            for section in ("datastores", "networks"):
                found.update(other for other in self._named(section, row) if not self.can_see(other))
        for section in ("hosts", "datastores", "networks", "clusters"):
            for moid, _row in self._visible(section):
                found.update(self._first_invisible(self._places[moid]["parent"]))
        for _moid, row in self._visible("datastores"):
            found.update(other for other in self._named("hosts", row) if not self.can_see(other))
        for _moid, row in self._visible("networks"):
            found.update(other for other in self._switch(row) if not self.can_see(other))
        return found

    def _vm(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        place = self._places[moid]
        host, pool, folder = place["host"], place.get("resource_pool"), place.get("parent")
        way_to_folder = self._folder_of(place)
        return {
            "vapp": row.get("vapp") if self.can_see(pool) else None,
            "host": row["host"] if self.can_see(host) else None,
            "processor": row["processor"] if self._roles[host] == READ else None,
            "cluster": row.get("cluster") if self._is_way_to_cluster(host) or self._is_way_to_cluster(pool) else None,
            "datacenter": self._datacenter(host, folder, pool),
            "folder": row.get("folder") if self._datacenter_above(way_to_folder) else None,
            "resource_pool": row.get("resource_pool") if self.can_see(pool) else None,
            "resource_pool_path": row.get("resource_pool_path") if self._datacenter_above(pool) else None,
            "networks": self._seen_names("networks", row),
            "adapter_networks": [self._adapter(row["datacenter"], network) or "" for network in row.get("adapter_networks", ())] or None,
            "datastores": self._seen_names("datastores", row),
            "primary_network": self._adapter(row["datacenter"], row.get("primary_network")),
        }

    def _folder_of(self, place: dict[str, Any]) -> str | None:
        """The folder of a VM, which in a vApp is the one that this names."""
        vapp = self._places.get(place.get("resource_pool"), {})
        return place.get("parent") or (vapp.get("parent_folder") if self.can_see(vapp.get("moid")) else None)

    def _adapter(self, datacenter: str, network: str | None) -> str | None:
        """The network of an adapter, which in a standard network knows its name by itself."""
        moid = self._moids.get(("networks", datacenter, network))
        return network if moid and (self.can_see(moid) or self._record["networks"][moid]["type"] == "Standard") else None

    def _nic(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        datacenter = self._record["vms"][moid]["datacenter"]
        network = self._moids["networks", datacenter, row["network"]]
        # A standard network's switch and VLAN are those of the host, as an opaque one's switch is; a distributed one's switch has a name of its own.
        of_host = self._record["networks"][network]["type"] in ("Standard", "Opaque")
        shown = self.can_see(network) and (not of_host or self._roles[self._places[moid]["host"]] == READ)
        named = of_host or all(map(self.can_see, self._switch(self._record["networks"][network])))
        return {
            "network": self._adapter(datacenter, row["network"]),
            "switch": row.get("switch") if shown and named else None,
            "vlan": row.get("vlan") if shown else None,
        }

    def _cluster(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        hosts = self._seen_names("hosts", row)
        place = self._place(moid, row)
        # What vCenter counts stands where the account cannot see which cluster it is of that name.
        shown = [(self._vm(vm, each)["cluster"], each["datacenter"]) for vm, each in self._visible("vms") if self._roles[vm] == READ]
        counted = shown.count((row["name"], row["datacenter"]))
        uncounted = row["vm_count_of_vcenter"] if self._roles[moid] == READ else None
        vms = counted if place["datacenter"] and counted else uncounted
        return {**place, "hosts": hosts, "host_count": len(hosts), "vm_count": vms}

    def _pool(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        parent = row["parent_moid"]
        return {
            "path": row["path"] if self._datacenter_above(moid) else None,
            "cluster": row.get("cluster") if self._is_way_to_cluster(parent) else None,
            "datacenter": self._datacenter(parent),
            "vm_count": sum(self._places[vm].get("resource_pool") == moid for vm, _row in self._visible("vms")),
        }

    def _host(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        machines = [vm for vm, _row in self._visible("vms") if self._places[vm]["host"] == moid]
        running = [self._record["vms"][vm] for vm in machines if self._roles[vm] == READ and self._record["vms"][vm]["power_state"] == "poweredOn"]
        return {
            **self._place(moid, row),
            "vm_count": len(machines),
            "vm_running": len(running),
            "vcpu_count": sum(vm.get("vcpu", 0) for vm in running),
            "networks": self._seen_names("networks", row),
            "datastores": self._seen_names("datastores", row),
        }

    def _datastore(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._place(moid, row),
            "vm_count": sum(moid in self._named("datastores", vm) for _moid, vm in self._visible("vms")),
            "hosts": self._seen_names("hosts", row),
        }

    def _network(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        hosts = self._seen_names("hosts", row)
        return {
            **self._place(moid, row),
            "vm_count": sum(moid in self._named("networks", vm) for _moid, vm in self._visible("vms")),
            "hosts": hosts,
            "host_count": len(hosts),
            "switch": row.get("switch") if self._is_told_switch(row) else None,
        }

    def _is_told_switch(self, row: dict[str, Any]) -> bool:
        """Whether the account may know the switch of a network, which for an opaque one its hosts say."""
        if row["type"] == "Opaque":
            return any(self._roles[host] == READ for host in self._named("hosts", row))
        return all(map(self.can_see, self._switch(row)))

    def _place(self, moid: str, row: dict[str, Any]) -> dict[str, Any]:
        """Cluster (of hosts or of datastores), datacenter and folder of what is no VM."""
        parent = self._places[moid]["parent"]
        return {
            "cluster": row.get("cluster") if self.can_see(parent) else None,
            "datacenter": self._datacenter(parent),
            "folder": row["folder"] if self._datacenter_above(parent) else None,
        }

    def _visible(self, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((moid, row) for moid, row in self._record[section].items() if self.can_see(moid))

    def _named(self, section: str, row: dict[str, Any]) -> list[str]:
        """Managed object ids of what a row lists by name."""
        return [self._moids[section, row["datacenter"], name] for name in row[section]]

    def _seen_names(self, section: str, row: dict[str, Any]) -> list[str]:
        return [self._record[section][moid]["name"] for moid in self._named(section, row) if self.can_see(moid)]

    def _switch(self, row: dict[str, Any]) -> list[str]:
        return [self._moids["switches", row["datacenter"], row["switch"]]] if row["type"] in ("Distributed", "NSX", "Uplink") else []

    def _upwards(self, moid: str | None) -> Iterator[str]:
        """The object itself and what it lies in, up to its datacenter."""
        while moid is not None:
            yield moid
            moid = self._places[moid].get("parent") if self._places[moid]["type"] != "Datacenter" else None

    def _is_way_to_cluster(self, moid: str | None) -> bool:
        """Whether a way through what the account sees leads to a cluster."""
        for one in self._upwards(moid):
            if not self.can_see(one):
                return False
            if self._places[one]["type"] == "ClusterComputeResource":
                return True
        return False

    def _first_invisible(self, moid: str | None) -> Iterable[str]:
        """Where the way up ends, unless it leads to the datacenter."""
        return [next(one for one in self._upwards(moid) if not self.can_see(one))] if moid and not all(map(self.can_see, self._upwards(moid))) else []

    def _datacenter_above(self, moid: str | None) -> str | None:
        """The datacenter that a way through what the account sees leads to."""
        way = list(self._upwards(moid))
        return way[-1] if way and all(map(self.can_see, way)) else None

    def _datacenter(self, *moids: str | None) -> str | None:
        found = next(filter(None, map(self._datacenter_above, moids)), None)
        return found and self._record["datacenters"][found]["name"]


def needs_read(managed_type: str, path: str) -> bool:
    """Whether System.View is not enough for a property. pyVmomi knows, from the API's own definition."""
    kind = VmomiSupport.GetWsdlType("urn:vim25", managed_type)
    return kind._GetPropertyInfo(path.partition(".")[0]).privId != "System.View"


def viewable_fields(section: str) -> set[str]:
    """The fields that System.View is enough for. Totals are made of other rows."""
    properties = SECTIONS[section].properties
    plain = {field.key: [path.partition(ITEM)[0].rpartition(":")[2] for path in field.paths] for field in SECTIONS[section].fields}
    aggregates = SECTIONS[section].aggregates.columns.keys() if SECTIONS[section].aggregates else set()
    return aggregates | {key for key, paths in plain.items() if not any(path not in (SELF, TAGS) and needs_read(properties[path], path) for path in paths)}
