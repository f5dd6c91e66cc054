# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory import patterns
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import row_filters
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.addresses import rules
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import SourceResult
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.hosts import Machine, is_different_machine, machines

VM_FIELDS = ["moid", "name", "power_state", "ip_address", "ip_addresses", "adapter_addresses"]
VMS = [
    ["vm-1", "web", "poweredOn", "10.0.0.1", ["10.0.0.1", "192.0.2.1"], ["10.0.0.1", "192.0.2.1"]],
    ["vm-2", "db", "poweredOff", None, None, None],
    ["vm-3", None, None, None, None, None],
]
HOSTS = [["host-1", "esx1.example.com", "10.9.0.1"], ["host-2", "esx2.example.com", None], ["host-3", "10.9.0.3", None]]
ADAPTERS = [["vm-1", "web", "lan", ["10.0.0.1"], None], ["vm-1", "web", "dmz", ["192.0.2.1"], None]]


def result(source="north", **sections):
    fields = {"vms": VM_FIELDS, "hosts": ["moid", "name", "ip"], "vm_nics": ["moid", "vm", "network", "ipv4", "ipv6"]}
    found = {key: {"fields": fields[key], "rows": rows} for key, rows in sections.items()}
    return SourceResult(source, f"{source}.example.com", "vCenter", "2026-01-01T00:00:00Z", found)


def of(results, filters=None, prefer=(), families=("ipv4", "ipv6")):
    return list(machines(results, filters or {}, rules(list(families), list(prefer), [])))


def test_every_row_is_a_machine_with_one_variable():
    web, db, nothing, *_hosts = of([result(vms=VMS, hosts=HOSTS)])
    assert web.variables == {"vmware": {"source": "north", "resource": "vm", **dict(zip(VM_FIELDS, VMS[0]))}} and web.expression_variables is web.variables
    assert [(machine.resource, machine.moid, machine.address) for machine in (web, db, nothing)] == [
        ("vms", "vm-1", "10.0.0.1"), ("vms", "vm-2", None), ("vms", "vm-3", None),
    ]  # fmt: skip


def test_hosts_are_reached_as_their_vcenter_reaches_them():
    hosts = of([result(hosts=HOSTS)])
    assert [(host.row["resource"], host.address) for host in hosts] == [("host", "10.9.0.1"), ("host", "esx2.example.com"), ("host", "10.9.0.3")]


@pytest.mark.parametrize("name", ["localhost.localdomain", "LOCALHOST", "127.0.0.1", "0.0.0.0", "::", "2130706433", "-oProxyCommand=id", "", None, "224.0.0.1"])
def test_host_is_never_reached_at_this_machine(name):
    assert [host.address for host in of([result(hosts=[["host-1", name, None], ["host-2", name, "127.0.0.1"]])])] == [None, None]


def test_different_machine_by_source_and_id():
    (machine,) = of([result(vms=VMS[:1])])
    assert [is_different_machine(row, machine) for row in (None, {}, {"source": "north", "moid": "vm-1"}, {"source": "south", "moid": "vm-1"})] == [
        False
    ] * 3 + [True]


def test_one_machine_under_two_aliases_is_one():
    machine = Machine("north", "vms", {"source": "north", "moid": "vm-1", "instance_uuid": "a"}, None, {})
    rows = [{"source": "madrid", "moid": "vm-1", "instance_uuid": uuid} for uuid in ("a", "b", None)]
    assert [is_different_machine(row, machine) for row in rows] == [False, True, True]


def test_sources_come_in_their_order():
    found = of([result("south", vms=VMS[:1]), result("north", vms=VMS[:1]), result("empty", vms=[])])
    assert [(machine.source, machine.row["source"]) for machine in found] == [("south", "south"), ("north", "north")]


def test_rows_that_are_not_wanted_are_none():
    filters = row_filters({"vms": [{"power_state": "poweredOn"}]}, {"hosts": [{"name": "esx*"}]})
    assert [machine.moid for machine in of([result(vms=VMS, hosts=HOSTS)], filters)] == ["vm-1", "host-3"]


def test_address_by_port_group():
    assert of([result(vms=VMS, vm_nics=ADAPTERS)], prefer=["DMZ"])[0].address == "192.0.2.1"
    assert [machine.address for machine in machines([result(vms=VMS, vm_nics=ADAPTERS)], {}, None)] == [None] * 3, "nobody asks for one"


def test_bridge_in_the_guest_is_no_way_to_it():
    row = ["vm-4", "docker", "poweredOn", "2001:db8::1", ["172.17.0.1", "2001:db8::1"], ["2001:db8::1"]]
    assert [machine.address for machine in of([result(vms=[row])])] == ["2001:db8::1"]


def test_expressions_see_what_stands_beside_variables():
    (machine,) = of([result(vms=VMS[:1])])
    machine.expression_only = {"name": "web", "vmware": "theirs"}
    assert machine.expression_variables == {"name": "web", "vmware": "theirs"} and set(machine.variables) == {"vmware"}


def test_a_filter_that_takes_too_long_names_the_row_and_its_source(monkeypatch):
    monkeypatch.setattr(patterns, "MAX_SEARCH_SECONDS", 0.2)
    rows = [["vm-1", "a" * 60 + "b", "poweredOn", None, None]]
    with pytest.raises(InvalidOption, match="took longer than 0.2 s on VM a+b of north: simplify the pattern"):
        of([result(vms=rows)], row_filters({"vms": [{"name": {"regex": "(a+)+$"}}]}, None))
