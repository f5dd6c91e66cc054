# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a VM shall be: the options of an item, checked, as plain data. Nothing is looked up here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.machine.boot_order import BOOT_ORDER_OPTION
from ansible_collections.estate.vmware.plugins.module_utils.machine.customization import check_addresses
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.buses import CONTROLLER_TYPES, Place
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.cdroms import CDROM_OPTIONS, WantedCdrom
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.controllers import CONTROLLER_OPTIONS, WantedController
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.disks import DISK_OPTIONS, WantedDisk
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import NETWORK_OPTIONS, WantedNic
from ansible_collections.estate.vmware.plugins.module_utils.machine.keyed_values import GUEST_DATA, MAX_GUEST_DATA, SECRET_KEYS, extra_config, plain_texts
from ansible_collections.estate.vmware.plugins.module_utils.machine.numbered import DHCP
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings import rules
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import FLAG, TEXT, TEXTS
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.option import Option, argument_spec, values
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import PATHS, SETTINGS

_Item = TypeVar("_Item", WantedController, WantedDisk, WantedCdrom, WantedNic)
_EXACT = {name: name for name in ("disks", "networks", "cdroms")}
_POWER_CYCLES = {name: name for name in ("never", "guest", "hard")}
#: Lists of devices, each with the options of its items.
DEVICE_LISTS: dict[str, tuple[Option, ...]] = {
    "controllers": CONTROLLER_OPTIONS,
    "disks": DISK_OPTIONS,
    "cdroms": CDROM_OPTIONS,
    "networks": NETWORK_OPTIONS,
}
#: Mappings of keys that the user chooses.
_KEYED = ("extra_config", "properties")
OTHER_OPTIONS = (
    *(
        Option(name, TEXT, f"Text for cloud-init, put into {key}", bounds=(0, MAX_GUEST_DATA), is_secret=True, path="config.extraConfig")
        for name, key in GUEST_DATA.items()
    ),
    Option("exact", TEXTS, "Lists of which everything is removed that they do not name", words=_EXACT),
    Option("destroy_disks", FLAG, "Delete the files of disks that exact removes; without it they are detached", default=False),
    Option("power_cycle", TEXT, "What to do where a change needs a running VM to be off", words=_POWER_CYCLES, default="never"),
)
#: All options of single values, in the order of the docs.
VALUE_OPTIONS: tuple[Option, ...] = (*SETTINGS, BOOT_ORDER_OPTION, *OTHER_OPTIONS)


@dataclass(frozen=True)
class Wanted:
    """What a VM shall be. What is not said is left as it is.

    :ivar option: the item as the user wrote it: ``vms[3]``.
    :ivar settings: option to vSphere's value, see settings.py. :ivar boot_order: None to leave it.
    :ivar extra_config: key to value, empty for a key to remove. :ivar guest_data: option of GUEST_DATA to its text.
    :ivar exact: lists of which everything is removed that is not named.
    """

    option: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    boot_order: Sequence[str | Place] | None = None
    controllers: tuple[WantedController, ...] = ()
    disks: tuple[WantedDisk, ...] = ()
    cdroms: tuple[WantedCdrom, ...] = ()
    networks: tuple[WantedNic, ...] = ()
    extra_config: Mapping[str, str] = field(default_factory=dict)
    guest_data: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    exact: frozenset[str] = frozenset()
    destroy_disks: bool = False
    power_cycle: str = "never"


def settings_argument_spec() -> dict[str, Any]:
    """The options of an item that say what its VM shall be, see common/option_specs.py."""
    lists = {name: {"type": "list", "elements": "dict", "options": argument_spec(options)} for name, options in DEVICE_LISTS.items()}
    return {**argument_spec(VALUE_OPTIONS), **lists, **{name: {"type": "dict", "secret_keys": SECRET_KEYS} for name in _KEYED}}


def wanted_state(where: str, item: Mapping[str, Any], problems: MutableSequence[str]) -> Wanted:
    """What an item says a VM shall be; whatever is wrong with it becomes a problem.

    :param where: the item as the user wrote it: ``vms[3]``. :param item: checked by its spec, see items.py.
    """
    found = values(VALUE_OPTIONS, where, item, problems)
    wanted = Wanted(
        option=where,
        settings={setting.name: found[setting.name] for setting in SETTINGS if setting.name in found},
        boot_order=found.get(BOOT_ORDER_OPTION.name),
        controllers=_items("controllers", WantedController, where, item, problems),
        disks=_items("disks", WantedDisk, where, item, problems),
        cdroms=_items("cdroms", WantedCdrom, where, item, problems),
        networks=_items("networks", WantedNic, where, item, problems),
        extra_config=extra_config(f"{where}.extra_config", item.get("extra_config") or {}, problems),
        guest_data={name: found[name] for name in GUEST_DATA if name in found},
        properties=plain_texts(f"{where}.properties", item.get("properties") or {}, problems),
        exact=frozenset(found.get("exact", ())),
        destroy_disks=found.get("destroy_disks", False),
        power_cycle=found.get("power_cycle", "never"),
    )
    if wanted.boot_order and len(set(wanted.boot_order)) < len(wanted.boot_order):
        problems.append(f"{where}.{BOOT_ORDER_OPTION.name} names a device twice: name each once")
    problems.extend(f"{where}.exact has {name}, which is not given: give {name}, [] for none" for name in sorted(wanted.exact) if item.get(name) is None)
    _check_settings(wanted, problems)
    _check_devices(wanted, problems)
    return wanted


