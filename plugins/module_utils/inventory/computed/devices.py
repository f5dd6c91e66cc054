# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Virtual hardware of VMs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.guests import GUEST_NICS, addresses_by_adapter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.networks import switch, vlan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.numbers import GIB, gb
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.places import unescaped
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology, unescape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import TYPE, MoRef

DEVICES = "config.hardware.device"
#: What an item of a disk has besides its own parts: the device that it hangs on.
CONTROLLER = "controller"
#: Devices of which no field tells, and on which no disk hangs: more than half of what a VM has.
IDLE = frozenset({
    "VirtualCdrom", "VirtualEnsoniq1371", "VirtualFloppy", "VirtualHdAudioCard", "VirtualKeyboard", "VirtualMachineVideoCard",
    "VirtualMachineVMCIDevice", "VirtualPCIController", "VirtualParallelPort", "VirtualPointingDevice", "VirtualPrecisionClock",
    "VirtualPS2Controller", "VirtualSIOController", "VirtualSerialPort", "VirtualSoundBlaster16", "VirtualTPM", "VirtualUSB",
    "VirtualUSBController", "VirtualUSBXHCIController", "VirtualWDT",
})  # fmt: skip
#: More characters than the name of a datastore and its brackets can have in a path.
_LONGEST_NAME = 512
_CLOSING = re.compile(r"\]")
#: Network adapters are of these types; a type to come is known by what no other device has.
_NIC_TYPES = frozenset({
    "VirtualE1000", "VirtualE1000e", "VirtualPCNet32", "VirtualSriovEthernetCard", "VirtualVmxnet", "VirtualVmxnet2", "VirtualVmxnet3",
    "VirtualVmxnet3Vrdma",
})  # fmt: skip
#: Devices of these types are none.
_OTHER_TYPES = frozenset({
    "ParaVirtualSCSIController", "VirtualAHCIController", "VirtualBusLogicController", "VirtualDisk", "VirtualIDEController",
    "VirtualLsiLogicController", "VirtualLsiLogicSASController", "VirtualNVMEController",
})  # fmt: skip
_NIC_PARTS = frozenset(("macAddress", "addressType"))
#: What the backing of an adapter has that is attached to a network.
_ATTACHED = frozenset(("network", "port", "opaqueNetworkId"))


def _disks(devices: list[dict]) -> list[dict]:
    return [device for device in devices if device.get(TYPE) == "VirtualDisk"]


def _nics(devices: list[dict]) -> list[dict]:
    # Asked of each device of each VM, several times.
    return [device for device in devices if (kind := device.get(TYPE)) in _NIC_TYPES or (kind not in _OTHER_TYPES and _is_nic(device))]


def _is_nic(device: dict) -> bool:
    # One that was never powered on may have no MAC address.
    return not _NIC_PARTS.isdisjoint(device) or not _ATTACHED.isdisjoint(device.get("backing", ()))


def _capacity(disk: dict) -> int:
    """Bytes. The field in KB is the only one before vSphere 5.5, and may be all that a template of old has."""
    return disk.get("capacityInBytes") or disk.get("capacityInKB", 0) * 1024


def disk_count(topology: Topology, devices: list[dict] | None) -> int | None:
    return None if devices is None else len(_disks(devices))


def nic_count(topology: Topology, devices: list[dict] | None) -> int | None:
    return None if devices is None else len(_nics(devices))


def mac_addresses(topology: Topology, devices: list[dict] | None) -> list[str] | None:
    return None if devices is None else [nic["macAddress"] for nic in _nics(devices) if nic.get("macAddress")]


def disk_capacity_gb(topology: Topology, devices: list[dict] | None) -> float | None:
    return None if devices is None else gb(topology, sum(map(_capacity, _disks(devices))))


def disks(topology: Topology, devices: list[dict] | None) -> str | None:
    """Such as ``Hard disk 1: 40 GB thin [ds1]; Hard disk 2: 8 GB thick [ds2]``."""
    if devices is None:
        return None
    return "; ".join(_disk_text(topology, disk) for disk in _disks(devices))


