# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated estates, read with plain pyVmomi over checked TLS."""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import estates
import pytest
import simulator_build
from plain_pyvmomi import connect, ids, read
from pyVmomi import vim, vmodl


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[estates.Simulator]:
    folder = tmp_path_factory.mktemp("vcenter")
    with estates.start_simulator(
        folder,
        vms=36,
        clusters=2,
        hosts=7,
        pools=2,
        datastores=3,
        portgroups=7,
        opaque_networks=1,
    ) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def estate(vcenter: estates.Simulator) -> dict[type, dict[str, dict]]:
    return read(connect(vcenter))


def test_about(vcenter: estates.Simulator) -> None:
    about = connect(vcenter).content.about
    assert (about.apiType, about.apiVersion, about.version) == ("VirtualCenter", "8.0.2.0", "8.0.2")
    assert about.fullName == f"VMware vCenter Server 8.0.2 build-{about.build}"


def test_hosts_differ(estate: dict) -> None:
    hosts = estate[vim.HostSystem].values()
    assert len(hosts) == 7
    assert len({host["summary"].hardware.cpuModel for host in hosts}) >= 5
    assert len({host["hardware.systemInfo"].uuid for host in hosts}) == 7
    assert len({host["name"] for host in hosts}) == 7
    assert sum(host["runtime"].inMaintenanceMode for host in hosts) == 1
    assert sum(host["runtime"].connectionState == "disconnected" for host in hosts) == 1
    assert all(host["config.product"].apiVersion <= "8.0.2.0" for host in hosts)


def test_machines_are_whole(estate: dict) -> None:
    machines = estate[vim.VirtualMachine].values()
    assert len(machines) == 36
    for vm in machines:
        summary = vm["summary"]
        assert summary.config.name == vm["name"] == vm["config"].name
        assert summary.runtime.powerState == vm["runtime"].powerState
        assert vm["config"].guestFullName and vm["config"].guestId
        assert (vm["resourcePool"] is None) == vm["config"].template if "resourcePool" in vm else vm["config"].template
        macs = {device.key: device.macAddress for device in vm["config"].hardware.device if isinstance(device, vim.vm.device.VirtualEthernetCard)}
        for nic in vm["guest"].net:
            if not nic.connected or nic.deviceConfigId == -1:
                continue
            assert macs[nic.deviceConfigId] == nic.macAddress
            assert {ipaddress.ip_address(ip).version for ip in nic.ipAddress} == {4, 6}
    for state in ("poweredOn", "poweredOff", "suspended"):
        assert any(vm["runtime"].powerState == state for vm in machines)
    for unique in (lambda vm: vm["config"].instanceUuid, lambda vm: vm["config"].uuid, lambda vm: vm["name"]):
        assert len({unique(vm) for vm in machines}) == 36
    addresses = [vm["guest"].ipAddress for vm in machines if vm["guest"].ipAddress]
    assert len(addresses) > 15
    assert len(set(addresses)) == len(addresses)
    assert any(vm["config"].template for vm in machines)


def test_hard_names(estate: dict) -> None:
    names = {vm["name"] for vm in estate[vim.VirtualMachine].values()}
    assert {"backup%2frestore 100%25", "=cmd()", "🚀 launch-demo"} <= names
    assert max(map(len, names)) == 80


def test_references_agree(estate: dict) -> None:
    machines = estate[vim.VirtualMachine]
    for host_id, host in estate[vim.HostSystem].items():
        assert ids(host["vm"]) == {moid for moid, vm in machines.items() if vm["runtime"].host._GetMoId() == host_id}
    for kind, path in ((vim.Datastore, "datastore"), (vim.Network, "network")):
        for moid, row in estate[kind].items():
            assert ids(row["vm"]) == {vm_id for vm_id, vm in machines.items() if moid in ids(vm[path])}
    for moid, network in estate[vim.Network].items():
        assert ids(network["host"]) == {host_id for host_id, host in estate[vim.HostSystem].items() if moid in ids(host["network"])}


def test_datastores(estate: dict) -> None:
    stores = [store["summary"] for store in estate[vim.Datastore].values()]
    used = [1 - store.freeSpace / store.capacity for store in stores]
    assert len({store.name for store in stores}) == len({store.capacity for store in stores}) == 3
    assert max(used) >= 0.85 > min(used) > 0
    assert {store.type for store in stores} == {"VMFS", "NFS"}


def test_wrong_password(vcenter: estates.Simulator) -> None:
    with pytest.raises(vim.fault.InvalidLogin):
        connect(vcenter, "wrong")


