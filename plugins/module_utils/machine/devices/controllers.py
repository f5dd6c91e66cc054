# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The controllers of a VM: which type each is, and those that have to be made for disks and drives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import AddDevice, Change
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import BUSES, CONTROLLER, CONTROLLER_TYPES, ControllerPlace, Place, units
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Controller
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import TEXT
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option

CONTROLLER_OPTIONS = (
    Option("at", CONTROLLER, "Which controller it is: scsi0, sata1, ide0", is_required=True, path="busNumber"),
    Option("type", TEXT, "Its type", words={name: name for name, known in CONTROLLER_TYPES.items() if known.can_be_made}, is_required=True),
)


@dataclass(frozen=True)
class WantedController:
    """An item of ``controllers``. :ivar option: as the user wrote it."""

    option: str
    at: ControllerPlace
    type: str


class NewKeys:
    """Keys of new devices: negative, each once."""

    def __init__(self) -> None:
        self._last = -100

    def next(self) -> int:
        self._last -= 1
        return self._last


class Controllers:
    """The controllers that a VM has and gets.

    :ivar added: those to be made, in order.
    """

    def __init__(self, wanted: Mapping[ControllerPlace, WantedController], current: CurrentState, keys: NewKeys, hardware: int) -> None:
        """:param hardware: number of the hardware version that the VM will have; 0 if unknown."""
        self._wanted = wanted
        self._current = current.controllers
        self._keys = keys
        self._hardware = hardware
        self.added: dict[ControllerPlace, Controller] = {}

    def changes(self) -> Iterator[Change]:
        """What is wanted of the controllers themselves."""
        for place, wanted in self._wanted.items():
            found = self._current.get(place)
            if found is None:
                self._make(place)
            elif found.type != wanted.type:
                reason = f"{place} is {found.type}, and a controller never changes its type: use {found.type}, or another controller"
                yield Change(f"controllers.{place}", wanted.option, found.type, wanted.type, None, refused=reason)

    def additions(self) -> Iterator[Change]:
        """The controllers that are made, once all devices have asked for theirs."""
        for place, controller in self.added.items():
            wanted = self._wanted.get(place)
            needs_off = "" if BUSES[place.bus].hot else f"{BUSES[place.bus].name} controllers come while it is off"
            yield Change(f"controllers.{place}", wanted.option if wanted else "controllers", None, controller.type, AddDevice(controller), needs_off)

    def key_for(self, place: Place) -> int | str:
        """The device key of the controller of a place, which is made if need be; or why no device can stand there."""
        name = place.controller
        controller = self._current.get(name) or self.added.get(name) or self._make(name)
        if controller is None:
            return f"the VM has no controller {name}, and those of {BUSES[name.bus].name} are not made: use another place"
        most = units(controller.type, self._hardware)
        if place.unit >= most:
            more = CONTROLLER_TYPES[controller.type]
            newer = f", {more.many_units} from hardware version vmx-{more.many_since} on" if most < more.many_units else ""
            remedy = ", or raise hardware.version" if newer else ""
            return f"{name} ({controller.type}) has units 0 to {most - 1}{newer}: use another place{remedy}"
        return controller.key

    def _make(self, place: ControllerPlace) -> Controller | None:
        kind = self._wanted[place].type if place in self._wanted else BUSES[place.bus].default
        if not kind:
            return None
        self.added[place] = Controller(self._keys.next(), place, kind)
        return self.added[place]