def _disk_text(topology: Topology, disk: dict) -> str:
    backing = disk.get("backing", {})
    label = disk.get("deviceInfo", {}).get("label", f"disk {disk.get('key', '')}")
    store = datastore_of_path(topology, backing.get("fileName"))
    provisioning = {True: " thin", False: " thick"}.get(backing.get("thinProvisioned"), "")
    return f"{label}: {_capacity(disk) / GIB:g} GB{provisioning}" + (f" [{store}]" if store else "")


def datastore_of_path(topology: Topology, path: str | None) -> str | None:
    """Name of the datastore that a path such as ``[ds1] web/web.vmx`` lies on.

    Brackets may be part of the name and of the rest: the longest name that the source has counts. Of a datastore that it does
    not have, the name ends where as many brackets have been closed as opened, else at the first that closes.
    """
    if not path or path[0] != "[":
        return None
    ends = [found.start() for found in _CLOSING.finditer(path, 1, _LONGEST_NAME)]
    if len(ends) < 2:
        return unescape(path[1 : ends[0]]) if ends else None
    names = [unescape(path[1:end]) for end in ends]
    balanced = (name for name, end in zip(names, ends) if path.count("[", 0, end) == path.count("]", 0, end + 1))
    return next(filter(topology.is_datastore, reversed(names)), None) or next(balanced, names[0])


def primary_network(topology: Topology, devices: list[dict] | None, networks: list[MoRef] | None) -> str | None:
    """Network of the first adapter that has one, None where that is unknown; the VM's first network where no adapter tells."""
    if devices is None:
        return None
    for nic in _nics(devices):
        found = nic_network(topology, nic)
        if found or not _ATTACHED.isdisjoint(nic.get("backing", ())):
            return found
    return next(filter(None, map(topology.name, networks or ())), None)


# Rows of their own


def disk_items(topology: Topology, devices: list[dict] | None) -> Iterator[dict[str, Any]]:
    by_key = {device.get("key"): device for device in devices or ()}
    for disk in _disks(devices or []):
        yield {DEVICES: {**disk, CONTROLLER: by_key.get(disk.get("controllerKey"), {})}}


def nic_items(topology: Topology, devices: list[dict] | None, guest_nics: list[dict] | None) -> Iterator[dict[str, Any]]:
    addresses = addresses_by_adapter(guest_nics)
    for nic in _nics(devices or []):
        own = addresses.get(nic.get("key"))
        yield {DEVICES: nic, GUEST_NICS: {"ipAddress": own} if own else {}}


def capacity_gb(topology: Topology, disk: dict) -> float | None:
    return gb(topology, _capacity(disk))


def is_raw(topology: Topology, disk: dict) -> bool:
    return "RawDisk" in disk.get("backing", {}).get(TYPE, "")


def device_type(topology: Topology, device: dict | None) -> str | None:
    return (device or {}).get(TYPE)


def nic_network(topology: Topology, nic: dict) -> str | None:
    # The device name is all that is left of a network that is gone.
    return topology.name(_network(topology, nic)) or unescaped(topology, nic.get("backing", {}).get("deviceName"))


def nic_switch(topology: Topology, nic: dict, host: MoRef | None) -> str | None:
    ref = _network(topology, nic)
    return switch(topology, ref, [host], topology.switch(ref)) if ref else None


def nic_vlan(topology: Topology, nic: dict, host: MoRef | None) -> str | None:
    ref = _network(topology, nic)
    return vlan(topology, ref, [host], topology.port_config(ref)) if ref else None


def _network(topology: Topology, nic: dict) -> MoRef | None:
    backing = nic.get("backing", {})
    return backing.get("network") or topology.network(backing.get("port", {}).get("portgroupKey") or backing.get("opaqueNetworkId"))


def ipv4(topology: Topology, addresses: list[str] | None) -> list[str] | None:
    return None if addresses is None else [address for address in addresses if ":" not in address]


def ipv6(topology: Topology, addresses: list[str] | None) -> list[str] | None:
    return None if addresses is None else [address for address in addresses if ":" in address]
