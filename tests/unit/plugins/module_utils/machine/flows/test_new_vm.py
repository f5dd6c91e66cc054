# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned for VMs that are made, and what is sent; tests/integration/test_vm_make.py has what becomes of them."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import carry_out, refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import ref
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import GIB, OFF, estate, machine, present
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties

NEW, SOURCE = ref("VirtualMachine:vm-77"), ref("VirtualMachine:vm-5")
PLACE = {"cluster": "gold", "datastore": "ds1"}
SCRATCH = {"name": "web-1", "placement": PLACE, "hardware": {"guest_id": "ubuntu64Guest"}, "memory": {"size": "2GiB"}}


def source(**more):
    return machine(5, "tpl", **{"config.template": True, "resourcePool": None, **more})


def one(vcenter, wait=True, **item):
    (found,) = present(vcenter, item, wait=wait)
    assert found.error is None, found.error
    return found


def sent(vcenter, **item):
    """The actions of a new VM, and the calls that its steps make."""
    found = one(vcenter, **item)
    carry_out(found.plan, None, vcenter, tasks=[NEW])
    return found, vcenter.sent


def test_from_scratch():
    disks = [{"at": "scsi0:0", "size": "10GiB"}, {"at": "scsi0:1", "size": "5GiB", "datastore": "fast1"}]
    found, calls = sent(estate(), **SCRATCH, cpu={"count": 2}, disks=disks, power="on")
    assert found.plan.actions == ["create", "power_on"] and found.outcome.path == "/Spain/Madrid/web-1"
    (method, (folder, config, pool, host)), power = calls
    assert (method, folder, pool, host) == ("CreateVm", ref("Folder:group-v1"), ref("ResourcePool:pool-1"), ref("HostSystem:host-1"))
    assert (config.name, config.files.vmPathName, config.numCPUs, config.memoryMB, config.guestId) == ("web-1", "[ds1]", 2, 2048, "ubuntu64Guest")
    files = [(change.device.capacityInBytes, change.device.backing.fileName) for change in config.deviceChange if change.fileOperation]
    assert files == [(10 * GIB, ""), (5 * GIB, "[fast1]")]
    assert power == ("PowerOn", [NEW, None])
    assert found.plan.diff["before"]["path"] is None and found.plan.diff["after"]["path"] == "/Spain/Madrid/web-1"


def test_folders_are_made_first():
    vcenter = estate()
    vcenter.answers["CreateFolder"] = ref("Folder:new")
    found, calls = sent(vcenter, **{**SCRATCH, "placement": {**PLACE, "folder": "Prod/New", "create_folder": True}})
    assert found.outcome.path == "/Spain/Madrid/Prod/New/web-1"
    assert calls[0] == ("CreateFolder", [ref("Folder:prod-1"), "New"]) and calls[1][1][0] == ref("Folder:new")


@pytest.mark.parametrize("power", ["on", "off", "unchanged"])
def test_clone_of_a_template(power):
    vcenter = estate(source())
    found, calls = sent(vcenter, name="web-1", source={"template": "tpl"}, placement={"cluster": "gold"}, cpu={"count": 2}, power=power)
    assert found.plan.actions == ["clone"] and found.outcome.path == "/Spain/Madrid/web-1"
    ((method, (original, folder, name, spec)),) = calls
    assert (method, original, folder, name) == ("Clone", SOURCE, ref("Folder:group-v1"), "web-1")
    assert (spec.location.pool._moId, spec.location.host._moId, spec.location.datastore) == ("pool-1", "host-1", None)
    assert (spec.powerOn, spec.template, spec.config.numCPUs, spec.snapshot, spec.customization) == (power == "on", False, 2, None, None)
    assert found.plan.diff["after"].get("power_state") == ("on" if power == "on" else None)
    assert found.plan.diff["after"]["source"] == "/Spain/Madrid/Prod/tpl"


