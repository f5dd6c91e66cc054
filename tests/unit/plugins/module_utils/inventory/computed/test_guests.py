# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import guests

PRETTY = "architecture='X86' bitness='64' prettyName='Debian GNU/Linux 12 (bookworm)' version='12'"


def nic(key, *addresses, configured=()):
    made = {"deviceConfigId": key, "ipAddress": list(addresses)} if addresses else {"deviceConfigId": key}
    return {**made, "ipConfig": {"ipAddress": [{"ipAddress": address} for address in configured]}} if configured else made


def test_addresses_once_and_link_local_ones_last():
    nics = [nic(4000, "fe80::1", "10.0.0.1"), {}, nic(-1, "169.254.3.4", "2001:db8::1", "10.0.0.1")]
    assert guests.ip_addresses(nics, "10.0.0.1") == ["10.0.0.1", "2001:db8::1", "fe80::1", "169.254.3.4"]
    assert guests.adapter_addresses(nics) == ["10.0.0.1", "fe80::1"]


@pytest.mark.parametrize(
    ("nics", "primary", "expected"),
    [
        ([], "192.0.2.10", ["192.0.2.10"]),
        (None, "192.0.2.10", ["192.0.2.10"]),
        ([nic(4000, "192.0.2.11")], "192.0.2.10", ["192.0.2.11", "192.0.2.10"]),
        ([nic(4000, "192.0.2.11")], "0.0.0.0", ["192.0.2.11"]),
        ([], None, []),
        (None, None, None),
    ],
)
def test_primary_address_is_among_all(nics, primary, expected):
    assert guests.ip_addresses(nics, primary) == expected


def test_configured_addresses_of_a_vm_that_is_off():
    nics = [nic(4000, configured=["192.0.2.10", "fe80::1"]), nic(4001, "192.0.2.11", configured=["192.0.2.12"])]
    assert guests.addresses_by_adapter(nics) == {4000: ["192.0.2.10", "fe80::1"], 4001: ["192.0.2.11"]}
    assert guests.ip_addresses(nics, None) == ["192.0.2.10", "192.0.2.11", "fe80::1"]
    assert guests.ip_address(None, nics) == "192.0.2.10"


@pytest.mark.parametrize(
    ("primary", "nics", "expected"),
    [
        ("172.17.0.1", [nic(-1, "172.17.0.1"), nic(4000, "fe80::1", "10.0.0.1")], "10.0.0.1"),
        ("172.17.0.1", [nic(-1, "172.17.0.1"), nic(4000, "fe80::1", "2001:db8::1")], "2001:db8::1"),
        ("172.17.0.1", [nic(-1, "172.17.0.1"), nic(4000, "fe80::1")], "fe80::1"),
        ("10.0.0.2", [nic(4000, "10.0.0.1"), nic(4001, "10.0.0.2")], "10.0.0.2"),
        ("10.0.0.2", [nic(4000, "10.0.0.1"), nic(4000, "10.0.0.2")], "10.0.0.2"),
        ("2001:db8::1", [nic(4000, "10.0.0.1", "2001:db8::1")], "2001:db8::1"),
        ("fe80::1", [nic(4000, "fe80::1", "10.0.0.1")], "10.0.0.1"),
        ("fe80::1", [nic(4000, "fe80::1", "169.254.9.9")], "fe80::1"),
        (None, [nic(4000, "2001:db8::1", "10.0.0.1")], "10.0.0.1"),
        ("0.0.0.0", [nic(4000, "192.0.2.10")], "192.0.2.10"),
        ("0.0.0.0", [nic(4000, "0.0.0.0")], None),
        ("10.0.0.9", [nic(4000), nic(-1, "10.0.0.9", "10.0.0.8")], "10.0.0.9"),
        ("10.0.0.9", [], "10.0.0.9"),
        ("10.0.0.9", None, "10.0.0.9"),
        ("127.0.0.1", [], None),
        (None, [nic(-1, "172.17.0.1")], None),
        (None, None, None),
    ],
)
def test_ip_address_is_one_of_an_adapter_where_there_is_any(primary, nics, expected):
    assert guests.ip_address(primary, nics) == expected


