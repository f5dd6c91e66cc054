# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm over TLS: VMs are retired, unregistered and destroyed, and what is read back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.tests.integration.changing import change, machines

ON, OFF = "poweredOn", "poweredOff"
DEVICES = "config.hardware.device"
PATHS = ("runtime.powerState", "config.template", "config.managedBy", "snapshot", DEVICES, "config.extraConfig", "runtime.connectionState")


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("remove"), ca=authority, vms=140, hosts=4) as simulator:
        yield simulator


@pytest.fixture
def run(vcenter, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, vcenter, "vmware_vm")
    vcenter.set_faults([])
    vcenter.set_tasks([])


def chosen(vcenter, number, state=OFF, with_snapshots=False) -> list[str]:
    """Names of ordinary VMs in a power state, which are in no vApp."""
    found = []
    for name, row in machines(vcenter, *PATHS, "parent").items():
        usual = "parent" in row and not row.get("config.template") and "config.managedBy" not in row and row["runtime.connectionState"] == "connected"
        plain = name.isascii() and "/" not in name and "%" not in name and name.strip() == name and "retired" not in name and name != "equal-name"
        if usual and plain and row["runtime.powerState"] == state and ("snapshot" in row) == with_snapshots:
            found.append(name)
    assert len(found) >= number, found
    return found[:number]


def items(names) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def disks(row) -> list[dict[str, Any]]:
    return [device for device in row[DEVICES] if device["_type"] == "VirtualDisk"]


def test_destroyed_vms_are_gone_with_one_call_each(vcenter, run):
    names = chosen(vcenter, 3)
    shown = run(state="absent", common={"delete": "destroy"}, vms=items(names), _ansible_check_mode=True, _ansible_diff=True)
    assert (shown["changed"], shown["sent"]) == (True, {})
    assert [one["after"] for one in shown["diff"]] == [{"path": None}] * 3
    result = run(state="absent", common={"delete": "destroy"}, vms=items(names))
    assert not result["failed"], result.get("msg")
    assert result["sent"] == {"Destroy_Task": 3}
    assert [vm["actions"] for vm in result["vms"]] == [["destroy"]] * 3 == [vm["actions"] for vm in shown["vms"]]
    assert machines(vcenter).keys().isdisjoint(names)
    again = run(state="absent", common={"delete": "destroy"}, vms=items(names))
    assert (again["changed"], again["failed"], again["sent"], again["counts"]["unchanged"]) == (False, False, {}, 3)


def test_running_vm_is_left_alone_unless_it_may_be_powered_off(vcenter, run):
    (name,) = chosen(vcenter, 1, ON)
    refused = run(state="absent", vms=[{"name": name, "delete": "destroy"}])
    assert refused["failed"] and "it is on: power it off first, or set power_off" in refused["msg"]
    assert name in machines(vcenter)
    result = run(state="absent", vms=[{"name": name, "delete": "destroy", "power_off": True}])
    assert [vm["actions"] for vm in result["vms"]] == [["power_off", "destroy"]]
    assert name not in machines(vcenter)


def test_unregistered_vm_leaves_its_files(vcenter, run):
    (name,) = chosen(vcenter, 1)
    result = run(state="absent", vms=[{"name": name, "delete": "unregister"}])
    assert result["sent"] == {"UnregisterVM": 1} and name not in machines(vcenter)


def test_kept_disks_are_detached_before(vcenter, run):
    (name,) = chosen(vcenter, 1)
    moid = machines(vcenter)[name]["moid"]
    result = run(state="absent", vms=[{"moid": moid, "delete": "destroy", "keep_disks": ["all"]}])
    assert not result["failed"], result.get("msg")
    assert result["sent"] == {"ReconfigVM_Task": 1, "Destroy_Task": 1}
    assert result["vms"][0]["actions"] == ["detach_disks", "destroy"]


