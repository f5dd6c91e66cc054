# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import (
    DEFAULT_FIELDS,
    chosen_fields,
    fields_in,
    port_groups,
    resources,
    sections,
    word,
)

DEVICES = ("config.hardware.device", "guest.disk", "layoutEx", "snapshot", "summary.storage")


@pytest.mark.parametrize(("given", "named"), [("vms", ["vms"]), (["hosts", "vms", "hosts"], ["hosts", "vms"])])
def test_resources(given, named):
    assert resources(given) == named


@pytest.mark.parametrize("given", [[], "datastores", ["vms", "datastores"], None, 7])
def test_resources_that_cannot_be(given):
    with pytest.raises(InvalidOption, match="resources must be vms or hosts, or both"):
        resources(given)


@pytest.mark.parametrize("resource", DEFAULT_FIELDS)
def test_default_fields_need_no_heavy_properties(resource):
    assert set(DEFAULT_FIELDS[resource]) <= {field.key for field in SECTIONS[resource].fields}
    (section,) = sections(chosen_fields({}, [resource]), (), True)[:1]
    assert not [path for path in section.properties if path.startswith(DEVICES)]


def test_fields_that_were_chosen():
    chosen = chosen_fields({"vms": ["host"], "hosts": "all"}, ["vms", "hosts"])
    assert chosen["vms"] == ["host"] and chosen["hosts"] == [field.key for field in SECTIONS["hosts"].fields]
    assert chosen_fields({"vms": ["host"]}, ["vms", "hosts"])["hosts"] == list(DEFAULT_FIELDS["hosts"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["name"], ["fields", "lists by resource"]),
        ({"hosts": ["name"]}, ["fields", "hosts", "vms"]),
        ({"vms": ["colour"]}, ["fields of vms", "colour"]),
        ({"vms": "name"}, ["fields", "list"]),
    ],
)
def test_fields_that_cannot_be(given, words):
    with pytest.raises(InvalidOption) as error:
        chosen_fields(given, ["vms"])
    assert all(text in str(error.value) for text in words)


def test_fields_in_expressions():
    found = fields_in(["vmware.cluster == 'x'", "{{ vmware['host'] }}", 'vmware[ "folder"]', "vmware.get('vcpu', 0)", "my_vmwarex.no", None, 7])
    assert found == {"cluster", "host", "folder", "vcpu"}


def test_only_fields_in_use_are_read():
    (vms,) = sections({"vms": ["host"]}, ["power_state", "no field at all"], False)
    assert [field.key for field in vms.fields] == ["moid", "name", "power_state", "host"]
    vms, adapters = sections({"vms": ["host"]}, [], True)
    assert [field.key for field in adapters.fields] == ["moid", "vm", "network", "ipv4", "ipv6"]
    assert [section.key for section in sections({"hosts": ["name"]}, [], True)] == ["hosts"], "ESXi hosts have no adapters there"


def test_port_groups_of_addresses():
    rows = [
        ["vm-1", "lan", ["10.0.0.1"], None],
        ["vm-1", "backup", None, ["fe80::1", "2001:db8::1"]],
        ["vm-2", None, ["10.0.0.1"], []],
        ["vm-3", "lan", [], None],
    ]
    assert port_groups(["moid", "network", "ipv4", "ipv6"], rows) == {
        "vm-1": {"10.0.0.1": "lan", "fe80::1": "backup", "2001:db8::1": "backup"},
        "vm-2": {"10.0.0.1": ""},
    }


def test_word_for_a_resource():
    assert (word("vms"), word("hosts")) == ("vm", "host")
