# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vmware_vm over TLS: VMs are made from scratch, cloned and changed, and what is read back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from estates import Simulator, start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.machine.places import CLUSTER, DATASTORE, DATASTORE_CLUSTER, NETWORK, Places
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.connection import Connection
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.tag_writer import TagWriter
from ansible_collections.estate.vmware.tests.integration.changing import change, machines

ON, OFF = "poweredOn", "poweredOff"
DEVICES = "config.hardware.device"
PATHS = ("runtime.powerState", "config.template", "config.managedBy", "snapshot", "config.extraConfig", "runtime.connectionState", "config.hardware.numCPU",
         "config.hardware.memoryMB", "config.annotation", DEVICES, "guest.ipAddress", "guest.hostName", "parent", "config.guestId")  # fmt: skip


@pytest.fixture(scope="module")
def vcenter(tmp_path_factory, authority) -> Iterator[Simulator]:
    with start_simulator(tmp_path_factory.mktemp("make"), ca=authority, vms=60, hosts=4, pods=1, guest_delay=40, newer_rest=True) as simulator:
        yield simulator


@pytest.fixture
def run(vcenter, tmp_path) -> Iterator[Any]:
    yield partial(change, tmp_path, vcenter, "vmware_vm")
    vcenter.set_faults([])
    vcenter.set_tasks([])


@pytest.fixture(scope="module")
def place(vcenter) -> dict[str, Any]:
    """A cluster, and of what its hosts reach a datastore and two networks."""
    with Session(_connection(vcenter)) as session:
        places = Places(session)
        cluster = places.all(CLUSTER)[0]
        reach = places.reach([cluster])[cluster]
        networks = [places.path(ref) for ref in places.all(NETWORK, places.datacenter(cluster)) if ref in reach.networks and "plink" not in places.name(ref)]
        datastores = sorted(places.name(ref) for ref in reach.datastores)
        return {
            "cluster": places.path(cluster),
            "datacenter": places.path(places.datacenter(cluster)),
            "datastore": datastores[0],
            "datastores": datastores,
            "networks": networks[:2],
            "pod": next((places.path(pod) for pod in places.all(DATASTORE_CLUSTER) if not reach.datastores.isdisjoint(places.inside(DATASTORE, pod))), ""),
        }


@pytest.fixture(scope="module")
def template(vcenter, place) -> str:
    """The name of a template whose guest can be customized."""
    return _named(vcenter, lambda row: row.get("config.template") and "win" not in row["config.guestId"])


def _named(vcenter, fits) -> str:
    return next(name for name, row in machines(vcenter, *PATHS).items() if row["runtime.connectionState"] == "connected" and fits(row))


def _connection(vcenter) -> Connection:
    return Connection(vcenter.host, vcenter.port, vcenter.username, vcenter.password, ca_path=str(vcenter.ca_path))


def where(place, **more) -> dict[str, Any]:
    return {"cluster": place["cluster"], "datastore": place["datastore"], **more}


def kinds(row, kind) -> list[dict[str, Any]]:
    return [device for device in row[DEVICES] if device["_type"] == kind]


def check_twice(run, **options) -> dict[str, Any]:
    """Run in check mode, for real, and again: the first predicts the second, the third changes nothing."""
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


def from_scratch(place, name) -> dict[str, Any]:
    """An item that makes a VM which is on."""
    return {
        "name": name,
        "placement": where(place),
        "cpu": {"count": 2},
        "memory": {"size": "2GiB"},
        "hardware": {"guest_id": "ubuntu64Guest"},
        "disks": [{"at": "scsi0:0", "size": "10GiB", "provisioning": "thin"}],
        "networks": [{"network": place["networks"][0]}],
        "annotation": "made",
        "power": "on",
    }


def test_vm_is_made_from_scratch(vcenter, run, place):
    result = check_twice(run, vms=[from_scratch(place, "scratch-1")])
    assert result["vms"][0]["actions"] == ["create", "power_on"]
    assert result["vms"][0]["instance_uuid"] and result["vms"][0]["moid"]
    row = machines(vcenter, *PATHS)["scratch-1"]
    assert (row["config.hardware.numCPU"], row["config.hardware.memoryMB"], row["config.annotation"], row["runtime.powerState"]) == (2, 2048, "made", ON)
    assert [int(disk["capacityInKB"]) for disk in kinds(row, "VirtualDisk")] == [10 << 20]
    assert len(kinds(row, "VirtualVmxnet3")) == 1


