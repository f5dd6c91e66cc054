# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import (
    CLUSTER,
    DATACENTER,
    DATASTORE,
    DATASTORE_CLUSTER,
    FOLDER,
    HOST,
    KINDS,
    NETWORK,
    RESOURCE_POOL,
    SWITCH,
    Places,
)
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate, ref

HOLDING = ["Folder", "VirtualMachine", "VirtualApp"]
ESTATE = {
    "Folder:group-d1": {"name": "Datacenters"},
    "Folder:group-d2": {"name": "Spain", "parent": "@Folder:group-d1"},
    "Datacenter:dc-1": {"name": "Madrid", "parent": "@Folder:group-d2", "vmFolder": "@Folder:group-v1"},
    "Folder:group-v1": {"name": "vm", "parent": "@Datacenter:dc-1", "childType": HOLDING},
    "Folder:prod-1": {"name": "Prod", "parent": "@Folder:group-v1", "childType": HOLDING},
    "Folder:web-1": {"name": "a%2fb 100%25", "parent": "@Folder:prod-1", "childType": HOLDING},
    "Folder:group-h1": {"name": "host", "parent": "@Datacenter:dc-1"},
    "Folder:racks": {"name": "Racks", "parent": "@Folder:group-h1"},
    "ClusterComputeResource:c-1": {"name": "gold", "parent": "@Folder:racks", "datastore": [ref("Datastore:ds-1")], "network": [ref("Network:net-1")]},
    "HostSystem:host-1": {"name": "esx1", "parent": "@ClusterComputeResource:c-1", "datastore": [ref("Datastore:ds-1")]},
    "ResourcePool:pool-1": {"name": "Resources", "parent": "@ClusterComputeResource:c-1"},
    "ResourcePool:pool-2": {"name": "web", "parent": "@ResourcePool:pool-1"},
    "VirtualApp:app-1": {"name": "shop", "parent": "@ResourcePool:pool-2", "parentFolder": "@Folder:prod-1"},
    "ComputeResource:s-1": {"name": "esx2", "parent": "@Folder:group-h1"},
    "HostSystem:host-2": {"name": "esx2", "parent": "@ComputeResource:s-1", "datastore": [ref("Datastore:ds-2")]},
    "ResourcePool:pool-3": {"name": "Resources", "parent": "@ComputeResource:s-1"},
    "Folder:group-s1": {"name": "datastore", "parent": "@Datacenter:dc-1"},
    "StoragePod:pod-1": {"name": "fast", "parent": "@Folder:group-s1"},
    "StoragePod:pod-2": {"name": "empty", "parent": "@Folder:group-s1"},
    "Datastore:ds-1": {"name": "ds1", "parent": "@StoragePod:pod-1"},
    "Datastore:ds-2": {"name": "local", "parent": "@Folder:group-s1"},
    "Folder:group-n1": {"name": "network", "parent": "@Datacenter:dc-1"},
    "Network:net-1": {"name": "VM Network", "parent": "@Folder:group-n1"},
    "VmwareDistributedVirtualSwitch:dvs-1": {"name": "dvs-a", "parent": "@Folder:group-n1"},
    "VmwareDistributedVirtualSwitch:dvs-2": {"name": "dvs-b", "parent": "@Folder:group-n1"},
    "DistributedVirtualPortgroup:pg-1": {
        "name": "segment",
        "parent": "@Folder:group-n1",
        "config.distributedVirtualSwitch": "@VmwareDistributedVirtualSwitch:dvs-1",
    },
    "DistributedVirtualPortgroup:pg-2": {
        "name": "segment",
        "parent": "@Folder:group-n1",
        "config.distributedVirtualSwitch": "@VmwareDistributedVirtualSwitch:dvs-2",
    },
    "OpaqueNetwork:nsx-1": {"name": "nsx", "parent": "@Folder:group-n1"},
    "Datacenter:dc-2": {"name": "Lisbon", "parent": "@Folder:group-d1", "vmFolder": "@Folder:group-v2"},
    "Folder:group-v2": {"name": "vm", "parent": "@Datacenter:dc-2", "childType": HOLDING},
    "Folder:prod-2": {"name": "Prod", "parent": "@Folder:group-v2", "childType": HOLDING},
    "Folder:group-n2": {"name": "network", "parent": "@Datacenter:dc-2"},
    "Network:net-2": {"name": "VM Network", "parent": "@Folder:group-n2"},
}
ESXI = {
    "Folder:ha-folder-root": {"name": "ha-folder-root"},
    "Datacenter:ha-datacenter": {"name": "ha-datacenter", "parent": "@Folder:ha-folder-root", "vmFolder": "@Folder:ha-folder-vm"},
    "Folder:ha-folder-vm": {"name": "vm", "parent": "@Datacenter:ha-datacenter", "childType": HOLDING},
    "Folder:ha-folder-host": {"name": "host", "parent": "@Datacenter:ha-datacenter"},
    "ComputeResource:ha-compute-res": {"name": "esx1", "parent": "@Folder:ha-folder-host"},
    "HostSystem:ha-host": {"name": "esx1", "parent": "@ComputeResource:ha-compute-res"},
    "ResourcePool:ha-root-pool": {"name": "Resources", "parent": "@ComputeResource:ha-compute-res"},
}


