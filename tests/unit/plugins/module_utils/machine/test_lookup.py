# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import identities
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup, vms_in_place
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import ConnectionDropped, VsphereError
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import CONNECTION, FakeEstate, ref

UUIDS = [f"4210f9b2-6f0c-4c5d-8e21-9a7b3c5d1e{number:02x}" for number in range(64)]
PLACES = {
    "Folder:group-d1": {"name": "Datacenters"},
    "Folder:group-d2": {"name": "Spain", "parent": "@Folder:group-d1"},
    "Datacenter:dc-1": {"name": "Madrid", "parent": "@Folder:group-d2"},
    "Folder:group-v1": {"name": "vm", "parent": "@Datacenter:dc-1"},
    "Folder:prod-1": {"name": "Prod", "parent": "@Folder:group-v1"},
    "Datacenter:dc-2": {"name": "Lisbon", "parent": "@Folder:group-d1"},
    "Folder:group-v2": {"name": "vm", "parent": "@Datacenter:dc-2"},
    "Folder:prod-2": {"name": "Prod", "parent": "@Folder:group-v2"},
    "ResourcePool:pool-1": {"name": "Resources"},
    "VirtualApp:app-1": {"name": "shop", "parent": "@ResourcePool:pool-1", "parentFolder": "@Folder:prod-2"},
}


def machine(number, name, parent="Folder:prod-1", **properties):
    where = "parentVApp" if parent.startswith("VirtualApp") else "parent"
    found = {"name": name, where: f"@{parent}", "config.instanceUuid": UUIDS[number], "config.uuid": UUIDS[32 + number]}
    return {f"VirtualMachine:vm-{number}": {**found, "runtime.powerState": "poweredOn", "config.template": False, **properties}}


VMS = {
    **machine(1, "web-1"),
    **machine(2, "web-2", **{"config.template": True, "runtime.powerState": "poweredOff"}),
    **machine(3, "web-1", "Folder:prod-2"),
    **machine(4, "db%2fold 100%25", "Folder:group-v2"),
    **machine(5, "数据库 🦆", "VirtualApp:app-1"),
    **machine(6, "copy", "Folder:prod-2", **{"config.uuid": UUIDS[32 + 1]}),
}


@pytest.fixture
def estate():
    return FakeEstate({**PLACES, **VMS})


def find(estate, *items, lookup=None):
    return (lookup or VmLookup(estate, CONNECTION)).find(identities("vms", items))


def moids(answers):
    return [[vm.ref.moid for vm in answer.vms] for answer in answers]


def refused(estate, *items):
    with pytest.raises(InvalidOption) as caught:
        VmLookup(estate, CONNECTION).require(identities("vms", items))
    return caught.value.lines


def test_what_is_known_of_a_vm(estate):
    (vm,) = find(estate, {"name": "web-2"})[0].vms
    assert vm == (ref("VirtualMachine:vm-2"), "web-2", "/Spain/Madrid/Prod/web-2", UUIDS[2], UUIDS[34], "poweredOff", True, ref("Folder:prod-1"), None)
    (vm,) = find(estate, {"name": "数据库 🦆"})[0].vms
    assert (vm.path, vm.parent, vm.vapp, vm.is_template) == ("/Lisbon/Prod/shop/数据库 🦆", None, ref("VirtualApp:app-1"), False)


