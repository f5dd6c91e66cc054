# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm copies VMs file by file, on a standalone ESXi host and on a vCenter, over TLS; govc reads back what was made."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import pytest
from estates import Simulator, start_simulator
from govc_witness import govc

from ansible_collections.estate.vmware.plugins.module_utils.machine.copying.vmx import Vmx
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, DATASTORE, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.datastore_files import DatastoreFile, read_text, size_of, write
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import Started, change, machines

DEVICES = "config.hardware.device"
PATHS = ("runtime.powerState", "config.extraConfig", DEVICES, "config.uuid", "config.instanceUuid", "config.files.vmPathName", "config.hardware.numCPU",
         "config.hardware.memoryMB", "config.annotation", "guest.ipAddress")  # fmt: skip
ON, OFF = "poweredOn", "poweredOff"
NVRAM = b"not all zeros"


class Place(NamedTuple):
    """Where the tests make VMs."""

    placement: dict[str, str]
    datacenter: str
    datastores: list[str]
    networks: list[str]


@pytest.fixture(scope="module", params=["esxi", "vcenter"])
def server(request, tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("copy"), kind=request.param, ca=authority, vms=12, datastores=4, guest_delay=20) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def place(server) -> Place:
    with session(server) as opened:
        places = Places(opened)
        (target,) = places.all(CLUSTER)[:1] or [None]
        datastores, networks = places.all(DATASTORE), places.all(NETWORK)
        if target:
            reach = places.reach([target])[target]
            datastores, networks = ([ref for ref in several if ref in reached] for several, reached in zip((datastores, networks), reach))
        free = places.datastore_states(datastores)
        names = [places.name(ref) for ref in sorted(datastores, key=lambda ref: -free[ref].free)]
        where = {"cluster": places.path(target)} if target else {}
        datacenter = places.path(places.datacenter(datastores[0])).strip("/")
        return Place({**where, "datastore": names[0]}, datacenter, names, [places.path(ref) for ref in networks if "plink" not in places.name(ref)])


@pytest.fixture
def run(server, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, server, "vmware_vm")
    server.set_faults([])
    server.set_tasks([])


@pytest.fixture(scope="module")
def golden(server, place, tmp_path_factory) -> str:
    """A VM that is off, with two disks on two controllers, a drive and an adapter with a manual address."""
    item = {
        "name": "golden",
        "placement": place.placement,
        "cpu": {"count": 2},
        "memory": {"size": "1GiB"},
        "hardware": {"guest_id": "otherGuest"},
        "disks": [{"at": "scsi0:0", "size": "2GiB"}, {"at": "sata0:1", "size": "1GiB", "mode": "independent_persistent"}],
        "networks": [{"network": place.networks[0], "mac": "00:50:56:00:00:07"}, {"network": place.networks[0]}],
        "annotation": 'the "golden" one',
        "extra_config": {"guestinfo.role": "web"},
    }
    made = change(tmp_path_factory.mktemp("golden"), server, "vmware_vm", vms=[item])
    assert not made["failed"], made["msg"]
    govc(server, "vm.change", "-dc", place.datacenter, "-vm", "golden", "-e", "estate.vmware.retired_at=2026-01-01T00:00:00Z")
    datastore, _bracket, path = machines(server, *PATHS)["golden"]["config.files.vmPathName"][1:].partition("] ")
    with session(server) as opened:
        write(opened, DatastoreFile(place.datacenter, datastore, path.replace(".vmx", ".nvram")), NVRAM)
    return "golden"


def session(server) -> Session:
    return Session(Connection(server.host, server.port, server.username, server.password, ca_path=str(server.ca_path)))


def copy_of(server, source, name, **more) -> dict[str, Any]:
    method = {"method": "copy"} if server.kind == "vcenter" else {}
    return {"name": name, "source": {"vm": source, **method}, **more}


def kinds(row, kind) -> list[dict[str, Any]]:
    return [device for device in row[DEVICES] if device["_type"] == kind]


