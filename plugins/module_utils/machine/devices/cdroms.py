# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""CD-ROM drives. A drive is its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import AddDevice, Change, EditDevice, RemoveDevice
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import BUSES, PLACE, Place
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.controllers import Controllers, NewKeys
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import CLIENT, ISO, Cdrom, Connectable
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import FLAG, ISO as ISO_FILE
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option

CDROM_OPTIONS = (
    Option("at", PLACE, "Its place: ide0:0, sata0:1", is_required=True, path="unitNumber"),
    Option("iso", ISO_FILE, "Image in it, such as [datastore] folder/image.iso or [datastore]/folder/image.iso", path="backing.fileName"),
    Option("client", FLAG, "The drive of whoever opens a console, in place of an image", path="backing.deviceName"),
    Option("connected", FLAG, "Is connected, and connects when the VM powers on; a new drive with an image is", path="connectable.connected"),
)
_BUSES = ("ide", "sata")


@dataclass(frozen=True)
class WantedCdrom:
    """An item of ``cdroms``; None for what is left as it is. :ivar option: as the user wrote it."""

    option: str
    at: Place
    iso: str | None = None
    client: bool | None = None
    connected: bool | None = None

    def problem(self) -> str:
        """What is wrong with it by itself; empty if nothing is."""
        if self.iso and self.client:
            return f"{self.option}: give iso or client, not both"
        if self.at.controller.bus not in _BUSES:
            return f"{self.option}.at: a CD-ROM drive has a place on ide or sata (got {str(self.at)!r})"
        return ""


def cdrom_changes(wanted: tuple[WantedCdrom, ...], exact: str, current: CurrentState, controllers: Controllers, keys: NewKeys) -> Iterator[Change]:
    """What is to be done about the drives.

    :param exact: the option, as the user wrote it, by which drives that are not named are removed; empty to keep them.
    """
    for cdrom in wanted:
        found = current.cdroms.get(cdrom.at)
        if found is None:
            yield _addition(cdrom, current, controllers, keys)
        else:
            yield from _edits(cdrom, found, current.is_on)
    if exact:
        named = {cdrom.at for cdrom in wanted}
        for place, drive in sorted(current.cdroms.items()):
            if place not in named:
                yield Change(f"cdroms.{place}", exact, _medium(drive.kind, drive.iso), None, RemoveDevice(drive), _needs_off(place))


def _needs_off(place: Place) -> str:
    bus = BUSES[place.controller.bus]
    return "" if bus.hot else f"{bus.name} drives come and go while it is off"


def _addition(wanted: WantedCdrom, current: CurrentState, controllers: Controllers, keys: NewKeys) -> Change:
    path = f"cdroms.{wanted.at}"
    taken = wanted.at in current.disks or wanted.at in current.taken
    key = f"another device is at {wanted.at}: use another place" if taken else controllers.key_for(wanted.at)
    if isinstance(key, str):
        return Change(path, wanted.option, None, str(wanted.at), None, refused=key)
    kind = ISO if wanted.iso else CLIENT
    connected = kind == ISO if wanted.connected is None else wanted.connected
    cdrom = Cdrom(keys.next(), key, wanted.at, kind, wanted.iso, Connectable(connected, connected))
    return Change(path, wanted.option, None, _medium(kind, wanted.iso), AddDevice(cdrom), _needs_off(wanted.at))


def _edits(wanted: WantedCdrom, found: Cdrom, is_on: bool) -> Iterator[Change]:
    where = f"cdroms.{wanted.at}"
    kind, iso = (ISO, wanted.iso) if wanted.iso else (CLIENT, None) if wanted.client else (found.kind, found.iso)
    if (kind, iso) != (found.kind, found.iso):
        edit = EditDevice(found, {"kind": kind, "iso": iso})
        yield Change(f"{where}.medium", wanted.option, _medium(found.kind, found.iso), _medium(kind, iso), edit)
    if wanted.connected is not None:
        changed = connection(found.connectable, wanted.connected, wanted.connected, is_on)
        if changed != found.connectable:
            edit = EditDevice(found, {"connectable": changed})
            yield Change(f"{where}.connected", f"{wanted.option}.connected", not wanted.connected, wanted.connected, edit)


def connection(found: Connectable, connected: bool | None, start_connected: bool | None, is_on: bool) -> Connectable:
    """The state of a removable device once it is as wanted. ``connected`` means something while the VM runs alone.

    :param connected: None to leave it. :param start_connected: the same.
    """
    if is_on and connected is not None:
        found = found._replace(connected=connected)
    return found if start_connected is None else found._replace(start_connected=start_connected)


def _medium(kind: str, iso: str | None) -> Any:
    return iso if kind == ISO else kind
