# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm over TLS with OVF packages: from paths and a web server, what is made of them, and what is left of what fails."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import ovf_packages
import pytest
from estates import Simulator, start_simulator
from govc_witness import govc
from web_server import serve_folder

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.tests.integration.changing import Started, change, machines

DEVICES = "config.hardware.device"
PATHS = ("runtime.powerState", "config.hardware.numCPU", "config.hardware.memoryMB", DEVICES, "config.vAppConfig.property", "config.annotation")
GIB = 1 << 30


def slow(*values: Any) -> Any:
    """A case of a test that only all tests have."""
    return pytest.param(*values, marks=pytest.mark.all_only)


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("ovf"), ca=authority, vms=20, hosts=4, nfc_host=True, guest_delay=40) as simulator:
        yield simulator


@pytest.fixture
def run(vcenter, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, vcenter, "vmware_vm", timeout=5)
    vcenter.set_faults([])
    vcenter.set_tasks([])


@pytest.fixture(scope="module")
def place(vcenter) -> dict[str, Any]:
    """The placement of new VMs, and of a network there the path."""
    with Session(Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))) as session:
        places = Places(session)
        cluster = places.all(CLUSTER)[0]
        reach = places.reach([cluster])[cluster]
        networks = [places.path(ref) for ref in places.all(NETWORK, places.datacenter(cluster)) if ref in reach.networks and "plink" not in places.name(ref)]
        datastore = min(places.name(ref) for ref in reach.datastores)
        return {"placement": {"cluster": places.path(cluster), "datastore": datastore}, "networks": networks[:2]}


@pytest.fixture(scope="module")
def disks() -> dict[str, bytes]:
    """Files of two disks: real ones where qemu-img is installed."""
    if not shutil.which("qemu-img"):
        return {"a.vmdk": ovf_packages.stream_disk(b"one"), "b.vmdk": ovf_packages.stream_disk(b"two")}
    return {name: _real_disk(size) for name, size in (("a.vmdk", "64M"), ("b.vmdk", "1G"))}


def _real_disk(size: str) -> bytes:
    path = Path(f"/tmp/{hashlib.sha256(size.encode()).hexdigest()}.vmdk")
    subprocess.run(["qemu-img", "create", "-q", "-f", "vmdk", "-o", "subformat=streamOptimized", path, size], check=True)
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.fixture(scope="module")
def folder(tmp_path_factory, disks) -> Path:
    """A package as an OVA, its disks first, and as a folder."""
    made = tmp_path_factory.mktemp("packages")
    descriptor = ovf_packages.descriptor(
        dict.fromkeys(disks, GIB), sizes={name: len(content) for name, content in disks.items()}, properties={"hostname": "old"}, cpus=2
    ).encode()
    files = {**disks, "app.ovf": descriptor}
    manifest = ovf_packages.manifest(files, "SHA512")
    ovf_packages.write_ova(made / "app.ova", [*files.items(), ("app.mf", manifest)])
    for name, content in {**files, "app.mf": manifest}.items():
        (made / name).write_bytes(content)
    return made


def item(place, name, source, **more) -> dict[str, Any]:
    return {"name": name, "source": {"networks": {"lan": place["networks"][0]}, **source}, "placement": place["placement"], **more}


def check_twice(run, **options) -> dict[str, Any]:
    """Run in check mode, for real, and again: the first predicts the second, the third changes nothing and sends nothing."""
    shown = run(**options, _ansible_check_mode=True, _ansible_diff=True)
    assert not shown["failed"], shown["msg"]
    assert (shown["changed"], shown["sent"]) == (True, {})
    result = run(**options, _ansible_diff=True)
    assert not result["failed"], result["msg"]
    assert [vm["actions"] for vm in result["vms"]] == [vm["actions"] for vm in shown["vms"]]
    assert result["diff"] == shown["diff"]
    again = run(**options)
    assert not again["failed"], again["msg"]
    assert (again["changed"], again["sent"]) == (False, {}), again
    return result


def arrived(server, name) -> set[str]:
    return {one["sha256"] for one in server.uploads() if one["vm"] == name}


def hashes(disks) -> set[str]:
    return {hashlib.sha256(content).hexdigest() for content in disks.values()}


def devices(row, kind) -> list[dict[str, Any]]:
    return [device for device in row[DEVICES] if device["_type"] == kind]


