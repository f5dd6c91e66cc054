# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_template over TLS: VMs become templates, and VMs again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from changing import wait
from estates import Simulator, start_simulator
from plain_pyvmomi import connect, read
from pyVmomi import vim

from ansible_collections.estate.vmware.tests.integration.changing import change, machines

POWER, TOOLS, IS_TEMPLATE, MANAGED = "runtime.powerState", "guest.toolsRunningStatus", "config.template", "config.managedBy"
VERSION = "guest.toolsVersionStatus2"
CHECK = {"_ansible_check_mode": True, "_ansible_diff": True}
DIFF = {"_ansible_diff": True}


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("templates"), ca=authority, vms=80, hosts=4, guest_delay=20) as simulator:
        yield simulator


@pytest.fixture
def run(vcenter, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, vcenter, "vmware_template")
    vcenter.set_faults([])
    vcenter.set_tasks([])


@pytest.fixture
def pick(vcenter) -> Any:
    """A name of a VM with these properties; each is picked anew, since they are changed."""

    def picked(power: str = "poweredOff", template: bool = False, **more: Any) -> str:
        found = machines(vcenter, POWER, TOOLS, IS_TEMPLATE, MANAGED, "runtime.connectionState", VERSION, "snapshot.rootSnapshotList")
        for name, row in found.items():
            fits = (row[POWER], row.get(IS_TEMPLATE)) == (power, template) and row["runtime.connectionState"] == "connected"
            is_plain = MANAGED not in row and not set(name) & set("*?%/") and not name.startswith("vCLS") and "snapshot.rootSnapshotList" not in row
            if fits and is_plain and all(row.get(path) in values for path, values in more.items()):
                return name
        raise LookupError(f"no such VM: {power} {template} {more}")

    return picked


def predicted(run: Any, sent: dict[str, int], **options: Any) -> dict[str, Any]:
    """Run in check mode, then for real, then once more; the result of the second, which check mode has told exactly."""
    told = run(**CHECK, **options)
    assert not told["sent"] and not told["failed"], told
    done = run(**DIFF, **options)
    assert not done["failed"] and done["sent"] == sent, done
    assert (told["changed"], told["diff"], told["counts"]) == (done["changed"], done["diff"], done["counts"])
    assert [vm["actions"] for vm in told["vms"]] == [vm["actions"] for vm in done["vms"]]
    again = run(**DIFF, **options)
    assert (again["failed"], again["changed"], again["sent"], again["diff"]) == (False, False, {}, []), again
    return done


def test_there_and_back(run, vcenter, pick):
    name = pick()
    done = predicted(run, {"MarkAsTemplate": 1}, state="template", vms=[{"name": name}])
    assert done["vms"][0]["actions"] == ["mark_template"] and machines(vcenter, IS_TEMPLATE)[name][IS_TEMPLATE] is True
    done = predicted(run, {"MarkAsVirtualMachine": 1}, state="vm", vms=[{"name": name}])
    row = machines(vcenter, IS_TEMPLATE, "resourcePool")[name]
    assert row[IS_TEMPLATE] is False and "resourcePool" in row
    assert done["diff"][0]["after"]["resource_pool"].startswith("/")


def test_everything_at_once(run, vcenter, pick):
    name = pick("poweredOn", **{TOOLS: ["guestToolsRunning"], VERSION: ["guestToolsNeedUpgrade", "guestToolsSupportedOld", "guestToolsTooOld"]})
    row = machines(vcenter, "parent")[name]
    service = connect(vcenter)
    folders = read(service, {vim.Folder: ["name", "parent", "childType"]})[vim.Folder]
    siblings = [other for other in folders.values() if "VirtualMachine" in (other.get("childType") or ()) and other["name"] != "vm"]
    target = next(other["name"] for other in siblings if sum(one["name"] == other["name"] for one in folders.values()) == 1)
    vm = vim.VirtualMachine(row["moid"], service._stub)
    for snapshot in ("a", "b"):
        wait(vm.CreateSnapshot(snapshot, "", False, False))
    service.content.sessionManager.Logout()
    item = {"name": name, "rename": "tpl-new", "annotation": "built", "placement": {"folder": target}}
    wanted = {"state": "template", "vms": [{**item, "power_off": True, "remove_snapshots": True, "update_tools": True}]}
    assert "it is not off, and a template must be" in run(state="template", vms=[item])["msg"]
    sent = {"UpgradeTools_Task": 1, "ShutdownGuest": 1, "RemoveSnapshot_Task": 2, "Rename_Task": 1, "MoveIntoFolder_Task": 1, "ReconfigVM_Task": 1}
    done = predicted(run, {**sent, "MarkAsTemplate": 1}, **wanted)
    assert done["vms"][0]["actions"] == [*("update_tools", "shut_down", "remove_snapshot", "remove_snapshot", "rename", "move", "reconfigure", "mark_template")]
    row = machines(vcenter, IS_TEMPLATE, POWER, "config.annotation", VERSION, "snapshot.rootSnapshotList", "parent")["tpl-new"]
    assert (row[IS_TEMPLATE], row[POWER], row["config.annotation"], row[VERSION]) == (True, "poweredOff", "built", "guestToolsCurrent")
    assert "snapshot.rootSnapshotList" not in row


