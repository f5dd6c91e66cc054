# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible.constants import LOCALHOST
from hypothesis import given, strategies as st

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.control_node import is_control_node
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.names import PreferredName, unique_names, usable


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("web-1.example.com", "web-1.example.com"),
        ("web 1", "web_1"),
        ("  web  ", "web"),
        ("a/b", "a_b"),
        ("already%2fescaped", "already_2fescaped"),
        ("=cmd()", "_cmd__"),
        ("🚀 launch-demo", "__launch-demo"),
        ("数据库-01", "数据库-01"),
        ("-minus", "minus"),
        ("+1-800", "+1-800"),
        ("web[1:3],!db", "web_1_3___db"),
        ("line\nbreak", "line_break"),
        ("{{ lookup('pipe', 'id') }}", "___lookup__pipe____id_____"),
        ("10.0.0.1", "10.0.0.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%{{ 7 * 7 }}", "fe80__1____7___7___"),
        ("a:b", "a_b"),
        ("dead:beef", "dead_beef"),
        ("", ""),
        (" \t", ""),
        ("🚀", ""),
        ("---", ""),
        ("..", ""),
    ],
)
def test_name_that_ansible_can_use(name, made):
    assert usable(name) == made
    assert usable(made) == made, "what can be used stays as it is"


def named(*hosts):
    return [PreferredName(*host.split("|")) for host in hosts]


def test_names_that_differ_stay():
    assert unique_names(named("web|north|vm-1", "db|north|vm-2")) == (["web", "db"], {}, {})


def test_name_that_cannot_be_used_is_reported():
    names, several, changed = unique_names(named("=cmd()|north|vm-1", "|north|vm-2", "🚀|south|vm-2"))
    assert (names, several) == (["_cmd__", "vm-2_north", "vm-2_south"], {"vm-2": 2})
    assert changed == {"=cmd()": "_cmd__", "": "vm-2", "🚀": "vm-2"}


def test_equal_names_get_their_source_and_their_id_where_that_is_not_enough():
    names, several, changed = unique_names(named("web|north|vm-1", "web|south|vm-1", "web|north|vm-9", "db|south|vm-2"))
    assert names == ["web_north_vm-1", "web_south", "web_north_vm-9", "db"]
    assert (several, changed) == ({"web": 3}, {})


def test_names_that_become_equal_get_their_source():
    assert unique_names(named("a b|north|vm-1", "a/b|south|vm-2"))[0] == ["a_b_north", "a_b_south"]


def test_alias_that_makes_a_name_that_is_there_already():
    names, several, _changed = unique_names(named("web|north|vm-1", "web|south|vm-2", "web_north|south|vm-3", "web_north_vm-1|south|vm-4"))
    assert names == ["web_north_vm-1_", "web_south", "web_north", "web_north_vm-1"]
    assert several == {"web": 2}


@pytest.mark.parametrize(
    "name", ["all", "ungrouped", *LOCALHOST, "0:0:0:0:0:0:0:1", " localhost ", "localhost.localdomain", "web.Localhost", "127.1", "2130706433", "0"]
)
@pytest.mark.parametrize("keep", [False, True])
def test_vm_is_never_what_ansible_means_by_a_name(name, keep):
    (made,), several, _changed = unique_names(named(f"{name}|north|vm-1"), keep)
    assert made not in ("all", "ungrouped", *LOCALHOST)
    assert not is_control_node(made)
    assert keep or (made == f"{usable(name)}_north" and several == {usable(name): 1})


def test_source_does_not_make_a_name_of_the_control_node():
    assert unique_names([PreferredName("web", "vc.localhost", "vm-1"), PreferredName("web", "south", "vm-2")])[0] == ["web_vc.localhost_", "web_south"]


@pytest.mark.parametrize(
    ("name", "made"), [("root@localhost", "root_localhost"), ("localhost:22", "localhost_22"), (" all", "all_north"), ("ssh://127.1", "ssh___127.1")]
)
def test_kept_name_is_not_one_of_the_control_node(name, made):
    assert unique_names(named(f"{name}|north|vm-1"), keep=True)[0] == [made]


def test_kept_name_is_no_option_to_ssh():
    (made,), _several, changed = unique_names(named("-oProxyCommand=id|north|vm-1"), keep=True)
    assert made == "oProxyCommand_id" and changed


@pytest.mark.parametrize("name", ["a b", "{x}", "käse/brot", "web:22", "_"])
def test_names_can_be_kept(name):
    assert unique_names(named(f"{name}|north|vm-1"), keep=True) == ([name], {}, {})


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\u202eb", "x{{ lookup('pipe', 'id') }}", "{% raw %}", "{# b #}", "#jinja2:variable_start_string:'['"])
def test_name_that_is_no_line_of_text_or_may_be_a_template_is_not_kept(name):
    (made,), _several, _changed = unique_names(named(f"{name}|north|vm-1"), keep=True)
    assert made == (usable(name) or "vm-1")


_WORDS = st.sampled_from(
    ["web", "web_a", "web_a_vm-1", "a", "all", "localhost", "", "🚀", "w b", "w_b", "w_b_a_b", "localhost.lan", "[::1]:22", "x.localhost", "a@0"]
) | st.text(max_size=3)
_HOSTS = st.lists(st.tuples(_WORDS, st.sampled_from(["a", "b", "a_b", "🚀", "a.localhost"])), max_size=12)


@given(_HOSTS, st.booleans())
def test_every_host_has_a_name_of_its_own(hosts, keep):
    all_named = [PreferredName(preferred, source, f"vm-{number}") for number, (preferred, source) in enumerate(hosts)]
    names, several, changed = unique_names(all_named, keep)
    assert len(set(names)) == len(names) == len(hosts)
    assert all(names) and not {"all", "ungrouped", *LOCALHOST} & set(names) and not any(map(is_control_node, names))
    for host, name in zip(all_named, names):
        assert name == host.preferred or host.preferred in changed or host.preferred in several, "nothing is changed in silence"
