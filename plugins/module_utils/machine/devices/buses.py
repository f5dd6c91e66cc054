# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Controllers and places of disks and CD-ROM drives. A place is a bus, a controller and a unit of it: ``scsi0:1``."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import Bounds, Kind


class Bus(NamedTuple):
    """What a VM can have of one kind of controllers.

    :ivar name: in messages. :ivar controllers: their greatest number. :ivar units: of each, at most.
    :ivar own_unit: the one that the controller takes itself. :ivar default: type of controller that is made, see CONTROLLER_TYPES; empty for none.
    :ivar hot: devices can come and go while the VM runs.
    """

    name: str
    controllers: int
    units: int
    own_unit: int | None = None
    default: str = ""
    hot: bool = True


class ControllerType(NamedTuple):
    """One type of controllers.

    :ivar vim_type: vSphere's. :ivar bus: see BUSES. :ivar can_be_made: as an option names it.
    :ivar many_units: how many units it has with hardware of version ``many_since`` or newer; 0 for no more than its bus says.
    """

    vim_type: str
    bus: str
    can_be_made: bool = True
    many_units: int = 0
    many_since: int = 0


BUSES: dict[str, Bus] = {
    "scsi": Bus("SCSI", 4, 16, own_unit=7, default="pvscsi"),
    "sata": Bus("SATA", 4, 30, default="sata"),
    "ide": Bus("IDE", 2, 2, default="ide", hot=False),
    "nvme": Bus("NVMe", 4, 15),
}
CONTROLLER_TYPES: dict[str, ControllerType] = {
    "pvscsi": ControllerType("ParaVirtualSCSIController", "scsi", many_units=64, many_since=14),
    "lsilogic": ControllerType("VirtualLsiLogicController", "scsi"),
    "lsilogic_sas": ControllerType("VirtualLsiLogicSASController", "scsi"),
    "buslogic": ControllerType("VirtualBusLogicController", "scsi", can_be_made=False),
    "sata": ControllerType("VirtualAHCIController", "sata"),
    "ide": ControllerType("VirtualIDEController", "ide"),
    "nvme": ControllerType("VirtualNVMEController", "nvme", can_be_made=False, many_units=64, many_since=21),
}
TYPE_OF: dict[str, str] = {known.vim_type: name for name, known in CONTROLLER_TYPES.items()}
#: The IDE controllers that each VM has from the beginning, also before it is made: number to device key.
IDE_KEYS = {0: 200, 1: 201}
_CONTROLLER = re.compile(r"(?a)([a-z]{1,9})(\d{1,3})")
_PLACE = re.compile(r"(?a)([a-z]{1,9}\d{1,3}):(\d{1,3})")


class ControllerPlace(NamedTuple):
    """A controller by bus and number: ``scsi0``."""

    bus: str
    number: int

    def __str__(self) -> str:
        return f"{self.bus}{self.number}"


class Place(NamedTuple):
    """A unit of a controller: ``scsi0:1``."""

    controller: ControllerPlace
    unit: int

    def __str__(self) -> str:
        return f"{self.controller}:{self.unit}"


def units(controller: str, hardware: int) -> int:
    """Units of a type of controllers, the controller's own included.

    :param controller: one of CONTROLLER_TYPES. :param hardware: hardware version of the VM; 0 where it is unknown.
    """
    known = CONTROLLER_TYPES[controller]
    return known.many_units if known.many_units and hardware >= known.many_since else BUSES[known.bus].units


def _most_units(bus: str) -> int:
    return max(max(known.many_units, BUSES[bus].units) for known in CONTROLLER_TYPES.values() if known.bus == bus)


def parse_controller(option: str, given: Any, _bounds: Bounds | None = None) -> ControllerPlace:
    """``scsi0``.

    :raises InvalidOption: no VM has such a controller.
    """
    found = _CONTROLLER.fullmatch(given) if isinstance(given, str) else None
    if not found or found[1] not in BUSES:
        raise InvalidOption(f"{option} must be a controller such as scsi0, sata0 or ide1 (got {quoted(given)})")
    bus = BUSES[found[1]]
    if int(found[2]) >= bus.controllers:
        raise InvalidOption(f"{option}: a VM has {bus.name} controllers {found[1]}0 to {found[1]}{bus.controllers - 1} (got {quoted(given)})")
    return ControllerPlace(found[1], int(found[2]))


def parse_place(option: str, given: Any, _bounds: Bounds | None = None) -> Place:
    """``scsi0:1``.

    :raises InvalidOption: no VM has such a place.
    """
    found = _PLACE.fullmatch(given) if isinstance(given, str) else None
    if not found:
        raise InvalidOption(f"{option} must be a place such as scsi0:1, sata0:3 or ide0:1 (got {quoted(given)})")
    controller, unit = parse_controller(option, found[1]), int(found[2])
    bus = BUSES[controller.bus]
    if unit == bus.own_unit:
        raise InvalidOption(f"{option}: unit {unit} is the controller's own; use another one (got {quoted(given)})")
    if unit >= (most := _most_units(controller.bus)):
        raise InvalidOption(f"{option}: {bus.name} controllers have units 0 to {most - 1} (got {quoted(given)})")
    return Place(controller, unit)


CONTROLLER = Kind("str", parse_controller, str)
PLACE = Kind("str", parse_place, str)