def test_stranger_certificate(vcenter: estates.Simulator, tmp_path: Path) -> None:
    stranger = estates.CertificateAuthority(tmp_path)
    context = ssl.create_default_context(cafile=str(stranger.path))
    connection = http.client.HTTPSConnection(vcenter.host, vcenter.port, context=context, timeout=10)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/simulator/calls")


def test_calls_are_counted(vcenter: estates.Simulator) -> None:
    service = connect(vcenter)
    vcenter.reset_calls()
    assert vcenter.calls() == {}
    service.CurrentTime()
    service.CurrentTime()
    assert vcenter.calls() == {"CurrentTime": 2}


def test_rest_requests_are_counted_apart(vcenter: estates.Simulator) -> None:
    vcenter.reset_calls()
    status, _answer = rest(vcenter, "GET", "/rest/com/vmware/cis/tagging/tag/id:x", {})
    assert (status, vcenter.calls(), vcenter.rest_calls()) == (401, {}, {"GET /rest/com/vmware/cis/tagging/tag/id:*": 1})
    vcenter.reset_calls()
    status, _answer = rest(vcenter, "POST", "/api/session", {})
    assert (status, vcenter.calls(), vcenter.rest_calls()) == (404, {}, {"POST /api/session": 1})


def test_newer_rest_api_has_the_same_tags(tmp_path: Path) -> None:
    with estates.start_simulator(tmp_path, vms=20, newer_rest=True) as simulator:
        login = base64.b64encode(f"{simulator.username}:{simulator.password}".encode()).decode()
        assert rest(simulator, "POST", "/api/session", {}) == (401, {"error_type": "UNAUTHENTICATED", "messages": []})
        status, key = rest(simulator, "POST", "/api/session", {"Authorization": f"Basic {login}"})
        assert (status, isinstance(key, str)) == (201, True)
        session = {"vmware-api-session-id": key}
        newer, older = "/api/cis/tagging", "/rest/com/vmware/cis/tagging"
        for resource in ("tag", "category"):
            _status, identifiers = rest(simulator, "GET", f"{newer}/{resource}", session)
            assert {"value": identifiers} == rest(simulator, "GET", f"{older}/{resource}", session)[1]
            for identifier in identifiers:
                status, item = rest(simulator, "GET", f"{newer}/{resource}/{identifier}", session)
                assert (status, item["id"]) == (200, identifier)
                assert {"value": item} == rest(simulator, "GET", f"{older}/{resource}/id:{identifier}", session)[1]
            assert rest(simulator, "GET", f"{newer}/{resource}/none", session) == (404, {"error_type": "NOT_FOUND", "messages": []})
        action, asked = "action=list-attached-objects-on-tags", {"tag_ids": rest(simulator, "GET", f"{newer}/tag", session)[1]}
        status, attached = rest(simulator, "POST", f"{newer}/tag-association?{action}", session, asked)
        assert (status, len(attached)) == (200, len(asked["tag_ids"]))
        assert {"value": attached} == rest(simulator, "POST", f"{older}/tag-association?~{action}", session, asked)[1]
        assert rest(simulator, "DELETE", "/api/session", session) == (204, None)
        assert rest(simulator, "GET", f"{newer}/tag", session)[0] == 401


def rest(simulator: estates.Simulator, method: str, path: str, headers: dict[str, str], body: object = None) -> tuple[int, Any]:
    """Status and value of an answer, None where it is no JSON."""
    context = ssl.create_default_context(cafile=str(simulator.ca_path))
    connection = http.client.HTTPSConnection(simulator.host, simulator.port, context=context, timeout=10)
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text) if text[:1] in (b"{", b"[", b'"', b"n") else None


def test_keys_are_private(vcenter: estates.Simulator) -> None:
    assert vcenter.certificate_path.with_suffix(".key").stat().st_mode & 0o777 == 0o600
    assert vcenter.password not in Path(f"/proc/{vcenter.process.pid}/cmdline").read_text()


def test_esxi(tmp_path: Path) -> None:
    with estates.start_simulator(tmp_path, kind="esxi", name="branch", username="root", vms=4) as simulator:
        service = connect(simulator)
        assert service.content.about.apiType == "HostAgent"
        assert service.content.about.instanceUuid is None
        found = read(service)
    assert len(found[vim.HostSystem]) == 1
    assert len(found[vim.VirtualMachine]) == 4