def content(server, place, name, ending) -> bytes | None:
    """That of a file of a VM."""
    datastore, _bracket, path = machines(server, *PATHS)[name]["config.files.vmPathName"][1:].partition("] ")
    with session(server) as opened:
        file = DatastoreFile(place.datacenter, datastore, path.replace(".vmx", ending))
        return None if size_of(opened, file) is None else read_text(opened, file)


def folders(server, place, datastore) -> set[str]:
    found = govc(server, "datastore.ls", "-ds", datastore, "-dc", place.datacenter)
    return {item["path"] for item in found[0]["file"] or ()}


def test_copy_is_as_its_source_with_identities_of_its_own(server, run, place, golden):
    item = copy_of(server, golden, "copy-1")
    shown = run(vms=[item], _ansible_check_mode=True, _ansible_diff=True)
    assert not shown["failed"], shown["msg"]
    assert shown["changed"] and shown["sent"] == {}
    made = run(vms=[item], _ansible_diff=True)
    assert not made["failed"], made["msg"]
    assert made["diff"] == shown["diff"] and made["vms"][0]["actions"] == shown["vms"][0]["actions"] == ["copy"]
    assert made["diff"][0]["after"]["files"] == f"[{place.datastores[0]}] copy-1"
    assert made["sent"] == {"MakeDirectory": 1, "CopyVirtualDisk_Task": 2, "RegisterVM_Task": 1}
    again = run(vms=[item])
    assert (again["failed"], again["changed"], again["sent"]) == (False, False, {})
    rows = machines(server, *PATHS)
    source, copy = rows[golden], rows["copy-1"]
    for path in ("config.hardware.numCPU", "config.hardware.memoryMB", "config.annotation"):
        assert copy[path] == source[path]
    assert not {copy["config.uuid"], copy["config.instanceUuid"]} & {source["config.uuid"], source["config.instanceUuid"]}
    disks = [(disk["capacityInKB"], disk["unitNumber"], disk["backing"]["diskMode"]) for disk in kinds(source, "VirtualDisk")]
    assert [(disk["capacityInKB"], disk["unitNumber"], disk["backing"]["diskMode"]) for disk in kinds(copy, "VirtualDisk")] == disks
    assert {disk["backing"]["fileName"] for disk in kinds(copy, "VirtualDisk")} == {f"[{place.datastores[0]}] copy-1/copy-1{end}.vmdk" for end in ("", "_1")}
    before, after = ({nic["macAddress"] for nic in kinds(row, "VirtualVmxnet3")} for row in (source, copy))
    assert len(after) == 2 and not before & after
    options = {option["key"]: option["value"] for option in copy["config.extraConfig"]}
    assert options["guestinfo.role"] == "web" and "estate.vmware.retired_at" not in options
    assert content(server, place, "copy-1", ".nvram") == NVRAM
    assert machines(server)["golden"]


def test_govc_sees_the_copy_and_a_vmx_file_that_leaves_no_question(server, run, place, golden):
    made = run(vms=[copy_of(server, golden, "copy/2")])
    assert not made["failed"], made["msg"]
    (seen,) = govc(server, "vm.info", "-dc", place.datacenter, "-vm.uuid", made["vms"][0]["bios_uuid"])["virtualMachines"]
    assert seen["config"]["files"]["vmPathName"] == f"[{place.datastores[0]}] copy_2/copy_2.vmx"
    with session(server) as opened:
        vmx = Vmx.parse(read_text(opened, DatastoreFile(place.datacenter, place.datastores[0], "copy_2/copy_2.vmx")))
    assert vmx.get("displayName") == "copy/2" and vmx.get("nvram") == "copy_2.nvram"
    left = govc(server, "device.info", "-vm.uuid", made["vms"][0]["bios_uuid"], "-dc", place.datacenter, "disk-*")
    assert len(left["devices"]) == 2


