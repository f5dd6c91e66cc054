# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The settings of a VM that are single values: an option is one line here.

A line says what is read, what is written, and when. Devices and keyed values stand in ``devices``, ``keyed_values.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.settings import rules
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import (
    FLAG,
    GUEST_ID,
    HARDWARE_VERSION,
    LIMIT,
    MEMORY,
    MEMORY_LIMIT,
    MEMORY_RESERVATION,
    NUMBER,
    SHARES,
    TEXT,
    plain_shares,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option

_MIB, _TIB = 1 << 20, 1 << 40
_HOT = rules.nothing
_FIRMWARE = {"bios": "bios", "efi": "efi"}


@dataclass(frozen=True, kw_only=True)
class Setting(Option):
    """One setting.

    :ivar path: the vSphere property that is read. :ivar member: the part of a ConfigSpec that is written.
    :ivar privilege: that the account needs, without ``VirtualMachine.Config.`` before it.
    :ivar needs_off: why it cannot be changed while the VM runs. :ivar refuses: why it cannot be changed at all. See rules.py.
    :ivar since: first API version that has it, where that is later than 6.5.
    :ivar normalized: what of the property's value is compared.
    :ivar by_upgrade: on an existing VM it is changed by UpgradeVM_Task, not by a ConfigSpec.
    """

    member: str
    privilege: str = "Settings"
    needs_off: rules.Rule = rules.powered_off
    refuses: rules.Rule = rules.nothing
    since: tuple[int, ...] = ()
    normalized: Callable[[Any], Any] = lambda value: value
    by_upgrade: bool = False


_CPU_LIMITS = rules.within_limit("cpu.reservation_mhz", "cpu.limit_mhz")
_MEMORY_RULES = rules.every(rules.all_reserved, rules.within_memory, rules.within_limit("memory.reservation", "memory.limit"))

# fmt: off
SETTINGS: tuple[Setting, ...] = (
    Setting("cpu.count", NUMBER, "Number of virtual CPUs", bounds=(1, 960),
            path="config.hardware.numCPU", member="numCPUs", privilege="CPUCount", needs_off=rules.cpu_count, refuses=rules.whole_sockets),
    Setting("cpu.cores_per_socket", NUMBER, "Cores of each virtual socket; the number of CPUs is a multiple of it", bounds=(1, 960),
            path="config.hardware.numCoresPerSocket", member="numCoresPerSocket", privilege="CPUCount", refuses=rules.whole_sockets),
    Setting("cpu.hot_add", FLAG, "CPUs can be added while it runs",
            path=rules.CPU_HOT_ADD, member="cpuHotAddEnabled"),
    Setting("cpu.hot_remove", FLAG, "CPUs can be removed while it runs",
            path=rules.CPU_HOT_REMOVE, member="cpuHotRemoveEnabled"),
    Setting("cpu.reservation_mhz", NUMBER, "MHz that it is guaranteed", bounds=(0, None),
            path="config.cpuAllocation.reservation", member="cpuAllocation.reservation", privilege="Resource", needs_off=_HOT, refuses=_CPU_LIMITS),
    Setting("cpu.limit_mhz", LIMIT, "MHz that it gets at most, or unlimited", bounds=(1, None),
            path="config.cpuAllocation.limit", member="cpuAllocation.limit", privilege="Resource", needs_off=_HOT, refuses=_CPU_LIMITS),
    Setting("cpu.shares", SHARES, "Its share when CPU is scarce: low, normal, high or a number",
            path="config.cpuAllocation.shares", member="cpuAllocation.shares", privilege="Resource", needs_off=_HOT, normalized=plain_shares),
    Setting("cpu.nested", FLAG, "The guest can run VMs itself (hardware-assisted virtualization)",
            path="config.nestedHVEnabled", member="nestedHVEnabled"),
    Setting("memory.size", MEMORY, "Memory with its unit, such as 8GiB; a multiple of 4MiB", bounds=(4 * _MIB, 24 * _TIB),
            path="config.hardware.memoryMB", member="memoryMB", privilege="Memory", needs_off=rules.memory_size, refuses=_MEMORY_RULES),
    Setting("memory.hot_add", FLAG, "Memory can be added while it runs",
            path=rules.MEMORY_HOT_ADD, member="memoryHotAddEnabled"),
    Setting("memory.reservation", MEMORY_RESERVATION, "Memory that it is guaranteed, such as 4GiB; 0MiB for none", bounds=(0, 24 * _TIB),
            path="config.memoryAllocation.reservation", member="memoryAllocation.reservation", privilege="Resource", needs_off=_HOT, refuses=_MEMORY_RULES),
    Setting("memory.limit", MEMORY_LIMIT, "Memory of the host that it gets at most, or unlimited", bounds=(_MIB, 24 * _TIB),
            path="config.memoryAllocation.limit", member="memoryAllocation.limit", privilege="Resource", needs_off=_HOT, refuses=_MEMORY_RULES),
    Setting("memory.shares", SHARES, "Its share when memory is scarce: low, normal, high or a number",
            path="config.memoryAllocation.shares", member="memoryAllocation.shares", privilege="Resource", needs_off=_HOT, normalized=plain_shares),
    Setting("memory.reserve_all", FLAG, "All of its memory is reserved, also after a change of its size",
            path="config.memoryReservationLockedToMax", member="memoryReservationLockedToMax", privilege="Resource", needs_off=_HOT, refuses=_MEMORY_RULES),
    Setting("hardware.guest_id", GUEST_ID, "Guest operating system, as vSphere names it: ubuntu64Guest",
            path="config.guestId", member="guestId"),
    Setting("hardware.version", HARDWARE_VERSION, "Hardware version, such as vmx-19; that of an existing VM can only rise", bounds=(7, 99),
            path="config.version", member="version", privilege="UpgradeVirtualHardware", refuses=rules.upgrade, by_upgrade=True),
    Setting("hardware.firmware", TEXT, "Firmware; an installed guest starts with its own alone", words=_FIRMWARE,
            path="config.firmware", member="firmware", refuses=rules.efi),
    Setting("hardware.secure_boot", FLAG, "UEFI secure boot",
            path="config.bootOptions.efiSecureBootEnabled", member="bootOptions.efiSecureBootEnabled", refuses=rules.efi),
    Setting("hardware.boot.delay", NUMBER, "Milliseconds before the boot order is begun", bounds=(0, 10_000),
            path="config.bootOptions.bootDelay", member="bootOptions.bootDelay", needs_off=_HOT),
    Setting("hardware.boot.retry", FLAG, "Boot again where no device could be booted",
            path="config.bootOptions.bootRetryEnabled", member="bootOptions.bootRetryEnabled", needs_off=_HOT),
    Setting("hardware.boot.retry_delay", NUMBER, "Milliseconds before it boots again", bounds=(10, 600_000),
            path="config.bootOptions.bootRetryDelay", member="bootOptions.bootRetryDelay", needs_off=_HOT),
    Setting("hardware.time_sync", FLAG, "VMware Tools set the guest's clock from the host's all the time",
            path="config.tools.syncTimeWithHost", member="tools.syncTimeWithHost", needs_off=_HOT),
    Setting("annotation", TEXT, "Notes", bounds=(0, 65_535),
            path="config.annotation", member="annotation", privilege="Annotation", needs_off=_HOT),
)
# fmt: on
#: Option to its vSphere property.
PATHS = {setting.name: setting.path for setting in SETTINGS}
#: vSphere property to its shape, for all settings.
SHAPES = {setting.path: setting.kind.shape for setting in SETTINGS}