@pytest.mark.parametrize("read_all", [False, True], ids=["asked directly", "from memory"])
@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"moid": "vm-3"}, ["vm-3"]),
        ({"moid": "VirtualMachine:vm-3"}, ["vm-3"]),
        ({"instance_uuid": UUIDS[3].upper()}, ["vm-3"]),
        ({"bios_uuid": UUIDS[35]}, ["vm-3"]),
        ({"path": "/Lisbon/Prod/web-1"}, ["vm-3"]),
        ({"path": "/Spain/Madrid/Prod/web-1"}, ["vm-1"]),
        ({"path": "/Spain/Madrid/vm/Prod/web-1"}, ["vm-1"]),
        ({"path": "/Lisbon/db%2fold 100%"}, ["vm-4"]),
        ({"path": "/Lisbon/vm/db%2Fold 100%25"}, ["vm-4"]),
        ({"path": "/Lisbon/Prod/shop/数据库 🦆"}, ["vm-5"]),
        ({"path": "/Madrid/Prod/web-1"}, []),
        ({"path": "/Lisbon/Prod/Web-1"}, []),
        ({"path": "/Lisbon/web-1"}, []),
        ({"path": "/Prod/web-1"}, []),
        ({"moid": "vm-99"}, []),
        ({"bios_uuid": UUIDS[3]}, []),
        ({"instance_uuid": UUIDS[35]}, []),
    ],
)
def test_identities(estate, read_all, item, found):
    lookup = VmLookup(estate, CONNECTION)
    if read_all:
        lookup.names_in(ref("Folder:prod-1"))
    assert moids(find(estate, item, lookup=lookup)) == [found]


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"name": "web-2"}, ["vm-2"]),
        ({"name": "db/old 100%"}, ["vm-4"]),
        ({"name": "db%2fold 100%25"}, ["vm-4"]),
        ({"name": "Web-2"}, []),
        ({"name": "vm-2"}, []),
        ({"name": "web-1", "datacenter": "Madrid"}, ["vm-1"]),
        ({"name": "web-1", "datacenter": "/Spain/Madrid"}, ["vm-1"]),
        ({"name": "web-1", "datacenter": "/Madrid"}, []),
        ({"name": "web-1", "folder": "/Lisbon/Prod"}, ["vm-3"]),
        ({"name": "web-1", "folder": "/Lisbon/vm/Prod/"}, ["vm-3"]),
        ({"name": "web-1", "folder": "Lisbon/Prod"}, ["vm-3"]),
        ({"name": "web-1", "folder": "/Prod", "datacenter": "Lisbon"}, ["vm-3"]),
        ({"name": "web-1", "folder": "/"}, []),
        ({"name": "db/old 100%", "folder": "/"}, ["vm-4"]),
        ({"name": "db/old 100%", "folder": "/Lisbon"}, ["vm-4"]),
        ({"name": "db/old 100%", "folder": "Prod"}, []),
        ({"name": "数据库 🦆", "folder": "/Prod/shop"}, ["vm-5"]),
    ],
)
def test_names(estate, item, found):
    assert moids(find(estate, item)) == [found]


def test_one_read_answers_for_the_whole_call(estate):
    lookup = VmLookup(estate, CONNECTION)
    assert moids(find(estate, {"name": "web-2"}, {"moid": "vm-3"}, {"bios_uuid": UUIDS[36]}, lookup=lookup)) == [["vm-2"], ["vm-3"], ["vm-4"]]
    assert moids(find(estate, {"name": "copy"}, {"path": "/Lisbon/Prod/web-1"}, {"instance_uuid": UUIDS[5]}, lookup=lookup)) == [["vm-6"], ["vm-3"], ["vm-5"]]
    assert lookup.names_in(ref("Folder:prod-2")) == {"web-1", "copy"} and lookup.names_in(ref("VirtualApp:app-1")) == {"数据库 🦆"}
    assert estate.asked == {"view": 1, "page": 1}


def test_few_are_asked_for_directly(estate):
    assert moids(find(estate, {"bios_uuid": UUIDS[36]}, {"moid": "vm-3"}, {"path": "/Lisbon/Prod/copy"})) == [["vm-4"], ["vm-3"], ["vm-6"]]
    assert estate.asked == {"FindAllByUuid": 1, "FindByInventoryPath": 1, "objects": 1}


def test_many_are_read_together(estate):
    assert moids(find(estate, *({"instance_uuid": UUIDS[number]} for number in range(1, 7)), *({"path": f"/a/{number}"} for number in range(5))))[:6] == [
        [f"vm-{number}"] for number in range(1, 7)
    ]
    assert estate.asked == {"view": 2, "page": 2}


@pytest.mark.parametrize(("number", "asked"), [(600, {"objects": 2}), (2001, {"view": 1, "page": 3})])
def test_many_ids_are_read_directly_and_thousands_of_them_with_all_others(number, asked):
    estate = FakeEstate({**PLACES, **{f"VirtualMachine:vm-{each}": {"name": f"n{each}"} for each in range(number)}})
    assert all(found for found in moids(find(estate, *({"moid": f"vm-{each}"} for each in range(number)))))
    assert estate.asked == asked


