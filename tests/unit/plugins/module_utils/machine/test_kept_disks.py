# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.kept_disks import KeptDisks
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import Send
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import DEVICES, PROPERTIES

OPTION = "vms[0].keep_disks"
DETACHED = {"key": "estate.vmware.detached.scsi0:1", "value": "[ds1] web/web_1.vmdk"}


def properties(*, without=(), **changed):
    devices = [device for device in DEVICES if device["key"] not in without]
    return {**PROPERTIES, "config.hardware.device": devices, **changed}


def kept(*given):
    problems = []
    made = KeptDisks.of(OPTION, list(given), problems)
    assert problems == []
    return made


def test_disks_at_places_or_all_of_them():
    assert not kept() and kept("all") and kept("scsi0:1")
    assert list(kept("scsi0:1").step(properties(), False).before) == ["disks.scsi0:1"]
    assert list(kept("all").step(properties(), False).after) == ["disks.scsi0:0", "disks.scsi0:1"]
    problems = []
    KeptDisks.of(OPTION, ["all", "first"], problems)
    assert [line.partition(" must")[0] for line in problems] == [f"{OPTION}[0]", f"{OPTION}[1]"]


def test_disk_that_an_earlier_call_has_detached_is_not_missed():
    before = properties(without=[2001], **{"config.extraConfig": [DETACHED]})
    assert kept("scsi0:1").step(before, False) is None
    assert list(kept("scsi0:0", "scsi0:1").step(before, False).before) == ["disks.scsi0:0"]
    assert kept("all").step(properties(without=[2000, 2001]), False) is None


@pytest.mark.parametrize(
    ("given", "changed", "reason"),
    [
        ("scsi0:1", {"without": [2001]}, "there is no disk at scsi0:1: check"),
        ("scsi0:2", {"config.extraConfig": [DETACHED]}, "there is no disk at scsi0:2: check"),
        ("scsi0:0", {"config.template": True}, "no disk can be detached from a template"),
        ("scsi0:0", {"snapshot.rootSnapshotList": [{}]}, "its disks are part of snapshots"),
    ],
    ids=["missing", "another place", "template", "snapshots"],
)
def test_what_cannot_be_kept(given, changed, reason):
    with pytest.raises(NotPossible, match=reason):
        kept(given).step(properties(**changed), False)


def test_disk_that_was_attached_again_elsewhere_is_not_destroyed():
    (disk,) = (device for device in DEVICES if device["key"] == 2001)
    moved = [*(device for device in DEVICES if device["key"] != 2001), {**disk, "key": 2004, "unitNumber": 4}]
    now = properties(**{"config.hardware.device": moved, "config.extraConfig": [DETACHED]})
    with pytest.raises(NotPossible, match="the disk that was at scsi0:1 is at scsi0:4 now: name it there"):
        kept("scsi0:1").step(now, False)
    assert list(kept("scsi0:4").step(now, False).before) == ["disks.scsi0:4"]


def test_disks_are_looked_at_again_after_the_vm_was_powered_off():
    step = kept("all").step(properties(), is_powered_off=True)
    work = step.run(MoRef("VirtualMachine", "vm-1"))
    assert isinstance(next(work), Send)
    with pytest.raises(NotPossible, match="vms.0..keep_disks: its disks were changed meanwhile: look at them, then run again"):
        work.send(current_state(properties(without=[2001])))


def test_another_disk_at_a_place_is_not_detached_and_so_its_vm_is_not_destroyed():
    (disk,) = (device for device in DEVICES if device["key"] == 2001)
    other = {**disk, "backing": {**disk["backing"], "fileName": "[ds1] db/data.vmdk"}}
    now = properties(**{"config.hardware.device": [*(device for device in DEVICES if device["key"] != 2001), other]})
    work = kept("scsi0:1").step(properties(), is_powered_off=True).run(MoRef("VirtualMachine", "vm-1"))
    next(work)
    with pytest.raises(NotPossible, match="disks.scsi0:1 is another device now"):
        work.send(current_state(now))