@pytest.fixture
def estate():
    return FakeEstate(ESTATE)


@pytest.fixture
def places(estate):
    return Places(estate)


def refused(function, *arguments, **more):
    with pytest.raises(InvalidOption) as caught:
        function("vms[1].placement.x", *arguments, **more)
    return str(caught.value).removeprefix("vms[1].placement.x")


@pytest.mark.parametrize(
    ("kind", "written", "found"),
    [
        (DATACENTER, "Madrid", "dc-1"),
        (DATACENTER, "/Spain/Madrid", "dc-1"),
        (CLUSTER, "gold", "c-1"),
        (CLUSTER, "/Spain/Madrid/Racks/gold", "c-1"),
        (CLUSTER, "/Spain/Madrid/host/Racks/gold", "c-1"),
        (HOST, "esx1", "host-1"),
        (HOST, "esx2", "host-2"),
        (HOST, "gold/esx1", "host-1"),
        (RESOURCE_POOL, "web", "pool-2"),
        (RESOURCE_POOL, "gold/web", "pool-2"),
        (RESOURCE_POOL, "gold", "pool-1"),
        (RESOURCE_POOL, "esx2/Resources", "pool-3"),
        (RESOURCE_POOL, "shop", "app-1"),
        (FOLDER, "/Spain/Madrid/Prod", "prod-1"),
        (FOLDER, "Madrid/Prod", "prod-1"),
        (FOLDER, "/Prod/a%2fb 100%", "web-1"),
        (FOLDER, "a/b 100%", "web-1"),
        (FOLDER, "/Lisbon", "group-v2"),
        (FOLDER, "/Lisbon/vm", "group-v2"),
        (DATASTORE, "ds1", "ds-1"),
        (DATASTORE, "/Spain/Madrid/ds1", "ds-1"),
        (DATASTORE, "fast/ds1", "ds-1"),
        (DATASTORE_CLUSTER, "fast", "pod-1"),
        (NETWORK, "/Lisbon/VM Network", "net-2"),
        (NETWORK, "dvs-a/segment", "pg-1"),
        (NETWORK, "/Spain/Madrid/dvs-b/segment", "pg-2"),
        (NETWORK, "nsx", "nsx-1"),
        (SWITCH, "dvs-b", "dvs-2"),
    ],
)
def test_places_by_name_or_path(places, estate, kind, written, found):
    assert places.find("x", kind, written).moid == found
    assert estate.asked == {"view": 1, "page": 1}


def test_the_path_of_a_place_finds_it(places):
    twice = 0
    for kind in KINDS:
        for place in places.all(kind):
            try:
                assert places.find("x", kind, places.path(place)) == place
            except InvalidOption:
                twice += 1
    assert twice == 2, "the port groups of one name on two switches"


def test_within_a_place(places):
    madrid, lisbon, gold = ref("Datacenter:dc-1"), ref("Datacenter:dc-2"), ref("ClusterComputeResource:c-1")
    assert places.find("x", NETWORK, "VM Network", madrid).moid == "net-1"
    assert places.find("x", FOLDER, "/", lisbon).moid == "group-v2"
    assert places.find("x", FOLDER, "Prod", lisbon).moid == "prod-2"
    assert places.find("x", RESOURCE_POOL, "Resources", gold).moid == "pool-1"
    assert [place.moid for place in places.all(HOST, madrid)] == ["host-1", "host-2"]
    assert refused(places.find, CLUSTER, "gold", lisbon) == ": there is no cluster 'gold' in /Lisbon"


