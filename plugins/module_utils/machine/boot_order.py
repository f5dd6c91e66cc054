# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The boot order: devices by place or by kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import AddDevice, Change, RemoveDevice, SetBootOrder
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import Place, parse_place
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import Disk, Nic
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import Bounds, Kind
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option

_PREFIX = "VirtualMachineBootOptionsBootable"
DISK, NETWORK = "disk", "network"
#: Word to vSphere's kind of bootable devices.
KINDS = {DISK: f"{_PREFIX}DiskDevice", NETWORK: f"{_PREFIX}EthernetDevice", "cdrom": f"{_PREFIX}CdromDevice", "floppy": f"{_PREFIX}FloppyDevice"}


def _device(option: str, given: Any, _bounds: Bounds | None) -> str | Place:
    if given in KINDS:
        return str(given)
    try:
        return parse_place(option, given)
    except InvalidOption as error:
        raise InvalidOption(f"{option} must be {', '.join(KINDS)} or the place of a disk, such as scsi0:0 (got {quoted(given)})") from error


BOOT_ORDER_OPTION = Option(
    "hardware.boot.order",
    Kind("list", _device, elements="str"),
    "Devices to boot from, in order: disk (the first by place), network (all adapters), cdrom, floppy, or a disk's place such as scsi0:1",
    path="config.bootOptions.bootOrder",
)


def boot_order_changes(where: str, wanted: Sequence[str | Place], current: CurrentState, others: Sequence[Change]) -> Iterator[Change]:
    """What is to be done about the boot order.

    :param where: the item as the user wrote it. :param others: the changes of its devices.
    """
    new = [change.edit.device for change in others if isinstance(change.edit, AddDevice)]
    gone = {change.edit.device.key for change in others if isinstance(change.edit, RemoveDevice)}
    disks = {disk.place: disk.key for disk in (*current.disks.values(), *new) if isinstance(disk, Disk) and disk.key not in gone}
    nics = [nic.key for nic in (*current.nics, *new) if isinstance(nic, Nic) and nic.key not in gone]
    option = f"{where}.{BOOT_ORDER_OPTION.name}"
    after: list[tuple[str, int | None]] = []
    for number, item in enumerate(wanted):
        found: list[int | None] = [None]
        if isinstance(item, Place):
            found = [disks[item]] if item in disks else []
        elif item in (DISK, NETWORK):
            found = [*(nics if item == NETWORK else [disks[min(disks)]] if disks else [])]
        if not found:
            reason = f"the VM has no such device ({item}): leave it out"
            yield Change(BOOT_ORDER_OPTION.name, f"{option}[{number}]", None, str(item), None, refused=reason)
            return
        kind = KINDS[DISK] if isinstance(item, Place) else KINDS[item]
        after += [(kind, key) for key in found if (kind, key) not in after]
    if tuple(after) != current.boot_order:
        names = {**{key: str(place) for place, key in disks.items()}, **{key: f"network {number}" for number, key in enumerate(nics)}}
        shown = [[names.get(key or 0) or _word(kind) for kind, key in order] for order in (current.boot_order, after)]
        yield Change(BOOT_ORDER_OPTION.name, option, shown[0], shown[1], SetBootOrder(tuple(after)))


def _word(kind: str) -> str:
    return next((word for word, known in KINDS.items() if known == kind), kind)