def test_what_a_clone_cannot_have_in_the_same_call_comes_before_it_is_powered_on():
    vcenter = estate(source())
    found = one(
        vcenter, name="web-1", source={"template": "tpl"}, placement={"cluster": "gold"}, hardware={"version": "vmx-19"}, power="on", wait_for={"ip": "1m"}
    )
    assert found.plan.actions == ["clone", "upgrade_hardware", "power_on", "wait_for_ip"]
    assert carry_out(found.plan, None, vcenter, tasks=[NEW], waits=[{"guest.ipAddress": "10.0.0.5"}]) == ["Clone", "UpgradeVirtualHardware", "PowerOn"]
    assert not vcenter.sent[0][1][3].powerOn
    assert (
        "wait_for_ip"
        not in one(vcenter, wait=False, name="web-1", source={"template": "tpl"}, placement={"cluster": "gold"}, wait_for={"ip": "1m"}).plan.actions
    )


def with_snapshots(*others):
    tree = properties(node(1, "old", below=[node(2, "now")]), current=2)
    found = estate(machine(5, "base", **tree), *others)
    config = {path: value for path, value in found.objects[SOURCE].items() if path.startswith("config.")}
    for number in (1, 2):
        found.objects[ref(f"VirtualMachineSnapshot:snapshot-{number}")] = {**config, "config.hardware.numCPU": number}
    return found


@pytest.mark.parametrize(("wanted", "snapshot"), [({"clone": "linked"}, "snapshot-2"), ({"snapshot": "old"}, "snapshot-1")])
def test_clone_of_a_snapshot(wanted, snapshot):
    vcenter = with_snapshots()
    _found, calls = sent(vcenter, name="web-1", source={"vm": "/Spain/Madrid/Prod/base", **wanted}, cpu={"count": 2})
    spec = calls[0][1][3]
    assert spec.snapshot._moId == snapshot and spec.location.diskMoveType == ("createNewChildDiskBacking" if "clone" in wanted else None)
    # It is compared with what the snapshot has.
    assert spec.config.numCPUs == (None if snapshot == "snapshot-2" else 2)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"vm": "base", "snapshot": "odl"}, "vms[0].source.snapshot: /Spain/Madrid/Prod/base has no snapshot 'odl'; did you mean old?"),
        ({"template": "base"}, "vms[0].source.template: /Spain/Madrid/Prod/base is no template: name it as source.vm"),
        ({"vm": "bsae"}, "vms[0].source.vm"),
        ({"vm": "plain", "clone": "linked"}, "vms[0].source: /Spain/Madrid/Prod/plain has no snapshot, which a linked clone stands on: take one first"),
        ({"vm": "plain", "snapshot": "x"}, "vms[0].source: /Spain/Madrid/Prod/plain has no snapshot: take one first"),
        ({"vm": "twins", "snapshot": "same"}, "vms[0].source.snapshot: 2 snapshots of /Spain/Madrid/Prod/twins are called 'same': rename one"),
    ],
)
def test_sources_that_are_not_clear(wanted, message):
    twins = properties(node(8, "same", below=[node(9, "same")]), current=9)
    vcenter = with_snapshots(machine(6, "plain"), machine(7, "twins", **twins))
    with pytest.raises(InvalidOption) as caught:
        present(vcenter, {"name": "web-1", "source": wanted})
    assert any(line.startswith(message) for line in caught.value.lines), caught.value.lines


def test_clone_without_a_place_goes_where_its_source_is_and_must_be_reached_there():
    vcenter = with_snapshots()
    _found, calls = sent(vcenter, name="web-1", source={"vm": "base"})
    location = calls[0][1][3].location
    assert (location.pool, location.host, location.datastore) == (None, None, None)
    # In another datacenter it needs a pool, and a datastore.
    with pytest.raises(InvalidOption, match="/Lisbon has none that the account sees"):
        present(vcenter, {"name": "web-1", "source": {"vm": "base"}, "placement": {"datacenter": "Lisbon"}})
    vcenter.objects[SOURCE]["datastore"] = [ref("Datastore:ds-9")]
    with pytest.raises(InvalidOption, match="placement.datastore must be set: /Spain/Madrid/gold/esx1 has not mounted that of the source \\(far\\)"):
        present(vcenter, {"name": "web-1", "source": {"vm": "base"}, "placement": {"host": "esx1"}})


