# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import reconfigure_steps
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import drive, refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import API, DEVICES, PROPERTIES, read, wanted
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate

VM = MoRef("VirtualMachine", "vm-1")
DISKS = [device for device in DEVICES if device["_type"] == "VirtualDisk"]


def steps_of(item):
    compare = partial(differences, wanted(item), api=API)
    return reconfigure_steps(compare(read()), read().change_version, compare)


def test_nothing_to_do():
    assert steps_of({"cpu": {"count": 4}}) == []


def test_steps_in_order():
    steps = steps_of({
        "hardware": {"version": "19", "boot": {"order": ["scsi0:2"]}}, "cpu": {"count": 8}, "disks": [{"at": "scsi0:2", "size": "1GiB"}],
        "cdroms": [], "exact": ["disks", "cdroms"], "destroy_disks": True,
    })  # fmt: skip
    assert [(step.action, list(step.after)) for step in steps] == [
        ("upgrade_hardware", ["hardware.version"]),
        ("reconfigure", ["cpu.count", "disks.scsi0:2", "cdroms.ide0:0"]),
        ("remove_disk", ["disks.scsi0:0"]),
        ("remove_disk", ["disks.scsi0:1"]),
        ("reconfigure", ["hardware.boot.order"]),
    ]
    assert steps[2].before == {"disks.scsi0:0": {"size": "40GiB", "provisioning": "thin", "mode": "persistent", "file": "[ds1] web/web.vmdk"}}


def test_detached_disks_are_no_removed_disks():
    (step,) = steps_of({"exact": ["disks"], "disks": [{"at": "scsi0:0"}]})
    assert (step.action, list(step.after)) == ("reconfigure", ["disks.scsi0:1"])


def test_a_step_needs_a_vm():
    (step,) = steps_of({"cpu": {"count": 8}})
    with pytest.raises(NotPossible):
        next(step.run(None))


class Session:
    """Keeps the spec that is sent."""

    number = 1
    remaining = 60.0
    spec = None

    def __init__(self):
        self.transport = self

    def object(self, ref):
        return ref

    def invoke(self, _ref, _method, spec, shape=None):
        self.spec = spec


def removed(step, now):
    """Run a step that reads the VM anew, and finds it so: the keys of devices that it removes, and its change version."""
    work, session = step.run(VM), Session()
    assert isinstance(next(work), Send)
    with suppress(StopIteration):
        work.send(work.send(now).function(session))
    if session.spec is None:
        return None
    return [change.device.key for change in session.spec.deviceChange if change.operation == "remove"], session.spec.changeVersion


def now(*changed, **properties):
    """The example, with other values of some disks' keys, and a newer change version."""
    devices = [
        {**device, **new, "backing": {**device["backing"], **new.get("backing", {})}} for device, new in zip(DISKS, changed, strict=True) if new is not None
    ]
    others = [device for device in DEVICES if device["_type"] != "VirtualDisk"]
    return current_state({**PROPERTIES, "config.changeVersion": "newer", "config.hardware.device": [*others, *devices], **properties})


EXACT = {"exact": ["disks"], "disks": [{"at": "scsi0:0"}]}


def test_planned_disk_is_removed_with_its_file():
    (step,) = steps_of({**EXACT, "destroy_disks": True})
    assert removed(step, now({}, {})) == ([2001], "newer")
    assert removed(step, now({}, None)) is None


@pytest.mark.parametrize("destroys", [True, False], ids=["with its file", "detached after the VM was powered off"])
@pytest.mark.parametrize(
    "other",
    [
        {"backing": {"fileName": "[ds1] db/data.vmdk"}},
        {"backing": {"uuid": "6000C29b"}},
        {"key": 2016},
    ],
    ids=["file", "uuid", "key"],
)
def test_another_disk_at_the_place_of_a_planned_one_stays(other, destroys):
    compare = partial(differences, wanted({**EXACT, "destroy_disks": destroys}), api=API)
    (step,) = reconfigure_steps(compare(read()), "", compare)
    with pytest.raises(NotPossible, match="disks.scsi0:1 is another device now, which was not planned to be removed.*run again"):
        removed(step, now({}, other))


