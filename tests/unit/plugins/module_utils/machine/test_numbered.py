# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.numbered import expanded, has_number, numbered


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [("web-{n}", 7, "web-7"), ("web-{n:02d}", 7, "web-07"), ("{n:03d}-{n}", 12, "012-12"), ("web", 1, "web"), ("web-{n:02d}", 123, "web-123")],
)
def test_number_in_a_text(text, number, expected):
    assert numbered("name", text, number) == expected
    assert has_number(text) == ("{" in text)


@pytest.mark.parametrize("text", ["{}", "{m}", "{n", "n}", "{n:2d}", "{n:00d}", "{n:010d}", "{n.__class__}", "{n!r}", "{{n}}", "{n:02x}", "{0}"])
def test_nothing_else_is_understood(text):
    with pytest.raises(InvalidOption, match="^vms\\[0\\].name must have no other braces than {n} or, with leading zeros, {n:02d} "):
        numbered("vms[0].name", text, 1)


def test_one_item_for_many_vms():
    item = {
        "name": "web-{n:02d}", "count": 12, "networks": [{"network": "lan", "address": ["10.0.0.1{n:02d}/24", "dhcp"]}],
        "customization": {"linux": {"hostname": "w{n}.example.com"}},
    }  # fmt: skip
    problems = []
    made = expanded("vms[0]", item, problems)
    assert problems == [] and len(made) == 12 and "count" not in made[0]
    assert [item["name"] for item in made] == [f"web-{number:02d}" for number in range(1, 13)]
    assert made[11]["networks"][0]["address"] == ["10.0.0.112/24", "dhcp"] and made[2]["customization"]["linux"]["hostname"] == "w3.example.com"
    assert item["name"] == "web-{n:02d}" and item["networks"][0]["address"][0] == "10.0.0.1{n:02d}/24"


def test_values_of_properties_keep_other_braces():
    problems = []
    item = {"name": "a-{n}", "count": 2, "properties": {"host": "h{n}", "json": '{"n": {x}}', "port": 1}, "source": {"properties": {"ip": "10.0.0.1{n}"}}}
    made = expanded("vms[0]", item, problems)[1]
    assert problems == []
    assert made["properties"] == {"host": "h2", "json": '{"n": {x}}', "port": 1} and made["source"]["properties"] == {"ip": "10.0.0.12"}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"name": "web", "count": 2}, ["vms[0].name must have {n} or {n:02d}, since count makes several VMs (got 'web')"]),
        ({"count": 2}, ["vms[0].name must have {n} or {n:02d}, since count makes several VMs (got None)"]),
        ({"name": "web-{n}"}, ["vms[0].name has {n}, which needs count"]),
        ({"name": "web-{n:99999d}"}, ["vms[0].name has {n}, which needs count"]),
        ({"name": "web-{0.__class__}"}, []),
        ({"name": "web-{x}"}, []),
        ({"name": "web-{n}", "count": 1, "networks": [{"mac": "00:50:56:00:00:01"}]}, []),
        (
            {"name": "web-{n}", "count": 3, "networks": [{"mac": "00:50:56:00:00:01"}, {"address": ["10.0.0.5/24"]}],
             "disks": [{"at": "scsi0:0", "file": "[a] b.vmdk"}]},
            [
                "vms[0].networks[0].mac would be the same for 3 VMs: leave it out, and the server generates one for each",
                "vms[0].networks[1].address[0] would be the same for 3 VMs: put {n} into it",
                "vms[0].disks[0].file would be the same for 3 VMs: leave it out, or give each VM an item of its own",
            ],
        ),
        (
            {"name": "web-{n}-{x}", "count": 2},
            ["vms[0].name must have no other braces than {n} or, with leading zeros, {n:02d} (got 'web-{n}-{x}')"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_item_for_many(item, expected):
    problems = []
    expanded("vms[0]", item, problems)
    assert problems == expected