def test_ova_becomes_a_vm_as_it_shall_be(vcenter, run, place, folder, disks):
    wanted = item(
        place,
        "ova-1",
        {"ova": str(folder / "app.ova"), "properties": {"hostname": "new"}, "provisioning": "thin"},
        cpu={"count": 4},
        memory={"size": "2GiB"},
        disks=[{"at": "scsi0:1", "size": "3GiB"}, {"at": "scsi0:2", "size": "1GiB"}],
        networks=[{"network": place["networks"][1]}],
        annotation="made",
        power="on",
        wait_for={"tools": "30s"},
    )
    result = check_twice(run, vms=[wanted])
    assert result["vms"][0]["actions"] == ["import", "reconfigure", "power_on", "wait_for_tools"]
    row = machines(vcenter, *PATHS)["ova-1"]
    assert (row["config.hardware.numCPU"], row["config.hardware.memoryMB"], row["config.annotation"], row["runtime.powerState"]) == (
        4,
        2048,
        "made",
        "poweredOn",
    )
    assert [int(disk["capacityInKB"]) >> 20 for disk in devices(row, "VirtualDisk")] == [1, 3, 1]
    assert len(devices(row, "VirtualVmxnet3")) == 1
    assert arrived(vcenter, "ova-1") == hashes(disks)
    assert {one.get("value") for one in row["config.vAppConfig.property"]} == {"new"}
    (seen,) = govc(vcenter, "vm.info", "-r", "ova-1")["virtualMachines"]
    assert (seen["config"]["hardware"]["numCPU"], seen["runtime"]["powerState"]) == (4, "poweredOn")


def test_second_run_opens_no_file(run, place, tmp_path, folder):
    path = tmp_path / "gone.ova"
    shutil.copy(folder / "app.ova", path)
    assert not run(vms=[item(place, "ova-2", {"ova": str(path)})])["failed"]
    path.unlink()
    again = run(vms=[item(place, "ova-2", {"ova": str(path)})])
    assert (again["failed"], again["changed"], again["sent"]) == (False, False, {}), again["msg"]


@pytest.mark.parametrize("kind", ["ova", slow("ovf")])
def test_packages_of_a_web_server(vcenter, run, place, folder, disks, authority, kind):
    with serve_folder(folder, authority, account="me:s3cret") as web:
        url = f"{web.url.replace('https://', 'https://me:s3cret@')}/app.{kind}"
        result = check_twice(run, vms=[item(place, f"web-{kind}", {kind: url})])
        assert "s3cret" not in str(result)
    assert arrived(vcenter, f"web-{kind}") == hashes(disks)


def test_several_vms_of_an_ova_are_uploaded_once(vcenter, run, place, folder):
    before = len(vcenter.uploads())
    wanted = item(place, "many-{n:02d}", {"ova": str(folder / "app.ova"), "properties": {"hostname": "web{n}"}}, count=4, power="on")
    result = check_twice(run, vms=[wanted], concurrency=2)
    assert len(vcenter.uploads()) - before == 2
    assert [vm["actions"][:2] for vm in result["vms"]] == [["import", "wait_for_clones"], *[["clone", "reconfigure"]] * 3]
    assert (result["sent"]["ImportVApp"], result["sent"]["CloneVM_Task"]) == (1, 3)
    found = machines(vcenter, *PATHS)
    assert {found[f"many-0{number}"]["runtime.powerState"] for number in range(1, 5)} == {"poweredOn"}
    values = [found[f"many-0{number}"]["config.vAppConfig.property"][0].get("value") for number in range(1, 5)]
    assert values == ["web1", "web2", "web3", "web4"]


@pytest.mark.parametrize("concurrency", [1, slow(16)])
def test_first_of_several_cannot_be_uploaded(vcenter, run, place, folder, concurrency):
    vcenter.set_faults([{"method": "POST /nfc/*", "status": 500, "times": 0}])
    wanted = item(place, "none-{n}", {"ova": str(folder / "app.ova")}, count=3)
    result = run(vms=[wanted], concurrency=concurrency)
    assert result["failed"]
    assert "refused the upload" in result["vms"][0]["error"]
    assert all("was not made" in vm["error"] for vm in result["vms"][1:])
    assert not any(name.startswith("none-") for name in machines(vcenter))


def test_one_of_several_fails_with_on_error_stop(vcenter, run, place, folder):
    vcenter.set_tasks([{"operation": "Clone", "object": "stop-2", "fault": "NoDiskSpace", "parts": {"datastore": "nfs", "file": "x"}}])
    wanted = item(place, "stop-{n}", {"ova": str(folder / "app.ova")}, count=4)
    result = run(vms=[wanted], concurrency=1, on_error="stop")
    assert result["failed"]
    assert [vm["error_kind"] for vm in result["vms"]] == ["", "refused", "not_started", "not_started"]
    assert {name for name in machines(vcenter) if name.startswith("stop-")} == {"stop-1"}