def test_devices_of_a_copy_are_those_that_it_has():
    """They were planned before it was made, when only those of its source were known."""
    compare = partial(differences, wanted({**EXACT, "destroy_disks": True}), api=API)
    (step,) = reconfigure_steps(compare(read()), "", compare, reads=True)
    assert removed(step, now({}, {"backing": {"fileName": "[ds2] copy/copy_1.vmdk"}})) == ([2001], "newer")


def test_steps_say_whether_they_take_devices():
    assert [step.takes_devices for step in steps_of({**EXACT, "destroy_disks": True, "cpu": {"count": 8}})] == [False, True]
    assert [step.takes_devices for step in steps_of({"exact": ["networks"], "networks": []})] == [True]


def test_another_adapter_is_not_removed():
    compare = partial(differences, wanted({"exact": ["networks"], "networks": []}), api=API)
    (step,) = reconfigure_steps(compare(read()), "", compare)
    assert removed(step, now({}, {}))[0] == [4000, 4001]
    other = [{**device, "key": device["key"] + 10} if device["_type"] == "VirtualE1000e" else device for device in DEVICES]
    with pytest.raises(NotPossible, match="networks.00:50:56:00:00:01 is another device now"):
        removed(step, now({}, {}, **{"config.hardware.device": other}))


@pytest.fixture
def estate():
    return FakeEstate({"VirtualMachine:vm-1": PROPERTIES})


def specs(estate):
    return [(spec.changeVersion, spec.numCPUs, spec.memoryMB) for method, (_vm, spec) in estate.sent if method == "Reconfigure"]


def carried_out(estate, item):
    for step in steps_of(item):
        drive(step.run(VM), estate)


def test_hardware_is_upgraded_to_the_wanted_version(estate):
    carried_out(estate, {"hardware": {"version": "19"}})
    assert estate.sent == [("UpgradeVirtualHardware", [VM, "vmx-19"])]


def test_change_carries_the_version_that_was_compared(estate):
    carried_out(estate, {"cpu": {"count": 8}})
    assert specs(estate) == [(PROPERTIES["config.changeVersion"], 8, None)] and not estate.asked["objects"]


def test_vm_that_somebody_changed_is_compared_once_more(estate):
    estate.answers = {"Reconfigure": [refusal("ConcurrentAccess"), None]}
    estate.objects[VM].update({"config.changeVersion": "newer", "config.hardware.numCPU": 8})
    carried_out(estate, {"cpu": {"count": 8}, "memory": {"size": "32GiB"}})
    assert specs(estate)[1:] == [("newer", None, 32 << 10)], "the other has made one of the changes"


def test_vm_that_is_as_wanted_meanwhile_is_left_alone(estate):
    estate.answers = {"Reconfigure": [refusal("ConcurrentAccess")]}
    estate.objects[VM]["config.hardware.numCPU"] = 8
    carried_out(estate, {"cpu": {"count": 8}})
    assert len(estate.sent) == 1


def test_vm_that_is_changed_again_and_again(estate):
    estate.answers = {"Reconfigure": [refusal("ConcurrentAccess"), refusal("ConcurrentAccess")]}
    with pytest.raises(MethodFault, match="cannot reconfigure"):
        carried_out(estate, {"cpu": {"count": 8}})
    assert len(estate.sent) == 2


def test_other_refusals_are_not_tried_again(estate):
    estate.answers = {"Reconfigure": refusal("InvalidVmConfig")}
    with pytest.raises(MethodFault, match="InvalidVmConfig"):
        carried_out(estate, {"cpu": {"count": 8}})
    assert len(estate.sent) == 1 and not estate.asked["objects"]


def test_vm_that_runs_meanwhile_is_not_changed(estate):
    estate.answers = {"Reconfigure": [refusal("ConcurrentAccess")]}
    estate.objects[VM].update({"runtime.powerState": "poweredOn", "config.cpuHotAddEnabled": False})
    with pytest.raises(NotPossible, match=r"it was changed meanwhile \(vms\[3\]\.cpu\.count cannot be changed while the VM is on"):
        carried_out(estate, {"cpu": {"count": 8}})


def test_vm_that_is_gone_meanwhile(estate):
    estate.answers = {"Reconfigure": [refusal("ConcurrentAccess")]}
    del estate.objects[VM]
    with pytest.raises(NotPossible, match="it does not exist any more"):
        carried_out(estate, {"cpu": {"count": 8}})
