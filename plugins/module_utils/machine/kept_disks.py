# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Disks that stay when their VM is destroyed: they are detached before, and marked, so that a second call knows what the first one has detached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, RemoveDevice, SetExtraConfig, before_and_after
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CHANGE_VERSION, CurrentState, current_state
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import Place, parse_place
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Disk
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.disks import shown
from ansible_collections.estate.vmware.plugins.module_utils.machine.existing_vms import NotPossible
from ansible_collections.estate.vmware.plugins.module_utils.machine.plan import Step
from ansible_collections.estate.vmware.plugins.module_utils.machine.reconfigure import reconfigure

ALL = "all"
#: Key of extraConfig, not one that a guest can write, followed by the place of a disk that was detached to be kept. The value is its file.
_DETACHED = "estate.vmware.detached."


class KeptDisks(NamedTuple):
    """What the option ``keep_disks`` says.

    :ivar option: as the user wrote it. :ivar places: of the disks. :ivar keeps_all: all disks of the VM.
    """

    option: str
    places: frozenset[Place] = frozenset()
    keeps_all: bool = False

    @classmethod
    def of(cls, option: str, given: Sequence[str], problems: MutableSequence[str]) -> KeptDisks:
        """Check the option."""
        if given == [ALL]:
            return cls(option, keeps_all=True)
        places = []
        for number, text in enumerate(given):
            try:
                places.append(parse_place(f"{option}[{number}]", text))
            except InvalidOption as error:
                problems += [f"{line}, or {ALL} alone" for line in error.lines]
        return cls(option, frozenset(places))

    def __bool__(self) -> bool:
        return self.keeps_all or bool(self.places)

    def among(self, current: CurrentState) -> list[Disk]:
        """Those that a VM has."""
        return [disk for place, disk in sorted(current.disks.items()) if self.keeps_all or place in self.places]

    def step(self, properties: Mapping[str, Any], is_powered_off: bool) -> Step | None:
        """The step that detaches them; None where an earlier call has done so.

        :param properties: of the VM. :param is_powered_off: by a step before this one.
        :raises NotPossible: they cannot be detached.
        """
        changes = self._changes(current_state(properties))
        if not changes:
            return None
        planned = {change.path for change in changes}

        def compare(now: CurrentState) -> Sequence[Change]:
            found = self._changes(now)
            if planned != {change.path for change in found}:
                raise NotPossible(f"{self.option}: its disks were changed meanwhile: look at them, then run again")
            return found

        before, _after = before_and_after(change for change in changes if isinstance(change.edit, RemoveDevice))
        run = partial(reconfigure, changes, "" if is_powered_off else properties.get(CHANGE_VERSION, ""), compare)
        return Step("detach_disks", run, before, dict.fromkeys(before, "detached, its file stays"))

    def _changes(self, current: CurrentState) -> list[Change]:
        missing = sorted(place for place in self.places if place not in current.disks)
        if unknown := [place for place in missing if not _detached_file(current, place)]:
            raise NotPossible(f"{self.option}: there is no disk at {', '.join(map(str, unknown))}: check which disks it has")
        self._check_stayed_detached(current, missing)
        disks = self.among(current)
        if disks and current.is_template:
            raise NotPossible(f"{self.option}: no disk can be detached from a template: convert it to a VM first")
        if current.has_snapshots:
            raise NotPossible(f"{self.option}: its disks are part of snapshots, which are removed with it: remove the snapshots first")
        return [change for disk in disks for change in self._detached(disk)]

    def _check_stayed_detached(self, current: CurrentState, places: Iterable[Place]) -> None:
        """Check that nobody has attached disks again, at another place, that an earlier call has detached."""
        at = {file: disk.place for disk in current.disks.values() if not self.keeps_all and disk.place not in self.places for file in disk.files}
        for place in places:
            if other := at.get(_detached_file(current, place)):
                raise NotPossible(f"{self.option}: the disk that was at {place} is at {other} now: name it there")

    def _detached(self, disk: Disk) -> list[Change]:
        key = f"{_DETACHED}{disk.place}"
        mark = Change(f"extra_config.{key}", self.option, None, None, SetExtraConfig(key, next(iter(disk.files), "")))
        return [Change(f"disks.{disk.place}", self.option, shown(disk), None, RemoveDevice(disk)), mark]


def _detached_file(current: CurrentState, place: Place) -> str:
    """The file of a disk that an earlier call has detached from this place; empty for none."""
    return current.extra_config.get(f"{_DETACHED}{place}", "")
