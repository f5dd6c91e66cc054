# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Rules of settings: what of them can be changed while the VM runs, and what never.

Each takes a :class:`Scene`, vSphere's value before and the one wanted, and returns the reason why not, empty where it can be done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.sizes import format_size
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import MIB, NO_LIMIT, hardware_number

CPU_HOT_ADD = "config.cpuHotAddEnabled"
CPU_HOT_REMOVE = "config.cpuHotRemoveEnabled"
MEMORY_HOT_ADD = "config.memoryHotAddEnabled"
MEMORY_INCREMENT = "config.hotPlugMemoryIncrementSize"
MEMORY_MOST = "config.hotPlugMemoryLimit"
#: The server chooses the cores of each socket when the VM powers on; from vSphere 8 on.
AUTO_CORES = "config.hardware.autoCoresPerSocket"
#: Properties that rules look at, beside those of the settings, with their shapes.
RULE_PROPERTIES: dict[str, Any] = {AUTO_CORES: bool, MEMORY_INCREMENT: int, MEMORY_MOST: int}


@dataclass(frozen=True)
class Scene:
    """What a rule may look at.

    :ivar wanted: option to vSphere's value. :ivar current: vSphere property to its value.
    :ivar properties: option to its vSphere property. :ivar is_known: ``current`` was read; else what it lacks may be anything.
    """

    wanted: Mapping[str, Any]
    current: Mapping[str, Any]
    properties: Mapping[str, str]
    is_known: bool = False

    def after(self, option: str) -> Any:
        """The value of another setting once all is as wanted; None where it is unknown."""
        return self.wanted.get(option, self.current.get(self.properties[option]))


Rule = Callable[[Scene, Any, Any], str]


def nothing(_scene: Scene, _before: Any, _after: Any) -> str:
    """There is nothing against it."""
    return ""


def powered_off(_scene: Scene, _before: Any, _after: Any) -> str:
    return "vSphere changes it on VMs that are off"


def cpu_count(scene: Scene, before: int | None, after: int) -> str:
    grows = after > (before or 0)
    if not scene.current.get(CPU_HOT_ADD if grows else CPU_HOT_REMOVE):
        return f"CPU hot {'add' if grows else 'remove'} is not enabled"
    return ""


def memory_size(scene: Scene, before: int | None, after: int) -> str:
    before, most, step = before or 0, scene.current.get(MEMORY_MOST) or 0, scene.current.get(MEMORY_INCREMENT) or 0
    if after < before:
        return "memory is taken away"
    if not scene.current.get(MEMORY_HOT_ADD):
        return "memory hot add is not enabled"
    if most and after > most:
        return f"memory hot add ends at {format_size(most * MIB)}"
    if step and (after - before) % step:
        return f"memory hot add goes in steps of {format_size(step * MIB)}"
    return ""


# What is refused whatever the power state.


def whole_sockets(scene: Scene, _before: Any, _after: Any) -> str:
    count, cores = scene.after("cpu.count"), scene.after("cpu.cores_per_socket")
    chosen_later = scene.current.get(AUTO_CORES) and "cpu.cores_per_socket" not in scene.wanted
    if not count or not cores or count % cores == 0 or chosen_later:
        return ""
    return f"{count} CPUs are no whole sockets of {cores} cores: set cpu.count to a multiple of cpu.cores_per_socket"


def efi(scene: Scene, _before: Any, after: Any) -> str:
    firmware = scene.after("hardware.firmware")
    if not scene.after("hardware.secure_boot") or firmware == "efi" or (firmware is None and not scene.is_known):
        return ""
    return "secure boot needs EFI: set hardware.firmware to efi, or hardware.secure_boot to false"


def within_memory(scene: Scene, _before: Any, _after: Any) -> str:
    size, reservation = scene.after("memory.size"), scene.after("memory.reservation")
    # With all of the memory reserved, the server changes the reservation along with the size.
    if scene.after("memory.reserve_all") and "memory.reservation" not in scene.wanted:
        return ""
    if not size or not reservation or reservation <= size:
        return ""
    return f"{format_size(reservation * MIB)} of {format_size(size * MIB)} memory cannot be reserved: lower memory.reservation"


def all_reserved(scene: Scene, _before: Any, _after: Any) -> str:
    size, reservation = scene.after("memory.size"), scene.wanted.get("memory.reservation")
    if not scene.after("memory.reserve_all") or reservation is None or reservation == size:
        return ""
    return "memory.reserve_all reserves all of memory.size: leave memory.reservation out"


def within_limit(reservation: str, limit: str) -> Rule:
    def rule(scene: Scene, _before: Any, _after: Any) -> str:
        least, most = scene.after(reservation), scene.after(limit)
        if not least or most is None or most == NO_LIMIT or least <= most:
            return ""
        return f"{reservation} is greater than {limit}: lower one, or raise the other"

    return rule


def upgrade(_scene: Scene, before: str | None, after: str) -> str:
    if hardware_number(before) <= hardware_number(after):
        return ""
    return f"the hardware of a VM is never made older ({before}): leave hardware.version out"


def every(*rules: Rule) -> Rule:
    """The reason of the first rule that has one."""
    return lambda scene, before, after: next(filter(None, (rule(scene, before, after) for rule in rules)), "")
