# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What plain pyVmomi is shown by an account that sees a part of an estate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import estates
import pytest
from plain_pyvmomi import connect, ids, read
from pyVmomi import vim, vmodl

ACCOUNTS = {
    "part": [
        {"on": "/", "role": "read-only", "propagate": False},
        {"on": "/Lyon", "role": "read-only", "propagate": False},
        {"on": "/Lyon/vm/Production", "role": "read-only"},
        {"on": "/Lyon/vm/Test", "role": "view"},
        {"on": "/Lyon/host/LYO-Production", "role": "read-only", "propagate": False},
    ],
}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[estates.Simulator, dict[str, dict]]]:
    folder = tmp_path_factory.mktemp("accounts")
    with estates.start_simulator(folder, vms=120, datacenters=2, accounts=ACCOUNTS, record=folder / "record") as running:
        lines = map(json.loads, (folder / "record").read_text().split("\n")[:-1])
        yield running, {line["moid"]: line for line in lines if line["section"] == "objects"}


@pytest.fixture(scope="module")
def service(simulator: tuple[estates.Simulator, dict]) -> vim.ServiceInstance:
    return connect(simulator[0], username="part")


def ask(service: vim.ServiceInstance, reference: vim.ManagedEntity, *paths: str) -> tuple[dict, dict[str, type]]:
    """Properties of one object, and the faults of those that are missing."""
    query = vmodl.query.PropertyCollector
    spec = query.FilterSpec(objectSet=[query.ObjectSpec(obj=reference)], propSet=[query.PropertySpec(type=type(reference), pathSet=list(paths))])
    (found,) = service.content.propertyCollector.RetrievePropertiesEx([spec], query.RetrieveOptions()).objects
    return {prop.name: prop.val for prop in found.propSet}, {prop.path: type(prop.fault) for prop in found.missingSet}


@pytest.mark.parametrize("page", [None, 7])
def test_views_hold_what_the_account_may_see(simulator: tuple, service: vim.ServiceInstance, page: int | None) -> None:
    kinds = [vim.VirtualMachine, vim.HostSystem, vim.Datastore, vim.Network, vim.Folder, vim.Datacenter, vim.ComputeResource, vim.ResourcePool]
    found = read(service, {kind: ["name"] for kind in kinds}, page=page)
    everything = read(connect(simulator[0]), {kind: ["name"] for kind in kinds})
    for kind in kinds:
        assert set(found[kind]) == {moid for moid in everything[kind] if simulator[1][moid]["roles"]["part"] != "no-access"}
    names = {kind: {row["name"] for row in found[kind].values()} for kind in kinds}
    assert names[vim.Datacenter] == {"Lyon"}
    assert names[vim.Folder] == {"vm", "host", "datastore", "network", "Production", "Test", "web-prod", "app-prod", "web-test", "app-test"}
    assert names[vim.ComputeResource] == {"LYO-Production"}
    assert names[vim.ResourcePool] == {"Resources"}
    assert (names[vim.HostSystem], names[vim.Datastore], names[vim.Network]) == (set(), set(), set())
    assert 0 < len(names[vim.VirtualMachine]) < 40


def test_wrong_password(simulator: tuple) -> None:
    for username, password in (("part", "wrong"), ("nobody", simulator[0].password)):
        with pytest.raises(vim.fault.InvalidLogin):
            connect(simulator[0], password, username)


def test_lists_leave_out_what_may_not_be_seen(simulator: tuple, service: vim.ServiceInstance) -> None:
    may = {moid: place["roles"]["part"] for moid, place in simulator[1].items()}
    root = service.content.rootFolder
    assert len(connect(simulator[0]).content.rootFolder.childEntity) == 2
    assert len(ask(service, root, "childEntity")[0]["childEntity"]) == 1
    cluster = next(iter(read(service, {vim.ComputeResource: ["host", "datastore"]})[vim.ComputeResource].values()))
    assert cluster == {"host": [], "datastore": []}
    machines = read(service, {vim.VirtualMachine: ["runtime.host", "parent", "network", "datastore", "resourcePool"]})[vim.VirtualMachine]
    reported = {moid for row in machines.values() for moid in ids([*row["network"], *row["datastore"]])}
    assert reported and {may[moid] for moid in reported} == {"no-access"}, "what a machine uses is named all the same"
    hosts = ids([row["runtime.host"] for row in machines.values() if "runtime.host" in row])
    assert hosts and {may[moid] for moid in hosts} == {"no-access"}
    assert not ids([row["resourcePool"] for row in machines.values() if "resourcePool" in row]) & {moid for moid in may if may[moid] == "no-access"}
    assert any("resourcePool" in row for row in read(connect(simulator[0]), {vim.VirtualMachine: ["resourcePool"]})[vim.VirtualMachine].values())


def test_what_may_not_be_read_is_missing(simulator: tuple, service: vim.ServiceInstance) -> None:
    places = {vim.HostSystem: "no-access", vim.VirtualMachine: "view"}
    for kind, role in places.items():
        moid = next(moid for moid, place in simulator[1].items() if place["type"] == kind._wsdlName and place["roles"]["part"] == role)
        found, missing = ask(service, kind(moid, service._stub), "name", "parent", "runtime", "overallStatus")
        denied = {"runtime", "overallStatus"} | ({"name", "parent"} if role == "no-access" else set())
        assert missing == dict.fromkeys(denied, vim.fault.NoPermission)
        assert set(found) == {"name", "parent"} - denied


def test_mistake_in_accounts(tmp_path: Path) -> None:
    with pytest.raises(estates.SimulatorError, match='account part: there is nothing at "/Atlantis"'):
        estates.start_simulator(tmp_path, accounts={"part": [{"on": "/Atlantis", "role": "view"}]})
