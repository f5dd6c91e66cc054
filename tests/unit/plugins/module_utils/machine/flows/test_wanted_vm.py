# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.option_specs import completed
from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.wanted_vm import OPTIONS, wanted_vms
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import Item
from ansible_collections.estate.vmware.plugins.module_utils.machine.module_options import item_spec

SPEC = item_spec(OPTIONS, with_filters=True)


def read(*items):
    """What items say, and what is wrong with them."""
    problems: list[str] = []
    checked = [Item(f"vms[{number}]", completed(f"vms[{number}]", SPEC, item, problems)) for number, item in enumerate(items)]
    return wanted_vms(checked, problems), problems


def test_item_with_count_stands_for_several_vms():
    found, problems = read({"name": "web-{n:02d}", "count": 3, "networks": [{"address": ["10.0.0.1{n}/24"]}]}, {"moid": "vm-7"})
    assert problems == []
    assert [(one.where, one.identity.value) for one in found] == [("vms[0]", "web-01"), ("vms[0]", "web-02"), ("vms[0]", "web-03"), ("vms[1]", "vm-7")]
    assert [one.wanted.networks[0].address for one in found[:3]] == [("10.0.0.11/24",), ("10.0.0.12/24",), ("10.0.0.13/24",)]


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        # The first address is right, a later one is not.
        ({"name": "web-{n}", "count": 60, "networks": [{"address": ["10.0.0.2{n}/24"]}]}, "must be an address with its prefix"),
        ({"name": "web-1", "rename": "web-2"}, "rename needs a VM that is named by instance_uuid"),
        ({"name": "web-1", "wait_for": {"ip": "1m"}, "power": "off"}, "wait_for needs a VM that is on"),
        ({"name": "web-1", "tags": {"env": "prod"}}, "tags.env must be a list of names of tags"),
        ({"name": "web-1", "custom_attributes": {"owner": ["a"]}}, "custom_attributes.owner must be a text"),
        ({"name": "web-1", "source": {"template": "t", "snapshot": "s", "clone": "full"}}, "source.snapshot goes with vm"),
        ({"filters": [{"name": "a*"}], "destroy_disks": True}, "filters cannot be used with destroy_disks"),
        ({"name": "web-1", "wait_for": {"ip": "soon"}}, "wait_for.ip must be"),
        ({"name": "web-1", "grace": "long"}, "grace must be"),
        ({"name": "a*"}, "name must be one name without"),
        ({"name": "web-1", "source": {"vm": "a*"}}, "source.vm"),
        ({"name": "web-1", "custom_attributes": {"owner": {}}}, "custom_attributes.owner must be a text"),
        ({"name": "-x-", "source": {"vm": "a"}, "customization": {"linux": {"domain": "example.com"}}}, "customization.linux.hostname must have letters"),
    ],
)
def test_what_is_wrong_is_told_with_its_option(item, problem):
    problems = read(item)[1]
    assert any(problem in line and line.startswith("vms[0].") for line in problems), problems


def test_equal_addresses_of_several_items_are_told():
    nic = [{"address": ["10.0.0.5/24"]}]
    assert (
        "vms[1].networks[0].address is 10.0.0.5/24, as vms[0].networks[0].address" in read({"name": "a", "networks": nic}, {"name": "b", "networks": nic})[1][0]
    )


def test_what_an_item_says():
    (one,), problems = read(
        {"name": "web-1", "power": "on", "wait_for": {"ip": "2m", "tools": "30s"}, "grace": "10s", "source": {"vm": "/Madrid/base", "clone": "linked"}}
    )
    assert problems == []
    assert (one.where, one.name, one.power, one.waits, one.grace) == ("vms[0]", "web-1", "on", {"ip": 120.0, "tools": 30.0}, 10.0)
    assert (one.source.identity.by, one.source.identity.option, one.source.linked, one.source.is_template) == ("path", "vms[0].source.vm", True, False)
    (one,), problems = read({"moid": "vm-1", "source": {"template": "tpl"}, "customization": {"linux": {"domain": "example.com"}}})
    # A VM that is not made is not customized.
    assert (problems, one.customization, one.source.is_template, one.waits) == ([], None, True, {})
