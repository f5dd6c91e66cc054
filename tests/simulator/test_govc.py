# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The independent witness."""

from __future__ import annotations

from pathlib import Path

import estates
import pytest
from govc_witness import govc
from plain_pyvmomi import connect
from pyVmomi import vim


def test_govc_sees_the_estate_and_leaves_no_session(tmp_path: Path) -> None:
    with estates.start_simulator(tmp_path, vms=3) as vcenter:
        content = connect(vcenter).content
        vm = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True).view[0]
        (seen,) = govc(vcenter, "vm.info", "-vm.uuid", vm.config.uuid)["virtualMachines"]
        assert (seen["name"], seen["config"]["uuid"]) == (vm.name, vm.config.uuid)
        devices = govc(vcenter, "device.ls", "-vm.uuid", vm.config.uuid)["devices"]
        assert len(devices) == len(vm.config.hardware.device)
        with pytest.raises(estates.SimulatorError, match=r"govc vm\.info"):
            govc(vcenter, "vm.info", "-no-such-option")
        assert vcenter.left()["sessions"] == 1