def test_clones_are_numbered_customized_and_on_with_one_call_each(vcenter, run, place, template):
    item = {
        "name": "web-{n:02d}",
        "count": 5,
        "source": {"template": template},
        "placement": where(place),
        "cpu": {"count": 4},
        "memory": {"size": "4GiB"},
        "power": "on",
        "on_failure": "keep",
        "wait_for": {"ip": "30s"},
    }
    result = check_twice(run, vms=[item])
    found = machines(vcenter, *PATHS)
    assert [found[f"web-0{number}"]["config.hardware.numCPU"] for number in range(1, 6)] == [4] * 5
    assert {found[f"web-0{number}"]["runtime.powerState"] for number in range(1, 6)} == {ON}
    assert result["sent"] == {"CloneVM_Task": 5}
    assert result["calls"] <= 40 + 1.3 * 5


def test_disks_of_a_clone_go_where_they_shall_in_the_format_that_is_wanted(vcenter, run, place, template):
    (first, *_others) = kinds(machines(vcenter, *PATHS)[template], "VirtualDisk")
    (controller,) = (device for device in machines(vcenter, *PATHS)[template][DEVICES] if device["key"] == first["controllerKey"])
    at = f"scsi{controller['busNumber']}:{first['unitNumber']}"
    other = place["datastores"][1]
    disks = [{"at": at, "datastore": other, "provisioning": "eager_zeroed"}, {"at": "scsi3:0", "size": "1GiB", "datastore": other}]
    item = {"name": "apart-1", "source": {"template": template}, "placement": where(place), "disks": disks}
    check_twice(run, vms=[item])
    backings = [disk["backing"] for disk in kinds(machines(vcenter, *PATHS)["apart-1"], "VirtualDisk")]
    assert [one["fileName"].startswith(f"[{other}] ") for one in backings] == [True, *[False] * (len(backings) - 2), True]
    assert str(backings[0]["eagerlyScrub"]).lower() == "true"
    result = run(vms=[{**item, "name": "apart-2", "disks": [{"at": at, "datastore": "no such"}, {"at": "scsi3:1", "size": "1GiB", "datastore": "nor this"}]}])
    for number, name in enumerate(("no such", "nor this")):
        assert f"vms[0].disks[{number}].datastore: there is no datastore '{name}'" in result["msg"]
    assert result["sent"] == {}


def test_customized_clones_have_names_and_addresses_of_their_own(vcenter, run, place, template):
    adapters = len([device for device in machines(vcenter, *PATHS)[template][DEVICES] if "macAddress" in device])
    networks = [{"network": place["networks"][0], "address": ["192.0.2.1{n}/24"], "gateway": ["192.0.2.1"], "dns": ["192.0.2.2"]}]
    item = {
        "name": "app-{n}",
        "count": 2,
        "source": {"template": template},
        "placement": where(place, folder="Apps/New", create_folder=True),
        "networks": [*networks, *([{}] * (adapters - 1))],
        "customization": {"linux": {"domain": "corp.example", "time_zone": "Europe/Berlin"}},
        "power": "on",
        "wait_for": {"customization": "30s", "ip": "30s", "tools": "30s"},
    }
    result = check_twice(run, vms=[item])
    assert result["sent"] == {"CloneVM_Task": 2, "CreateFolder": 2}
    assert [vm["path"] for vm in result["vms"]] == [f"{place['datacenter']}/Apps/New/app-{number}" for number in (1, 2)]
    found = machines(vcenter, *PATHS)
    assert [(found[f"app-{number}"]["guest.hostName"], found[f"app-{number}"]["guest.ipAddress"]) for number in (1, 2)] == [
        ("app-1.corp.example", "192.0.2.11"),
        ("app-2.corp.example", "192.0.2.12"),
    ]


