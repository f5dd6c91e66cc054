# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What is to be changed of a VM, as plain data: what differences.py finds, what plans show, and what config_spec.py writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Device


class SetMember(NamedTuple):
    """Write a part of the ConfigSpec, such as ``cpuAllocation.limit``."""

    member: str
    value: Any


class SetExtraConfig(NamedTuple):
    """Write a key of extraConfig; an empty value removes it."""

    key: str
    value: str


class SetProperty(NamedTuple):
    """Write the value of a vApp property, which is known by its parts key, id, classId and instanceId."""

    info: Mapping[str, Any]
    value: str


class SetBootOrder(NamedTuple):
    """Write the boot order: vSphere's kind of each device, and its key where the kind has one."""

    devices: tuple[tuple[str, int | None], ...]


class AddDevice(NamedTuple):
    """Add a device. Its key is negative, and unique among the new ones."""

    device: Device


class EditDevice(NamedTuple):
    """Change some attributes of a device that is there."""

    device: Device
    attributes: Mapping[str, Any]


class RemoveDevice(NamedTuple):
    """Remove a device, and the file of a disk with it or not."""

    device: Device
    destroys_file: bool = False


class UpgradeHardware(NamedTuple):
    """Raise the hardware version, by a call of its own (UpgradeVM_Task)."""

    version: str


Edit: TypeAlias = "SetMember | SetExtraConfig | SetProperty | SetBootOrder | AddDevice | EditDevice | RemoveDevice | UpgradeHardware"


class Change(NamedTuple):
    """One difference between what is wanted and what is.

    :ivar path: what it is about: ``cpu.count``, ``disks.scsi0:1.size``.
    :ivar option: as the user wrote it: ``vms[3].disks[0].size``.
    :ivar before: in the user's units; None where there was nothing. :ivar after: the same; None where nothing is left.
    :ivar edit: what is to be written; None for a change that is refused.
    :ivar needs_off: why it cannot be done while the VM runs; empty if it can.
    :ivar refused: why it cannot be done at all, with the remedy; empty if it can.
    """

    path: str
    option: str
    before: Any
    after: Any
    edit: Edit | None
    needs_off: str = ""
    refused: str = ""

    @property
    def destroys_file(self) -> bool:
        """Whether the file of a disk is deleted."""
        return isinstance(self.edit, RemoveDevice) and self.edit.destroys_file


def before_and_after(changes: Iterable[Change]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The changes as check mode and diff show them: path to value, before and after."""
    shown = list(changes)
    return {change.path: change.before for change in shown}, {change.path: change.after for change in shown}


def refusals(changes: Iterable[Change], is_on: bool, power_cycle: str = "never") -> list[str]:
    """A line for each change that cannot be made.

    :param is_on: the VM runs, and the call does not power it off anyway.
    :param power_cycle: never, guest or hard.
    """
    lines = []
    for change in changes:
        if change.refused:
            lines.append(f"{change.option}: {change.refused}")
        elif change.needs_off and is_on and power_cycle == "never":
            remedy = "set power_cycle to guest or hard, or power it off"
            lines.append(f"{change.option} cannot be changed while the VM is on or suspended ({change.needs_off}): {remedy}")
    return list(dict.fromkeys(lines))


def needs_power_off(changes: Iterable[Change]) -> bool:
    """Whether a running VM has to be powered off for these changes."""
    return any(change.needs_off for change in changes)
