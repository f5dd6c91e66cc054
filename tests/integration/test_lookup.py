# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VMs and places as administrators name them, over TLS; plain pyVmomi is the witness."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from estates import start_simulator
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.machine.current import POWER, SNAPSHOTS, read_current
from ansible_collections.estate.vmware.plugins.module_utils.machine.identity import identities
from ansible_collections.estate.vmware.plugins.module_utils.machine.lookup import VmLookup, vms_in_place
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import DATASTORE, DATASTORE_CLUSTER, FOLDER, HOST, KINDS, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.integration.reading import connected, objects

KNOWN = {
    "name": "name",
    "config.instanceUuid": "instance_uuid",
    "config.uuid": "bios_uuid",
    "runtime.powerState": "power_state",
    "config.template": "is_template",
    "parent": "parent",
    "parentVApp": "vapp",
}
#: Not used where there are no filters.
CONNECTION = Connection("", 443)
GONE = MoRef("VirtualMachine", "vm-999999")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A vCenter that can be changed."""
    with start_simulator(tmp_path_factory.mktemp("plain"), plain=True) as simulator:
        yield simulator


@contextmanager
def session(simulator):
    connection = Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path), timeout=10)
    with Session(connection) as opened:
        yield opened, VmLookup(opened, connection)


def find(simulator, *items):
    """What the identities stand for, and the calls that it took."""
    simulator.reset_calls()
    with session(simulator) as (_opened, lookup):
        answers = lookup.find(identities("vms", items))
    return answers, sum(simulator.calls().values())


def refs(answers):
    return [[vm.ref.moid for vm in answer.vms] for answer in answers]


@pytest.fixture(scope="module")
def witnessed(estate):
    """For each source, managed object id to what pyVmomi says of a VM; all of them in one call."""
    query = vmodl.query.PropertyCollector
    found = {}
    for simulator in estate:
        with connected(simulator) as content:
            machines = [query.ObjectSpec(obj=vm) for vm in objects(content, vim.VirtualMachine)]
            wanted = query.PropertySpec(type=vim.VirtualMachine, pathSet=list(KNOWN))
            items = content.propertyCollector.RetrieveContents([query.FilterSpec(objectSet=machines, propSet=[wanted])])
            found[simulator.name] = {item.obj._moId: {KNOWN[each.name]: each.val for each in item.propSet} for item in items}
    return found


def test_every_vm_by_everything_that_it_is_called(estate, witnessed):
    for simulator in estate:
        known = witnessed[simulator.name]
        with session(simulator) as (opened, lookup):
            paths = {vm.ref.moid: vm.path for answer in lookup.find(identities("vms", [{"moid": moid} for moid in known])) for vm in answer.vms}
            assert len(set(paths.values())) == len(known) > 0

            def found(items, opened=opened):
                return VmLookup(opened, CONNECTION).find(identities("vms", items))

            for way in ("instance_uuid", "bios_uuid", "path"):
                items = [{way: paths[moid] if way == "path" else vm[way].upper()} for moid, vm in known.items()]
                assert refs(found(items)) == [[moid] for moid in known], "all of them from memory"
                assert refs(found(items[:3])) == [[moid] for moid in list(known)[:3]], "few of them directly"
            names = [vm["name"] for vm in known.values()]
            answers = found([{"name": name} for name in names])
        for (moid, vm), answer in zip(known.items(), answers):
            assert (refs([answer]) == [[moid]]) is (names.count(vm["name"]) == 1) and bool(answer.ambiguous) is (names.count(vm["name"]) > 1)
            for each in answer.vms:
                assert (each.name, each.power_state, each.is_template) == (unescape(vm["name"]), vm["power_state"], vm["is_template"])
                above = [vm[key]._moId if key in vm else None for key in ("parent", "vapp")]
                assert [each.parent and each.parent.moid, each.vapp and each.vapp.moid] == above


def test_calls(estate, witnessed):
    """Neither grows with the VMs of the source; one read answers any number of names."""
    for simulator in estate:
        moid, vm = next(iter(witnessed[simulator.name].items()))
        one, many = [{"name": vm["name"]}], [{"name": vm["name"]}] * 50
        for most, items in ((5, [{"bios_uuid": vm["bios_uuid"]}]), (4, [{"moid": moid}]), (6, one), (6, many)):
            answers, calls = find(simulator, *items)
            assert refs(answers) == [[moid]] * len(items) and calls <= most, items
        assert find(simulator, {"moid": GONE.moid})[1] == 4 and find(simulator, {"name": "no such VM"})[1] == 9


def test_filters_are_those_of_the_inventory(estate, witnessed):
    for simulator in estate:
        known = witnessed[simulator.name]
        on = {moid for moid, vm in known.items() if vm["power_state"] == "poweredOn"}
        (powered, tagged), calls = find(simulator, {"filters": [{"power_state": "poweredOn"}]}, {"filters": [{"tags.Environment": {"set": True}}]})
        assert {vm.ref.moid for vm in powered.vms} == on
        assert bool(tagged.vms) is (simulator.kind == "vcenter"), "an ESXi host has no tags"
        assert calls <= 12


def test_every_place_by_its_path(estate):
    for simulator in estate:
        simulator.reset_calls()
        with session(simulator) as (opened, _lookup):
            places = Places(opened)
            for kind in KINDS:
                for place in places.all(kind):
                    assert places.find("x", kind, places.path(place)) == place
                    same = [other for other in places.all(kind) if places.name(other) == places.name(place)]
                    if len(same) == 1:
                        assert places.find("x", kind, places.name(place)) == place
                    else:
                        with pytest.raises(InvalidOption, match=f"{len(same)} .* are called"):
                            places.find("x", kind, places.name(place))
        assert sum(simulator.calls().values()) <= 8


def writers_of(store):
    """The hosts that can write to a datastore."""
    if not store.summary.accessible or store.summary.maintenanceMode != "normal":
        return set()
    return {mount.key._moId for mount in store.host if mount.mountInfo.accessMode == "readWrite" and mount.mountInfo.accessible}


def test_what_hosts_reach_is_what_pyvmomi_says(estate):
    for simulator in estate:
        with connected(simulator) as content:
            expected = {
                host._moId: ({item._moId for item in host.datastore}, {item._moId for item in host.network}) for host in objects(content, vim.HostSystem)
            }
            writers = {store._moId: writers_of(store) for store in objects(content, vim.Datastore)}
        with session(simulator) as (opened, _lookup):
            places = Places(opened)
            hosts = places.all(HOST)
            reach = places.reach([*hosts, MoRef("HostSystem", "host-999999")])
            assert {host.moid: tuple({ref.moid for ref in reached} for reached in reach[host]) for host in hosts} == expected
            for host in hosts:
                assert places.root_pool(host) and places.compute(host)
                for place in (*places.all(DATASTORE), *places.all(NETWORK)):
                    reachable = place.moid in set().union(*expected[host.moid]) and (place.moid not in writers or host.moid in writers[place.moid])
                    try:
                        places.check_reach("x", place, host)
                        assert reachable
                    except InvalidOption:
                        assert not reachable
            for pod in places.all(DATASTORE_CLUSTER):
                assert places.inside(DATASTORE, pod)
            assert {ref.moid for ref, state in places.datastore_states(places.all(DATASTORE)).items() if state.is_usable and state.free > 0} <= writers.keys()


def test_current_properties_of_many_vms(estate, witnessed):
    for simulator in estate:
        known = witnessed[simulator.name]
        simulator.reset_calls()
        with session(simulator) as (opened, _lookup):
            found = read_current(opened, [*(MoRef("VirtualMachine", moid) for moid in known), GONE], [*POWER, *SNAPSHOTS])
        assert {ref.moid: item.properties["runtime.powerState"] for ref, item in found.items()} == {moid: vm["power_state"] for moid, vm in known.items()}
        assert sum(simulator.calls().values()) == 4, "login, logout, and one read: what is gone costs nothing"


def test_an_estate_without_vms(tmp_path):
    with start_simulator(tmp_path, vms=0) as simulator:
        answers, _calls = find(simulator, {"name": "x"}, {"path": "/a/b"}, {"moid": "vm-1"}, {"filters": [{"name": "*"}]})
        assert refs(answers) == [[], [], [], []] and all(answer.missing for answer in answers[:3])


def test_names_change_between_reads(plain):
    with connected(plain) as content, session(plain) as (opened, lookup):
        vm = objects(content, vim.VirtualMachine)[0]
        folder = MoRef("Folder", vm.parent._moId)

        def called(*names):
            return [[found.ref.moid for found in answer.vms] for answer in lookup.find(identities("vms", [{"name": name} for name in names]))]

        before = vm.name
        assert called(before) == [[vm._moId]]
        for name in ("a/b\\c 100%", "数据库 🦆", "vm-1", "web 1"):
            WaitForTask(vm.Rename(name))
            assert called(name) == [[vm._moId]], "the fresh read finds it"
            assert called(before) == [[]]
            assert name in lookup.names_in(folder)
            assert [item.ref.moid for item in vms_in_place(opened, folder, name)] == [vm._moId]
            before = name


def test_what_a_lost_answer_made_is_found_by_name_and_mark(plain):
    with connected(plain) as content, session(plain) as (opened, lookup):
        vm = objects(content, vim.VirtualMachine)[-1]
        folder, name = MoRef("Folder", vm.parent._moId), "a/b 100%"
        assert name not in lookup.names_in(folder)
        mark = vim.option.OptionValue(key="estate.mark", value="x1")
        spec = vim.vm.ConfigSpec(name=name, files=vim.vm.FileInfo(vmPathName=f"[{vm.datastore[0].name}]"), extraConfig=[mark])
        WaitForTask(vm.parent.CreateVm(spec, vm.resourcePool))
        (made,) = vms_in_place(opened, folder, name, ["config.extraConfig"])
        assert {"key": "estate.mark", "value": "x1"}.items() <= made.properties["config.extraConfig"][-1].items()
        assert refs(lookup.find(identities("vms", [{"name": name}]))) == [[made.ref.moid]]


def test_folders_that_are_made_meanwhile(plain):
    with connected(plain) as content, session(plain) as (opened, _lookup):
        places = Places(opened)
        top = places.all(FOLDER)[0]
        made = objects(content, vim.Datacenter)[0].vmFolder.CreateFolder("c/d 50%")
        assert places.find("x", FOLDER, "c/d 50%").moid == made._moId
        assert places.find("x", FOLDER, places.path(top) + "/c%2fd 50%").moid == made._moId


def test_an_account_that_sees_one_folder(tmp_path):
    """Not the way to it: paths begin where its view does."""
    poor = [{"on": "/Lyon/vm/Databases", "role": "read-only"}]
    with start_simulator(tmp_path, vms=50, datacenters=2, accounts={"poor": poor}) as simulator:
        everything = {vm.ref.moid: vm for vm in find(simulator, {"filters": [{"name": "*"}]})[0][0].vms}
        simulator.username = "poor"
        (answer,), _calls = find(simulator, {"filters": [{"name": "*"}]})
        assert 0 < len(answer.vms) < len(everything)
        for vm in answer.vms:
            assert everything[vm.ref.moid].path == f"/Lyon{vm.path}" and vm.path.startswith("/Databases/")
        vm = answer.vms[0]
        ways = (
            {"path": vm.path},
            {"name": vm.name, "folder": vm.path.rpartition("/")[0]},
            {"name": vm.name},
            {"bios_uuid": vm.bios_uuid},
            {"moid": vm.ref.moid},
        )
        hidden = next(each for moid, each in everything.items() if moid not in {vm.ref.moid for vm in answer.vms})
        for item in ways:
            assert refs(find(simulator, item)[0]) == [[vm.ref.moid]], item
        assert refs(find(simulator, {"bios_uuid": hidden.bios_uuid}, {"path": hidden.path}, {"moid": hidden.ref.moid})[0]) == [[], [], []]
