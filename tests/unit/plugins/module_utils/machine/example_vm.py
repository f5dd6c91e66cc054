# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A VM as its properties are read, and what becomes of it when changes are made: the server's part, as simple as it can be."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import (
    AddDevice,
    EditDevice,
    RemoveDevice,
    SetBootOrder,
    SetExtraConfig,
    SetMember,
    SetProperty,
    UpgradeHardware,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import NEW, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import DISTRIBUTED, Cdrom, Controller, Disk, NetworkBacking, Nic
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import with_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.items import checked_items
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import hardware_number
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import SETTINGS
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import settings_argument_spec, wanted_state
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

GIB = 1 << 30
API = (8, 0, 2, 0)
LAN = MoRef("Network", "network-7")
CONNECTED = {"connected": True, "startConnected": True, "allowGuestControl": True}
DEVICES = [
    {"_type": "VirtualIDEController", "key": 200, "busNumber": 0},
    {"_type": "VirtualIDEController", "key": 201, "busNumber": 1},
    {"_type": "ParaVirtualSCSIController", "key": 1000, "controllerKey": 100, "unitNumber": 3, "busNumber": 0},
    {
        "_type": "VirtualDisk", "key": 2000, "controllerKey": 1000, "unitNumber": 0, "capacityInKB": 40 << 20, "capacityInBytes": 40 * GIB,
        "backing": {
            "_type": "VirtualDiskFlatVer2BackingInfo", "fileName": "[ds1] web/web.vmdk", "diskMode": "persistent", "thinProvisioned": True,
            "uuid": "6000C29a", "datastore": MoRef("Datastore", "datastore-1"),
        },
    },
    {
        "_type": "VirtualDisk", "key": 2001, "controllerKey": 1000, "unitNumber": 1, "capacityInKB": 8 << 20,
        "backing": {"_type": "VirtualDiskFlatVer2BackingInfo", "fileName": "[ds1] web/web_1.vmdk", "diskMode": "persistent"},
    },
    {
        "_type": "VirtualCdrom", "key": 3000, "controllerKey": 200, "unitNumber": 0, "connectable": CONNECTED,
        "backing": {"_type": "VirtualCdromIsoBackingInfo", "fileName": "[ds1] iso/a.iso"},
    },
    {"_type": "VirtualSomethingNew", "key": 9000, "controllerKey": 1000, "unitNumber": 5},
    {
        "_type": "VirtualVmxnet3", "key": 4001, "controllerKey": 100, "unitNumber": 8, "macAddress": "00:50:56:00:00:02", "addressType": "assigned",
        "connectable": CONNECTED,
        "backing": {
            "_type": "VirtualEthernetCardDistributedVirtualPortBackingInfo",
            "port": {"portgroupKey": "dvportgroup-9", "switchUuid": "50 2d", "portKey": "12", "connectionCookie": 77},
        },
    },
    {
        "_type": "VirtualE1000e", "key": 4000, "controllerKey": 100, "unitNumber": 7, "macAddress": "00:50:56:00:00:01", "addressType": "manual",
        "connectable": CONNECTED, "backing": {"_type": "VirtualEthernetCardNetworkBackingInfo", "deviceName": "lan%2f1", "network": LAN},
    },
]  # fmt: skip
PROPERTIES = {
    "runtime.powerState": "poweredOff",
    "config.template": False,
    "config.changeVersion": "2026-11-28T10:00:00Z",
    "config.version": "vmx-13",
    "config.guestId": "ubuntu64Guest",
    "config.firmware": "bios",
    "config.hardware.numCPU": 4,
    "config.hardware.numCoresPerSocket": 2,
    "config.hardware.memoryMB": 8192,
    "config.hotPlugMemoryIncrementSize": 256,
    "config.hotPlugMemoryLimit": 16384,
    "config.cpuHotAddEnabled": True,
    "config.memoryHotAddEnabled": True,
    "config.cpuAllocation.reservation": 0,
    "config.cpuAllocation.limit": -1,
    "config.cpuAllocation.shares": {"level": "normal", "shares": 4000},
    "config.memoryAllocation.reservation": 1024,
    "config.memoryAllocation.limit": -1,
    "config.annotation": "made by hand",
    "config.hardware.device": DEVICES,
    "config.extraConfig": [{"key": "disk.EnableUUID", "value": "TRUE"}],
    "config.vAppConfig.property": [
        {"key": 0, "id": "hostname", "classId": "net", "value": "old", "userConfigurable": True, "type": "string"},
        {"key": 1, "id": "admin_password", "value": "s3cret", "userConfigurable": True, "type": "password"},
        {"key": 2, "id": "fixed", "value": "x", "userConfigurable": False},
    ],
}
NETWORKS = {
    "lan/1": NetworkBacking("standard", "lan/1", LAN),
    "dmz": NetworkBacking(DISTRIBUTED, "dmz", MoRef("DistributedVirtualPortgroup", "dvportgroup-9"), "dvportgroup-9", "50 2d"),
    "dmz2": NetworkBacking(DISTRIBUTED, "dmz2", MoRef("DistributedVirtualPortgroup", "dvportgroup-10"), "dvportgroup-10", "50 2d"),
    "nsx": NetworkBacking("opaque", "nsx", MoRef("OpaqueNetwork", "network-o1"), "ls-1", "nsx.LogicalSwitch"),
}