@pytest.mark.parametrize("item", [{"name": "new"}, {"path": "/Lisbon/Prod/new"}, {"bios_uuid": UUIDS[32 + 9]}])
def test_what_is_made_meanwhile_is_found_by_a_fresh_read(estate, item):
    """It is looked for once more, for all together."""
    lookup = VmLookup(estate, CONNECTION)
    assert moids(find(estate, {"name": "web-2"}, lookup=lookup)) == [["vm-2"]]
    estate.objects.update(FakeEstate(machine(9, "new", "Folder:prod-2")).objects)
    assert moids(find(estate, item, {"name": "gone"}, {"path": "/gone/1"}, lookup=lookup)) == [["vm-9"], [], []]
    assert estate.asked == {"view": 2, "page": 2}


def test_a_vm_that_was_renamed_between_two_reads(estate):
    lookup = VmLookup(estate, CONNECTION)
    find(estate, {"name": "web-2"}, lookup=lookup)
    estate.objects[ref("VirtualMachine:vm-2")]["name"] = "web-9"
    assert moids(find(estate, {"name": "web-9"}, lookup=lookup)) == [["vm-2"]]
    assert moids(find(estate, {"name": "web-2"}, lookup=lookup)) == [[]]


def test_what_the_server_refuses_to_search_is_read(estate):
    estate.refuses_searches = True
    assert moids(find(estate, {"bios_uuid": UUIDS[36]}, {"path": "/Lisbon/Prod/copy"})) == [["vm-4"], ["vm-6"]]


def test_several_matches_are_an_error_that_lists_them(estate):
    assert refused(estate, {"name": "web-1"}) == [
        "vms[0].name: 2 VMs are called 'web-1': /Lisbon/Prod/web-1, /Spain/Madrid/Prod/web-1; give folder, datacenter or path"
    ]
    for read_all in (False, True):
        items = [{"bios_uuid": UUIDS[33]}, *([{"name": "web-2"}] if read_all else [])]
        assert refused(estate, *items) == [f"vms[0].bios_uuid: 2 VMs are called '{UUIDS[33]}': /Lisbon/Prod/copy, /Spain/Madrid/Prod/web-1; name it by moid"]


def test_equal_names_in_one_folder(estate):
    estate.objects.update(FakeEstate(machine(9, "web-2")).objects)
    for item in ({"name": "web-2"}, {"name": "web-2", "folder": "/Prod"}):
        (line,) = refused(estate, item)
        assert line.endswith(": /Spain/Madrid/Prod/web-2 (vm-2), /Spain/Madrid/Prod/web-2 (vm-9); name it by moid")
    assert refused(estate, {"name": "web-1"}, {"path": "/Spain/Madrid/Prod/web-2"})[1].startswith("vms[1].path: 2 VMs are called")


def test_many_matches_are_listed_in_part():
    estate = FakeEstate({**PLACES, **{name: vm for number in range(20) for name, vm in machine(number, "x", "Folder:prod-1").items()}})
    (line,) = refused(estate, {"name": "x"})
    assert "20 VMs are called 'x': " in line and line.count("vm-") == 5 and "and 15 more" in line


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"name": "web2"}, "vms[0].name: there is no VM 'web2'; did you mean web-2?"),
        ({"name": "WEB-2"}, "vms[0].name: there is no VM 'WEB-2'; did you mean web-2?"),
        ({"name": "zzz"}, "vms[0].name: there is no VM 'zzz': check it, and that the account sees the VM"),
        ({"name": "web-2", "datacenter": "Lisbon"}, "vms[0].name: there is no VM 'web-2' in this datacenter; there is /Spain/Madrid/Prod/web-2"),
        ({"name": "web-2", "folder": "/"}, "vms[0].name: there is no VM 'web-2' in this folder; there is /Spain/Madrid/Prod/web-2"),
        ({"name": "web-2", "datacenter": "Lisboa"}, "vms[0].datacenter: there is no datacenter 'Lisboa'; did you mean Lisbon?"),
        ({"path": "/Lisbon/web-2"}, "vms[0].path: there is no VM '/Lisbon/web-2'; there is /Spain/Madrid/Prod/web-2"),
        ({"path": "/Lisbon/web2"}, "vms[0].path: there is no VM '/Lisbon/web2'; did you mean web-2?"),
        ({"moid": "vm-99"}, "vms[0].moid: there is no VM 'vm-99': one that was registered anew has a new id"),
        ({"bios_uuid": UUIDS[30]}, f"vms[0].bios_uuid: no VM has '{UUIDS[30]}': check it, and that the account sees the VM"),
        ({"bios_uuid": UUIDS[2]}, f"vms[0].bios_uuid: no VM has '{UUIDS[2]}'; it is the instance_uuid of /Spain/Madrid/Prod/web-2"),
        ({"instance_uuid": UUIDS[34]}, f"vms[0].instance_uuid: no VM has '{UUIDS[34]}'; it is the bios_uuid of /Spain/Madrid/Prod/web-2"),
    ],
)
def test_what_is_not_found_comes_with_what_was_probably_meant(estate, item, message):
    assert refused(estate, item) == [message]