def broken(folder, tmp_path, disks, **changed) -> str:
    """A package with another descriptor, or other members."""
    descriptor = ovf_packages.descriptor(dict.fromkeys(disks, GIB), **changed.pop("descriptor", {})).encode()
    members = {**disks, "app.ovf": descriptor}
    manifest = {"app.mf": ovf_packages.manifest(members)}
    members.update(changed.pop("members", {}))
    left = {name: content for name, content in {**members, **manifest}.items() if content is not None}
    return str(ovf_packages.write_ova(tmp_path / "broken.ova", left.items()))


@pytest.mark.parametrize(
    ("changed", "source", "messages"),
    [
        ({"descriptor": {"eula": "You agree to all of it."}}, {}, ["source.accept_eula must be true", "You agree"]),
        slow({}, {"networks": {"lna": "x"}}, ["'lna', which is no network of the OVF", "did you mean lan?"]),
        ({}, {"networks": {}}, ["source.networks must say which network 'lan' of the OVF is"]),
        slow({}, {"networks": {"lan": "nowhere"}}, ["source.networks.lan", "nowhere"]),
        slow({"descriptor": {"properties": {"hostname": "a"}}}, {"properties": {"hostnam": "x"}}, ["'hostnam' is none of the OVF; did you mean hostname?"]),
        slow({}, {"deployment_option": "large"}, ["source.deployment_option: 'large' is none of the OVF"]),
        ({"members": {"b.vmdk": None}}, {}, ["has no file 'b.vmdk'"]),
        ({"members": {"app.ovf": b"<x/>"}}, {}, ["has the checksum"]),
        slow({"members": {"app.ovf": None}}, {}, ["holds no OVF descriptors"]),
        ({}, {"snapshot": "s"}, ["source.snapshot does not go with ova"]),
        slow({}, {"provisioning": "lazy"}, ["source.provisioning must be"]),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(run, place, folder, tmp_path, disks, changed, source, messages):
    path = broken(folder, tmp_path, disks, **changed)
    result = run(vms=[item(place, "wrong-1", {"ova": path, **source})])
    assert (result["failed"], result["sent"]) == (True, {})
    assert all(message in result["msg"] for message in messages), result["msg"]
    assert result["msg"].count("vms[0].source") >= 1


def test_file_that_is_not_there(run, place, tmp_path):
    result = run(vms=[item(place, "wrong-2", {"ovf": str(tmp_path / "no.ovf")}), item(place, "wrong-3", {"ova": str(tmp_path / "no.ova")})])
    assert (result["failed"], result["sent"]) == (True, {})
    assert "vms[0].source.ovf" in result["msg"] and "vms[1].source.ova" in result["msg"]


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        slow([{"method": "POST /nfc/*", "call": 2, "reset": True}], "closed"),
        ([{"method": "POST /nfc/*", "status": 500, "times": 0}], "refused the upload"),
        slow([{"method": "POST /nfc/*", "hang": True}], "no answer within 5 s"),
        ([{"method": "ImportVApp", "reset_after": True}], ""),
        slow([{"method": "HttpNfcLeaseComplete", "fault": "Timedout"}], "Timedout"),
        slow(
            [{"method": "HttpNfcLeaseProgress", "fault": "Timedout", "times": 0}, {"method": "POST /nfc/*", "delay_ms": 500, "times": 0}],
            "has ended the import",
        ),
        ([{"method": "ReconfigVM_Task", "fault": "NoPermission"}], "reconfigure"),
    ],
)
def test_nothing_is_left_of_what_fails(vcenter, run, place, folder, faults, reason):
    vcenter.set_faults(faults)
    result = run(vms=[item(place, "fault-1", {"ova": str(folder / "app.ova")}, cpu={"count": 3}), {"name": "fault-2", **_scratch(place)}])
    assert result["failed"]
    assert reason in result["vms"][0]["error"], result["vms"][0]["error"]
    found = machines(vcenter)
    assert "fault-1" not in found
    assert "fault-2" in found
    vcenter.set_faults([])
    assert not run(vms=[{"name": "fault-2", "delete": "destroy"}], state="absent")["failed"]