def read(**properties):
    """The example, with other values of some properties; ``devices`` are added to its own."""
    devices = properties.pop("devices", ())
    changed = {name.replace("__", "."): value for name, value in properties.items()}
    return current_state({**PROPERTIES, **changed, "config.hardware.device": [*DEVICES, *devices]})


def options(item):
    """The item vms[3] as a module has it after its checks.

    :raises InvalidOption: it is wrong.
    """
    return checked_items({"options": settings_argument_spec()}, None, [{}, {}, {}, item])[3].options


def problems_of(item):
    try:
        found = options(item)
    except InvalidOption as error:
        return error.lines
    problems = []
    wanted_state("vms[3]", found, problems)
    return problems


def wanted(item):
    problems = []
    made = wanted_state("vms[3]", options(item), problems)
    assert problems == []
    return replace(made, networks=with_backings(made.networks, lambda _option, name: NETWORKS[name]))


def applied(current, changes):
    """The VM after a server has made the changes: new devices get keys, nothing else happens by itself."""
    settings, extra, vapp = dict(current.settings), dict(current.extra_config), [dict(item) for item in current.vapp_properties]
    devices = {device.key: device for device in (*current.controllers.values(), *current.disks.values(), *current.cdroms.values(), *current.nics)}
    keys, hardware, boot_order = {}, current.hardware, current.boot_order
    for change in changes:
        edit = change.edit
        if isinstance(edit, SetMember):
            (setting,) = (setting for setting in SETTINGS if setting.member == edit.member)
            settings[setting.path] = edit.value
            hardware = hardware_number(edit.value) if edit.member == "version" else hardware
        elif isinstance(edit, UpgradeHardware):
            settings["config.version"], hardware = edit.version, hardware_number(edit.version)
        elif isinstance(edit, SetExtraConfig):
            extra[edit.key] = edit.value
            extra = {key: value for key, value in extra.items() if value}
        elif isinstance(edit, SetProperty):
            next(item for item in vapp if item["key"] == edit.info["key"])["value"] = edit.value
        elif isinstance(edit, AddDevice):
            keys[edit.device.key] = new_key = 50_000 + len(keys)
            devices[new_key] = with_keys(edit.device, new_key, keys)
        elif isinstance(edit, EditDevice):
            devices[edit.device.key] = replace(devices[edit.device.key], **edit.attributes)
        elif isinstance(edit, RemoveDevice):
            del devices[edit.device.key]
        elif isinstance(edit, SetBootOrder):
            boot_order = tuple((kind, keys.get(key, key)) for kind, key in edit.devices)
    found = list(devices.values())
    if current.is_new:
        settings = {**{setting.path: setting.kind.unset for setting in SETTINGS}, **settings}
    return replace(
        current, is_new=False, settings=settings, extra_config=extra, vapp_properties=vapp, hardware=hardware, boot_order=boot_order,
        controllers={device.place: device for device in found if isinstance(device, Controller)},
        disks={device.place: device for device in found if isinstance(device, Disk)},
        cdroms={device.place: device for device in found if isinstance(device, Cdrom)},
        nics=sorted((replace(device, is_copied=False) for device in found if isinstance(device, Nic)), key=lambda nic: nic.key),
    )  # fmt: skip


def with_keys(device, new_key, keys):
    if isinstance(device, Nic):
        return replace(device, key=new_key, mac=device.mac or f"00:50:56:ff:{new_key >> 8 & 255:02x}:{new_key & 255:02x}")
    parts = {"controller_key": keys.get(device.controller_key, device.controller_key)} if isinstance(device, (Disk, Cdrom)) else {}
    if isinstance(device, Disk):
        files = device.files if not device.is_new else ((device.files or ("[ds1]",))[0] + f" web/web_{new_key}.vmdk",)
        parts |= {"files": files, "is_new": False}
    return replace(device, key=new_key, **parts)


__all__ = ["API", "GIB", "NETWORKS", "NEW", "PROPERTIES", "applied", "options", "problems_of", "read", "wanted"]
