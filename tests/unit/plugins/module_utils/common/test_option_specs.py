# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import ansible_options, checked, completed, secrets

ITEM = {
    "options": {
        "name": {"type": "str", "required": True},
        "path": {"type": "str"},
        "keep": {"type": "bool", "default": False},
        "cpu": {"type": "dict", "options": {"count": {"type": "int", "bounds": (1, 768)}, "hot_add": {"type": "bool", "default": True}}},
        "disks": {
            "type": "list",
            "elements": "dict",
            "options": {"at": {"type": "str", "required": True}, "mode": {"type": "str", "choices": ["persistent", "independent"]}},
            "mutually_exclusive": [("at", "mode")],
        },
        "dns": {"type": "list", "elements": "str"},
        "password": {"type": "str", "no_log": True},
        "keys": {"type": "list", "elements": "str", "no_log": True},
    },
    "mutually_exclusive": [("name", "path", "dns")],
    "required_one_of": [("cpu", "disks")],
    "required_together": [("password", "keys")],
    "required_by": {"keep": ["cpu"]},
}


def check(given):
    problems = []
    return checked("vms[3]", ITEM["options"], given, problems), problems


def complete(values):
    problems = []
    return completed("vms[3]", ITEM, values, problems), problems


def test_values_are_converted_and_nothing_is_added():
    given = {"name": 7, "keep": "yes", "cpu": {"count": "4"}, "disks": [{"at": "scsi0:0"}], "dns": "10.0.0.1,10.0.0.2", "path": None}
    assert check(given) == ({"name": "7", "keep": True, "cpu": {"count": 4}, "disks": [{"at": "scsi0:0"}], "dns": ["10.0.0.1", "10.0.0.2"]}, [])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("web-1", "vms[3] must be a mapping of options (got text)"),
        ({"nmae": "x"}, "vms[3].nmae is unknown; did you mean name?"),
        ({"cpu": {"cuont": 2}}, "vms[3].cpu.cuont is unknown; did you mean count?"),
        ({"cpu": {"count": 0}}, "vms[3].cpu.count must be 1 to 768 (got 0)"),
        ({"cpu": {"count": "two"}}, "vms[3].cpu.count must be a whole number (got 'two')"),
        ({"cpu": {"count": True}}, "vms[3].cpu.count must be a number (got True)"),
        ({"cpu": 2}, "vms[3].cpu must be a mapping of options (got 2)"),
        ({"disks": [{"at": "a"}, {"mode": "undone"}]}, "vms[3].disks[1].mode must be persistent or independent (got 'undone')"),
        ({"disks": ["scsi0:0"]}, "vms[3].disks[0] must be a mapping of options (got text)"),
        ({"name": True}, "vms[3].name must be text, in quotes if YAML reads it as something else (got True)"),
        ({"name": {"a": "b"}}, "vms[3].name must be text, in quotes if YAML reads it as something else (got a mapping)"),
        ({"password": {"a": "b"}}, "vms[3].password must be text, in quotes if YAML reads it as something else"),
        ({"a\x1b[2J\n": 1}, "vms[3].a [2J is unknown; there are name, path, keep, cpu, disks, dns, password, keys"),
    ],
)
def test_message_says_where_and_what(given, message):
    _found, problems = check(given)
    assert problems == [message]


def test_every_problem_is_told_and_the_others_are_kept():
    found, problems = check({"name": "web", "nmae": 1, "cpu": {"count": 0, "hot_add": "perhaps"}})
    assert found == {"name": "web", "cpu": {}}
    assert [line.partition(" ")[0] for line in problems] == ["vms[3].nmae", "vms[3].cpu.count", "vms[3].cpu.hot_add"]


def test_defaults_are_added_where_their_mapping_is_given():
    assert complete({"name": "web", "cpu": {"count": 2}})[0] == {"name": "web", "keep": False, "cpu": {"count": 2, "hot_add": True}}
    assert "cpu" not in complete({"name": "web"})[0]


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"cpu": {}}, ["vms[3].name must be set", "vms[3] must have cpu or disks"]),
        ({"name": "a", "path": "b", "disks": [{"mode": "x"}]}, None),
        ({"name": "a", "cpu": {"count": 1}, "password": "x"}, ["vms[3].password needs keys, too"]),
        ({"name": "a", "disks": [{"at": "x", "mode": "y"}]}, ["vms[3].disks[0] has at and mode, which exclude each other: leave one of them out"]),
        ({"name": "a", "disks": [{"at": "x"}], "keep": True}, ["vms[3].keep needs cpu"]),
        ({"name": "a", "cpu": {"count": 1}, "keep": True}, []),
    ],
)
def test_rules_between_options(values, problems):
    expected = ["vms[3].disks[0].at must be set", "vms[3] has name and path, which exclude each other: leave one of them out"] if problems is None else problems
    assert complete(values)[1] == expected