def test_datastore_cluster_must_have_room_for_all():
    vcenter = estate(source())
    item = {"source": {"template": "tpl"}, "placement": {"cluster": "gold", "datastore_cluster": "fast"}}
    found = present(vcenter, *({"name": f"web-{number}", **item} for number in range(3)))
    names = []
    for planned in found:
        carry_out(planned.plan, None, vcenter, tasks=[NEW])
        names.append(vcenter.sent[-1][1][3].location.datastore._moId)
    # 48 GiB each; 100 and 60 GiB are free.
    assert names == ["ds-2", "ds-3", "ds-2"]
    with pytest.raises(InvalidOption, match="no datastore of /Spain/Madrid/fast has 48GiB free"):
        present(vcenter, *({"name": f"web-{number}", **item} for number in range(4)))


LINUX = {"linux": {"domain": "example.com"}}


def test_each_adapter_of_a_clone_has_its_entry():
    vcenter = estate(source())
    networks = [{"network": "lan", "address": ["10.0.0.5/24"]}]
    found, calls = sent(vcenter, name="web-1", source={"template": "tpl"}, placement={"cluster": "gold"}, customization=LINUX, networks=networks)
    spec = calls[0][1][3].customization
    assert [entry.adapter.ip.__class__.__name__.rpartition(".")[2] for entry in spec.nicSettingMap] == ["FixedIp", "DhcpIpGenerator"]
    assert spec.identity.hostName.name == "web-1" and found.plan.diff["after"]["customization"] == "linux"


@pytest.mark.parametrize(("fault", "error"), [("NotFound", InvalidOption), ("InvalidState", MethodFault)])
def test_stored_specification_that_cannot_be_read(fault, error):
    vcenter = estate(source())
    vcenter.answers["Get"] = refusal(fault)
    item = {"name": "web-1", "source": {"template": "tpl"}, "placement": {"cluster": "gold"}, "customization": {"spec": "lnx"}}
    with pytest.raises(error, match="vms\\[0\\].customization.spec: vCenter has no customization specification 'lnx'|InvalidState"):
        present(vcenter, item)


def test_names_that_are_taken_or_given_twice():
    vcenter = estate(machine(1, "web-1", "Folder:prod-1"))
    item = {**SCRATCH, "datacenter": "Madrid", "folder": "a/b", "placement": {**PLACE, "folder": "Prod"}}
    with pytest.raises(InvalidOption, match="/Spain/Madrid/Prod/web-1 exists and is another VM than folder and datacenter say"):
        present(vcenter, item)
    with pytest.raises(InvalidOption, match="vms\\[1\\].name: /Spain/Madrid/web-2 is named by vms\\[0\\] already"):
        present(vcenter, {**SCRATCH, "name": "web-2"}, {**SCRATCH, "name": "web-2"})


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"moid": "vm-9", "cpu": {"count": 1}}, "a VM that is to be made is given by name"),
        ({"name": "web-1", "placement": PLACE}, "vms[0].hardware.guest_id"),
        ({**SCRATCH, "customization": LINUX}, "vms[0].customization needs source: a VM from scratch has no guest"),
        ({**SCRATCH, "networks": [{"network": "nowhere"}]}, "vms[0].networks[0].network"),
        ({**SCRATCH, "networks": [{"network": "far lan"}]}, "vms[0].networks[0].network: /Spain/Madrid/gold/esx1 has no network"),
        ({**SCRATCH, "disks": [{"at": "scsi0:0", "size": "1GiB", "datastore": "far"}]}, "vms[0].disks[0].datastore: /Spain/Madrid/gold/esx1 has not mounted"),
        ({**SCRATCH, "custom_attributes": {"owner": "x"}}, "vms[0].custom_attributes: there is no custom attribute 'owner'"),
        (
            {"name": "a/b", **{key: value for key, value in SCRATCH.items() if key != "name"}, "placement": {"datastore": "ds1", "cluster": "silver"}},
            "vms[0].placement.cluster",
        ),
    ],
)
def test_all_that_is_wrong_is_told_before_anything_is_made(item, message):
    with pytest.raises(InvalidOption) as caught:
        present(estate(), item)
    assert any(message in line for line in caught.value.lines), caught.value.lines


