# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OVF descriptors that become machines, and the leases over which their files come."""

from __future__ import annotations

import hashlib
import http.client
import ssl
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import estates
import pytest
from ovf_packages import descriptor
from plain_pyvmomi import connect
from pyVmomi import vim, vmodl

DESCRIPTOR = descriptor({"a.vmdk": 1 << 30, "b.vmdk": 2 << 30})


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[estates.Simulator]:
    with estates.start_simulator(tmp_path_factory.mktemp("imports"), kind=request.param, vms=2, nfc_host=request.param == "vcenter") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def content(server: estates.Simulator) -> Any:
    return connect(server).content


def read(content: Any, text: str = DESCRIPTOR, name: str = "appliance") -> Any:
    datacenter = content.rootFolder.childEntity[0]
    pool = content.viewManager.CreateContainerView(content.rootFolder, [vim.ResourcePool], True).view[0]
    params = vim.OvfManager.CreateImportSpecParams(entityName=name, locale="", deploymentOption="")
    return content.ovfManager.CreateImportSpec(text, pool, datacenter.datastore[0], params)


def begin(content: Any, name: str) -> tuple[Any, Any]:
    """The lease of an import, ready, and the result of the descriptor."""
    made = read(content, name=name)
    assert not made.error
    pool = content.viewManager.CreateContainerView(content.rootFolder, [vim.ResourcePool], True).view[0]
    lease = pool.ImportVApp(made.importSpec, content.rootFolder.childEntity[0].vmFolder)
    until(lambda: lease.state != "initializing")
    return lease, made


def until(reached: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def names(content: Any) -> set[str]:
    return {vm.name for vm in content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True).view}


def send(server: estates.Simulator, url: str, body: bytes, length: int | None = None, method: str = "POST", kind: str = "x-vnd.vmware-streamVmdk") -> int:
    parts = urllib.parse.urlsplit(url)
    host = server.host if parts.hostname == "*" else parts.hostname
    connection = http.client.HTTPSConnection(host or "", parts.port or server.port, timeout=10, context=ssl._create_unverified_context())
    connection.request(method, parts.path, body, {"Content-Type": f"application/{kind}", "Content-Length": str(length or len(body))})
    if length:
        connection.close()
        return 0
    return connection.getresponse().status


def test_files_come_by_the_place_of_their_device(server: estates.Simulator, content: Any) -> None:
    lease, made = begin(content, "app 1")
    vm = lease.info.entity
    assert lease.info.leaseTimeout == 300
    urls = {url.importKey: url for url in lease.info.deviceUrl}
    assert [item.path for item in made.fileItem] == ["a.vmdk", "b.vmdk"]
    assert all(item.deviceId.endswith(f"LsiLogicController0:{number}") for number, item in enumerate(made.fileItem))
    assert list(urls) == [item.deviceId for item in reversed(made.fileItem)]
    for item in made.fileItem:
        url = urls[item.deviceId]
        assert url.disk
        if server.kind == "esxi":
            assert urllib.parse.urlsplit(url.url).netloc == "*"
        else:
            assert urllib.parse.urlsplit(url.url).port != server.port
            certificate = ssl.get_server_certificate((server.host, urllib.parse.urlsplit(url.url).port or 0))
            assert url.sslThumbprint == hashlib.sha1(ssl.PEM_cert_to_DER_cert(certificate)).digest().hex(":").upper()
        assert send(server, url.url, b"KDMV" + item.path.encode()) == 201
    lease.Progress(100)
    assert {(one["device"], one["sha256"]) for one in server.uploads()} == {
        (item.deviceId, hashlib.sha256(b"KDMV" + item.path.encode()).hexdigest()) for item in made.fileItem
    }
    assert {entry.size for entry in lease.GetManifest()} == {10}
    assert server.left()["leases"] == 1
    lease.Complete()
    assert lease.state == "done"
    assert server.left()["leases"] == 0
    assert (vm.name, vm.config.hardware.numCPU, vm.config.hardware.memoryMB) == ("app 1", 2, 1024)
    with pytest.raises(vim.fault.InvalidState):
        lease.Progress(100)


def test_an_aborted_lease_takes_its_machine_along(server: estates.Simulator, content: Any) -> None:
    lease, _made = begin(content, "app 2")
    assert "app 2" in names(content)
    lease.Abort()
    assert lease.state == "error"
    assert "app 2" not in names(content)
    assert send(server, lease.info.deviceUrl[0].url, b"KDMV") == 404


