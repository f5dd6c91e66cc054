# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import references
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

CLUSTER = MoRef("ClusterComputeResource", "domain-c1")
HOST = MoRef("HostSystem", "host-2")
HIDDEN_HOST = MoRef("HostSystem", "host-3")
POOL = MoRef("ResourcePool", "resgroup-4")
ALONE = MoRef("ComputeResource", "domain-s5")
POOL_ALONE = MoRef("ResourcePool", "resgroup-6")


def context():
    known = {
        CLUSTER: {"name": "gold"},
        HOST: {"name": "esx1", "parent": CLUSTER},
        POOL: {"name": "Resources", "parent": CLUSTER},
        ALONE: {"name": "esx2"},
        POOL_ALONE: {"name": "Resources", "parent": ALONE},
    }
    return ScanContext(Topology(ManagedObject(ref, properties, {}) for ref, properties in known.items()))


def test_names_are_sorted_and_without_what_is_unknown():
    assert references.names(context(), [POOL, HOST, HIDDEN_HOST]) == ["Resources", "esx1"]
    assert references.names(context(), None) is None


def test_cluster_is_that_of_the_host_else_that_of_the_pool():
    assert references.cluster(context(), HOST, None) == "gold"
    assert references.cluster(context(), HIDDEN_HOST, POOL) == "gold"
    assert references.cluster(context(), None, POOL) == "gold"


def test_no_cluster_without_known_parents():
    assert references.cluster(context(), HIDDEN_HOST, POOL_ALONE) is None
    assert references.cluster(context(), HIDDEN_HOST, None) is None


def test_vm_in_a_vapp_has_the_folder_of_that():
    datacenter, top, web, other = MoRef("Datacenter", "datacenter-1"), *(MoRef("Folder", f"group-v{number}") for number in range(3))
    vapp = MoRef("VirtualApp", "resgroup-v1")
    found = context()
    tree = {datacenter: {}, top: {"parent": datacenter}, web: {"parent": top}, other: {"parent": top}, vapp: {"parent": POOL, "parentFolder": web}}
    found.topology.add(ManagedObject(ref, {"name": ref.moid, **properties}, {}) for ref, properties in tree.items())
    assert references.vm_folder(found, None, vapp) == "/group-v1"
    assert references.vm_folder(found, other, None) == "/group-v2"
    assert references.vm_folder(found, None, None) is None


def test_object_without_a_name_is_called_by_its_id():
    assert [references.own_name(text, HOST) for text in ("esx%2f1", "", None)] == ["esx/1", "host-2", "host-2"]


def test_path_of_a_pool_begins_at_its_cluster_or_host():
    found = context()
    web = MoRef("ResourcePool", "resgroup-7")
    datacenter, hosts = MoRef("Datacenter", "datacenter-1"), MoRef("Folder", "group-h1")
    tree = {datacenter: {"name": "dc"}, hosts: {"name": "host", "parent": datacenter}, CLUSTER: {"name": "gold", "parent": hosts}}
    found.topology.add(ManagedObject(ref, known, {}) for ref, known in {**tree, web: {"name": "Web %2f 1", "parent": POOL}}.items())
    assert references.pool_path(found, web) == "/gold/Resources/Web / 1"
    assert references.pool_path(found, None) is None


def test_pool_whose_way_up_is_hidden_has_no_path():
    assert references.pool_path(context(), POOL_ALONE) is None


def test_moid_of_what_is_not_there():
    assert references.moid_if_set(HOST) == "host-2"
    assert references.moid_if_set(None) is None
