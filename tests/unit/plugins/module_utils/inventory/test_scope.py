# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scope import containers, parse_scopes, step
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: Id to name and parent. Two datacenters, each with a cluster of the same name and folders.
TOPOLOGY_PROPERTIES = {
    "Folder:root": ("Datacenters", None),
    "Folder:europe": ("Europe", "Folder:root"),
    "Datacenter:madrid": ("Madrid", "Folder:europe"),
    "Datacenter:lyon": ("Lyon", "Folder:europe"),
    "Folder:vm-m": ("vm", "Datacenter:madrid"),
    "Folder:prod-m": ("Prod", "Folder:vm-m"),
    "Folder:web-m": ("Web", "Folder:prod-m"),
    "Folder:host-m": ("host", "Datacenter:madrid"),
    "Folder:vm-l": ("vm", "Datacenter:lyon"),
    "Folder:prod-l": ("Prod %2f Live", "Folder:vm-l"),
    "Folder:web-l": ("Web", "Folder:vm-l"),
    "ClusterComputeResource:gold-m": ("gold", "Folder:host-m"),
    "ClusterComputeResource:gold-l": ("gold", "Datacenter:lyon"),
    "HostSystem:esx1": ("esx1", "ClusterComputeResource:gold-m"),
    "ResourcePool:pool-m": ("Resources", "ClusterComputeResource:gold-m"),
    "VirtualApp:shop": ("shop", "ResourcePool:pool-m"),
}


def ref(text):
    return MoRef(*text.split(":"))


LOOKUP = Topology(
    ManagedObject(ref(moid), {"name": name, **({"parent": ref(parent)} if parent else {})}, {}) for moid, (name, parent) in TOPOLOGY_PROPERTIES.items()
)


def found(*scopes):
    refs, missing = containers(LOOKUP, parse_scopes("scopes", list(scopes)))
    return {one.moid for one in refs}, [message for _kind, message in missing]


@pytest.mark.parametrize(
    ("scope", "moids"),
    [
        ({"datacenter": "Madrid"}, {"madrid"}),
        ({"datacenter": "MADRID"}, {"madrid"}),
        ({"datacenter": "*"}, {"madrid", "lyon"}),
        ({"datacenter": ["Madrid", "L?on"]}, {"madrid", "lyon"}),
        ({"cluster": "gold"}, {"gold-m", "gold-l"}),
        ({"cluster": "gold", "datacenter": "Lyon"}, {"gold-l"}),
        ({"host": "esx*"}, {"esx1"}),
        ({"folder": "Web"}, {"web-m", "web-l"}),
        ({"folder": "/Prod/Web"}, {"web-m"}),
        ({"folder": "/Web"}, {"web-l"}),
        ({"folder": "/Prod / Live"}, {"prod-l"}),
        ({"folder": "/Prod*"}, {"prod-m", "prod-l"}),
        ({"folder": "Europe"}, {"europe"}),
        ({"datacenter": "Madrid", "folder": ["/Prod", "/Prod/Web"]}, {"prod-m"}),
        ({"resource_pool": "Resources"}, {"pool-m"}),
        ({"resource_pool": ["shop", "Resources"]}, {"pool-m"}),
        ({"resource_pool": "shop", "cluster": "gold", "datacenter": "Madrid"}, {"shop"}),
    ],
)
def test_objects_that_a_scope_names(scope, moids):
    assert found(scope) == (moids, [])


def test_containers_in_several_scopes_are_read_once():
    assert found({"datacenter": "Madrid"}, {"cluster": "gold"}, {"folder": "/Prod/Web"}) == ({"madrid", "gold-l"}, [])


def test_no_scopes_no_containers():
    assert found() == (set(), [])


def test_missing_name_is_reported_with_the_existing_ones():
    assert found({"datacenter": ["Madird", "Lyon"]}) == ({"lyon"}, ["there is no datacenter Madird; there are Lyon, Madrid"])
    assert found({"resource_pool": "x", "datacenter": "Lyon"}) == (set(), ["there is no resource pool x"])
    assert found({"datacenter": "Madrid", "cluster": "silver"}) == (set(), ["there is no cluster silver; there are gold"])


def test_only_some_existing_names_are_listed():
    refs = [MoRef("Datacenter", f"d{number}") for number in range(30)]
    topology = Topology(ManagedObject(one, {"name": f"dc{one.moid}"}, {}) for one in refs)
    ((_kind, message),) = containers(topology, parse_scopes("scopes", {"datacenter": "x"}))[1]
    assert message.endswith(" and 10 more") and message.count("dcd") == 20


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("Madrid", ["scopes", "Madrid", "datacenter: Madrid"]),
        (7, ["scopes", "7"]),
        (["Madrid"], ["scopes[0]", "Madrid", "datacenter, cluster"]),
        ([{}], ["scopes[0]"]),
        ([{"datacenter": "x"}, {"planet": "Earth"}], ["scopes[1]", "planet", "resource_pool"]),
        ([{"datacenter": []}], ["scopes[0].datacenter", "empty", "at least one datacenter"]),
        ([{"datacenter": 7}], ["scopes[0].datacenter", "7", "quotes"]),
        ([{"datacenter": [None]}], ["scopes[0].datacenter", "None"]),
        ([{"folder": "/Prod", "cluster": "gold"}], ["scopes[0]", "folder", "cluster", "filter"]),
    ],
)
def test_invalid_scopes(given, words):
    with pytest.raises(InvalidOption) as error:
        parse_scopes("scopes", given)
    assert all(word in str(error.value) for word in words), error.value


def test_one_scope_needs_no_list():
    assert [[each.kind for each in scope] for scope in parse_scopes("scopes", {"host": "a", "datacenter": "b"})] == [["datacenter", "host"]]
    assert step("x", "cluster", ("A", "B"), ("a", "b")).names.keys() == {"a", "b"}