def _scratch(place) -> dict[str, Any]:
    return {"placement": place["placement"], "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}}


def test_module_that_is_terminated_ends_its_imports(vcenter, run, place, folder, tmp_path):
    """One VM is being sent, and its clones wait for it: nothing of them is left, and the next run makes all."""
    vcenter.set_faults([{"method": "POST /nfc/*", "delay_ms": 60_000, "times": 0}])
    wanted = item(place, "cut-{n}", {"ova": str(folder / "app.ova")}, count=3)
    path = tmp_path / "journal"
    vms = [wanted, item(place, "cut-4", {"ova": str(folder / "app.ova")})]
    started = Started(tmp_path, vcenter, "vmware_vm", "ImportVApp", vms=vms, journal=str(path))
    while not {"cut-1", "cut-4"} <= machines(vcenter).keys():
        time.sleep(0.1)
    started.kill(signal.SIGTERM)
    first, *clones, alone = started.result()["vms"]
    for vm in (first, alone):
        assert (vm["error"], vm["error_kind"]) == ("the call has ended: the import was ended, and the server has removed its VM", "cancelled")
    assert {vm["error_kind"] for vm in clones} == {"cancelled"}
    assert not any(name.startswith("cut-") for name in machines(vcenter))
    assert not any(vcenter.left().values())
    vcenter.set_faults([])
    assert not run(vms=[wanted])["failed"]


@pytest.mark.all_only
def test_deadline_passes_while_files_are_sent(vcenter, run, place, folder):
    vcenter.set_faults([{"method": "POST /nfc/*", "delay_ms": 60_000, "times": 0}])
    result = run(vms=[item(place, "late-1", {"ova": str(folder / "app.ova")})], deadline=8, timeout=60)
    assert (result["failed"], result["vms"][0]["error_kind"]) == (True, "deadline")
    assert "late-1" not in machines(vcenter)


def test_lease_that_times_out(tmp_path, authority, folder):
    """The server hears nothing of the import, and ends it with its VM."""
    with start_simulator(tmp_path, name="short", ca=authority, vms=4, plain=True, lease_timeout="2s") as simulator:
        simulator.set_faults([{"method": "HttpNfcLeaseProgress", "hang": True, "times": 0}, {"method": "POST /nfc/*", "delay_ms": 4000, "times": 0}])
        wanted = {"name": "lease-1", "source": {"ova": str(folder / "app.ova"), "networks": {"lan": "VM Network"}}, "placement": {"datastore": "LocalDS_0"}}
        result = change(tmp_path, simulator, "vmware_vm", vms=[wanted], timeout=5)
        assert result["failed"], result
        assert "lease-1" not in machines(simulator)


def test_disk_with_another_checksum(vcenter, run, place, folder, tmp_path, disks):
    path = broken(folder, tmp_path, disks, members={"b.vmdk": ovf_packages.stream_disk(b"other")})
    result = run(vms=[item(place, "sum-1", {"ova": path})])
    assert result["failed"]
    assert "'b.vmdk' has the checksum" in result["vms"][0]["error"]
    assert "sum-1" not in machines(vcenter)


def test_guest_of_an_ova_is_customized(vcenter, run, place, folder):
    wanted = item(
        place,
        "custom-1",
        {"ova": str(folder / "app.ova")},
        customization={"linux": {"domain": "example.com"}},
        networks=[{"network": place["networks"][0], "address": ["10.9.8.7/24"]}],
        hardware={"guest_id": "ubuntu64Guest"},
    )
    result = check_twice(run, vms=[wanted])
    assert "customize" in result["vms"][0]["actions"]
    assert result["sent"]["CustomizeVM_Task"] == 1


def test_esxi_host(tmp_path, authority, folder, disks):
    with start_simulator(tmp_path, name="esx", kind="esxi", ca=authority, vms=4, datastores=1) as simulator:
        with Session(Connection(simulator.host, simulator.port, simulator.username, simulator.password, ca_path=str(simulator.ca_path))) as session:
            places = Places(session)
            network = places.path(places.all(NETWORK)[0])
        run = partial(change, tmp_path, simulator, "vmware_vm")
        wanted = {"name": "esx-1", "source": {"ovf": str(folder / "app.ovf"), "networks": {"lan": network}}, "memory": {"size": "2GiB"}, "power": "on"}
        check_twice(run, vms=[wanted])
        assert arrived(simulator, "esx-1") == hashes(disks)
        several = {**wanted, "name": "esx-{n}", "count": 3, "annotation": "one of three"}
        result = check_twice(run, vms=[several])
        assert len(simulator.uploads()) == 4
        assert [vm["actions"][0] for vm in result["vms"]] == ["reconfigure", "import", "copy"]
        found = machines(simulator, *PATHS)
        assert {found[f"esx-{number}"]["config.hardware.memoryMB"] for number in (1, 2, 3)} == {2048}