def test_a_lease_without_progress_ends(tmp_path: Path) -> None:
    with estates.start_simulator(tmp_path, vms=2, plain=True, lease_timeout="2s") as server:
        content = connect(server).content
        lease, _made = begin(content, "app 3")
        assert lease.info.leaseTimeout == 2
        for _tick in range(3):
            time.sleep(0.8)
            lease.Progress(10)
        assert lease.state == "ready"
        until(lambda: lease.state == "error")
        assert isinstance(lease.error, vim.fault.Timedout)
        with pytest.raises(vim.fault.Timedout):
            lease.Progress(20)
        assert "app 3" not in names(content)


def test_what_is_not_taken(server: estates.Simulator, content: Any) -> None:
    lease, _made = begin(content, "app 4")
    url = lease.info.deviceUrl[0].url
    before = len(server.uploads())
    assert send(server, url, b"KDMV", length=100) == 0
    assert send(server, url, b"KDMV", method="PUT") == 405
    assert send(server, url, b"KDMV", kind="octet-stream") == 415
    assert send(server, url + "x", b"KDMV") == 404
    assert len(server.uploads()) == before
    assert send(server, url, b"text") == 500
    until(lambda: lease.state == "error")
    assert isinstance(lease.error, vim.fault.InvalidDiskFormat)


def test_mistakes_of_a_descriptor_are_lists(content: Any) -> None:
    assert [warning.msg for warning in read(content).warning] == ['No network mapping for "lan": the first network of the datacenter is used.']
    for text, fault in (("no xml", vim.fault.OvfXmlFormat), ("<Envelope/>", vim.fault.OvfMissingElement)):
        found = read(content, text)
        assert [type(error) for error in found.error] == [fault]
        assert found.importSpec is None


def test_properties_and_networks_of_a_descriptor(content: Any) -> None:
    datacenter = content.rootFolder.childEntity[0]
    pool = content.viewManager.CreateContainerView(content.rootFolder, [vim.ResourcePool], True).view[0]
    network = next(network for network in datacenter.network if isinstance(network, vim.Network))
    params = vim.OvfManager.CreateImportSpecParams(
        entityName="app 7",
        locale="",
        deploymentOption="",
        networkMapping=[vim.OvfManager.NetworkMapping(name="lan", network=network)],
        propertyMapping=[vim.KeyValue(key="address", value="192.0.2.7")],
    )
    text = descriptor({"a.vmdk": 1 << 30}, properties={"address": "", "gateway": "192.0.2.1"})
    made = content.ovfManager.CreateImportSpec(text, pool, datacenter.datastore[0], params)
    assert not made.error and not made.warning
    lease = pool.ImportVApp(made.importSpec, datacenter.vmFolder)
    until(lambda: lease.state == "ready")
    config = lease.info.entity.config
    assert {one.id: (one.value or "", one.defaultValue or "") for one in config.vAppConfig.property} == {
        "address": ("192.0.2.7", ""),
        "gateway": ("", "192.0.2.1"),
    }
    (card,) = (device for device in config.hardware.device if isinstance(device, vim.vm.device.VirtualEthernetCard))
    assert isinstance(card, vim.vm.device.VirtualVmxnet3)
    assert network in lease.info.entity.network
    assert not any(option.key == "address" for option in config.extraConfig)
    lease.Abort()


def test_an_import_that_fails(server: estates.Simulator, content: Any) -> None:
    server.set_tasks([{"operation": "ImportVApp", "object": "app 5", "fault": "NoDiskSpace", "parts": {"datastore": "x", "file": "y"}}])
    lease, _made = begin(content, "app 5")
    assert lease.state == "error"
    assert isinstance(lease.error, vim.fault.NoDiskSpace)
    server.set_tasks([])


def test_a_session_that_ends_takes_its_leases_along(server: estates.Simulator, content: Any) -> None:
    lease, _made = begin(content, "app 6")
    server.end_sessions()
    with pytest.raises(vim.fault.NotAuthenticated):
        lease.Progress(1)
    content.sessionManager.Login(server.username, server.password)
    until(lambda: "app 6" not in names(content))
    with pytest.raises(vmodl.fault.ManagedObjectNotFound):
        lease.Progress(1)
