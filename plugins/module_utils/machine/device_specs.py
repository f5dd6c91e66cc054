# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Devices as pyVmomi's ``vim.vm.device.VirtualDeviceSpec``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import AddDevice, EditDevice, RemoveDevice
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import BUSES, CONTROLLER_TYPES
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import (
    DISTRIBUTED,
    ISO,
    OPAQUE,
    OTHER,
    Cdrom,
    Connectable,
    Controller,
    Device,
    Disk,
    NetworkBacking,
    Nic,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.disks import WantedDisk
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type

_KIB = 1024


def device_specs(edits: Iterable[Any]) -> list[Any]:
    """The device changes among some edits: removals first, since they free places, then controllers, then all others.

    Several edits of one device become one change.
    """
    removed: list[Any] = []
    controllers: list[Any] = []
    others: list[Any] = []
    edited: dict[int, tuple[Device, dict[str, Any]]] = {}
    for edit in edits:
        if isinstance(edit, RemoveDevice):
            removed.append(_spec("remove", edit.device, file_operation="destroy" if edit.destroys_file else None))
        elif isinstance(edit, AddDevice):
            is_made = isinstance(edit.device, Disk) and edit.device.is_new
            spec = _spec("add", edit.device, file_operation="create" if is_made else None)
            (controllers if isinstance(edit.device, Controller) else others).append(spec)
        elif isinstance(edit, EditDevice):
            _device, attributes = edited.setdefault(edit.device.key, (edit.device, {}))
            attributes.update(edit.attributes)
    return [*removed, *controllers, *(_spec("edit", replace(device, **attributes)) for device, attributes in edited.values()), *others]


def disk_locators(wanted: Iterable[WantedDisk], source: CurrentState, datastore: MoRef | None, is_linked: bool = False) -> list[Any]:
    """Where the disks of a clone go, and in which format, for those that say so: the ``disk`` of a RelocateSpec.

    :param wanted: with their datastores found. :param source: the VM that is cloned. :param datastore: of the clone; None for that of each disk.
    :param is_linked: the disks stand on those of the source, whose format they have.
    """
    made = []
    for disk in wanted:
        found = source.disks.get(disk.at)
        target = (disk.store or datastore or found.datastore) if found else None
        provisioning = None if is_linked else disk.provisioning
        if found is None or target is None or not (disk.store or provisioning):
            continue
        locator = vim_type("VirtualMachineRelocateSpecDiskLocator")(diskId=found.key, datastore=_object(target))
        if provisioning:
            locator.diskBackingInfo = vim_type("VirtualDiskFlatVer2BackingInfo")(fileName="", diskMode=disk.mode or found.mode)
            _set_provisioning(locator.diskBackingInfo, provisioning)
        made.append(locator)
    return made


def _set_provisioning(backing: Any, provisioning: str) -> None:
    backing.thinProvisioned, backing.eagerlyScrub = provisioning == "thin", provisioning == "eager_zeroed"


def _spec(operation: str, device: Device, file_operation: str | None = None) -> Any:
    spec = vim_type("VirtualDeviceConfigSpec")(operation=operation, device=_BUILDERS[type(device)](device))
    if file_operation:
        spec.fileOperation = file_operation
    return spec


def _controller(controller: Controller) -> Any:
    known = CONTROLLER_TYPES[controller.type]
    parts: dict[str, Any] = {"key": controller.key, "busNumber": controller.place.number}
    if known.bus == "scsi":
        parts |= {"sharedBus": "noSharing", "scsiCtlrUnitNumber": BUSES["scsi"].own_unit}
    return vim_type(known.vim_type)(**parts)


def _disk(disk: Disk) -> Any:
    # An existing one is told by its key; what is not set stays as it is.
    backing = _known_type(disk.backing_type, "VirtualDiskFlatVer2BackingInfo")(fileName=next(iter(disk.files), ""), diskMode=disk.mode)
    if disk.is_new and disk.provisioning:
        _set_provisioning(backing, disk.provisioning)
    _set_parts(backing, sharing=disk.sharing, uuid=disk.uuid)
    size = {"capacityInKB": disk.size // _KIB, "capacityInBytes": disk.size} if disk.size else {}
    return vim_type("VirtualDisk")(**_unit(disk), backing=backing, **size)


def _cdrom(cdrom: Cdrom) -> Any:
    backing = None
    if cdrom.kind == ISO:
        backing = vim_type("VirtualCdromIsoBackingInfo")(fileName=cdrom.iso or "")
    elif cdrom.kind != OTHER:
        backing = vim_type("VirtualCdromRemotePassthroughBackingInfo")(deviceName="", exclusive=False)
    device = vim_type("VirtualCdrom")(**_unit(cdrom), connectable=_connectable(cdrom.connectable))
    _set_parts(device, backing=backing)
    return device


def _nic(nic: Nic) -> Any:
    device = _known_type(nic.adapter, "VirtualEthernetCard")(key=nic.key, addressType=nic.address_type, connectable=_connectable(nic.connectable))
    backing = _network(nic.network) if nic.network else None
    _set_parts(device, macAddress=nic.mac, backing=backing, controllerKey=nic.controller_key, unitNumber=nic.unit)
    return device


def _network(network: NetworkBacking) -> Any:
    if network.kind == DISTRIBUTED:
        port = vim_type("DistributedVirtualSwitchPortConnection")(switchUuid=network.switch, portgroupKey=network.key)
        if network.port:
            _set_parts(port, portKey=network.port[0], connectionCookie=network.port[1])
        return vim_type("VirtualEthernetCardDistributedVirtualPortBackingInfo")(port=port)
    if network.kind == OPAQUE:
        return vim_type("VirtualEthernetCardOpaqueNetworkBackingInfo")(opaqueNetworkId=network.key, opaqueNetworkType=network.switch)
    backing = vim_type("VirtualEthernetCardNetworkBackingInfo")(deviceName=network.name)
    _set_parts(backing, network=_object(network.ref) if network.ref else None)
    return backing


def _connectable(state: Connectable) -> Any:
    parts = {"connected": state.connected, "startConnected": state.start_connected, "allowGuestControl": state.allow_guest_control}
    return vim_type("VirtualDeviceConnectInfo")(**parts)


def _object(ref: MoRef) -> Any:
    return vim_type(ref.type)(ref.moid)


def _unit(device: Disk | Cdrom) -> dict[str, int]:
    return {"key": device.key, "controllerKey": device.controller_key, "unitNumber": device.place.unit}


def _known_type(name: str, base: str) -> Any:
    """pyVmomi's class of a type that a server named; a base class for one of a newer server, which suffices to remove the device by its key."""
    try:
        return vim_type(name)
    except KeyError:
        return vim_type(base)


def _set_parts(structure: Any, **parts: Any) -> None:
    for name, value in parts.items():
        # Not every type of backing has every part.
        if value is not None and hasattr(structure, name):
            setattr(structure, name, value)


_BUILDERS: Mapping[type[Any], Callable[[Any], Any]] = {Controller: _controller, Disk: _disk, Cdrom: _cdrom, Nic: _nic}