def test_template_is_renamed_and_annotated(run, vcenter, pick):
    name = pick(template=True)
    predicted(run, {"Rename_Task": 1, "ReconfigVM_Task": 1}, state="template", vms=[{"name": name, "rename": "tpl-other", "annotation": "x"}])
    assert machines(vcenter, "config.annotation")["tpl-other"]["config.annotation"] == "x"


def test_guest_without_tools_is_powered_off(run, vcenter, pick):
    name = pick("poweredOn", **{TOOLS: ["guestToolsNotRunning", None]})
    done = predicted(run, {"PowerOffVM_Task": 1, "MarkAsTemplate": 1}, state="template", vms=[{"name": name, "power_off": True, "update_tools": False}])
    assert done["vms"][0]["actions"] == ["power_off", "mark_template"]


def test_placement_of_the_vm(run, vcenter, pick):
    service = connect(vcenter)
    pools = read(service, {vim.ResourcePool: ["name", "owner"], vim.ClusterComputeResource: ["name"]})
    service.content.sessionManager.Logout()
    pool = next(row for row in pools[vim.ResourcePool].values() if row["name"] != "Resources" and isinstance(row["owner"], vim.ClusterComputeResource))
    cluster = pools[vim.ClusterComputeResource][pool["owner"]._GetMoId()]["name"]
    name = pick(template=True)
    wanted = {"name": name, "placement": {"cluster": cluster, "resource_pool": pool["name"]}}
    predicted(run, {"MarkAsVirtualMachine": 1}, state="vm", vms=[wanted])
    found = machines(vcenter, "resourcePool")[name]["resourcePool"].moid
    assert pools[vim.ResourcePool][found]["name"] == pool["name"]


def test_host_of_the_vm(run, vcenter, pick):
    name, other = pick(template=True), pick()
    row = machines(vcenter, "runtime.host", "config.instanceUuid", "config.uuid")
    service = connect(vcenter)
    hosts = read(service, {vim.HostSystem: ["name", "parent"]})[vim.HostSystem]
    service.content.sessionManager.Logout()
    host = hosts[row[other]["runtime.host"].moid]["name"]
    by = {"instance_uuid": row[name]["config.instanceUuid"]}
    predicted(run, {"MarkAsVirtualMachine": 1}, state="vm", vms=[{**by, "placement": {"host": host}}])
    assert machines(vcenter, "runtime.host")[name]["runtime.host"] == row[other]["runtime.host"]
    predicted(run, {"MarkAsTemplate": 1}, state="template", vms=[{"bios_uuid": row[name]["config.uuid"]}])


def test_bad_input_and_protection(run, vcenter, pick, tmp_path, authority):
    given = [
        {"name": "a", "placement": {"cluster": "gold"}, "rename": "x" * 81},
        {"filters": [{"name": "b*"}], "rename": "y", "grace": "soon"},
    ]
    done = run(state="template", vms=given)
    for part in ("vms[0].placement.cluster does not go with state template", "vms[0].rename must have 1 to 80 characters (got 81)"):
        assert part in done["msg"], done["msg"]
    for part in ("vms[1].rename cannot be used with filters", "vms[1].grace must be seconds"):
        assert part in done["msg"], done["msg"]
    assert "vms[0].power_off does not go with state vm" in run(state="vm", vms=[{"name": "a", "power_off": True}])["msg"]
    assert not vcenter.calls()
    name = pick()
    done = run(state="template", vms=[{"name": name, "placement": {"folder": "nowhere"}}])
    assert "vms[0].placement.folder: there is no folder 'nowhere'" in done["msg"] and not done["sent"]
    done = run(state="template", vms=[{"name": name}], protected=[{"name": name}])
    assert "is protected (protected[0])" in done["msg"] and not done["sent"]
    with start_simulator(tmp_path / "esxi", ca=authority, kind="esxi", vms=2) as host:
        assert "a standalone ESXi host has no templates" in change(tmp_path, host, "vmware_template", state="template", vms=[{"name": "x"}])["msg"]


@pytest.mark.parametrize(
    "effect",
    [
        {"truncate": True},
        *(pytest.param(effect, marks=pytest.mark.all_only) for effect in ({"reset": True}, {"reset_after": True}, {"end_session": True}, {"status": 503})),
    ],
    ids=lambda effect: next(iter(effect)),
)
def test_faults(run, vcenter, pick, effect):
    name = pick()
    for state, method in (("template", "MarkAsTemplate"), ("vm", "MarkAsVirtualMachine")):
        vcenter.set_faults([{"method": method, **effect}])
        done = run(state=state, vms=[{"name": name}])
        assert not done["failed"] and done["vms"][0]["actions"] == [f"mark_{state}"], done
        assert machines(vcenter, IS_TEMPLATE)[name][IS_TEMPLATE] is (state == "template")
