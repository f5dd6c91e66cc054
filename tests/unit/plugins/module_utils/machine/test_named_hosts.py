# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine import live_scan
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.named_hosts import find_hosts, host_filters
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import NotPermitted, ServerFault
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, FakeEstate, ref

ESTATE = {
    "Folder:group-d1": {"name": "Datacenters"},
    "Datacenter:datacenter-1": {"name": "Madrid", "parent": "@Folder:group-d1"},
    "Folder:group-h1": {"name": "host", "parent": "@Datacenter:datacenter-1"},
    "ClusterComputeResource:domain-c1": {"name": "gold", "parent": "@Folder:group-h1"},
    "ClusterComputeResource:domain-c2": {"name": "blue", "parent": "@Folder:group-h1"},
    "HostSystem:host-1": {"name": "esx-1", "parent": "@ClusterComputeResource:domain-c1", "runtime.connectionState": "connected"},
    "HostSystem:host-2": {"name": "esx-2", "parent": "@ClusterComputeResource:domain-c1", "runtime.connectionState": "disconnected"},
    "HostSystem:host-3": {"name": "esx-1", "parent": "@ClusterComputeResource:domain-c2", "runtime.connectionState": "connected"},
}


@pytest.fixture
def estate():
    return FakeEstate(ESTATE)


def find(estate, *given):
    """Id of each host to the item that names it first."""
    items = [Item(f"hosts[{number}]", options) for number, options in enumerate(given)]
    problems: list[str] = []
    filters = host_filters(items, problems)
    if problems:
        raise InvalidOption(*problems)
    return {host.moid: where for host, where in find_hosts(estate, CONNECTION, Places(estate), items, filters).items()}


def refused(estate, *given):
    with pytest.raises(InvalidOption) as caught:
        find(estate, *given)
    return caught.value.lines


def test_names_paths_and_ids(estate):
    assert find(estate, {"name": "esx-2"}, {"path": "/Madrid/blue/esx-1"}, {"moid": "host-1"}) == {
        "host-2": "hosts[0]",
        "host-3": "hosts[1]",
        "host-1": "hosts[2]",
    }


def test_host_that_several_items_name_is_there_once(estate):
    given = [{"moid": "host-2"}, {"name": "esx-2"}, {"filters": [{"name": "*"}]}]
    assert find(estate, *given) == {"host-2": "hosts[0]", "host-1": "hosts[2]", "host-3": "hosts[2]"}


def test_filters_that_keep_nothing_are_no_error(estate):
    assert find(estate, {"filters": [{"name": "x*"}]}) == {}


def test_everything_that_is_wrong_is_said_at_once(estate):
    lines = refused(estate, {"name": "esx-1"}, {"name": "esx-3"}, {"moid": "host-9"}, {"path": "/Madrid/gold/esx-2"})
    assert [line.partition(": ")[0] for line in lines] == ["hosts[0].name", "hosts[1].name", "hosts[2].moid"]
    assert "/Madrid/blue/esx-1" in lines[0] and "did you mean" in lines[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "hosts[0] must name a host in one way: give one of name, path, moid, filters"),
        ({"name": "", "path": None}, "hosts[0] must name a host in one way: give one of"),
        ({"name": "a", "moid": "host-1"}, "hosts[0] must name a host in one way (got name and moid)"),
        ({"filters": []}, "hosts[0].filters: the list is empty"),
        ({"filters": [{"nonsense": 1}]}, "hosts[0].filters[0]"),
    ],
)
def test_item_that_cannot_be_used(estate, options, message):
    (line,) = refused(estate, options)
    assert line.startswith(message)
    assert not estate.asked


def test_without_items_it_is_the_only_host(estate):
    assert refused(estate)[0].startswith("hosts must be set: there are 3 hosts")
    for host in ("host-2", "host-3"):
        del estate.objects[ref(f"HostSystem:{host}")]
    assert find(estate) == {"host-1": "hosts"}


def test_tags_that_filters_need_and_that_cannot_be_read(estate, monkeypatch):
    """Such a filter would keep every host, or none."""

    def tags_of(refs):
        raise NotPermitted("operator may not do this")

    monkeypatch.setattr(live_scan, "tags_in", lambda *given: tags_of)
    with pytest.raises(ServerFault, match="filters cannot be evaluated: tags could not be read"):
        find(estate, {"filters": [{"tags.Stage": {"set": False}}]})


def test_host_of_which_a_value_cannot_be_read_is_not_kept(estate):
    estate.missing = {(ref("HostSystem:host-2"), "summary.overallStatus")}
    assert find(estate, {"filters": [{"overall_status": {"set": False}}]}) == {"host-1": "hosts[0]", "host-3": "hosts[0]"}
