# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from functools import partial

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.differences import differences
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import reconfigure_steps
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.example_vm import API, read, wanted


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