def test_everything_wrong_is_said_at_once(estate):
    lines = refused(estate, {"name": "web-1"}, {"name": "web-2"}, {"moid": "vm-99"}, {"path": "/Spain/Madrid/Prod/web-2"}, {"instance_uuid": UUIDS[2]})
    assert [line.partition(":")[0] for line in lines] == ["vms[0].name", "vms[2].moid", "vms[3].path", "vms[4].instance_uuid"]
    assert lines[2] == "vms[3].path: /Spain/Madrid/Prod/web-2 is named by vms[1] already: leave one out"


def test_suggestions_are_bounded():
    estate = FakeEstate({**PLACES, **{name: vm for number in range(30) for name, vm in machine(number, f"web-{number}").items()}})
    answers = find(estate, *({"name": f"wib-{number}"} for number in range(40)))
    assert sum("did you mean" in answer.missing for answer in answers) == 10


def test_an_estate_without_vms():
    estate = FakeEstate(PLACES)
    assert moids(find(estate, {"name": "web-1"}, {"moid": "vm-1"}, {"path": "/Lisbon/x"}, {"bios_uuid": UUIDS[1]})) == [[], [], [], []]
    assert VmLookup(estate, CONNECTION).names_in(ref("Folder:prod-1")) == set()
    assert find(estate) == [] and VmLookup(FakeEstate({}), CONNECTION).require([]) == []


def test_a_vm_of_which_little_can_be_read():
    estate = FakeEstate({"VirtualMachine:vm-1": {}, "VirtualMachine:vm-2": {"name": "web-2", "parent": "@Folder:hidden"}})
    assert moids(find(estate, {"name": "vm-1"}, {"name": "web-2"})) == [[], ["vm-2"]], "an id is no name"
    (vm,) = find(estate, {"moid": "vm-1"})[0].vms
    assert vm == (ref("VirtualMachine:vm-1"), "vm-1", "/vm-1", "", "", "", False, None, None)


def test_parents_that_form_a_loop_end(estate):
    estate.objects[ref("Folder:group-v1")]["parent"] = ref("Folder:prod-1")
    assert moids(find(estate, {"name": "web-2"})) == [["vm-2"]]
    assert moids(find(estate, {"moid": "vm-2"})) == [["vm-2"]]


def test_reads_are_repeated_after_a_cut(estate):
    errors = [ConnectionDropped("cut")]

    def cut(request):
        if request in ("page", "objects", "FindAllByUuid") and errors:
            raise errors.pop()

    estate.before = cut
    assert moids(find(estate, {"name": "web-2"})) == [["vm-2"]]
    errors.append(ConnectionDropped("cut"))
    assert moids(find(estate, {"bios_uuid": UUIDS[36]})) == [["vm-4"]]
    errors.append(ConnectionDropped("cut"))
    assert moids(find(estate, {"moid": "vm-2"})) == [["vm-2"]]


def test_a_server_that_does_not_answer(estate):
    def dead(request):
        raise ConnectionDropped("cut")

    estate.before = dead
    for item in ({"name": "web-2"}, {"moid": "vm-2"}, {"bios_uuid": UUIDS[36]}):
        with pytest.raises(VsphereError):
            find(estate, item)