def test_several_are_an_error_that_lists_them(places):
    assert refused(places.find, FOLDER, "Prod") == ": 2 folders are called 'Prod': /Lisbon/Prod, /Spain/Madrid/Prod; give its path"
    assert refused(places.find, FOLDER, "/Prod") == ": 2 folders are called '/Prod': /Lisbon/Prod, /Spain/Madrid/Prod; give its path"
    assert refused(places.find, NETWORK, "segment") == (
        ": 2 networks are called 'segment': /Spain/Madrid/segment (pg-1), /Spain/Madrid/segment (pg-2); give its path"
    )


def test_unknown_places_come_with_similar_names(places, estate):
    assert refused(places.find, CLUSTER, "golt") == ": there is no cluster 'golt'; did you mean gold?"
    assert refused(places.find, SWITCH, "x") == ": there is no switch 'x'; there are dvs-a, dvs-b"
    assert refused(places.find, FOLDER, "Racks") == ": there is no folder 'Racks'; there are Prod, a/b 100%, vm", "folders of hosts are others"
    assert estate.asked == {"view": 2, "page": 2}, "one fresh read for all that is unknown"


def test_suggestions_are_bounded(places):
    assert sum("did you mean" in refused(places.find, CLUSTER, f"golt{number}") for number in range(20)) == 10


def test_a_place_that_is_made_meanwhile(places, estate):
    assert places.find("x", CLUSTER, "gold")
    estate.objects.update(FakeEstate({"Folder:new": {"name": "new", "parent": "@Folder:prod-1", "childType": HOLDING}}).objects)
    assert places.find("x", FOLDER, "/Spain/Madrid/Prod/new").moid == "new"
    estate.objects.update(FakeEstate({"Folder:newer": {"name": "newer", "parent": "@Folder:prod-1", "childType": HOLDING}}).objects)
    places.forget()
    assert places.find("x", FOLDER, "newer").moid == "newer"


def test_the_only_one(places):
    assert places.only("x", CLUSTER).moid == "c-1"
    assert refused(places.only, DATACENTER) == " must be set: there are 2 datacenters: /Lisbon, /Spain/Madrid"
    assert refused(places.only, SWITCH) == " must be set: there are 2 switches: /Spain/Madrid/dvs-a, /Spain/Madrid/dvs-b"
    assert refused(places.only, CLUSTER, ref("Datacenter:dc-2")) == ": there is no cluster in /Lisbon that the account sees"


def test_neighbours(places):
    host, pool, group = ref("HostSystem:host-1"), ref("VirtualApp:app-1"), ref("DistributedVirtualPortgroup:pg-2")
    assert places.datacenter(host) == ref("Datacenter:dc-1") and places.datacenter(ref("Folder:group-d2")) is None
    assert places.vm_folder(ref("Datacenter:dc-2")) == ref("Folder:group-v2") and places.vm_folder(ref("Datacenter:x")) is None
    assert [places.compute(place).moid for place in (host, pool, ref("HostSystem:host-2"))] == ["c-1", "c-1", "s-1"]
    assert [places.root_pool(place).moid for place in (host, pool, ref("ComputeResource:s-1"))] == ["pool-1", "pool-1", "pool-3"]
    assert places.root_pool(ref("Folder:prod-1")) is None
    assert places.switch(group) == ref("VmwareDistributedVirtualSwitch:dvs-2") and places.switch(ref("Network:net-1")) is None
    assert places.inside(HOST, ref("ClusterComputeResource:c-1")) == [host]
    assert places.inside(DATASTORE, ref("StoragePod:pod-1")) == [ref("Datastore:ds-1")]
    assert places.inside(FOLDER, ref("Folder:group-v1")) == [ref("Folder:prod-1")]


def mounts(**modes):
    return [{"key": ref(f"HostSystem:host-{name.removeprefix('h')}"), "mountInfo": mode} for name, mode in modes.items()]