def test_copies_are_changed_and_powered_on_after_they_were_made(server, run, place, golden):
    # More copies than write to a datastore at a time.
    server.set_tasks([{"operation": "CopyVirtualDisk", "times": 0, "after_ms": 20, "progress": [50]}])
    item = copy_of(
        server,
        golden,
        "many-{n}",
        count=5,
        cpu={"count": 4},
        disks=[{"at": "scsi0:0", "size": "3GiB"}, {"at": "scsi0:1", "size": "1GiB"}],
        networks=[{"start_connected": False}],
        power="on",
        wait_for={"ip": "30s"},
    )
    shown = run(vms=[item], _ansible_check_mode=True, _ansible_diff=True)
    assert not shown["failed"], shown["msg"]
    made = run(vms=[item], _ansible_diff=True)
    assert not made["failed"], made["msg"]
    assert made["diff"] == shown["diff"]
    assert made["vms"][4]["actions"] == shown["vms"][4]["actions"] == ["copy", "reconfigure", "power_on", "wait_for_ip"]
    sent = {"MakeDirectory": 5, "CopyVirtualDisk_Task": 10, "RegisterVM_Task": 5, "ReconfigVM_Task": 5, "PowerOnVM_Task": 5}
    assert made["sent"] == sent
    again = run(vms=[item])
    assert (again["failed"], again["changed"], again["sent"]) == (False, False, {})
    rows = machines(server, *PATHS)
    for number in range(1, 6):
        row = rows[f"many-{number}"]
        assert (row["config.hardware.numCPU"], row["runtime.powerState"]) == (4, ON)
        assert sorted(int(disk["capacityInKB"]) >> 20 for disk in kinds(row, "VirtualDisk")) == [1, 1, 3]
        assert [str(nic["connectable"]["startConnected"]).lower() for nic in kinds(row, "VirtualVmxnet3")] == ["false", "true"]
    assert len({rows[f"many-{number}"]["config.uuid"] for number in range(1, 6)}) == 5


@pytest.mark.parametrize("server", ["esxi"], indirect=True)
def test_snapshots_are_flattened(server, run, place, golden, tmp_path):
    made = run(vms=[copy_of(server, golden, "frozen")])
    assert not made["failed"], made["msg"]
    taken = change(tmp_path, server, "vmware_vm_snapshot", state="present", vms=[{"name": "frozen", "snapshot": {"name": "before"}}])
    assert not taken["failed"], taken["msg"]
    assert any("parent" in disk["backing"] for disk in kinds(machines(server, *PATHS)["frozen"], "VirtualDisk"))
    made = run(vms=[copy_of(server, "frozen", "thawed")])
    assert not made["failed"], made["msg"]
    assert not any("parent" in disk["backing"] for disk in kinds(machines(server, *PATHS)["thawed"], "VirtualDisk"))


def test_what_cannot_be_copied_is_said_before_anything_is_sent(server, run, place, golden):
    running = next(name for name, row in machines(server, *PATHS).items() if row["runtime.powerState"] == ON)
    made = run(vms=[copy_of(server, golden, "secret")])
    assert not made["failed"], made["msg"]
    with session(server) as opened:
        write(
            opened, DatastoreFile(place.datacenter, place.datastores[0], "secret/secret.vmx"), content(server, place, "secret", ".vmx") + b'dataFileKey = "k"\n'
        )
    refused = run(vms=[copy_of(server, running, "no-1"), copy_of(server, "secret", "no-2")])
    assert f"vms[0].source.vm: {path_of(server, running)} cannot be copied: it is on, and its files change: power it off" in refused["msg"]
    assert f"vms[1].source.vm: {path_of(server, 'secret')} cannot be copied: it is encrypted or has a virtual TPM" in refused["msg"]
    linked = copy_of(server, golden, "no-3", customization={"linux": {"domain": "example.com"}})
    linked["source"] |= {"clone": "linked", "snapshot": "s"}
    further = run(vms=[linked])
    for text in (
        "vms[0].source.clone: there are no linked clones",
        "vms[0].source.snapshot: a VM is copied as it is now",
        "vms[0].customization: a guest cannot",
    ):
        assert text in further["msg"]
    full = run(vms=[copy_of(server, golden, "no-{n}", count=1000, disks=[{"at": "scsi0:0", "size": "4TiB"}])])
    assert "vms[0].placement.datastore: the copies need" in full["msg"] and "free space, or use another one" in full["msg"]
    disks = [{"at": "scsi0:0", "provisioning": "thin", "datastore": place.datastores[1]}]
    apart = run(vms=[copy_of(server, golden, "no-4", disks=disks)])
    assert "vms[0].disks[0].datastore: all disks of a copy go to one datastore" in apart["msg"]
    assert "vms[0].disks[0].provisioning: " in apart["msg"]
    for result in (refused, further, full, apart):
        assert result["failed"] and result["sent"] == {} and not result["changed"]


