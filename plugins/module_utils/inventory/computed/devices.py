# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Virtual hardware of VMs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.guests import GUEST_NICS, addresses_by_adapter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.networks import switch, vlan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.sizes import GIB, gb, whole_mb
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure, unescaped
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES, TYPE, MoRef

DEVICES = "config.hardware.device"
#: Part of a disk item: the controller of the disk.
CONTROLLER = "controller"
#: Device types that no field and no disk needs: more than half of the devices of a VM. They are not decoded.
IDLE = frozenset({
    "VirtualCdrom", "VirtualEnsoniq1371", "VirtualFloppy", "VirtualHdAudioCard", "VirtualKeyboard", "VirtualMachineVideoCard",
    "VirtualMachineVMCIDevice", "VirtualPCIController", "VirtualParallelPort", "VirtualPointingDevice", "VirtualPrecisionClock",
    "VirtualPS2Controller", "VirtualSIOController", "VirtualSerialPort", "VirtualSoundBlaster16", "VirtualTPM", "VirtualUSB",
    "VirtualUSBController", "VirtualUSBXHCIController", "VirtualWDT",
})  # fmt: skip
_CDROM = "VirtualCdrom"
_USB = "VirtualUSB"
#: What is not decoded where CD drives or USB devices are read.
IDLE_BUT_CDROMS = IDLE - {_CDROM}
IDLE_BUT_USB = IDLE - {_USB, "VirtualUSBController", "VirtualUSBXHCIController"}
_VIDEO_CARD = "VirtualMachineVideoCard"
#: What is decoded of devices where a field of the video card is read.
VIDEO_CARD_SHAPE = [{SKIPPED_TYPES: IDLE - {_VIDEO_CARD}, "numDisplays": int, "videoRamSizeInKB": int}]
#: More characters than a datastore name in brackets can have.
_LONGEST_NAME = 512
_CLOSING = re.compile(r"\]")
#: Types of network adapters. A newer type is recognised by the parts below.
_NIC_TYPES = frozenset({
    "VirtualE1000", "VirtualE1000e", "VirtualPCNet32", "VirtualSriovEthernetCard", "VirtualVmxnet", "VirtualVmxnet2", "VirtualVmxnet3",
    "VirtualVmxnet3Vrdma",
})  # fmt: skip
#: Types of other devices, so that these need no look at their parts.
_OTHER_TYPES = frozenset({
    "ParaVirtualSCSIController", "VirtualAHCIController", "VirtualBusLogicController", "VirtualDisk", "VirtualIDEController",
    "VirtualLsiLogicController", "VirtualLsiLogicSASController", "VirtualNVMEController",
})  # fmt: skip
_NIC_PARTS = frozenset(("macAddress", "addressType"))
#: Parts of the backing of an adapter that is connected to a network.
_ATTACHED = frozenset(("network", "port", "opaqueNetworkId"))


def _disks(devices: list[Structure]) -> list[Structure]:
    return [device for device in devices if device.get(TYPE) == "VirtualDisk"]


def network_adapters(devices: list[Structure]) -> list[Structure]:
    """Those of some devices that are network adapters, of whatever type."""
    # Called several times a VM, so types come first.
    return [device for device in devices if (kind := device.get(TYPE)) in _NIC_TYPES or (kind not in _OTHER_TYPES and _is_nic(device))]


def _is_nic(device: Structure) -> bool:
    # Before the first power-on an adapter may have no MAC address.
    return not _NIC_PARTS.isdisjoint(device) or not _ATTACHED.isdisjoint(device.get("backing", ()))


def _capacity(disk: Structure) -> int:
    """Bytes. Old templates may have the capacity in KB only."""
    capacity: int = disk.get("capacityInBytes") or disk.get("capacityInKB", 0) * 1024
    return capacity


def disk_count(devices: list[Structure] | None) -> int | None:
    return None if devices is None else len(_disks(devices))


def nic_count(devices: list[Structure] | None) -> int | None:
    return None if devices is None else len(network_adapters(devices))


def mac_addresses(devices: list[Structure] | None) -> list[str] | None:
    return None if devices is None else [nic["macAddress"] for nic in network_adapters(devices) if nic.get("macAddress")]


def disk_capacity_gb(devices: list[Structure] | None) -> float | None:
    return None if devices is None else gb(sum(map(_capacity, _disks(devices))))


def displays(devices: list[Structure] | None) -> int | None:
    return _of_video_card(devices, "numDisplays")


def video_memory_kb(devices: list[Structure] | None) -> int | None:
    return _of_video_card(devices, "videoRamSizeInKB")


def _of_video_card(devices: list[Structure] | None, part: str) -> int | None:
    return next((device.get(part) for device in devices or () if device.get(TYPE) == _VIDEO_CARD), None)


@in_context
def adapter_networks(context: ScanContext, devices: list[Structure] | None) -> list[str] | None:
    """Network of each adapter, an empty text for an adapter without one."""
    return None if devices is None else [nic_network(context, nic) or "" for nic in network_adapters(devices)]