@pytest.mark.parametrize(
    ("address", "somewhere"),
    [
        ("::", False), ("::1", False), ("255.255.255.255", False), ("224.0.0.1", False), ("240.0.0.1", False), ("FF02::1", False), ("127.0.1.1", False),
        ("223.255.0.1", True), ("220.1.1.1", True), ("10.0.0.0", True), ("::ffff:10.0.0.1", True), ("ff", True), ("1.127.0.0", True),
        ("2001:db8::ff02:1", True),
    ],
)  # fmt: skip
def test_unreachable_addresses_are_ignored(address, somewhere):
    assert guests.ip_address(address, []) == (address if somewhere else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web1", "web1"), ("nonesuch", "nonesuch"), ("none.example.com", "none.example.com"), ("None", None), ("(none)", None),
        ("(none).(none)", None), ("(None).example.com", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_guest_without_a_name_has_none(text, expected):
    assert guests.reported_name(text) == expected


@pytest.mark.parametrize(
    ("host_name", "domains", "expected"),
    [
        ("web1.example.com", ["other.example"], "example.com"),
        ("web1", ["", "example.com"], "example.com"),
        ("web1", ["(none)"], None),
        ("web1.", None, None),
        ("web1", None, None),
        ("(none).(none)", None, None),
        (None, ["example.com"], "example.com"),
        (None, None, None),
    ],
)
def test_domain(host_name, domains, expected):
    stacks = None if domains is None else [{}, *({"dnsConfig": {"domainName": name}} for name in domains)]
    assert guests.domain(host_name, stacks) == expected


@pytest.mark.parametrize(
    ("reported", "configured", "detailed", "entry", "name", "edition"),
    [
        ("Debian 12 (64-bit)", "CentOS 7 (64-bit)", PRETTY, None, "Debian 12 (64-bit)", "Debian GNU/Linux 12 (bookworm)"),
        ("Debian 12 (64-bit)", "CentOS 7 (64-bit)", None, {"value": PRETTY}, "Debian 12 (64-bit)", "Debian GNU/Linux 12 (bookworm)"),
        ("Debian 12 (64-bit)", "CentOS 7 (64-bit)", "architecture='X86' prettyName=''", None, "Debian 12 (64-bit)", "Debian 12 (64-bit)"),
        ("Debian 12 (64-bit)", "CentOS 7 (64-bit)", None, {}, "Debian 12 (64-bit)", "Debian 12 (64-bit)"),
        (None, "CentOS 7 (64-bit)", PRETTY, None, "Debian GNU/Linux 12 (bookworm)", "Debian GNU/Linux 12 (bookworm)"),
        ("None", "CentOS 7 (64-bit)", None, None, "CentOS 7 (64-bit)", "CentOS 7 (64-bit)"),
        (None, None, None, None, None, None),
    ],
)
def test_name_and_edition_of_a_system_agree(reported, configured, detailed, entry, name, edition):
    assert guests.os_name(reported, configured, detailed, entry) == name
    assert guests.os_edition(reported, configured, detailed, entry) == edition


@pytest.mark.parametrize(("version", "expected"), [("2147483647", "guest-managed"), ("0", None), ("12389", "12389"), (None, None)])
def test_version_of_tools(version, expected):
    assert guests.tools_version(version) == expected


def test_state_of_a_customization_has_no_prefix():
    assert guests.customization_status("TOOLSDEPLOYPKG_PENDING") == "PENDING"
    assert guests.customization_status("NEW") == "NEW"
    assert guests.customization_status(None) is None


def test_value_of_an_entry():
    assert guests.entry_value({"value": "TRUE"}) == "TRUE"
    assert guests.entry_value({}) is guests.entry_value(None) is None


NICS = [
    {"deviceConfigId": 4000, "ipConfig": {"ipAddress": [{"ipAddress": "10.0.0.5", "prefixLength": 24}, {"ipAddress": "fe80::1"}]}},
    {"deviceConfigId": 4000, "ipConfig": {"ipAddress": [{"ipAddress": "10.0.0.5", "prefixLength": 24}, {"ipAddress": "fe80::1", "prefixLength": 64}]}},
    {"deviceConfigId": 4001},
]


def test_addresses_with_prefixes_are_those_of_the_adapter_each_once():
    assert guests.with_prefixes(NICS, 4000) == ["10.0.0.5/24", "fe80::1/64"]
    assert guests.with_prefixes(NICS, 4001) == []
    assert guests.with_prefixes(None, 4000) is None


def test_paths_of_a_disk_and_disks_of_a_path():
    disks = [{"diskPath": "/", "mappings": [{"key": 2000}]}, {"diskPath": "/data", "mappings": [{"key": 2000}, {"key": 2001}]}, {"diskPath": "/old"}]
    assert guests.paths_on(disks, 2000) == ["/", "/data"]
    assert guests.paths_on(disks, 2001) == ["/data"]
    assert guests.paths_on(None, 2000) is None
    assert [guests.mapped_keys(disk.get("mappings")) for disk in disks] == [["2000"], ["2000", "2001"], None]