def test_a_server_that_finds_what_was_not_asked_for(estate):
    """The answer of a search is checked: never a VM of another name."""
    estate.invoke = lambda manager, method, *arguments, shape: ref("VirtualMachine:vm-6") if method == "FindByInventoryPath" else [ref("VirtualMachine:vm-6")]
    assert moids(find(estate, {"path": "/Lisbon/Prod/web-1"}, {"bios_uuid": UUIDS[36]}, {"instance_uuid": UUIDS[1]})) == [["vm-3"], ["vm-4"], ["vm-1"]]
    estate.invoke = lambda manager, method, *arguments, shape: ref("Folder:prod-1") if method == "FindByInventoryPath" else [ref("HostSystem:vm-1")]
    assert moids(find(estate, {"path": "/Lisbon/Prod/web-1"}, {"bios_uuid": UUIDS[36]})) == [["vm-3"], ["vm-4"]]


def test_a_server_that_sends_other_objects(estate):
    objects_page = estate.objects_page
    estate.objects_page = lambda refs, wanted, with_ancestors: objects_page([ref("VirtualMachine:vm-6")], wanted, with_ancestors)
    assert moids(find(estate, {"moid": "vm-2"})) == [[]]


def test_vms_of_a_name_in_a_folder_are_read_afresh(estate):
    estate.objects[ref("Folder:prod-2")]["childEntity"] = [
        ref("VirtualMachine:vm-3"),
        ref("VirtualMachine:vm-6"),
        ref("Folder:prod-1"),
        ref("VirtualMachine:gone"),
    ]
    estate.objects[ref("VirtualApp:app-1")]["vm"] = [ref("VirtualMachine:vm-5")]
    estate.objects[ref("Folder:group-v2")]["childEntity"] = [ref("VirtualMachine:vm-4")]

    def found(place, name):
        return [(item.ref.moid, item.properties) for item in vms_in_place(estate, ref(place), name, ["config.uuid"])]

    assert found("Folder:prod-2", "copy") == [("vm-6", {"name": "copy", "config.uuid": UUIDS[33]})]
    assert found("Folder:group-v2", "db/old 100%")[0][0] == found("Folder:group-v2", "db%2fold 100%25")[0][0] == "vm-4"
    assert found("VirtualApp:app-1", "数据库 🦆")[0][0] == "vm-5"
    assert found("Folder:prod-2", "web-2") == found("Folder:gone", "web-2") == found("Folder:prod-1", "web-2") == []
    assert set(estate.asked) == {"objects"}


def test_calls_beside_ten_thousand_vms():
    estate = FakeEstate(PLACES)
    for number in range(10_000):
        estate.objects[ref(f"VirtualMachine:vm-{number}")] = {"name": f"n{number}", "config.uuid": f"{number:08x}-6f0c-4c5d-8e21-9a7b3c5d1e0f"}
    assert moids(find(estate, {"bios_uuid": "00000007-6f0c-4c5d-8e21-9a7b3c5d1e0f"})) == [["vm-7"]]
    assert estate.asked.total() == 2
    assert moids(find(estate, {"name": "n9999"})) == [["vm-9999"]]
    assert estate.asked.total() == 2 + 1 + 11


def test_names_in_one_place(estate):
    """Without those in folders below it."""
    estate.objects.update({ref("VirtualMachine:vm-7"): {"name": "in the datacenter's folder", "parent": ref("Folder:group-v1")}})
    found = VmLookup(estate, CONNECTION)
    assert found.names_in(ref("Folder:prod-1")) == {"web-1", "web-2"}
    assert found.names_in(ref("Folder:group-v1")) == {"in the datacenter's folder"}
    assert found.names_in(ref("VirtualApp:app-1")) == {"数据库 🦆"}
    assert found.names_in(ref("Folder:nowhere")) == set()
    assert estate.asked["view"] == 1, "one read answers for the whole call"


def test_names_that_a_function_is_true_for(estate):
    found = VmLookup(estate, CONNECTION).whose_name(lambda name: name.startswith("web"))
    assert [vm.path for vm in found] == ["/Spain/Madrid/Prod/web-1", "/Lisbon/Prod/web-1", "/Spain/Madrid/Prod/web-2"]