def test_linked_clone_stands_on_a_snapshot_and_keeps_its_source_from_being_destroyed(vcenter, run, place):
    source = _named(
        vcenter, lambda row: "snapshot" in row and row["runtime.powerState"] == OFF and not row.get("config.template") and "config.managedBy" not in row
    )
    item = {"name": "linked-1", "source": {"vm": source, "clone": "linked"}}
    result = check_twice(run, vms=[item])
    assert result["sent"] == {"CloneVM_Task": 1}
    disks = kinds(machines(vcenter, *PATHS)["linked-1"], "VirtualDisk")
    assert disks and all("parent" in disk["backing"] for disk in disks)
    refused = run(state="absent", vms=[{"name": source, "delete": "destroy", "power_off": True}])
    assert refused["failed"] and "linked-1 uses its disk files" in refused["msg"] and refused["sent"] == {}
    gone = run(state="absent", vms=[{"name": "linked-1", "delete": "destroy"}])
    assert not gone["failed"] and source in machines(vcenter)
    unknown = run(vms=[{"name": "linked-2", "source": {"vm": source, "snapshot": "no such"}}])
    assert unknown["failed"] and "has no snapshot 'no such'" in unknown["msg"]


def test_existing_vm_is_changed_hot_or_with_a_power_cycle_and_renamed(vcenter, run, place):
    name = "changing-1"
    assert not run(vms=[from_scratch(place, name)])["failed"]
    hot = {"name": name, "annotation": "changed", "disks": [{"at": "scsi0:1", "size": "2GiB"}], "networks": [{"network": place["networks"][1]}]}
    result = check_twice(run, vms=[hot])
    assert result["vms"][0]["actions"] == ["reconfigure"] and result["sent"] == {"ReconfigVM_Task": 1}
    cold = {"name": name, "cpu": {"count": 4}}
    refused = run(vms=[cold])
    assert refused["failed"] and "vms[0].cpu.count cannot be changed while the VM is on" in refused["msg"] and refused["sent"] == {}
    result = check_twice(run, vms=[{**cold, "power_cycle": "hard"}])
    assert result["vms"][0]["actions"] == ["power_off", "reconfigure", "power_on"]
    removal = {"name": name, "exact": ["disks"], "destroy_disks": True, "disks": [{"at": "scsi0:0", "keep": True}]}
    result = check_twice(run, vms=[removal])
    assert result["vms"][0]["actions"] == ["remove_disk"]
    row = machines(vcenter, *PATHS)[name]
    assert (row["config.hardware.numCPU"], row["config.annotation"], len(kinds(row, "VirtualDisk")), row["runtime.powerState"]) == (4, "changed", 1, ON)
    result = check_twice(run, vms=[{"moid": row["moid"], "rename": "changing-2", "power": "off"}])
    assert result["vms"][0]["actions"] == ["power_off", "rename"] and "changing-2" in machines(vcenter)
    check_twice(run, vms=[{"moid": row["moid"], "rename": name, "power": "on"}])


@pytest.mark.parametrize(
    ("method", "after", "state"),
    [
        ("ReconfigVM_Task", "it is on again", ON),
        pytest.param("PowerOnVM_Task", "it was on before, and is off now: power it on", OFF, marks=pytest.mark.all_only),
    ],
)
def test_vm_that_was_powered_off_for_a_change_that_fails_comes_on_again(vcenter, run, place, method, after, state):
    name = f"cycled-{state.lower()}"
    assert not run(vms=[from_scratch(place, name)])["failed"]
    vcenter.set_faults([{"method": method, "fault": "NoPermission", "parts": {"privilegeId": "Some.Privilege"}}])
    result = run(vms=[{"name": name, "cpu": {"count": 4}, "power_cycle": "hard"}])
    assert result["failed"] and f"lacks Some.Privilege: give the account a role with it; {after}" in result["msg"]
    assert machines(vcenter, *PATHS)[name]["runtime.powerState"] == state


@pytest.fixture
def clones(run, template, place) -> Any:
    """Clone three VMs of a name of the test's own."""
    return lambda name, **more: run(
        vms=[{"name": f"{name}-{{n}}", "count": 3, "source": {"template": template}, "placement": where(place), "power": "on", **more}]
    )


def made(vcenter, name) -> dict[str, dict[str, Any]]:
    return {other: row for other, row in machines(vcenter, *PATHS).items() if other.startswith(f"{name}-")}


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("cut", {"truncate": True}),
        ("reset", {"reset": True}),
        ("after", {"reset_after": True}),
        ("login", {"fault": "NotAuthenticated"}),
        ("busy", {"status": 503}),
        ("busyafter", {"status_after": 503}),
        ("passing", {"fault": "TaskInProgress"}),
    ],
)
def test_vms_are_cloned_once_whatever_becomes_of_an_answer(vcenter, clones, name, fault):
    vcenter.set_faults([{"method": "CloneVM_Task", "call": 2, **fault}])
    result = clones(name)
    assert not result["failed"], result["msg"]
    found = made(vcenter, name)
    assert sorted(found) == [f"{name}-{number}" for number in (1, 2, 3)]
    assert {row["runtime.powerState"] for row in found.values()} == {ON}
    assert sorted(vm["moid"] for vm in result["vms"]) == sorted(row["moid"] for row in found.values())