def path_of(server, name) -> str:
    return next(path for path in paths(server) if path.endswith(f"/{name}"))


def paths(server) -> list[str]:
    return [path.replace("/vm/", "/", 1) for path in govc(server, "find", "/", "-type", "m")]


@pytest.mark.parametrize("server", ["esxi"], indirect=True)
def test_directory_that_is_there_is_left_alone(server, run, place, golden):
    store = place.datastores[0]
    govc(server, "datastore.mkdir", "-ds", store, "-dc", place.datacenter, "taken")
    made = run(vms=[copy_of(server, golden, "taken")], _ansible_diff=True)
    assert not made["failed"], made["msg"]
    assert made["diff"][0]["after"]["files"] == f"[{store}] taken_1"
    assert machines(server, *PATHS)["taken"]["config.files.vmPathName"] == f"[{store}] taken_1/taken_1.vmx"
    # Somebody makes it between look and change.
    server.set_faults([{"method": "MakeDirectory", "fault": "FileAlreadyExists"}])
    made = run(vms=[copy_of(server, golden, "raced")])
    assert not made["failed"], made["msg"]
    assert machines(server, *PATHS)["raced"]["config.files.vmPathName"] == f"[{store}] raced_1/raced_1.vmx"
    assert "raced" not in folders(server, place, store)


LOST = {
    "directory made": ({"method": "MakeDirectory", "reset_after": True}, {}),
    "directory not made": ({"method": "MakeDirectory", "reset": True}, {"MakeDirectory": 2}),
    "disk copied": ({"method": "CopyVirtualDisk_Task", "reset_after": True}, {}),
    "disk not copied": ({"method": "CopyVirtualDisk_Task", "reset": True}, {"CopyVirtualDisk_Task": 3}),
    "file written": ({"method": "PUT /folder/*", "reset_after": True}, {}),
    "file not written": ({"method": "PUT /folder/*", "status": 503}, {}),
    "registered": ({"method": "RegisterVM_Task", "reset_after": True}, {}),
    "not registered": ({"method": "RegisterVM_Task", "fault": "NotAuthenticated"}, {"RegisterVM_Task": 2}),
}


@pytest.mark.parametrize("server", ["esxi"], indirect=True)
@pytest.mark.parametrize("what", LOST)
def test_nothing_is_done_twice_when_an_answer_is_lost(server, run, place, golden, what):
    fault, sent = LOST[what]
    server.set_faults([fault])
    server.set_tasks([{"operation": "CopyVirtualDisk", "times": 0, "after_ms": 100}])
    name = f"lost-{what.replace(' ', '-')}"
    made = run(vms=[copy_of(server, golden, name)])
    assert not made["failed"], made["msg"]
    assert made["sent"] == {"MakeDirectory": 1, "CopyVirtualDisk_Task": 2, "RegisterVM_Task": 1, **sent}
    assert machines(server, *PATHS)[name]["config.files.vmPathName"] == f"[{place.datastores[0]}] {name}/{name}.vmx"
    assert {one for one in folders(server, place, place.datastores[0]) if one.startswith("lost")} >= {name}
    assert f"{name}_1" not in folders(server, place, place.datastores[0])