def test_second_run_knows_the_disks_that_the_first_one_has_detached(vcenter, run):
    (name,) = chosen(vcenter, 1)
    moid, device = machines(vcenter)[name]["moid"], disks(machines(vcenter, DEVICES)[name])[0]
    buses = {"VirtualLsiLogicController": "scsi", "ParaVirtualSCSIController": "scsi", "VirtualLsiLogicSASController": "scsi", "VirtualAHCIController": "sata"}
    (bus,) = (each for each in machines(vcenter, DEVICES)[name][DEVICES] if each["key"] == device["controllerKey"])
    place = f"{buses[bus['_type']]}{bus['busNumber']}:{device['unitNumber']}"
    item = {"moid": moid, "delete": "destroy", "keep_disks": [place]}
    vcenter.set_tasks([{"operation": "Destroy", "object": name, "after_ms": 20, "fault": "InvalidState"}])
    first = run(state="absent", vms=[item])
    assert first["failed"] and first["vms"][0]["actions"] == ["detach_disks"]
    assert device["key"] not in [each["key"] for each in disks(machines(vcenter, DEVICES)[name])]
    vcenter.set_tasks([])
    missed = run(state="absent", vms=[{**item, "keep_disks": [place, "scsi3:15"]}])
    assert missed["failed"] and "there is no disk at scsi3:15" in missed["msg"] and missed["sent"] == {}
    second = run(state="absent", vms=[item])
    assert not second["failed"], second.get("msg")
    assert second["vms"][0]["actions"] == ["destroy"] and name not in machines(vcenter)


def test_disks_below_snapshots_cannot_be_kept(vcenter, run):
    (name,) = chosen(vcenter, 1, ON, with_snapshots=True)
    result = run(state="absent", vms=[{"name": name, "delete": "destroy", "power_off": True, "keep_disks": ["all"]}])
    assert result["failed"] and "remove the snapshots first" in result["msg"] and result["sent"] == {}


def test_retired_vm_is_off_renamed_moved_and_stamped_and_removed_when_its_time_has_come(vcenter, run):
    (name,) = chosen(vcenter, 1, ON)
    folder = _some_folder(vcenter)
    options = {"state": "retired", "vms": [{"name": name, "retired_folder": folder}]}
    shown = run(**options, _ansible_check_mode=True)
    assert shown["changed"] and shown["sent"] == {}
    result = run(**options)
    assert not result["failed"], result.get("msg")
    assert result["vms"][0]["actions"] == shown["vms"][0]["actions"] == ["power_off", "retire", "move"]
    (new_name,) = (other for other in machines(vcenter) if other.startswith(f"{name}-retired-20"))
    row = machines(vcenter, *PATHS, "parent")[new_name]
    assert row["runtime.powerState"] == OFF
    assert {item["key"] for item in row["config.extraConfig"] if item["key"].startswith("estate.vmware.retired")}
    # Also under the name that it had.
    again = run(**options)
    assert (again["changed"], again["failed"], again["sent"]) == (False, False, {})
    early = run(state="absent", vms=[{"name": name, "delete": "destroy", "retired_for": "7d"}])
    assert (early["changed"], early["failed"], early["sent"]) == (False, False, {})
    assert new_name in machines(vcenter)
    late = run(state="absent", vms=[{"name": name, "delete": "destroy", "retired_for": "0s"}])
    assert late["sent"] == {"Destroy_Task": 1} and new_name not in machines(vcenter)


def test_vm_of_a_vapp_is_not_retired_to_a_folder(vcenter, run):
    name = next(name for name, row in machines(vcenter, *PATHS, "parentVApp").items() if "parentVApp" in row and row["runtime.powerState"] == ON)
    result = run(state="retired", vms=[{"name": name, "retired_folder": _some_folder(vcenter)}])
    assert result["failed"] and not result["changed"] and "it is in a vApp" in result["msg"] and result["sent"] == {}


def test_retired_vm_that_keeps_its_name_is_removed_once(vcenter, run):
    (name,) = chosen(vcenter, 1)
    assert run(state="retired", vms=[{"name": name, "retired_name": "{name}"}])["changed"]
    item = {"name": name, "delete": "destroy", "retired_for": "0s"}
    twice = run(state="absent", vms=[item, {"moid": machines(vcenter)[name]["moid"], "delete": "unregister"}])
    assert twice["failed"] and "is named by vms[0] already" in twice["msg"] and twice["sent"] == {}
    result = run(state="absent", at_most=1, vms=[item])
    assert not result["failed"] and result["sent"] == {"Destroy_Task": 1} and result["counts"]["changed"] == 1, result


def test_vm_that_is_not_retired_is_left_alone_by_retention(vcenter, run):
    (name,) = chosen(vcenter, 1)
    result = run(state="absent", vms=[{"name": name, "delete": "destroy", "retired_for": "0s"}])
    assert (result["changed"], result["failed"], result["sent"]) == (False, False, {})


