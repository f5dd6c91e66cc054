# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import dataclasses
import gzip

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.keyed_values import (
    MAX_GUEST_DATA,
    extra_config,
    extra_config_changes,
    fingerprint,
    plain_texts,
    property_changes,
)
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import read


def current(**given):
    return dataclasses.replace(read(), **given)


def test_values_are_texts():
    problems: list[str] = []
    assert plain_texts("o", {"a": 3, "b": 1.5, "c": True, "d": None, "e": "x", "f": False}, problems) == {
        "a": "3", "b": "1.5", "c": "TRUE", "d": "", "e": "x", "f": "FALSE",
    }  # fmt: skip
    assert problems == []


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (["a"], ["vms[0].extra_config must be a mapping of keys to values"]),
        ("a=b", ["vms[0].extra_config must be a mapping of keys to values"]),
        ({7: "x", "": "y", "k" * 501: "z"}, ["vms[0].extra_config must have texts as keys"] * 3),
        ({"a": {"b": 1}, "c": [1], "d": "fine"}, ["vms[0].extra_config.a must be a text, a number or a boolean", "vms[0].extra_config.c must be"]),
        (
            {"GuestInfo.UserData": "x", "guestinfo.metadata.encoding": "base64"},
            [
                "vms[0].extra_config.GuestInfo.UserData is written by the option user_data: use that",
                "vms[0].extra_config.guestinfo.metadata.encoding is written by the option meta_data",
            ],
        ),
    ],
)
def test_extra_config_that_cannot_be_used(given, lines):
    problems: list[str] = []
    extra_config("vms[0].extra_config", given, problems)
    assert len(problems) == len(lines)
    assert all(problem.startswith(line) for problem, line in zip(problems, lines)), problems


def test_value_that_cannot_be_used_is_not_repeated():
    problems: list[str] = []
    extra_config("o", {"a": {"password": "s3cret"}}, problems)
    extra_config("o", ["s3cret"], problems)
    assert len(problems) == 2 and "s3cret" not in str(problems)


def edits(changes):
    return [(change.edit.key, change.edit.value) for change in changes]


def test_keys_compare_without_regard_to_case_and_booleans_as_words():
    vm = current(extra_config={"disk.enableuuid": "true", "svga.autodetect": "FALSE", "n": "3"})
    wanted = {"disk.EnableUUID": "TRUE", "svga.autodetect": "TRUE", "N": "3", "absent": ""}
    assert edits(extra_config_changes("vms[0]", wanted, {}, vm)) == [("svga.autodetect", "TRUE")]


def test_key_to_remove():
    (change,) = extra_config_changes("vms[0]", {"a": ""}, {}, current(extra_config={"A": "x"}))
    assert (change.before, change.after, change.option) == ("x", None, "vms[0].extra_config.a")


@pytest.mark.parametrize("key", ["guestinfo.anything", "my.Password", "api_token", "private-key"])
def test_no_output_shows_what_may_be_secret(key):
    (change,) = extra_config_changes("vms[0]", {key: "s3cret"}, {}, current(extra_config={key: "0ld"}))
    assert (change.before, change.after) == (fingerprint("0ld"), fingerprint("s3cret"))
    assert "s3cret" not in str(change.after) and change.edit.value == "s3cret"


DATA = "#cloud-config\nname: münchen\n"
BASE64 = base64.b64encode(DATA.encode()).decode()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (DATA, ""),
        (BASE64, "base64"),
        (BASE64, "b64"),
        (base64.b64encode(gzip.compress(DATA.encode())).decode(), "gzip+base64"),
        (base64.b64encode(gzip.compress(DATA.encode())).decode(), "gz+b64"),
    ],
)
def test_guest_data_is_compared_as_the_guest_reads_it(text, encoding):
    vm = current(extra_config={"guestinfo.userdata": text, "GuestInfo.userdata.encoding": encoding})
    assert list(extra_config_changes("vms[0]", {}, {"user_data": DATA}, vm)) == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("not base64!", "base64"),
        (BASE64, "gzip+base64"),
        (base64.b64encode(gzip.compress(bytes(4 * MAX_GUEST_DATA))).decode(), "gzip+base64"),
        ("\ud800", ""),
        ("", ""),
    ],
    ids=["no base64", "no gzip", "far too large", "no unicode", "nothing"],
)
def test_guest_data_that_cannot_be_read_is_written_anew(text, encoding):
    vm = current(extra_config={"guestinfo.userdata": text, "guestinfo.userdata.encoding": encoding})
    changes = list(extra_config_changes("vms[0]", {}, {"user_data": DATA}, vm))
    assert edits(changes) == [("guestinfo.userdata", BASE64), ("guestinfo.userdata.encoding", "base64")]
    assert "cloud-config" not in str([(change.before, change.after) for change in changes])


def test_guest_data_that_is_removed():
    vm = current(extra_config={"guestinfo.metadata": BASE64, "guestinfo.metadata.encoding": "base64"})
    changes = list(extra_config_changes("vms[0]", {}, {"meta_data": ""}, vm))
    assert edits(changes) == [("guestinfo.metadata", ""), ("guestinfo.metadata.encoding", "")] and changes[0].after is None


PROPERTIES = [
    {"key": 0, "id": "ip", "classId": "net", "instanceId": "0", "value": "192.0.2.1", "defaultValue": ""},
    {"key": 1, "id": "admin_password", "type": "string", "value": "0ld"},
    {"key": 2, "id": "dhcp", "defaultValue": "True"},
    {"key": 3, "id": "fixed", "userConfigurable": False, "value": "x"},
]


def changed_properties(**wanted):
    return list(property_changes("vms[0]", wanted, current(vapp_properties=PROPERTIES)))


def test_property_by_its_name_or_id():
    for name in ("net.ip.0", "ip"):
        (change,) = changed_properties(**{name: "192.0.2.2"})
        assert (change.before, change.after, change.edit.value) == ("192.0.2.1", "192.0.2.2", "192.0.2.2")
        assert (change.option, change.edit.info) == (f"vms[0].properties.{name}", {"key": 0, "id": "ip", "classId": "net", "instanceId": "0"})
    assert changed_properties(ip="192.0.2.1") == []


def test_default_of_a_property_is_its_value():
    assert changed_properties(dhcp="TRUE") == []
    assert changed_properties(dhcp="FALSE")[0].edit.value == "False"


def test_secret_of_a_property():
    (change,) = changed_properties(admin_password="s3cret")
    assert "s3cret" not in f"{change.before} {change.after}" and "0ld" not in f"{change.before} {change.after}"
    assert change.edit.value == "s3cret"


@pytest.mark.parametrize(("name", "reason"), [("fixed", "is not configurable"), ("dchp", "has no such vApp property; did you mean dhcp?")])
def test_property_that_cannot_be_set(name, reason):
    (change,) = changed_properties(**{name: "y"})
    assert change.edit is None and reason in change.refused


def test_vm_without_properties():
    (change,) = property_changes("vms[0]", {"a": "b"}, current(vapp_properties=[]))
    assert "has no vApp properties: leave it out" in change.refused
