# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm copies VMs file by file, on a standalone ESXi host and on a vCenter, over TLS; govc reads back what was made."""

from __future__ import annotations

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
from ansible_collections.estate.vmware.tests.integration.changing import change, machines

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
        "extra_config": {"guestinfo.role": "web", "estate.vmware.retired_at": "2026-01-01T00:00:00Z"},
    }
    made = change(tmp_path_factory.mktemp("golden"), server, "vmware_vm", vms=[item])
    assert not made["failed"], made["msg"]
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
