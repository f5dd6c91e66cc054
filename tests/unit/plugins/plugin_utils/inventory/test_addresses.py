# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.addresses import rules

ALL = ["169.254.7.7", "10.0.0.5", "fe80::5", "2001:db8::5", "192.0.2.5", "127.0.0.1", "::1"]
PORT_GROUPS = {"10.0.0.5": "Backup", "192.0.2.5": "VLAN 20 web", "2001:db8::5": "VLAN 20 web"}


def best(primary, addresses, families=("ipv4", "ipv6"), prefer=(), avoid=(), own=()):
    return rules(list(families), list(prefer), list(avoid)).best(primary, addresses, PORT_GROUPS, own)


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ({}, "10.0.0.5"),
        ({"families": ["ipv6", "ipv4"]}, "2001:db8::5"),
        ({"families": ["ipv6"]}, "2001:db8::5"),
        ({"prefer": ["192.0.2.0/24"]}, "192.0.2.5"),
        ({"prefer": ["198.51.100.0/24", "192.0.2.5"]}, "192.0.2.5"),
        ({"prefer": ["192.0.2.9/24"]}, "192.0.2.5"),
        ({"prefer": ["2001:db8::/32", "10.0.0.0/8"]}, "2001:db8::5"),
        ({"prefer": ["169.254.0.0/16"]}, "169.254.7.7"),
        ({"prefer": ["VLAN 20*"]}, "192.0.2.5"),
        ({"prefer": ["vlan 20 WEB"], "families": ["ipv6", "ipv4"]}, "2001:db8::5"),
        ({"avoid": ["10.0.0.0/8"]}, "192.0.2.5"),
        ({"avoid": ["Backup"], "families": ["ipv4"]}, "192.0.2.5"),
        ({"avoid": ["0.0.0.0/0"]}, "2001:db8::5"),
        ({"avoid": ["0.0.0.0/0", "::/0"]}, None),
        ({"avoid": ["10.0.0.0/8"], "prefer": ["10.0.0.0/8"]}, "192.0.2.5"),
    ],
)
def test_rules(options, address):
    assert best(None, ALL, **options) == address


def test_what_tools_hold_for_the_most_important_wins_among_equals():
    assert best("192.0.2.5", ALL) == "192.0.2.5"
    assert best("192.0.2.5", ALL, prefer=["10.0.0.0/8"]) == "10.0.0.5"
    assert best("169.254.7.7", ALL) == "10.0.0.5", "nobody reaches it at a link-local address"
    assert best("169.254.7.7", []) == "169.254.7.7", "but where there is nothing else"
    assert best("192.0.2.5", ()) == "192.0.2.5"


@pytest.mark.parametrize("nonsense", ["", "unknown", "10.0.0", "10.0.0.1/24", "{{ 7 * 7 }}", "fe80::1%{{ 7 * 7 }}", "fe80::1%eth0"])
def test_what_is_no_address_is_none(nonsense):
    assert best(nonsense, [nonsense]) is None
    assert best(nonsense, [nonsense, "10.0.0.5"]) == "10.0.0.5"


@pytest.mark.parametrize(
    "nobodys",
    [
        "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.9.9.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::ffff:224.0.0.1", "ff02::1",
    ],
)  # fmt: skip
def test_address_of_nobody_or_of_this_machine_is_never_used(nobodys):
    assert best(nobodys, [nobodys]) is None
    assert best(nobodys, [nobodys], prefer=["0.0.0.0/0", "::/0"]) is None
    assert best(nobodys, [nobodys, "10.0.0.5"]) == "10.0.0.5"


def test_mapped_address_is_the_one_that_it_stands_for():
    assert best("::ffff:192.0.2.5", []) == "192.0.2.5"
    assert best("::ffff:192.0.2.5", [], avoid=["192.0.2.0/24"]) is None
    assert best("::ffff:169.254.1.1", ["2001:db8::5"]) == "2001:db8::5"


def test_link_local_address_gives_way_though_its_port_group_is_preferred():
    groups = {"fe80::5": "VLAN 20"}
    chosen = rules(["ipv4", "ipv6"], ["VLAN 20"], [])
    assert (chosen.best(None, ["fe80::5", "10.0.0.5"], groups), chosen.best(None, ["fe80::5"], groups)) == ("10.0.0.5", "fe80::5")


@pytest.mark.parametrize(
    ("own", "options", "address"),
    [
        (["10.0.0.5"], {}, "10.0.0.5"),
        (["2001:db8::5"], {}, "2001:db8::5"),
        (["2001:db8::5"], {"families": ["ipv4"]}, None),
        (["2001:db8::5"], {"avoid": ["2001:db8::/32"]}, None),
        (["10.0.0.5"], {"prefer": ["172.17.0.0/16"]}, "172.17.0.1"),
        (["fe80::5"], {}, "172.17.0.1"),
        (["127.0.0.1"], {}, "172.17.0.1"),
        ([], {}, "172.17.0.1"),
    ],
)
def test_bridge_in_the_guest_counts_only_where_no_adapter_has_an_address(own, options, address):
    assert best("172.17.0.1", ["172.17.0.1", *own], own=own, **options) == address


def test_nothing_known_is_no_address():
    assert best(None, []) is None


@pytest.mark.parametrize(("prefer", "avoid", "matters"), [((), (), False), (["10.0.0.0/8"], ["::/0"], False), (["Backup"], (), True), ((), ["B*"], True)])
def test_port_groups_matter_where_one_is_named(prefer, avoid, matters):
    assert rules(["ipv4"], prefer, avoid).by_port_group == matters


@pytest.mark.parametrize(
    ("families", "prefer", "words"),
    [
        (["ipv5"], [], ["address_families", "ipv5", "ipv4", "ipv6"]),
        ([], [], ["address_families"]),
        (["ipv4"], [7], ["prefer_networks", "text"]),
        (["ipv4"], [None], ["prefer_networks"]),
    ],
)
def test_rules_that_cannot_be(families, prefer, words):
    with pytest.raises(InvalidOption) as error:
        rules(families, prefer, [])
    assert all(word in str(error.value) for word in words), error.value