def check_together(items: Sequence[Wanted], problems: MutableSequence[str]) -> None:
    """What is wrong with several items that are right by themselves: equal addresses."""
    users: dict[str, str] = {}
    nics = [nic for item in items for nic in item.networks]
    addresses = [("mac", nic.mac, nic) for nic in nics if nic.mac] + [("address", one, nic) for nic in nics for one in nic.address if one != DHCP]
    for name, address, nic in addresses:
        first = users.setdefault(address, f"{nic.option}.{name}")
        if first != f"{nic.option}.{name}":
            problems.append(f"{nic.option}.{name} is {address}, as {first}: give each adapter an address of its own")


def check_new(wanted: Wanted, problems: MutableSequence[str]) -> None:
    """What a VM needs that is made from scratch."""
    for name in ("memory.size", "hardware.guest_id"):
        if name not in wanted.settings:
            problems.append(f"{wanted.option}.{name} is missing: a VM from scratch needs it")
    if wanted.properties:
        problems.append(f"{wanted.option}.properties: a VM from scratch has no vApp properties; leave it out")


def _items(name: str, kind: type[_Item], where: str, item: Mapping[str, Any], problems: MutableSequence[str]) -> tuple[_Item, ...]:
    """The items of a list of devices. One that lacks its place or type, because that is wrong, is left out."""
    options = DEVICE_LISTS[name]
    found = []
    for number, given in enumerate(item.get(name) or ()):
        option = f"{where}.{name}[{number}]"
        made = values(options, option, given, problems)
        if all(known.name in made for known in options if known.is_required):
            found.append(kind(option=option, **made))
    return tuple(found)


def _check_settings(wanted: Wanted, problems: MutableSequence[str]) -> None:
    scene = rules.Scene(wanted.settings, {}, PATHS)
    reasons: dict[str, str] = {}
    for setting in SETTINGS:
        if setting.name in wanted.settings:
            reasons.setdefault(setting.refuses(scene, None, wanted.settings[setting.name]), setting.name)
    problems.extend(f"{wanted.option}.{name}: {reason}" for reason, name in reasons.items() if reason)


def _check_devices(wanted: Wanted, problems: MutableSequence[str]) -> None:
    _check_places(wanted, problems)
    for controller in wanted.controllers:
        bus = CONTROLLER_TYPES[controller.type].bus
        if bus != controller.at.bus:
            problems.append(f"{controller.option}.type: {controller.at} cannot be of type {controller.type}: use {bus}{controller.at.number}, or another type")
    for number, count in Counter(controller.at for controller in wanted.controllers).items():
        if count > 1:
            problems.append(f"{wanted.option}.controllers names {number} {count} times: name each controller once")
    for disk in wanted.disks:
        if disk.file and (disk.size or disk.provisioning or disk.datastore):
            problems.append(f"{disk.option}: give file to attach a disk, or size, provisioning and datastore to make one, not both")
        others = [name for name in ("size", "provisioning", "mode", "sharing", "datastore", "file") if getattr(disk, name) is not None]
        if disk.keep and others:
            problems.append(f"{disk.option}: keep leaves the disk as it is; leave {', '.join(others)} out")
    files: dict[str, str] = {}
    for disk in wanted.disks:
        if disk.file and (first := files.setdefault(disk.file, disk.option)) != disk.option:
            problems.append(f"{disk.option}.file is {disk.file}, as {first}.file: a VM has a disk once")
    problems.extend(filter(None, (cdrom.problem() for cdrom in wanted.cdroms)))
    check_addresses(wanted.networks, problems)


def _check_places(wanted: Wanted, problems: MutableSequence[str]) -> None:
    users: dict[Place, str] = {}
    for place, option in [*((disk.at, disk.option) for disk in wanted.disks), *((cdrom.at, cdrom.option) for cdrom in wanted.cdroms)]:
        first = users.setdefault(place, option)
        if first != option:
            problems.append(f"{option}.at is {place}, as {first}.at: give each device a place of its own")
