# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology, unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

ROOT = MoRef("Folder", "group-d1")
DATACENTER = MoRef("Datacenter", "datacenter-2")
VM_ROOT = MoRef("Folder", "group-v3")
PROD = MoRef("Folder", "group-v4")
WEB = MoRef("Folder", "group-v5")
HOST_ROOT = MoRef("Folder", "group-h6")
CLUSTER = MoRef("ClusterComputeResource", "domain-c7")
STANDALONE = MoRef("ComputeResource", "domain-s8")
HOST_1 = MoRef("HostSystem", "host-9")
HOST_2 = MoRef("HostSystem", "host-10")
OPAQUE = MoRef("OpaqueNetwork", "network-o12")
BACKUP = MoRef("Network", "network-13")
PORT_GROUP = MoRef("DistributedVirtualPortgroup", "dvportgroup-11")


def port_groups(*specs):
    return [{"spec": dict(zip(("name", "vlanId", "vswitchName"), spec))} for spec in specs]


@pytest.fixture
def topology() -> Topology:
    known = {
        ROOT: {"name": "Datacenters"},
        DATACENTER: {"name": "Madrid", "parent": ROOT},
        VM_ROOT: {"name": "vm", "parent": DATACENTER},
        PROD: {"name": "Prod %2f Live", "parent": VM_ROOT},
        WEB: {"name": "Web", "parent": PROD},
        HOST_ROOT: {"name": "host", "parent": DATACENTER},
        CLUSTER: {"name": "gold", "parent": HOST_ROOT},
        STANDALONE: {"name": "esx2.example.com", "parent": HOST_ROOT},
        HOST_1: {
            "name": "esx1.example.com",
            "parent": CLUSTER,
            "summary.hardware.cpuModel": "AMD EPYC 7763   64-Core Processor   ",
            "config.network.portgroup": port_groups(("VM Network", 0, "vSwitch0"), ("backup", 30, "vSwitch1")),
        },
        HOST_2: {
            "name": "esx2.example.com",
            "parent": STANDALONE,
            "config.network.portgroup": port_groups(("VM Network", 0, "vSwitch0"), ("backup", 31, "vSwitch2")),
        },
        BACKUP: {"name": "backup"},
        PORT_GROUP: {"name": "lan", "key": "dvportgroup-11"},
        OPAQUE: {"name": "segment", "summary": {"opaqueNetworkId": "nsx-7"}},
    }
    return Topology(ManagedObject(ref, properties, {}) for ref, properties in known.items())


def test_cpu_model_is_that_of_the_host_without_its_blanks(topology):
    assert topology.cpu_model(HOST_1) == "AMD EPYC 7763 64-Core Processor"
    assert topology.cpu_model(HOST_2) is None
    assert topology.cpu_model(None) is None


def test_standalone_host_has_no_cluster(topology):
    assert topology.cluster(HOST_1) == "gold"
    assert topology.cluster(HOST_2) is None


def test_datacenter_from_below(topology):
    assert {topology.datacenter(ref) for ref in (WEB, HOST_1, HOST_2, DATACENTER)} == {"Madrid"}
    assert topology.datacenter(ROOT) is None


def test_folder_path_omits_the_top_folders_of_vcenter(topology):
    assert topology.folder(WEB) == "/Prod / Live/Web"
    assert topology.folder(VM_ROOT) == "/"
    assert topology.folder(CLUSTER) == "/"


def test_unknown_object(topology):
    gone = MoRef("HostSystem", "host-99")
    assert (topology.name(gone), topology.cluster(gone), topology.datacenter(gone), topology.folder(gone)) == (None, None, None, None)
    assert topology.folder(None) is None


def test_standard_port_groups_are_those_of_the_given_hosts(topology):
    both = topology.standard_port_groups(BACKUP, [HOST_1, HOST_2])
    assert [(group["vlanId"], group["vswitchName"]) for group in both] == [(30, "vSwitch1"), (31, "vSwitch2")]
    assert [group["vlanId"] for group in topology.standard_port_groups(BACKUP, [HOST_2])] == [31]
    assert topology.standard_port_groups(PORT_GROUP, [HOST_1]) == []


def test_many_port_groups_of_many_hosts_are_found_without_looking_at_each():
    names = [f"VLAN {number}" for number in range(400)]
    groups = port_groups(*((name, 1, "vSwitch0") for name in names))
    hosts = [ManagedObject(MoRef("HostSystem", f"host-{number}"), {"config.network.portgroup": groups}, {}) for number in range(500)]
    networks = [ManagedObject(MoRef("Network", f"network-{name}"), {"name": name}, {}) for name in names]
    topology = Topology([*hosts, *networks])
    began = time.process_time()
    for network in networks:
        assert len(topology.standard_port_groups(network.ref, [host.ref for host in hosts])) == 500
    assert time.process_time() - began < 3


def test_network_by_key_or_id(topology):
    assert topology.name(topology.network("dvportgroup-11")) == "lan"
    assert topology.name(topology.network("nsx-7")) == "segment"
    assert topology.network("dvportgroup-99") is None


@pytest.mark.parametrize(("name", "plain"), [("a%2fb", "a/b"), ("a%5cb", "a\\b"), ("100%25", "100%"), ("a+b", "a+b"), ("50% off", "50% off")])
def test_names_are_unescaped(name, plain):
    assert unescape(name) == plain


