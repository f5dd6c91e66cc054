# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from yaml import safe_load

from ansible_collections.estate.vmware.plugins.inventory.vmware_inventory import DOCUMENTATION
from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import cache_key
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.field_selection import DEFAULT_FIELDS
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.options import InventoryOptions
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.sources import Source

DEFAULTS = {name: option.get("default") for name, option in safe_load(DOCUMENTATION)["options"].items()}


def options(**given):
    return InventoryOptions.of(given, lambda name: given.get(name, DEFAULTS.get(name)))


def read(wanted):
    return {section.key: [field.key for field in section.fields] for section in wanted.request.sections}


def test_file_without_options():
    wanted = options(hostname="vc")
    assert wanted.compat is None
    assert set(read(wanted)["vms"]) == set(DEFAULT_FIELDS["vms"]) and list(read(wanted)) == ["vms"]
    assert (wanted.request.with_tags, wanted.request.environment, wanted.request.scopes, wanted.request.page_size) == (True, None, [], 500)
    assert list(wanted.hostname_choices()) == [("name", True)]
    assert (wanted.rules, wanted.conditions, wanted.filters) == ([], [], {})


def test_field_of_the_other_resource_is_a_field():
    assert list(options(resources=["hosts"], hostnames=["dns_name", "name"]).hostname_choices()) == [("dns_name", True), ("name", True)]


def test_fields_in_use_are_read_as_well():
    wanted = options(
        fields={"vms": ["vcpu"]},
        hostnames=["dns_name", "vmware.guest_id + 'x'"],
        group_by=["power_state", {"field": ["datacenter", "tags.Environment"]}],
        compose={"a": "vmware.hw_version"},
        groups={"b": "vmware['os_name'] is search('x')"},
        keyed_groups=[{"key": "vmware.cluster", "parent_group": "vmware.folder"}],
        include_filters=[{"ram_mb": {"at_least": 1}}, "vmware.host == 'x'"],
        exclude_filters={"vms": [{"template": True}]},
    )
    assert set(read(wanted)["vms"]) == {
        "moid", "name", "vcpu", "dns_name", "guest_id", "power_state", "datacenter", "tags", "hw_version", "os_name", "cluster", "folder", "ram_mb", "host",
        "template", "ip_address", "ip_addresses", "adapter_addresses",
    }  # fmt: skip
    assert list(wanted.hostname_choices()) == [("dns_name", True), ("vmware.guest_id + 'x'", False)]
    assert [(one.option, one.resource, list(one.texts), one.wanted) for one in wanted.conditions] == [
        ("include_filters", "vms", ["vmware.host == 'x'"], True),
    ]


def test_composed_address_needs_no_fields_of_addresses():
    wanted = options(fields={"vms": ["name"]}, compose={"ansible_host": "vmware.dns_name"})
    assert wanted.addresses is None and read(wanted) == {"vms": ["moid", "name", "dns_name"]}


def test_adapters_are_read_where_a_port_group_is_named():
    assert list(read(options(prefer_networks=["10.0.0.0/8"]))) == ["vms"]
    assert list(read(options(avoid_networks=["Backup*"]))) == ["vms", "vm_nics"]


def test_both_resources_have_filters_of_their_own():
    wanted = options(resources=["vms", "hosts"], include_filters=[{"name": "a*"}, "true"], exclude_filters={"hosts": [{"maintenance": True}, "vmware.x"]})
    assert set(wanted.filters) == {"vms", "hosts"}
    assert not wanted.filters["vms"].exclude and wanted.filters["hosts"].exclude
    assert [(one.option, one.resource, one.wanted) for one in wanted.conditions] == [
        ("include_filters", "vms", True), ("include_filters", "hosts", True), ("exclude_filters", "hosts", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {"properties": ["name"]},
        {"filters": ["true"]},
        {"with_path": True},
        {"with_nested_properties": True},
        {"resources": [{"datacenter": ["Madrid"]}]},
        {"hostnames": ["config.name"]},
        {"compose": {"ansible_host": "guest.ipAddress"}},
        {"keyed_groups": [{"key": "summary.runtime.powerState"}]},
        {"groups": {"on": "runtime.powerState == 'poweredOn'"}},
    ],
    ids=str,
)
def test_file_for_the_other_plugin(given):
    wanted = options(**given)
    assert wanted.compat and [section.key for section in wanted.request.sections] == ["vms", "properties"]
    assert wanted.compat.section.managed_types == ("VirtualMachine",)


@pytest.mark.parametrize(
    "given",
    [*({"compose": {"a": text}} for text in ("vmware.tags.config", "'config.yml'", "my.guest.name", "config")), {"resources": ["vms"]}],
    ids=str,
)
def test_file_for_this_plugin(given):
    assert options(**given).compat is None


def test_cache_keys_of_files_differ_by_what_they_read():
    source = Source("north", Connection("north.example.com", 443, username="reader", password="s3cret"))
    key = cache_key(source, options(scopes=[{"datacenter": "Madrid"}]).request)
    assert key == cache_key(source, options(scopes=[{"datacenter": "Madrid"}], group_by=["host"]).request)
    assert key != cache_key(source, options(scopes=[{"datacenter": "Lyon"}]).request)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"resources": ["clusters"]}, ["resources", "clusters", "vms or hosts"]),
        ({"fields": {"hosts": ["name"]}}, ["fields", "hosts"]),
        ({"group_by": ["colour"]}, ["group_by[0]", "colour"]),
        ({"include_filters": {"hosts": []}}, ["include_filters.hosts", "vms"]),
        ({"include_filters": {"vms": "x"}}, ["include_filters.vms", "'x'", "list"]),
        ({"exclude_filters": "vmware.x"}, ["exclude_filters", "list"]),
        ({"include_filters": [{"colour": "red"}]}, ["include_filters", "colour"]),
        ({"include_filters": [7]}, ["include_filters", "7"]),
        ({"scopes": [{"planet": "Earth"}]}, ["scopes[0]", "planet", "datacenter"]),
        ({"environment_from": {"tag_category": "Environment"}, "with_tags": False}, ["environment_from", "with_tags"]),
        ({"page_size": 0}, ["page_size", "0"]),
        ({"address_families": ["ipx"]}, ["address_families", "ipx"]),
        ({"with_nested_properties": False}, ["with_nested_properties", "config.guestId"]),
        ({"enable_backward_compatibility": True}, ["enable_backward_compatibility", "remove the option"]),
        ({"properties": ["config..name"]}, ["properties", "config..name"]),
        ({"subproperties": [{"property": "runtime.host", "subelements": ["vm.name"]}]}, ["subproperties[0].subelements", "vm.name", "parent.name"]),
        ({"subproperties": ["runtime.host"]}, ["subproperties[0]", "subelements"]),
        ({"resources": [{"planet": ["Earth"]}]}, ["resources[0]", "planet", "datacenter"]),
        ({"resources": [{"datacenter": ["a"], "folder": ["b"]}]}, ["resources[0]", "one of"]),
        ({"resources": ["vms", {"datacenter": ["a"]}]}, ["resources[0]", "vms"]),
    ],
)
def test_options_that_cannot_be_used(given, words):
    with pytest.raises(InvalidOption) as error:
        options(**given)
    assert all(word in str(error.value) for word in words), error.value