def test_ansible_gets_no_rules_and_no_bounds():
    options = ansible_options(ITEM["options"])
    assert options["name"] == {"type": "str"}
    assert options["cpu"]["options"]["count"] == {"type": "int"}
    assert options["disks"].keys() == {"type", "elements", "options"}
    assert options["password"] == {"type": "str", "no_log": True}


def test_secrets_of_what_was_given():
    given = {"password": "s3cret", "keys": ["k1", "k2"], "name": "web", "disks": [{"at": "x"}, 7], "unknown": 1}
    assert list(secrets(ITEM["options"], given)) == ["s3cret", "k1", "k2"]
    assert not list(secrets(ITEM["options"], "text"))


def test_secrets_of_a_mapping_are_known_by_their_keys():
    spec = {"properties": {"type": "dict", "secret_keys": re.compile("passw")}}
    assert list(
        secrets(spec, {"properties": {"root_password": "s3cret", "hostname": "web", "passw": 7777, "passw.min": 7, "passwords": ["x"], "passwd": True}})
    ) == [
        "s3cret",
        "7777",
    ]
    assert not list(secrets(spec, {"properties": ["password"]}))
    assert ansible_options(spec) == {"properties": {"type": "dict"}}


def test_values_are_checked_by_functions_too():
    def even(path, value):
        if value % 2:
            raise InvalidOption(f"{path} must be even (got {value})")

    problems = []
    spec = {"n": {"type": "int", "check": even}, "several": {"type": "list", "elements": "int", "check": even}}
    assert checked("vms[0]", spec, {"n": "4", "several": [2, 4]}, problems) == {"n": 4, "several": [2, 4]} and problems == []
    checked("vms[0]", spec, {"n": 3, "several": [2, 5]}, problems)
    assert problems == ["vms[0].n must be even (got 3)", "vms[0].several[1] must be even (got 5)"]
    assert "check" not in ansible_options(spec)["n"]


@pytest.mark.parametrize(
    ("given", "choices", "expected"),
    [(True, ["on", "off", "unchanged"], "on"), (False, ["on", "off", "unchanged"], "off"), (True, ["yes", "no"], "yes")],
)
def test_on_and_off_need_no_quotes(given, choices, expected):
    problems = []
    assert checked("vms[0]", {"power": {"type": "str", "choices": choices}}, {"power": given}, problems) == {"power": expected}
    assert problems == []


@pytest.mark.parametrize(("given", "choices"), [(True, ["low", "high"]), (True, ["on", "yes"]), (False, ["on"])])
def test_other_booleans_are_no_choice(given, choices):
    problems = []
    assert checked("vms[0]", {"power": {"type": "str", "choices": choices}}, {"power": given}, problems) == {}
    assert problems == [f"vms[0].power must be text, in quotes if YAML reads it as something else (got {given})"]


def test_secrets_within_a_text():
    by_key = {"extra": {"type": "dict", "secret_keys": re.compile("token")}}
    assert list(secrets(by_key, {"extra": {"token": "t0ken", "token.bits": 8, "other": "shown"}})) == ["t0ken"]
    options = {"source": {"type": "dict", "options": {"ova": {"type": "str", "secrets_of": lambda text: text.split("@")[:1]}}}}
    assert list(secrets(options, {"source": {"ova": "s3cret@host"}})) == ["s3cret"]
    assert list(secrets(options, {"source": {"ova": 5}})) == []


@pytest.mark.parametrize("given", [8, 1.1, True])
def test_name_is_no_number(given):
    """Written 010 or 1.10, it would be another name by now."""
    problems = []
    assert checked("vms[0]", {"name": {"type": "str", "is_name": True}}, {"name": given}, problems) == {}
    assert problems == [f"vms[0].name must be text, in quotes if YAML reads it as something else (got {given})"]
    assert ansible_options({"name": {"type": "str", "is_name": True}}) == {"name": {"type": "str"}}
