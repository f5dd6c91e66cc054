# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a VM is: the properties to read, and what they say as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.devices import DEVICES, IDLE, network_adapters
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import CONTROLLER_TYPES, IDE_KEYS, TYPE_OF, ControllerPlace, Place
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import (
    CLIENT,
    DISTRIBUTED,
    GENERATED,
    ISO,
    MANUAL,
    OPAQUE,
    OTHER,
    STANDARD,
    Cdrom,
    Connectable,
    Controller,
    Disk,
    NetworkBacking,
    Nic,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import OFF, POWER_STATE
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import datastore_path, hardware_number
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.rules import RULE_PROPERTIES
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import SETTINGS, SHAPES as SETTING_SHAPES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES, TYPE, MoRef

TEMPLATE = "config.template"
CHANGE_VERSION = "config.changeVersion"
SNAPSHOTS = "snapshot.rootSnapshotList"
EXTRA_CONFIG = "config.extraConfig"
VAPP_PROPERTIES = "config.vAppConfig.property"
BOOT_ORDER = "config.bootOptions.bootOrder"
_VERSION = "config.version"

_DISK_FILE: dict[str, Any] = {"fileName": str}
_DISK_FILE["parent"] = _DISK_FILE
_BACKING = {
    **_DISK_FILE,
    "datastore": MoRef,
    "thinProvisioned": bool,
    "eagerlyScrub": bool,
    "diskMode": str,
    "sharing": str,
    "uuid": str,
    "network": MoRef,
    "deviceName": str,
    "port": {"portgroupKey": str, "switchUuid": str, "portKey": str, "connectionCookie": int},
    "opaqueNetworkId": str,
    "opaqueNetworkType": str,
}
#: vSphere property to its shape: all that a comparison needs of a VM.
PROPERTIES: dict[str, Any] = {
    POWER_STATE: str,
    TEMPLATE: bool,
    CHANGE_VERSION: str,
    SNAPSHOTS: [{"snapshot": MoRef}],
    EXTRA_CONFIG: [{"key": str, "value": str}],
    VAPP_PROPERTIES: [{"key": int, "id": str, "classId": str, "instanceId": str, "type": str, "userConfigurable": bool, "value": str, "defaultValue": str}],
    BOOT_ORDER: [{"deviceKey": int}],
    DEVICES: [
        {
            # A drive is a device here, whereas the inventory has no use for it.
            SKIPPED_TYPES: IDLE - {"VirtualCdrom"},
            "key": int,
            "controllerKey": int,
            "unitNumber": int,
            "busNumber": int,
            "capacityInKB": int,
            "capacityInBytes": int,
            "macAddress": str,
            "addressType": str,
            "connectable": {"connected": bool, "startConnected": bool, "allowGuestControl": bool},
            "backing": _BACKING,
        }
    ],
    **RULE_PROPERTIES,
    **SETTING_SHAPES,
}


@dataclass(frozen=True)
class CurrentState:
    """What a VM is.

    :ivar is_new: it does not exist yet. :ivar is_clone: it is to be made of the VM whose devices these are.
    :ivar settings: vSphere property to value, for what settings.py and rules.py name.
    :ivar change_version: a Reconfigure with it fails if somebody changed the VM since it was read; empty if unknown.
    :ivar is_on: it runs or is suspended. :ivar hardware: number of its hardware version; 0 if unknown.
    :ivar disks: without those that are at no place we know. :ivar taken: places of devices that are neither disk nor drive.
    :ivar nics: in order of their keys, the order of the server's own lists.
    :ivar boot_order: vSphere's kind and key of each device. :ivar vapp_properties: as vSphere has them.
    """

    is_new: bool = False
    is_clone: bool = False
    is_on: bool = False
    is_template: bool = False
    has_snapshots: bool = False
    change_version: str = ""
    hardware: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    controllers: Mapping[ControllerPlace, Controller] = field(default_factory=dict)
    disks: Mapping[Place, Disk] = field(default_factory=dict)
    cdroms: Mapping[Place, Cdrom] = field(default_factory=dict)
    taken: frozenset[Place] = frozenset()
    nics: Sequence[Nic] = ()
    extra_config: Mapping[str, str] = field(default_factory=dict)
    vapp_properties: Sequence[Mapping[str, Any]] = ()
    boot_order: tuple[tuple[str, int | None], ...] = ()

    def as_clone(self, linked: bool = False) -> CurrentState:
        """What a clone of this VM is before anything of it is changed: off, without snapshots, with MAC addresses of its own.

        :param linked: its disks depend on those of this VM, so their sizes are fixed.
        """
        nics = [_copied(nic) for nic in self.nics]
        # A full clone has one file a disk; that of a linked clone depends on the source's.
        disks = {place: replace(disk, files=disk.files[:1] * (2 if linked else 1)) for place, disk in self.disks.items()}
        return replace(self, is_clone=True, is_on=False, is_template=False, has_snapshots=False, change_version="", nics=nics, disks=disks)


def _copied(nic: Nic) -> Nic:
    # A clone has ports of its own.
    network = nic.network and nic.network._replace(port=None)
    return replace(nic, mac=None, address_type=GENERATED, is_copied=nic.address_type == MANUAL, network=network)


#: A VM that is to be made from scratch.
NEW = CurrentState(
    is_new=True, controllers={ControllerPlace("ide", number): Controller(key, ControllerPlace("ide", number), "ide") for number, key in IDE_KEYS.items()}
)


def current_state(properties: Mapping[str, Any]) -> CurrentState:
    """What the :data:`PROPERTIES` of a VM say."""
    devices = [device for device in properties.get(DEVICES) or () if isinstance(device, dict) and "key" in device]
    controllers = {controller.place: controller for controller in _controllers(devices)}
    by_key = {controller.key: controller.place for controller in controllers.values()}
    placed = [
        (Place(by_key[device["controllerKey"]], device["unitNumber"]), device)
        for device in devices
        if device.get("controllerKey") in by_key and "unitNumber" in device
    ]
    return CurrentState(
        is_on=properties.get(POWER_STATE, OFF) != OFF,
        is_template=bool(properties.get(TEMPLATE)),
        has_snapshots=bool(properties.get(SNAPSHOTS)),
        change_version=properties.get(CHANGE_VERSION, ""),
        hardware=hardware_number(properties.get(_VERSION)),
        settings=_settings(properties),
        controllers=controllers,
        disks={place: _disk(place, device) for place, device in placed if device.get(TYPE) == "VirtualDisk"},
        cdroms={place: _cdrom(place, device) for place, device in placed if device.get(TYPE) == "VirtualCdrom"},
        taken=frozenset(place for place, device in placed if device.get(TYPE) not in ("VirtualDisk", "VirtualCdrom")),
        nics=sorted(map(_nic, network_adapters(devices)), key=lambda nic: nic.key),
        extra_config={item["key"]: item.get("value", "") for item in properties.get(EXTRA_CONFIG) or () if "key" in item},
        vapp_properties=[item for item in properties.get(VAPP_PROPERTIES) or () if "key" in item and "id" in item],
        boot_order=tuple((item.get(TYPE, ""), item.get("deviceKey")) for item in properties.get(BOOT_ORDER) or () if isinstance(item, dict)),
    )


def _settings(properties: Mapping[str, Any]) -> dict[str, Any]:
    found = {path: properties[path] for path in RULE_PROPERTIES if path in properties}
    for setting in SETTINGS:
        value = setting.normalized(properties.get(setting.path))
        found[setting.path] = setting.kind.unset if value is None else value
    return found


def _controllers(devices: Sequence[Mapping[str, Any]]) -> Iterator[Controller]:
    for device in devices:
        kind = TYPE_OF.get(device.get(TYPE, ""))
        if kind and "busNumber" in device:
            yield Controller(device["key"], ControllerPlace(CONTROLLER_TYPES[kind].bus, device["busNumber"]), kind)


def _disk(place: Place, device: Mapping[str, Any]) -> Disk:
    backing = _backing(device)
    thin, zeroed = backing.get("thinProvisioned"), backing.get("eagerlyScrub")
    return Disk(
        key=device["key"],
        controller_key=device["controllerKey"],
        place=place,
        size=device.get("capacityInBytes") or device.get("capacityInKB", 0) * 1024,
        provisioning="thin" if thin else "eager_zeroed" if zeroed else "thick" if thin is False else None,
        mode=backing.get("diskMode", "persistent"),
        sharing=backing.get("sharing"),
        files=tuple(_files(backing)),
        backing_type=backing.get(TYPE, ""),
        uuid=backing.get("uuid"),
        datastore=backing.get("datastore"),
    )


def _files(backing: Mapping[str, Any]) -> Iterator[str]:
    file: Any = backing
    while isinstance(file, dict) and file.get("fileName"):
        yield file["fileName"]
        file = file.get("parent")


def _cdrom(place: Place, device: Mapping[str, Any]) -> Cdrom:
    backing = _backing(device)
    kind = {"VirtualCdromIsoBackingInfo": ISO, "VirtualCdromRemotePassthroughBackingInfo": CLIENT}.get(backing.get(TYPE, ""), OTHER)
    file = backing.get("fileName", "") if kind == ISO else None
    return Cdrom(device["key"], device["controllerKey"], place, kind, file and (datastore_path(file) or file), _connectable(device))


def _nic(device: Mapping[str, Any]) -> Nic:
    return Nic(
        key=device["key"],
        adapter=device.get(TYPE, ""),
        mac=(device.get("macAddress") or "").lower() or None,
        address_type=str(device.get("addressType", "")).lower() or GENERATED,
        network=_network(_backing(device)),
        connectable=_connectable(device),
        controller_key=device.get("controllerKey"),
        unit=device.get("unitNumber"),
    )


def _network(backing: Mapping[str, Any]) -> NetworkBacking | None:
    port = backing.get("port")
    if isinstance(port, dict):
        connection = (port["portKey"], port.get("connectionCookie")) if port.get("portKey") else None
        return NetworkBacking(DISTRIBUTED, port.get("portgroupKey", ""), None, port.get("portgroupKey", ""), port.get("switchUuid", ""), connection)
    if backing.get("opaqueNetworkId"):
        return NetworkBacking(OPAQUE, backing["opaqueNetworkId"], None, backing["opaqueNetworkId"], backing.get("opaqueNetworkType", ""))
    if "deviceName" in backing:
        return NetworkBacking(STANDARD, unescape(backing["deviceName"]), backing.get("network"))
    return None


def _connectable(device: Mapping[str, Any]) -> Connectable:
    state = device.get("connectable")
    state = state if isinstance(state, dict) else {}
    return Connectable(state.get("connected", False), state.get("startConnected", False), state.get("allowGuestControl", True))


def _backing(device: Mapping[str, Any]) -> dict[str, Any]:
    backing = device.get("backing")
    return backing if isinstance(backing, dict) else {}