def test_what_clusters_and_hosts_reach(places, estate):
    usable = {"summary.accessible": True, "summary.maintenanceMode": "normal"}
    estate.objects[ref("Datastore:ds-1")] |= {**usable, "host": mounts(h1={"accessMode": "readWrite", "mounted": True, "accessible": True})}
    estate.objects[ref("Datastore:ds-2")] |= {**usable, "host": mounts(h2={"accessMode": "readWrite"})}
    gold, host, standalone = ref("ClusterComputeResource:c-1"), ref("HostSystem:host-1"), ref("HostSystem:host-2")
    places.reach([gold, host, standalone, ref("HostSystem:gone")])
    for place, reached in ((gold, ["ds-1", "pod-1", "net-1"]), (host, ["ds-1", "pod-1"]), (standalone, ["ds-2"]), (ref("HostSystem:gone"), [])):
        for each in ("Datastore:ds-1", "Datastore:ds-2", "StoragePod:pod-1", "StoragePod:pod-2", "Network:net-1"):
            if ref(each).moid in reached:
                places.check_reach("x", ref(each), place)
            else:
                assert refused(places.check_reach, ref(each), place)
    assert estate.asked["objects"] == 3, "what they reach, and what is known of two datastores"
    assert refused(places.check_reach, ref("Datastore:ds-2"), gold) == ": /Spain/Madrid/Racks/gold has not mounted 'local'; there are ds1"
    assert refused(places.check_reach, ref("Network:net-1"), host) == ": /Spain/Madrid/Racks/gold/esx1 has no network 'VM Network'"


@pytest.mark.parametrize(
    ("state", "mount"),
    [
        ({"summary.accessible": False}, {"accessMode": "readWrite"}),
        ({"summary.maintenanceMode": "inMaintenance"}, {"accessMode": "readWrite"}),
        ({}, {"accessMode": "readOnly"}),
        ({}, {"accessMode": "readWrite", "accessible": False}),
        ({}, {"accessMode": "readWrite", "mounted": False}),
        ({}, None),
    ],
)
def test_a_datastore_that_cannot_be_written(places, estate, state, mount):
    estate.objects[ref("Datastore:ds-1")] |= {
        "summary.accessible": True,
        "summary.maintenanceMode": "normal",
        **state,
        "host": mounts(h1=mount) if mount else [],
    }
    for place in ("ClusterComputeResource:c-1", "HostSystem:host-1"):
        for store in ("Datastore:ds-1", "StoragePod:pod-1"):
            assert "cannot write to" in refused(places.check_reach, ref(store), ref(place))


def test_an_esxi_host():
    estate = FakeEstate(ESXI, is_vcenter=False)
    places = Places(estate)
    assert places.only("x", DATACENTER).moid == "ha-datacenter"
    assert places.only("x", FOLDER) == places.find("x", FOLDER, "/") == places.vm_folder(ref("Datacenter:ha-datacenter")) == ref("Folder:ha-folder-vm")
    assert places.find("x", HOST, "esx1") == ref("HostSystem:ha-host") and places.root_pool(ref("HostSystem:ha-host")) == ref("ResourcePool:ha-root-pool")
    for kind, called in ((CLUSTER, "cluster"), (DATASTORE_CLUSTER, "datastore cluster"), (SWITCH, "switch")):
        assert refused(places.find, kind, "x") == f": a standalone ESXi host has no {called}: leave it out"


def test_an_estate_in_which_little_can_be_read():
    seen = {"Folder:web": {"name": "web", "parent": "@Folder:unseen", "childType": HOLDING}, "HostSystem:host-1": {"name": "esx1", "parent": "@Folder:unseen"}}
    places = Places(FakeEstate({"Folder:hidden": {}, "Datastore:ds-1": {}, **seen}))
    assert places.find("x", FOLDER, "web") == places.find("x", FOLDER, "/web") == ref("Folder:web"), "the account does not see its datacenter"
    assert places.find("x", HOST, "esx1").moid == "host-1" and places.path(ref("HostSystem:host-1")) == "/esx1"
    assert places.find("x", DATASTORE, "ds-1").moid == "ds-1"
    assert refused(places.find, FOLDER, "hidden") == ": there is no folder 'hidden'; there are web"
    assert refused(Places(FakeEstate({})).only, DATACENTER) == ": there is no datacenter that the account sees"