def test_host_without_vcenter_clones_nothing():
    with pytest.raises(InvalidOption, match="vms\\[0\\].source"):
        present(estate(source(), is_vcenter=False), {"name": "web-1", "source": {"vm": "tpl", "clone": "linked"}})


def test_what_a_new_vm_cannot_be_is_its_error():
    (found,) = present(
        estate(source()), {"name": "web-1", "source": {"template": "tpl"}, "placement": {"cluster": "gold"}, "disks": [{"at": "scsi0:0", "size": "1GiB"}]}
    )
    assert "disks" in str(found.error) and not found.plan.steps


@pytest.mark.parametrize("on_failure", ["remove", "keep"])
def test_vm_that_cannot_be_finished(on_failure):
    vcenter = estate()
    found = one(vcenter, **SCRATCH, power="on", on_failure=on_failure)
    vcenter.answers["PowerOn"] = refusal("InsufficientResourcesFault")
    vcenter.objects[NEW] = {"runtime.powerState": OFF}
    with pytest.raises(MethodFault, match="is removed again" if on_failure == "remove" else "is kept unfinished"):
        carry_out(found.plan, None, vcenter, tasks=[NEW])
    assert [method for method, _arguments in vcenter.sent] == ["CreateVm", "PowerOn", *(["Destroy"] if on_failure == "remove" else [])]


STORED = {
    "spec": {
        "_type": "CustomizationSpec",
        "identity": {"_type": "CustomizationLinuxPrep", "hostName": {"_type": "CustomizationUnknownName"}, "domain": "example.com"},
        "globalIPSettings": {"_type": "CustomizationGlobalIPSettings"},
        "nicSettingMap": [{"adapter": {"ip": {"_type": "CustomizationUnknownIpGenerator"}}}],
    }
}
CLONE = {"name": "web-1", "source": {"template": "tpl"}, "placement": {"cluster": "gold"}}


def test_stored_specification_is_completed():
    vcenter = estate(source())
    vcenter.answers["Get"] = STORED
    networks = [{"network": "lan", "address": ["10.0.0.5/24"]}]
    _found, calls = sent(vcenter, **CLONE, customization={"spec": "lnx"}, networks=networks)
    assert calls[0] == ("Get", [ref("customizationSpecManager:customizationSpecManager"), "lnx"])
    spec = calls[1][1][3].customization
    assert spec.identity.hostName.name == "web-1" and [entry.adapter.ip.__class__.__name__.rpartition(".")[2] for entry in spec.nicSettingMap] == [
        *("FixedIp", "DhcpIpGenerator"),
    ]


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (STORED, "vms[0].networks[0].address must be set: the specification lnx asks for it"),
        ({"spec": {"_type": "CustomizationSpec", "identity": {"_type": "CustomizationFuture"}}}, "the customization specification 'lnx' of vCenter has parts"),
        (None, "the customization specification 'lnx' of vCenter has parts that are not known here"),
    ],
)
def test_stored_specification_that_cannot_be_used(stored, message):
    vcenter = estate(source())
    vcenter.answers["Get"] = stored
    (found,) = present(vcenter, {**CLONE, "customization": {"spec": "lnx"}})
    assert message in str(found.error) and not found.plan.steps
