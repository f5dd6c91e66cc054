# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.fault_meanings import meaning
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import Fault


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (
            Fault("InvalidPowerState", "The attempted operation cannot be performed.", parts={"existingState": "poweredOff"}),
            "the VM is poweredOff, which does not allow it (InvalidPowerState: The attempted operation cannot be performed.): change its power state first",
        ),
        (Fault("DuplicateName", "", parts={"name": "web%2f1"}), "the name web%2f1 is taken there (DuplicateName): choose another name or folder"),
        (
            Fault("InvalidDeviceSpec", "no", parts={"deviceIndex": 2}),
            "the server does not accept device 2 (InvalidDeviceSpec: no): check its place, its controller and its backing",
        ),
        (Fault("SomethingNew", "no"), "the server refuses it (SomethingNew: no): look at the object's events in the vSphere Client"),
        (Fault("", ""), "the server refuses it (no reason given): look at the object's events in the vSphere Client"),
        # Parts that are missing, or are no text.
        (Fault("FileLocked", "", parts={"file": {"a": 1}}), "the file is in use (FileLocked): find out which VM or host uses it"),
        (Fault("DuplicateName", "{0} {name}", parts={"name": "{x}"}), "the name {x} is taken there (DuplicateName: {0} {name}): choose another name or folder"),
    ],
)
def test_fault_has_a_meaning_and_a_remedy(fault, text):
    assert meaning(fault) == text
