# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import IDENTITY_OPTIONS, identities, identity

UUID = "4210f9b2-6f0c-4c5d-8e21-9a7b3c5d1e0f"


def value_of(**item):
    return identity("vms[2]", {**dict.fromkeys(IDENTITY_OPTIONS), **item}).value


def refused(with_filters=True, **item):
    with pytest.raises(InvalidOption) as caught:
        identity("vms[2]", item, with_filters)
    return caught.value.lines


@pytest.mark.parametrize("written", [UUID, UUID.upper(), UUID.replace("-", ""), "{" + UUID + "}", "42 10 f9 b2 6f 0c 4c 5d-8e 21 9a 7b 3c 5d 1e 0f"])
def test_uuids_have_many_forms(written):
    assert value_of(bios_uuid=written) == value_of(instance_uuid=written) == UUID


@pytest.mark.parametrize("written", ["", "vm-12", UUID[:-1], UUID + "0", "g" + UUID[1:], "٤" * 32])
def test_what_is_no_uuid(written):
    (line,) = refused(bios_uuid=written or " ")
    assert line.startswith("vms[2].bios_uuid must be a UUID") and "(got" in line


@pytest.mark.parametrize(
    "written",
    [
        "vm-123",
        " vm-123 ",
        "VirtualMachine:vm-123",
        "VirtualMachine-vm-123",
        "vim.VirtualMachine:vm-123",
        "'vim.VirtualMachine:vm-123'",
        f"urn:vmomi:VirtualMachine:vm-123:{UUID}",
    ],
)
def test_managed_object_ids_may_come_with_their_type(written):
    assert value_of(moid=written) == "vm-123"


def test_managed_object_ids_of_an_esxi_host_are_numbers():
    assert value_of(moid=12) == value_of(moid="12") == "12"


@pytest.mark.parametrize("written", ["HostSystem:host-1", "vm 12", "vm-12,vm-13", "<a>", "-", "x" * 200, "vm-1\n2"])
def test_what_is_no_managed_object_id(written):
    (line,) = refused(moid=written)
    assert line.startswith("vms[2].moid must be the managed object id of a VM, such as vm-123")


def test_paths_lead_from_the_datacenter():
    assert value_of(path="/Madrid/Prod/web-1").names == ("Madrid", "Prod", "web-1")
    for written in ("web-1", "Madrid/web-1", "/web-1", "/"):
        assert refused(path=written)[0].startswith("vms[2].path must lead from the datacenter to the VM")


def test_names_are_taken_as_they_are():
    assert [value_of(name=name) for name in ("a/b", "a%2fb", "🦆", " x", "vm-12", "12")] == ["a/b", "a%2fb", "🦆", " x", "vm-12", "12"]


@pytest.mark.parametrize("option", ["name", "path"])
@pytest.mark.parametrize("written", ["/Madrid/web-*", "/Madrid/web-?"])
def test_patterns_are_no_identities(option, written):
    (line,) = refused(**{option: written})
    assert line.startswith(f"vms[2].{option} must be one name without * and ?") and "moid" in line and "filters" in line


def test_folder_and_datacenter_belong_to_a_name():
    found = identity("vms[2]", {"name": "web", "folder": "/Prod", "datacenter": "Madrid"})
    assert (found.by, found.value, found.folder.names, found.datacenter.names) == ("name", "web", ("Prod",), ("Madrid",))
    assert refused(moid="vm-1", folder="/Prod", datacenter="Madrid") == [
        "vms[2].folder goes with name alone: leave it out, or use path",
        "vms[2].datacenter goes with name alone: leave it out, or use path",
    ]


def test_one_way_to_name_a_vm():
    assert refused(name="web", moid="vm-1") == ["vms[2] must name a VM in one way (got name and moid): leave out all but one"]
    assert refused(folder="/Prod") == ["vms[2] must name a VM: give one of name, path, instance_uuid, bios_uuid, moid, filters"]
    assert refused(False) == ["vms[2] must name a VM: give one of name, path, instance_uuid, bios_uuid, moid"]


def test_filters_are_those_of_the_inventory():
    wanted = value_of(filters=[{"power_state": "poweredOn"}, {"name": "web-*"}])
    assert wanted.fields == ("power_state", "name")
    assert wanted.keeps({"power_state": "poweredOn", "name": "WEB-1"})
    assert not wanted.keeps({"power_state": "poweredOff", "name": "web-1"})


def test_filters_are_checked():
    assert refused(filters=[]) == ["vms[2].filters: the list is empty; give at least one filter"]
    assert refused(filters=[{"nme": "x"}]) == ["vms[2].filters[0]: vms has no field nme; did you mean name?"]
    assert "must be a list of filters" in refused(filters="web-*")[0]
    assert "environment cannot be used here" in refused(filters=[{"environment": "prod"}])[0]


def test_nothing_is_destroyed_by_filters():
    (line,) = refused(False, filters=[{"name": "web-*"}])
    assert line == "vms[2].filters cannot be used where something is destroyed: give one of name, path, instance_uuid, bios_uuid, moid"


def test_everything_wrong_is_said_at_once():
    with pytest.raises(InvalidOption) as caught:
        identities("vms", [{"name": "web"}, {"bios_uuid": "x"}, {}, {"name": "a", "path": "/a/b"}])
    assert [line.split()[0] for line in caught.value.lines] == ["vms[1].bios_uuid", "vms[2]", "vms[3]"]
    assert [found.option for found in identities("vms", [{"name": "web"}, {"moid": "vm-1"}])] == ["vms[0]", "vms[1]"]