@pytest.mark.parametrize(
    ("name", "fault", "kind"),
    [
        ("forbidden", {"fault": "NoPermission"}, "permission"),
        ("duplicate", {"fault": "DuplicateName"}, "refused"),
        ("gone", {"fault": "ManagedObjectNotFound"}, "gone"),
    ],
)
def test_clone_that_the_server_refuses_costs_no_other(vcenter, clones, name, fault, kind):
    vcenter.set_faults([{"method": "CloneVM_Task", "call": 2, **fault}])
    result = clones(name)
    assert result["failed"] and sorted(vm["error_kind"] for vm in result["vms"]) == ["", "", kind]
    assert len(made(vcenter, name)) == 2


def test_clone_whose_task_fails_leaves_nothing(vcenter, clones):
    vcenter.set_tasks([{"operation": "Clone", "object": "full-2", "after_ms": 30, "fault": "NoDiskSpace", "parts": {"datastore": "d", "file": "f"}}])
    result = clones("full")
    assert result["failed"] and [bool(vm["error"]) for vm in result["vms"]] == [False, True, False]
    assert result["vms"][1]["tasks"] and not result["vms"][1]["changed"]
    assert sorted(made(vcenter, "full")) == ["full-1", "full-3"]


@pytest.mark.parametrize("kept", [False, True])
def test_vm_that_cannot_be_finished_is_removed_again(vcenter, run, place, kept):
    name = f"half-{kept}"
    vcenter.set_tasks([{"operation": "PowerOn", "object": name, "fault": "InsufficientResourcesFault"}])
    item = {"name": name, "placement": where(place), "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}, "power": "on"}
    result = run(vms=[{**item, "on_failure": "keep" if kept else "remove"}])
    assert result["failed"], result
    assert (name in machines(vcenter)) == kept
    assert ("was made and is kept unfinished" if kept else "which was made, is removed again") in result["msg"]


def test_name_that_is_taken_in_between_is_told_and_left_alone(vcenter, run, place):
    item = {"name": "twin", "placement": where(place), "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}}
    vcenter.set_faults([{"method": "CreateVM_Task", "fault": "DuplicateName"}])
    assert run(vms=[item])["failed"]
    assert not run(vms=[item])["failed"]
    assert "twin" in machines(vcenter)


def test_guest_that_says_nothing_fails_after_its_time_and_is_kept(vcenter, run, place, template):
    item = {"name": "toolless-1", "source": {"template": template}, "placement": where(place), "power": "on", "wait_for": {"tools": "1s"}}
    result = run(vms=[item])
    assert result["failed"] and "after 1 s VMware Tools do not run" in result["msg"]
    assert result["vms"][0]["changed"] and result["vms"][0]["actions"] == ["clone"]
    assert "toolless-1" in machines(vcenter)


def test_existing_vm_is_moved_only_where_that_is_wanted(vcenter, run, place):
    item = {"name": "mover", "placement": where(place), "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}}
    check_twice(run, vms=[item])
    assert not run(vms=[{**item, "name": "settler", "placement": where(place, folder="Settled", create_folder=True)}])["failed"]
    moved = {"name": "mover", "placement": {"folder": "Settled"}}
    refused = run(vms=[moved])
    assert refused["failed"] and "mover is not in placement.folder: set relocate to move it" in refused["msg"]
    result = check_twice(run, vms=[{**moved, "relocate": True}])
    assert result["vms"][0]["actions"] == ["move"]


def test_all_that_is_wrong_is_told_before_anything_is_made(vcenter, run, place, template):
    vms = [
        {"name": "wrong-{n}", "memory": {"size": "8"}, "disks": [{"at": "scsi0:7", "size": "1GiB"}]},
        {"name": "wrong", "count": 2},
        {"name": "wrong-1", "source": {"template": template, "vm": template}},
        {"name": "wrong-2", "power": "off", "wait_for": {"ip": "1m"}},
        {"moid": "vm-1", "wait_for": {"ip": "soon"}},
        {"filters": [{"name": "web*"}], "destroy_disks": True, "exact": ["disks"]},
    ]
    result = run(vms=vms)
    assert result["failed"] and result["sent"] == {}
    for text in ("vms[0].memory.size", "vms[0].disks[0].at: unit 7 is the controller's own", "vms[2].source has template and vm, which exclude each other"):
        assert text in result["msg"]
    result = run(vms=vms[1:2] + vms[3:])
    for text in (
        "vms[0].name must have {n} or {n:02d}",
        "vms[1].wait_for needs a VM that is on",
        "vms[2].wait_for.ip must be seconds",
        "vms[3].filters cannot be used with destroy_disks",
    ):
        assert text in result["msg"]
    result = run(
        vms=[
            {"name": "wrong-1", "placement": {"cluster": "no such"}, "source": {"template": template}},
            {"name": "wrong-2", "placement": where(place), "source": {"template": "tpl-none"}},
            {"name": "wrong-3", "placement": where(place), "source": {"template": template}, "networks": [{"network": "no such"}]},
        ]
    )
    assert result["failed"] and "vms[1].source.template: there is no VM 'tpl-none'" in result["msg"]
    result = run(
        vms=[
            {"name": "wrong-1", "placement": {"cluster": "no such"}, "source": {"template": template}},
            {"name": "wrong-3", "placement": where(place), "source": {"template": template}, "networks": [{"network": "no such"}]},
        ]
    )
    assert "vms[0].placement.cluster: there is no cluster 'no such'" in result["msg"]


def test_many_clones_need_one_call_each_and_unchanged_ones_none(vcenter, run, place, template):
    item = {
        "name": "many-{n:03d}",
        "count": 60,
        "source": {"template": template},
        "placement": where(place),
        "cpu": {"count": 2},
        "memory": {"size": "2GiB"},
        "networks": [{"network": place["networks"][0]}],
        "power": "on",
    }
    first = run(vms=[item])
    assert not first["failed"], first["msg"]
    assert first["sent"] == {"CloneVM_Task": 60} and first["calls"] <= 40 + 1 + 1.3 * 60
    again = run(vms=[item])
    assert not again["changed"] and again["sent"] == {} and again["calls"] <= 20 + 2 * 2


def test_tags_and_custom_attributes_are_set(vcenter, run, place):
    fields = machines(vcenter, "customValue", "availableField")
    row = next(row for row in fields.values() if row.get("availableField"))
    attribute = row["availableField"][0]["name"]
    with Session(_connection(vcenter)) as session, TagWriter(_connection(vcenter), session.transport, session.version) as writer:
        category, tags = next((category, sorted(tags)) for category, tags in sorted(writer.identifiers.items()) if len(tags) > 1)
    item = {"name": "labelled", "placement": where(place), "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}}
    item |= {"tags": {category: tags[:1]}, "custom_attributes": {attribute: "mine"}}
    result = check_twice(run, vms=[item])
    assert result["vms"][0]["actions"] == ["create", "set_tags", "set_attributes"]
    result = check_twice(run, vms=[{**item, "tags": {category: tags[1:2]}, "custom_attributes": {attribute: "yours"}}])
    assert result["vms"][0]["actions"] == ["set_tags", "set_attributes"]
    assert result["diff"][0]["before"] == {f"tags.{category}": tags[:1], f"custom_attributes.{attribute}": "mine"}
    wrong = run(vms=[{"name": "labelled", "tags": {"no such": ["x"], category: ["none"]}, "custom_attributes": {"nobody": "x"}}])
    assert wrong["failed"] and wrong["sent"] == {}
    for text in ("there is no category 'no such'", f"vms[0].tags.{category}: there is no tag 'none'", "there is no custom attribute 'nobody'"):
        assert text in wrong["msg"]


def test_specification_of_vcenter_is_completed(vcenter, run, place, template):
    adapters = len([device for device in machines(vcenter, *PATHS)[template][DEVICES] if "macAddress" in device])
    networks = [{"address": ["192.0.2.77/24"], "gateway": ["192.0.2.1"]}, *([{}] * (adapters - 1))]
    item = {"name": "special", "source": {"template": template}, "placement": where(place), "networks": networks, "power": "on"}
    result = check_twice(run, vms=[{**item, "customization": {"spec": "vcsim-linux"}, "wait_for": {"customization": "30s", "ip": "30s"}}])
    assert result["sent"] == {"CloneVM_Task": 1}
    assert machines(vcenter, *PATHS)["special"]["guest.ipAddress"] == "192.0.2.77"
    unknown = run(vms=[{**item, "name": "special-2", "customization": {"spec": "no such"}}])
    assert unknown["failed"] and unknown["sent"] == {}
    assert "vms[0].customization.spec: vCenter has no customization specification 'no such'" in unknown["msg"]


def test_task_that_is_not_awaited_is_named(vcenter, run, place, template):
    vcenter.set_tasks([{"operation": "Clone", "object": "later", "after_ms": 300}])
    result = run(wait=False, vms=[{"name": "later", "source": {"template": template}, "placement": where(place), "power": "on"}])
    assert not result["failed"], result["msg"]
    assert result["vms"][0]["changed"] and result["vms"][0]["tasks"]


def test_user_data_is_shown_nowhere(vcenter, run, place, tmp_path):
    item = {"name": "cloud", "placement": where(place), "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}}
    result = check_twice(run, vms=[{**item, "user_data": "#cloud-config\npassword: s3cr3t-word", "extra_config": {"guestinfo.key": "h1dden-word"}}])
    assert "s3cr3t-word" not in str(result) and "h1dden-word" not in str(result)
    assert str(result["diff"][0]["after"]["user_data"]).startswith("sha256:")


def test_guest_is_shut_down_where_a_change_needs_it(vcenter, run, place, template):
    item = {"name": "cycle", "source": {"template": template}, "placement": where(place), "power": "on", "wait_for": {"tools": "30s"}}
    assert not run(vms=[item])["failed"]
    result = check_twice(run, vms=[{"name": "cycle", "hardware": {"boot": {"delay": 500}}, "cpu": {"nested": True}, "power_cycle": "guest"}])
    assert result["vms"][0]["actions"] == ["shut_down", "reconfigure", "power_on"]
    assert machines(vcenter, *PATHS)["cycle"]["runtime.powerState"] == ON


def test_clone_whose_answer_never_comes_is_told_and_not_removed(vcenter, run, place, template):
    vcenter.set_faults([{"method": "CloneVM_Task", "hang_after": True}])
    result = run(timeout=3, vms=[{"name": "silent", "source": {"template": template}, "placement": where(place)}])
    found = machines(vcenter)
    # It is found by its mark.
    assert not result["failed"] or "unknown" in result["vms"][0]["error_kind"]
    assert "silent" in found and list(found).count("silent") == 1


def test_change_of_a_vm_that_somebody_else_changes_is_compared_once_more(vcenter, run, place):
    assert not run(vms=[from_scratch(place, "raced")])["failed"]
    vcenter.set_faults([{"method": "ReconfigVM_Task", "fault": "ConcurrentAccess"}])
    result = run(vms=[{"name": "raced", "annotation": "again"}])
    assert not result["failed"], result["msg"]
    assert machines(vcenter, *PATHS)["raced"]["config.annotation"] == "again"


def test_vm_is_moved_to_another_datastore(vcenter, run, place):
    item = {"name": "wanderer", "placement": where(place), "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}}
    check_twice(run, vms=[item])
    away = {**item, "placement": {"datastore": place["datastores"][1]}}
    unmoved = run(vms=[away])
    assert not unmoved["failed"] and not unmoved["changed"]
    result = check_twice(run, vms=[{**away, "relocate": True}])
    assert result["vms"][0]["actions"] == ["relocate"] and result["sent"] == {"RelocateVM_Task": 1}


def test_datastore_of_a_cluster_of_them_is_chosen_by_its_free_space(vcenter, run, place):
    if not place["pod"]:
        pytest.skip("the estate has no datastore cluster here")
    placement = {"cluster": place["cluster"], "datastore_cluster": place["pod"]}
    item = {"name": "pod-{n}", "count": 3, "placement": placement, "memory": {"size": "1GiB"}, "hardware": {"guest_id": "otherGuest"}}
    check_twice(run, vms=[{**item, "disks": [{"at": "scsi0:0", "size": "4GiB", "provisioning": "thin"}]}])
    moved = run(vms=[{"name": "pod-1", "placement": {"datastore_cluster": place["pod"]}, "relocate": True}])
    assert not moved["failed"] and not moved["changed"]
    huge = run(vms=[{**item, "name": "huge-{n}", "disks": [{"at": "scsi0:0", "size": "60TiB", "provisioning": "thin"}]}])
    assert huge["failed"] and huge["sent"] == {} and "has 60TiB free" in huge["msg"], huge["msg"]


def test_one_vm_by_uuid_needs_few_calls(run, place):
    uuid = run(vms=[from_scratch(place, "by-uuid")])["vms"][0]["instance_uuid"]
    result = run(vms=[{"instance_uuid": uuid, "cpu": {"hot_add": False}}])
    assert not result["failed"] and not result["changed"] and result["calls"] <= 10


def test_what_cannot_be_finished_leaves_disks_that_were_there_before(vcenter, run, place):
    item = {"placement": where(place), "hardware": {"guest_id": "ubuntu64Guest"}, "cpu": {"count": 1}, "memory": {"size": "1GiB"}}
    assert not run(vms=[{**item, "name": "disk-owner", "disks": [{"at": "scsi0:0", "size": "1GiB"}]}])["failed"]
    file = kinds(machines(vcenter, *PATHS)["disk-owner"], "VirtualDisk")[0]["backing"]["fileName"]
    assert not run(state="absent", vms=[{"name": "disk-owner", "delete": "destroy", "keep_disks": ["all"]}])["failed"]
    disks = [{"at": "scsi0:0", "size": "1GiB"}, {"at": "scsi0:1", "file": file}]
    vcenter.set_tasks([{"operation": "PowerOn", "fault": "InsufficientResourcesFault"}])
    result = run(vms=[{**item, "name": "disk-user", "disks": disks, "power": "on"}])
    assert result["failed"] and "which was made, is removed again" in result["msg"], result["msg"]
    assert "disk-user" not in machines(vcenter)
    again = run(vms=[{**item, "name": "disk-user", "disks": disks, "power": "on"}])
    assert not again["failed"], again["msg"]


def test_disk_file_that_another_vm_uses_is_not_destroyed(vcenter, run, place):
    item = {"placement": where(place), "hardware": {"guest_id": "ubuntu64Guest"}, "cpu": {"count": 1}, "memory": {"size": "1GiB"}}
    disk = {"at": "scsi0:0", "size": "1GiB"}
    assert not run(vms=[{**item, "name": "sharer-1", "disks": [disk, {**disk, "at": "scsi0:1"}]}])["failed"]
    file = kinds(machines(vcenter, *PATHS)["sharer-1"], "VirtualDisk")[1]["backing"]["fileName"]
    assert not run(vms=[{**item, "name": "sharer-2", "disks": [disk, {"at": "scsi0:1", "file": file}]}])["failed"]
    removal = {"vms": [{"name": "sharer-1", "disks": [disk], "exact": ["disks"], "destroy_disks": True}]}
    for is_check in (True, False):
        refused = run(**removal, _ansible_check_mode=is_check)
        assert refused["failed"] and "sharer-2 uses its disk files" in refused["msg"] and refused["sent"] == {}, refused
    assert not run(vms=[{"name": "sharer-2", "disks": [disk], "exact": ["disks"]}])["failed"]
    done = run(**removal)
    assert not done["failed"] and done["vms"][0]["actions"] == ["remove_disk"], done


def test_linked_clone_of_disks_on_another_datastore_keeps_its_source_from_being_destroyed(vcenter, run, place, tmp_path):
    disk = {"at": "scsi0:0", "size": "1GiB", "datastore": place["datastores"][1]}
    item = {"placement": where(place), "hardware": {"guest_id": "ubuntu64Guest"}, "cpu": {"count": 1}, "memory": {"size": "1GiB"}}
    assert not run(vms=[{**item, "name": "far-disk", "disks": [disk]}])["failed"]
    assert not change(tmp_path, vcenter, "vmware_vm_snapshot", state="present", vms=[{"name": "far-disk", "snapshot": {"name": "base"}}])["failed"]
    assert not run(vms=[{"name": "far-link", "source": {"vm": "far-disk", "clone": "linked"}}])["failed"]
    refused = run(state="absent", vms=[{"name": "far-disk", "delete": "destroy"}])
    assert refused["failed"] and "far-link uses its disk files" in refused["msg"] and refused["sent"] == {}, refused