FAILING = {
    "full": {"operation": "CopyVirtualDisk", "call": 2, "fault": "NoDiskSpace", "parts": {"datastore": "full-1"}},
    "name": {"operation": "RegisterVM", "fault": "DuplicateName", "parts": {"name": "failing-name"}},
    "power": {"operation": "PowerOn", "fault": "InsufficientMemoryResourcesFault"},
}


@pytest.mark.parametrize("server", ["esxi"], indirect=True)
@pytest.mark.parametrize("what", FAILING)
def test_what_fails_leaves_nothing_and_others_are_made(server, run, place, golden, what):
    server.set_tasks([{"object": "*", **FAILING[what]}])
    before = folders(server, place, place.datastores[0])
    items = [copy_of(server, golden, f"failing-{what}", power="on"), copy_of(server, golden, f"others-{what}", power="on")]
    made = run(vms=items, concurrency=1)
    failed, other = made["vms"]
    assert made["failed"] and failed["error"] and not other["error"], made
    assert "which was made, is removed again" in failed["error"]
    assert f"the directory [{place.datastores[0]}] failing-{what}" in failed["error"]
    assert folders(server, place, place.datastores[0]) == before | {f"others-{what}"}
    assert f"failing-{what}" not in machines(server)
    assert made["sent"]["DeleteDatastoreFile_Task"] == 1


@pytest.mark.parametrize("server", ["esxi"], indirect=True)
def test_unfinished_copy_is_kept_where_that_is_wanted(server, run, place, golden):
    server.set_tasks([{"operation": "RegisterVM", "fault": "InvalidState"}])
    made = run(vms=[copy_of(server, golden, "kept-1", on_failure="keep")])
    assert made["vms"][0]["error"].endswith(f"the directory [{place.datastores[0]}] kept-1 was made and is kept unfinished")
    assert "kept-1" in folders(server, place, place.datastores[0]) and "kept-1" not in machines(server)


@pytest.mark.parametrize("server", ["esxi"], indirect=True)
def test_terminated_module_names_task_and_directory(server, run, place, golden, tmp_path):
    server.set_tasks([{"operation": "CopyVirtualDisk", "times": 0, "after_ms": 600_000}])
    started = Started(tmp_path, server, "vmware_vm", vms=[copy_of(server, golden, "cut-1")])
    started.kill(signal.SIGTERM)
    (vm,) = started.result()["vms"]
    assert vm["error"].startswith(f"copy goes on as {vm['tasks'][0]}: ")
    assert f"look at the directory [{place.datastores[0]}] cut-1 before you run again" in vm["error"]
    assert vm["error_kind"] == "cancelled" and not any(server.left().values())


@pytest.mark.parametrize("server", ["vcenter"], indirect=True)
def test_template_is_copied_and_clones_stay_clones_on_a_vcenter(server, run, place, golden, tmp_path):
    made = run(vms=[copy_of(server, golden, "pattern")])
    assert not made["failed"], made["msg"]
    marked = change(tmp_path, server, "vmware_template", state="template", vms=[{"name": "pattern"}])
    assert not marked["failed"], marked["msg"]
    where = {"placement": {**place.placement, "folder": "Copies/New", "create_folder": True}}
    made = run(vms=[{"name": "from-pattern", "source": {"template": "pattern", "method": "copy"}, **where}])
    assert not made["failed"], made["msg"]
    assert made["vms"][0]["path"].endswith("/Copies/New/from-pattern")
    assert not machines(server, "config.template")["from-pattern"].get("config.template")
    made = run(vms=[{"name": "cloned", "source": {"vm": golden}}])
    assert made["sent"] == {"CloneVM_Task": 1}, made
