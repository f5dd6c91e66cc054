# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Devices of a VM as plain data, the same for those that are there and those that are to be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import ControllerPlace, Place
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

STANDARD, DISTRIBUTED, OPAQUE = "standard", "distributed", "opaque"
ISO, CLIENT, OTHER = "iso", "client", "other"
MANUAL, GENERATED = "manual", "generated"


class Connectable(NamedTuple):
    """Whether a removable device is connected now, when the VM powers on, and whether the guest may change that."""

    connected: bool
    start_connected: bool
    allow_guest_control: bool = True


class NetworkBacking(NamedTuple):
    """The network of an adapter.

    :ivar kind: STANDARD, DISTRIBUTED or OPAQUE. :ivar name: as people know it.
    :ivar ref: of the network; None where the server did not say it.
    :ivar key: portgroupKey of a distributed one, opaqueNetworkId of an opaque one.
    :ivar switch: switchUuid of a distributed one, opaqueNetworkType of an opaque one.
    :ivar port: portKey and connectionCookie of the connection that exists.
    """

    kind: str
    name: str
    ref: MoRef | None = None
    key: str = ""
    switch: str = ""
    port: tuple[str, int | None] | None = None

    def is_same(self, other: NetworkBacking) -> bool:
        """Whether both are the same network."""
        if self.kind != other.kind:
            return False
        if self.kind != STANDARD:
            return (self.key, self.switch) == (other.key, other.switch)
        return self.ref == other.ref if self.ref and other.ref else self.name == other.name


@dataclass(frozen=True)
class Controller:
    """A controller. :ivar type: one of CONTROLLER_TYPES."""

    key: int
    place: ControllerPlace
    type: str


@dataclass(frozen=True)
class Disk:
    """A virtual disk.

    :ivar size: bytes. :ivar provisioning: thin, thick or eager_zeroed; None where it is unknown.
    :ivar mode: vSphere's diskMode. :ivar sharing: vSphere's.
    :ivar files: ``[datastore] folder/name.vmdk``, and after it those that it depends on: snapshots and linked clones have them.
        Of one that is to be made, ``[datastore]`` for a datastore other than the VM's, or nothing.
    :ivar datastore: of its file; None where the server does not say it. :ivar backing_type: vSphere's type. :ivar is_new: its file is made, too.
    """

    key: int
    controller_key: int
    place: Place
    size: int
    provisioning: str | None = None
    mode: str = "persistent"
    sharing: str | None = None
    files: tuple[str, ...] = ()
    backing_type: str = "VirtualDiskFlatVer2BackingInfo"
    uuid: str | None = None
    datastore: MoRef | None = None
    is_new: bool = False


@dataclass(frozen=True)
class Cdrom:
    """A CD-ROM drive. :ivar kind: ISO, CLIENT (a drive of the console's user) or OTHER. :ivar iso: its file, where it is one."""

    key: int
    controller_key: int
    place: Place
    kind: str
    iso: str | None
    connectable: Connectable


@dataclass(frozen=True)
class Nic:
    """A network adapter.

    :ivar adapter: vSphere's type. :ivar mac: None where none is set. :ivar address_type: vSphere's: MANUAL, GENERATED or assigned by vCenter.
    :ivar is_copied: its address is that of the VM that it is cloned from. :ivar network: None for one that is unknown.
    """

    key: int
    adapter: str
    mac: str | None
    address_type: str
    network: NetworkBacking | None
    connectable: Connectable
    controller_key: int | None = None
    unit: int | None = None
    is_copied: bool = False


Device: TypeAlias = "Controller | Disk | Cdrom | Nic"


def identity(device: Device) -> tuple[object, ...]:
    """What tells a device from another one that took its place: servers give keys and file names again."""
    if isinstance(device, Disk):
        return device.key, device.files, device.uuid
    return (device.key, device.mac) if isinstance(device, Nic) else (device.key,)
