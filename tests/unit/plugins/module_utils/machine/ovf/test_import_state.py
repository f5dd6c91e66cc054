# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a VM will be, out of the ConfigSpec that a server made of a descriptor."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import ControllerPlace
from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.import_state import CONFIG_SHAPE, state_of_import
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE

GIB = 1 << 30
CONFIG = {
    "numCPUs": 2,
    "memoryMB": 1024,
    "cpuAllocation": {"limit": 500},
    "deviceChange": [
        {"device": {TYPE: "VirtualLsiLogicController", "key": -201, "busNumber": 0}},
        {"device": {TYPE: "VirtualDisk", "key": -5, "controllerKey": -201, "unitNumber": 1, "capacityInKB": GIB >> 10}},
        {"device": {TYPE: "VirtualVmxnet3", "key": -6}},
        {},
    ],
    "vAppConfig": {"property": [{"info": {"key": 0, "id": "hostname", "value": "a"}}, {}]},
    "extraConfig": [{"key": "k", "value": "v"}],
}


def test_settings_and_devices():
    state = state_of_import(CONFIG)
    assert (state.settings["config.hardware.numCPU"], state.settings["config.hardware.memoryMB"], state.settings["config.cpuAllocation.limit"]) == (
        2,
        1024,
        500,
    )
    assert [(str(place), disk.size) for place, disk in state.disks.items()] == [("scsi0:1", GIB)]
    assert [nic.adapter for nic in state.nics] == ["VirtualVmxnet3"]
    assert ControllerPlace("ide", 0) in state.controllers
    assert [one["id"] for one in state.vapp_properties] == ["hostname"] and state.extra_config == {"k": "v"}
    assert not (state.is_new or state.is_on or state.is_clone)


def test_what_is_not_said_is_as_servers_choose():
    settings = state_of_import({}).settings
    assert (settings["config.firmware"], settings["config.memoryAllocation.limit"]) == ("bios", -1)
    assert settings["config.cpuAllocation.shares"] == {"level": "normal", "shares": 0}


def test_shape_has_what_is_read():
    assert CONFIG_SHAPE["cpuAllocation"]["limit"] is int and "bootOptions" in CONFIG_SHAPE