def test_all_that_is_wrong_is_told_before_anything_is_changed(vcenter, run):
    names = chosen(vcenter, 2)
    result = run(
        state="absent",
        vms=[
            {"name": names[0]},
            {"name": names[1], "delete": "unregister", "keep_disks": ["all"]},
            {"name": "web*", "delete": "destroy"},
            {"name": names[0], "delete": "destroy", "keep_disks": ["first"]},
            {"name": names[0], "delete": "destroy", "retired_for": "a week"},
        ],
    )
    assert result["failed"] and result["sent"] == {}
    for text in (
        "vms[0].delete must be unregister (the files stay) or destroy (they are deleted): there is no default",
        "vms[1].keep_disks goes with delete: destroy",
        "vms[2].name must be one name without * and ?",
        "vms[3].keep_disks[0] must be a place such as scsi0:1",
        "vms[4].retired_for must be seconds",
    ):
        assert text in result["msg"]
    many = run(state="absent", at_most=1, common={"delete": "destroy"}, vms=items(names))
    assert many["failed"] and "at_most is 1, and this call would remove 2 VMs and disks" in many["msg"] and many["sent"] == {}
    filters = run(state="absent", vms=[{"filters": [{"name": "web*"}], "delete": "destroy"}])
    assert filters["failed"] and "vms[0].filters cannot be used where something is destroyed" in filters["msg"]
    protected = run(state="absent", protected=[{"name": names[0]}], common={"delete": "destroy"}, vms=items(names))
    assert protected["failed"] and "is protected" in protected["msg"] and protected["sent"] == {}
    other = run(state="retired", vms=[{"name": names[0], "delete": "destroy"}])
    assert other["failed"] and "vms[0].delete does not go with state retired: leave it out" in other["msg"]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"truncate": True}, id="answer cut after the change"),
        pytest.param({"reset": True}, id="connection reset before the change"),
        pytest.param({"reset_after": True}, id="connection reset after the change"),
        pytest.param({"fault": "NotAuthenticated"}, id="session ended"),
        pytest.param({"status": 503}, id="server not ready"),
        pytest.param({"fault": "TaskInProgress"}, id="another task goes on"),
    ],
)
def test_vms_are_destroyed_once_whatever_becomes_of_an_answer(vcenter, run, fault):
    names = chosen(vcenter, 3, ON)
    vcenter.set_faults([{"method": "Destroy_Task", "call": 2, **fault}])
    result = run(state="absent", common={"delete": "destroy", "power_off": True}, vms=items(names))
    assert not result["failed"], result.get("msg")
    assert machines(vcenter).keys().isdisjoint(names)
    assert 3 <= result["sent"]["Destroy_Task"] <= 6


@pytest.mark.parametrize(("fault", "kind"), [({"fault": "NoPermission"}, "permission"), ({"fault": "InvalidState"}, "refused")])
def test_vm_that_the_server_refuses_to_destroy_costs_no_other(vcenter, run, fault, kind):
    names = chosen(vcenter, 3, ON)
    vcenter.set_faults([{"method": "Destroy_Task", "call": 2, **fault}])
    result = run(state="absent", concurrency=1, common={"delete": "destroy", "power_off": True}, vms=items(names))
    assert "vms" in result, result["msg"]
    assert [vm["error_kind"] for vm in result["vms"]] == ["", kind, ""]
    assert [name in machines(vcenter) for name in names] == [False, True, False]


def test_task_that_fails_is_told_with_its_reason(vcenter, run):
    (name,) = chosen(vcenter, 1, ON)
    vcenter.set_tasks([{"operation": "Destroy", "object": name, "after_ms": 20, "fault": "InvalidState"}])
    result = run(state="absent", vms=[{"name": name, "delete": "destroy", "power_off": True}])
    assert result["failed"] and "cannot destroy: the state of the object does not allow it" in result["msg"] and result["vms"][0]["tasks"]
    assert (result["vms"][0]["changed"], result["vms"][0]["actions"]) == (True, ["power_off"])
    assert name in machines(vcenter)


def _some_folder(vcenter) -> str:
    from ansible_collections.estate.vmware.plugins.module_utils.machine.places import FOLDER, Places
    from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
    from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session

    with Session(Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))) as session:
        places = Places(session)
        return places.path(places.all(FOLDER)[-1])
