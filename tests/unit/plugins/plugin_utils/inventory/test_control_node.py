# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.constants import LOCALHOST

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.control_node import is_control_node, is_remote_name, remove_local_addresses

HERE = [
    *LOCALHOST, "LocalHost", "localhost.", "localhost.localdomain", "localhost4", "localhost4.localdomain4", "localhost6.localdomain6.",
    "localhost.example.com", "web.localhost", "web.LOCALHOST..", "web.localhost.localdomain", "ip6-localhost", "ip6-loopback", "ipv6-localhost", "loopback",
    "_outbound", "_localdnsstub", "0", "0.0.0.0", "127.1", "127.0.1.1", "0x7f.1", "0X7F000001", "2130706433", "017700000001", "::", "0:0::1",
    "::ffff:127.0.0.1", "::ffff:0:0", "[::1]", "[::1]:22", "::1%lo", " localhost ", "localhost:22", "root@localhost", "ssh://root@127.0.0.1:22/",
    "ｌｏｃａｌｈｏｓｔ", "127。0。0。1", "local\ufe0fhost", "１２７.1",
]  # fmt: skip
ELSEWHERE = [
    "", "web", "web-localhost", "localhosting", "mylocalhost", "localhost_north", "localhost7", "7", "10.0.0.1", "0.0.0.7", "128.1", "2001:db8::1",
    "::ffff:10.0.0.1", "::1:2", "dead:beef", "a:b", "127.0.0.1.example.com", "127", "x" * 300, "käse", "🚀", "..", "[", "@", "://", "0 downtime",
]  # fmt: skip


@pytest.mark.parametrize("name", HERE)
def test_names_of_the_control_node(name):
    assert is_control_node(name)
    assert not is_remote_name(name)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_names_of_other_machines(name):
    assert not is_control_node(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("esx1.example.com", True), ("esx1", True), ("10.0.0.1", False), ("2130706434", False), ("-oProxyCommand=id", False), ("a@b", False), ("", False)],
)
def test_host_names(name, expected):
    assert is_remote_name(name) == expected


def test_composed_address_of_the_control_node_is_removed_unless_explicit():
    variables = {"ansible_host": "localhost.localdomain", "ansible_ssh_host": "127.0.0.1", "ansible_user": "localhost"}
    assert remove_local_addresses(variables, {"ansible_host": "vmware.dns_name", "ansible_ssh_host": "'127.0.0.1'", "ansible_user": "vmware.name"})
    assert variables == {"ansible_ssh_host": "127.0.0.1", "ansible_user": "localhost"}
    assert not remove_local_addresses({"ansible_host": "127.0.0.1"}, {"other": "x"}), "it was not composed"
    assert not remove_local_addresses({"ansible_host": "web"}, {"ansible_host": "vmware.name"})