def test_faults(tmp_path: Path) -> None:
    faults = [
        {"method": "CurrentTime", "fault": "NotAuthenticated", "message": "gone & <away>"},
        {"method": "CurrentTime", "call": 2, "fault": "ManagedObjectNotFound"},
        {"method": "CurrentTime", "call": 3, "status": 503},
        {"method": "CurrentTime", "call": 4, "reset": True},
        {"method": "CurrentTime", "call": 5, "truncate": True},
        {"method": "CurrentTime", "call": 6, "delay_ms": 400},
        {"method": "*", "object": "ViewManager", "times": 0, "fault": "NoPermission"},
    ]
    with estates.start_simulator(tmp_path, faults=faults, vms=1) as simulator:
        service = connect(simulator)
        with pytest.raises(vim.fault.NotAuthenticated) as caught:
            service.CurrentTime()
        assert caught.value.msg == "gone & <away>"
        with pytest.raises(vmodl.fault.ManagedObjectNotFound) as missing:
            service.CurrentTime()
        assert missing.value.obj._GetMoId() == "ServiceInstance"
        with pytest.raises(http.client.HTTPException, match="503"):
            service.CurrentTime()
        with pytest.raises(ConnectionResetError):
            service.CurrentTime()
        with pytest.raises((ExpatError, http.client.IncompleteRead)):
            service.CurrentTime()
        started = time.monotonic()
        service.CurrentTime()
        assert time.monotonic() - started > 0.35
        started = time.monotonic()
        service.CurrentTime()
        assert time.monotonic() - started < 0.35
        for _attempt in range(3):
            with pytest.raises(vim.fault.NoPermission):
                service.content.viewManager.CreateContainerView(service.content.rootFolder, [vim.HostSystem], True)


def test_delay(tmp_path: Path) -> None:
    with estates.start_simulator(tmp_path, delay=30, method_delays={"CurrentTime": 300}, vms=1) as simulator:
        service = connect(simulator)
        started = time.monotonic()
        service.CurrentTime()
        assert time.monotonic() - started > 0.3


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ([{"method": "Login", "fautl": "NotAuthenticated"}], 'unknown field "fautl"'),
        ([{"method": "Login", "fault": "Nonsense"}], 'unknown fault "Nonsense"'),
    ],
)
def test_bad_faults_are_reported(tmp_path: Path, faults: list, reason: str) -> None:
    with pytest.raises(estates.SimulatorError, match="ended with code 2") as caught:
        estates.start_simulator(tmp_path, faults=faults)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_size(tmp_path: Path) -> None:
    with pytest.raises(estates.SimulatorError, match="unknown size wms"):
        estates.start_simulator(tmp_path, wms=3)


PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
import estates
started = estates.start_demo_estate(sys.argv[2])
print(*(simulator.process.pid for simulator in started), flush=True)
time.sleep(60)
"""


def leftovers(pids: list[int]) -> list[str]:
    folders = [str(path) for pid in pids for path in Path("/dev/shm").glob(f"estate-simulator-{pid}-*")]
    return folders + [f"process {pid}" for pid in pids if Path(f"/proc/{pid}/exe").exists()]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_ends_with_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    here = str(Path(__file__).parent)
    with subprocess.Popen([sys.executable, "-c", PARENT, here, str(tmp_path)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(pids) == 3
        assert len(leftovers(pids)) >= 3
        os.kill(parent.pid, how)
    end = time.monotonic() + 10
    while leftovers(pids) and time.monotonic() < end:
        time.sleep(0.05)
    assert leftovers(pids) == []


def test_stop_leaves_nothing(tmp_path: Path) -> None:
    simulator = estates.start_simulator(tmp_path, vms=1)
    simulator.stop()
    simulator.stop()
    assert simulator.process.returncode == 0
    assert leftovers([simulator.process.pid]) == []


def test_demo_estate(tmp_path: Path) -> None:
    started = estates.start_demo_estate(tmp_path)
    try:
        found = [read(connect(simulator)) for simulator in started]
        assert [len(each[vim.VirtualMachine]) for each in found] == [60, 25, 4]
        for each in found[:2]:
            assert len({host["summary"].hardware.cpuModel for host in each[vim.HostSystem].values()}) >= 3
        assert len({simulator.password for simulator in started}) == 3
        assert len({simulator.certificate_path.read_bytes() for simulator in started}) == 3
        assert len({simulator.ca_path for simulator in started}) == 1
    finally:
        for simulator in started:
            simulator.stop()


def test_go_sources() -> None:
    """Go's tests."""
    simulator_build.run_go("test", "-vet=off", "./...")


# It examines the library too, which takes longer than all of Go's tests.
@pytest.mark.all_only
def test_go_vet() -> None:
    simulator_build.run_go("vet", "./...")
