# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import filters_of
from ansible_collections.estate.vmware.plugins.module_utils.machine import live_scan
from ansible_collections.estate.vmware.plugins.module_utils.machine.filtered_objects import kept_by
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import identities
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import NotPermitted, ServerFault
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, FakeEstate, ref

VMS = {
    f"VirtualMachine:vm-{number}": {"name": name, "runtime.powerState": power, "config.annotation": note}
    for number, (name, power, note) in enumerate(
        [("web-1", "poweredOn", "a"), ("web-2", "poweredOff", "b"), ("db-1", "poweredOn", "a"), ("db-2", "poweredOn", "")]
    )
}


@pytest.fixture
def estate():
    return FakeEstate(VMS)


def kept(estate, **filters):
    wanted = {name: filters_of(name, "vms", given) for name, given in filters.items()}
    return {name: [int(moid.removeprefix("vm-")) for moid in moids] for name, moids in kept_by(estate, CONNECTION, wanted).items()}


def test_all_filters_are_evaluated_in_one_read(estate):
    assert kept(estate, a={"name": "web-*"}, b=[{"power_state": "poweredon"}, {"name": ["db-*", "web-2"]}], c={"name": "x*"}) == {
        "a": [0, 1],
        "b": [2, 3],
        "c": [],
    }
    assert estate.asked == {"view": 2, "page": 2}, "the topology and the VMs"


def test_no_filters_cost_nothing(estate):
    assert kept(estate) == {} and not estate.asked


def test_a_vm_of_which_a_value_cannot_be_read_is_kept_by_none(estate):
    assert kept(estate, a={"annotation": {"set": False}}) == {"a": [3]}
    estate.missing = {(ref("VirtualMachine:vm-1"), "config.annotation")}
    assert kept(estate, a={"annotation": {"set": False}}, b={"annotation": "a"}) == {"a": [3], "b": [0, 2]}


def test_custom_attributes_that_cannot_be_read(estate):
    def refuse(request):
        if request == "attributes":
            raise NotPermitted("reader may not do this")

    estate.before = refuse
    with pytest.raises(ServerFault, match="filters cannot be evaluated: names of custom attributes could not be read: reader may not do this"):
        kept(estate, a={"custom_attributes.owner": {"set": False}})


def test_tags_that_cannot_be_read(estate, monkeypatch):
    def tags_of(refs):
        raise NotPermitted("reader may not do this")

    monkeypatch.setattr(live_scan, "tags_in", lambda *given: tags_of)
    with pytest.raises(ServerFault, match="filters cannot be evaluated: tags could not be read: reader may not do this"):
        kept(estate, a={"tags.Environment": "prod"})
    assert kept(estate, a={"name": "web-1"}) == {"a": [0]}, "nothing needs them"


def test_tags(estate, monkeypatch):
    tags = {ref("VirtualMachine:vm-2"): {"Environment": ["prod"]}}
    monkeypatch.setattr(live_scan, "tags_in", lambda *given: lambda refs: tags)
    assert kept(estate, a={"tags.Environment": "prod"}) == {"a": [2]}


def test_filters_beside_other_identities(estate):
    def require(*items):
        return [[vm.name for vm in vms] for vms in VmLookup(estate, CONNECTION).require(identities("vms", items))]

    assert require({"filters": [{"name": "web-*"}]}, {"filters": [{"power_state": "poweredOn"}]}) == [["web-1", "web-2"], ["db-1", "db-2"]]
    assert require({"filters": [{"name": "*"}]}, {"name": "web-1"}, {"moid": "vm-2"}) == [["web-2", "db-2"], ["web-1"], ["db-1"]]
    assert require({"filters": [{"name": "x"}]}) == [[]]


def test_a_vm_that_is_deleted_after_the_filters_were_evaluated(estate):
    def delete(request):
        if request == "objects":
            estate.objects.pop(ref("VirtualMachine:vm-0"), None)

    estate.before = delete
    (vms,) = VmLookup(estate, CONNECTION).require(identities("vms", [{"filters": [{"name": "web-*"}]}]))
    assert [vm.name for vm in vms] == ["web-2"]