@in_context
def disks(context: ScanContext, devices: list[Structure] | None) -> str | None:
    """Such as ``Hard disk 1: 40 GB thin [ds1]; Hard disk 2: 8 GB thick [ds2]``."""
    if devices is None:
        return None
    return "; ".join(_disk_text(context, disk) for disk in _disks(devices))


def _disk_text(context: ScanContext, disk: Structure) -> str:
    backing = disk.get("backing", {})
    label = disk.get("deviceInfo", {}).get("label", f"disk {disk.get('key', '')}")
    store = datastore_of_path(context, backing.get("fileName"))
    provisioning = {True: " thin", False: " thick"}.get(backing.get("thinProvisioned"), "")
    return f"{label}: {_capacity(disk) / GIB:g} GB{provisioning}" + (f" [{store}]" if store else "")


@in_context
def datastore_of_path(context: ScanContext, path: str | None) -> str | None:
    """Name of the datastore of a path such as ``[ds1] web/web.vmx``.

    Name and path may have brackets themselves: the longest name of a datastore of the source counts. The name of an unknown datastore
    ends where its brackets are balanced, else at the first closing one.
    """
    if not path or path[0] != "[":
        return None
    ends = [found.start() for found in _CLOSING.finditer(path, 1, _LONGEST_NAME)]
    if len(ends) < 2:
        return unescape(path[1 : ends[0]]) if ends else None
    names = [unescape(path[1:end]) for end in ends]
    balanced = (name for name, end in zip(names, ends) if path.count("[", 0, end) == path.count("]", 0, end + 1))
    return next(filter(context.topology.is_datastore, reversed(names)), None) or next(balanced, names[0])


@in_context
def primary_network(context: ScanContext, devices: list[Structure] | None, networks: list[MoRef] | None) -> str | None:
    """Network of the first connected adapter, None if that network is unknown; without such an adapter the VM's first network."""
    if devices is None:
        return None
    for nic in network_adapters(devices):
        found = nic_network(context, nic)
        if found or not _ATTACHED.isdisjoint(nic.get("backing", ())):
            return found
    return next(filter(None, map(context.topology.name, networks or ())), None)


# Rows of the sections vm_disks and vm_nics


def disk_items(devices: list[Structure] | None) -> Iterator[dict[str, Any]]:
    by_key = {device.get("key"): device for device in devices or ()}
    for disk in _disks(devices or []):
        yield {DEVICES: {**disk, CONTROLLER: by_key.get(disk.get("controllerKey"), {})}}


def cdrom_items(devices: list[Structure] | None) -> Iterator[dict[str, Any]]:
    return ({DEVICES: device} for device in devices or () if device.get(TYPE) == _CDROM)


def usb_items(devices: list[Structure] | None) -> Iterator[dict[str, Any]]:
    by_key = {device.get("key"): device for device in devices or ()}
    return ({DEVICES: {**device, CONTROLLER: by_key.get(device.get("controllerKey"), {})}} for device in devices or () if device.get(TYPE) == _USB)


def nic_items(devices: list[Structure] | None, guest_nics: list[Structure] | None) -> Iterator[dict[str, Any]]:
    addresses = addresses_by_adapter(guest_nics)
    for nic in network_adapters(devices or []):
        own = addresses.get(nic.get("key", 0))
        yield {DEVICES: nic, GUEST_NICS: {"ipAddress": own} if own else {}}


def capacity_gb(disk: Structure) -> float | None:
    return gb(_capacity(disk))


def capacity_mb(disk: Structure) -> int | None:
    return whole_mb(_capacity(disk))


def is_raw(disk: Structure) -> bool:
    return "RawDisk" in disk.get("backing", {}).get(TYPE, "")


def device_type(device: Structure | None) -> str | None:
    return (device or {}).get(TYPE)


@in_context
def nic_network(context: ScanContext, nic: Structure) -> str | None:
    # After a network was removed, only its name is left, as the device name.
    return context.topology.name(_network(context, nic)) or unescaped(nic.get("backing", {}).get("deviceName"))


@in_context
def nic_switch(context: ScanContext, nic: Structure, host: MoRef | None) -> str | None:
    ref = _network(context, nic)
    return switch(context, ref, [host], context.topology.switch(ref)) if ref else None


@in_context
def nic_vlan(context: ScanContext, nic: Structure, host: MoRef | None) -> str | None:
    ref = _network(context, nic)
    return vlan(context, ref, [host], context.topology.port_config(ref)) if ref else None


def _network(context: ScanContext, nic: Structure) -> MoRef | None:
    backing = nic.get("backing", {})
    return backing.get("network") or context.topology.network(backing.get("port", {}).get("portgroupKey") or backing.get("opaqueNetworkId"))


def ipv4(addresses: list[str] | None) -> list[str] | None:
    return None if addresses is None else [address for address in addresses if ":" not in address]


def ipv6(addresses: list[str] | None) -> list[str] | None:
    return None if addresses is None else [address for address in addresses if ":" in address]