def test_unresolved_objects_are_collected_once(topology):
    host, folder = MoRef("HostSystem", "host-99"), MoRef("Folder", "group-v99")
    for _time in range(2):
        assert (topology.name(host), topology.cluster(host), topology.folder(folder)) == (None, None, None)
    assert list(topology.unresolved) == [host, folder]


def test_known_and_unset_objects_are_never_unresolved(topology):
    for ref in (None, WEB, HOST_1, HOST_2, STANDALONE, PORT_GROUP, OPAQUE):
        topology.name(ref), topology.cluster(ref), topology.datacenter(ref), topology.folder(ref), topology.nearest(ref, "StoragePod")
    assert not topology.unresolved


def test_root_folder_is_never_unresolved():
    topology = Topology(
        [ManagedObject(DATACENTER, {"name": "Madrid", "parent": ROOT}, {}), ManagedObject(HOST_ROOT, {"name": "host", "parent": DATACENTER}, {})]
    )
    assert (topology.cluster(HOST_ROOT), topology.datacenter(HOST_ROOT), topology.folder(HOST_ROOT), topology.unresolved) == (None, "Madrid", "/", {})


@pytest.mark.parametrize("properties", [{}, {"name": ""}])
def test_object_without_a_name_is_shown_by_its_id(properties):
    folder = MoRef("Folder", "group-v1")
    topology = Topology([ManagedObject(folder, properties, {})])
    assert (topology.name(folder), topology.folder(folder), topology.unresolved) == ("group-v1", None, {})


def test_folder_of_a_vapp_is_that_of_the_outermost_one(topology):
    pool, outer, inner, lost = MoRef("ResourcePool", "resgroup-1"), *(MoRef("VirtualApp", f"resgroup-v{number}") for number in range(3))
    places = {pool: {"parent": CLUSTER}, outer: {"parent": pool, "parentFolder": WEB}, inner: {"parent": outer}, lost: {"parent": pool}}
    topology.add(ManagedObject(ref, {"name": ref.moid, **properties}, {}) for ref, properties in places.items())
    assert [topology.vapp_folder(ref) for ref in (outer, inner, lost, None)] == [WEB, WEB, None, None]


def test_names_of_datastores():
    store, host = MoRef("Datastore", "datastore-1"), MoRef("HostSystem", "host-1")
    topology = Topology([ManagedObject(store, {"name": "a%2fb"}, {}), ManagedObject(host, {"name": "esx1"}, {})])
    assert [topology.is_datastore(name) for name in ("a/b", "a%2fb", "esx1", "")] == [True, False, False, False]


def test_missing_parent_below_the_datacenter_is_unresolved():
    inner, outer = MoRef("Folder", "group-v5"), MoRef("Folder", "group-v4")
    topology = Topology([ManagedObject(inner, {"name": "Web", "parent": outer}, {})])
    assert (topology.folder(inner), list(topology.unresolved)) == (None, [outer])
    topology = Topology([ManagedObject(HOST_2, {"name": "esx2", "parent": STANDALONE}, {})])
    assert (topology.datacenter(HOST_2), list(topology.unresolved)) == (None, [STANDALONE])


def test_everything_above_up_to_the_root(topology):
    assert list(topology.all_above(HOST_1)) == [HOST_1, CLUSTER, HOST_ROOT, DATACENTER, ROOT]
    assert list(topology.all_above(ROOT)) == [ROOT]
    assert list(topology.all_above(None)) == []
    unknown = MoRef("Folder", "group-v99")
    assert list(topology.all_above(unknown)) == [unknown] and not topology.unresolved, "whoever looks there has asked nobody"


def test_objects_of_types(topology):
    assert topology.of_types(("ClusterComputeResource", "Datacenter")) == [DATACENTER, CLUSTER]
    assert topology.of_types(("ComputeResource",)) == [STANDALONE], "a cluster is asked for by its own type"
    assert topology.of_types(()) == []


def chain(*parents):
    """A topology of folders, each with the one that it lies in."""
    found = Topology()
    found.add(ManagedObject(MoRef("Folder", moid), {"name": moid, "parent": MoRef("Folder", parent)}, {}) for moid, parent in parents)
    return found


@pytest.mark.parametrize(
    ("parents", "cut"),
    [
        ([("a", "a")], ["a"]),
        ([("a", "b"), ("b", "a")], ["b"]),
        ([("a", "b"), ("b", "c"), ("c", "b"), ("d", "c")], ["c"]),
        ([("a", "a"), ("b", "b")], ["a", "b"]),
        ([("a", "b"), ("b", "top"), ("c", "b")], []),
    ],
)
def test_loop_of_parents_is_cut_once(parents, cut):
    found = chain(*parents)
    assert [ref.moid for ref in found.complete()] == cut
    assert found.complete() == []
    for moid, _parent in parents:
        assert len(list(found.all_above(MoRef("Folder", moid)))) <= len(parents) + 1


def test_very_deep_nesting_is_cut_in_linear_time():
    found = chain(*((str(number), str(number + 1)) for number in range(100_000)))
    assert 400 < len(found.complete()) < 600
    assert max(len(list(found.ancestors(MoRef("Folder", str(number))))) for number in range(0, 100_000, 97)) <= 201
