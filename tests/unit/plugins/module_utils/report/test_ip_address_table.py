# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random

from ansible_collections.estate.vmware.plugins.module_utils.inventory import filters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filtered_scan import filter_scan
from ansible_collections.estate.vmware.plugins.module_utils.report.ip_address_table import address_count, address_rows
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


def rows(*scans):
    data = estates.report_data(*scans)
    found = list(address_rows(data))
    assert address_count(data) == len(found)
    return found


def test_a_row_has_the_adapter_and_the_place_of_its_vm():
    scan = estates.make_scan("a", {"vms": [estates.vm(1)], "vm_nics": [estates.nic(1, ipv6=None)]})
    [row] = rows(scan)
    del row["order"]
    assert row == {
        "source": "a", "vm": "srv-app-00001", "moid": "vm-1", "ip": "10.0.0.1", "family": "IPv4", "label": "Network adapter 1", "mac": "00:50:56:00:00:01",
        "network": "VLAN 120 Servers", "vlan": "120", "switch": "vSwitch0", "connected": True, "host": "esx01.example.com", "cluster": "Production",
    }  # fmt: skip


def test_addresses_of_a_vm_are_in_the_order_of_their_numbers_whatever_adapter_has_them():
    nics = [
        estates.nic(1, label="one", ipv4=["10.0.0.10", "10.0.0.9"], ipv6=["fe80::2%3", "2001:db8::1"]),
        estates.nic(1, label="two", ipv4=["10.0.0.1", "no address"], ipv6=None),
    ]
    found = rows(estates.make_scan("a", {"vms": [estates.vm(1)], "vm_nics": nics}))
    assert [(row["family"], row["ip"]) for row in found] == [
        ("IPv4", "10.0.0.1"), ("IPv4", "10.0.0.9"), ("IPv4", "10.0.0.10"), ("IPv4", "no address"), ("IPv6", "2001:db8::1"), ("IPv6", "fe80::2%3"),
    ]  # fmt: skip


NAMES = ["beta", "Alpha", "alpha", "ALPHA", None, "", "Äther", "äther", "z", "Z[", "z_", "数据库", "😀", "\ufb01", "same", "same", "same"]


def test_every_vm_finds_its_place_whatever_its_name():
    numbers = list(range(len(NAMES)))
    random.Random(7).shuffle(numbers)
    vms = [estates.vm(number, name=NAMES[number], host=f"host of {number}") for number in numbers]
    nics = [estates.nic(number, vm=NAMES[number], ipv4=[f"10.0.0.{number}"], ipv6=None) for number in sorted(numbers)]
    found = rows(estates.make_scan("a", {"vms": vms, "vm_nics": nics}))
    assert {row["ip"]: row["host"] for row in found} == {f"10.0.0.{number}": f"host of {number}" for number in numbers}


def test_a_vm_that_is_not_there_costs_only_its_own_place():
    nics = [estates.nic(number, ipv6=None) for number in range(4)]
    found = rows(estates.make_scan("a", {"vms": [estates.vm(0), estates.vm(3)], "vm_nics": nics}), estates.make_scan("b", {"vm_nics": nics}))
    assert [row["host"] for row in found] == ["esx00.example.com", None, None, "esx03.example.com", None, None, None, None]


def test_scans_without_adapters_have_no_addresses():
    silent = estates.make_scan("c", {"vm_nics": [estates.nic(1, ipv4=None, ipv6=[])]})
    assert rows(estates.make_scan("a"), estates.make_scan("b", {"vm_nics": []}), silent) == []


def test_a_scan_sorts_only_ascii_letters_without_their_case():
    nics = [estates.nic(1, vm="Ä", ipv6=None), estates.nic(2, vm="ß", ipv6=None)]
    found = rows(estates.make_scan("a", {"vms": [estates.vm(2, name="ß")], "vm_nics": nics}))
    assert [(row["vm"], row["host"]) for row in found] == [("Ä", None), ("ß", "esx02.example.com")]


def test_addresses_that_lie_on_no_adapter_have_a_row_without_one():
    machines = [
        estates.vm(1, ip_address="10.0.0.1", ip_addresses=["10.0.0.1", "172.17.0.1", "2001:db8::1", "fe80::1%docker0"]),
        estates.vm(2, ip_address="192.0.2.10", ip_addresses=None),
        estates.vm(3, ip_address=None, ip_addresses=[]),
        estates.vm(4, ip_address="10.0.0.4", ip_addresses=["ip-3f9a2c81d04e"]),
    ]
    nics = [estates.nic(1, ipv6=["fe80::250:56ff:fe00:1"]), estates.nic(2, ipv4=None, ipv6=None), estates.nic(3, ipv4=None, ipv6=None)]
    found = rows(estates.make_scan("a", {"vms": machines, "vm_nics": nics}))
    assert [(row["vm"], row["ip"], row["family"], row.get("label"), row["host"]) for row in found] == [
        ("srv-app-00001", "10.0.0.1", "IPv4", "Network adapter 1", "esx01.example.com"),
        ("srv-app-00001", "172.17.0.1", "IPv4", None, "esx01.example.com"),
        ("srv-app-00001", "2001:db8::1", "IPv6", None, "esx01.example.com"),
        ("srv-app-00001", "fe80::1%docker0", "IPv6", None, "esx01.example.com"),
        ("srv-app-00001", "fe80::250:56ff:fe00:1", "IPv6", "Network adapter 1", "esx01.example.com"),
        ("srv-app-00002", "192.0.2.10", "IPv4", None, "esx02.example.com"),
        ("srv-app-00004", "10.0.0.4", "IPv4", None, "esx04.example.com"),
        ("srv-app-00004", "ip-3f9a2c81d04e", None, None, "esx04.example.com"),
    ]


def test_an_address_on_two_adapters_has_two_rows():
    nics = [estates.nic(1, label=label, ipv4=["10.0.0.1"], ipv6=None) for label in ("one", "two")]
    assert len(rows(estates.make_scan("a", {"vms": [estates.vm(1, ip_addresses=["10.0.0.1"])], "vm_nics": nics}))) == 2


def test_adapters_that_filters_leave_out_take_their_addresses_along():
    addresses = {"ip_address": "10.0.0.1", "ip_addresses": ["10.0.0.1", "10.1.0.1", "172.17.0.1"], "adapter_addresses": ["10.0.0.1", "10.1.0.1"]}
    nics = [estates.nic(1, ipv6=None), estates.nic(1, network="DMZ", ipv4=["10.1.0.1"], ipv6=None)]
    scan = estates.make_scan("a", {"vms": [estates.vm(1, **addresses)], "vm_nics": nics})
    wanted = filters.row_filters({}, {"vm_nics": [{"network": "DMZ"}]})
    assert [row["ip"] for row in rows(filter_scan(scan, wanted, None))] == ["10.0.0.1", "172.17.0.1"]


def test_sources_whose_adapters_were_not_read_have_no_addresses():
    assert rows(estates.make_scan("a", {"vms": [estates.vm(1)]})) == []
