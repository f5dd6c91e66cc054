# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""*wanted × current → changes*: pure, so that check mode, diff and doing agree."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.estate.vmware.plugins.module_utils.machine.boot_order import boot_order_changes
from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import Change, SetMember, UpgradeHardware
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import CurrentState
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.cdroms import cdrom_changes
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.controllers import Controllers, NewKeys
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import NetworkBacking
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.disks import disk_changes
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.networks import NameOf, network_changes
from ansible_collections.estate.vmware.plugins.module_utils.machine.keyed_values import extra_config_changes, property_changes
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.kinds import hardware_number
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.rules import Scene
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import PATHS, SETTINGS
from ansible_collections.estate.vmware.plugins.module_utils.machine.wanted import DEVICE_LISTS, Wanted


def _no_name(_network: NetworkBacking) -> None:
    return None


def differences(wanted: Wanted, current: CurrentState, api: tuple[int, ...], name_of: NameOf = _no_name) -> list[Change]:
    """What has to change so that a VM is as wanted; nothing if it is. See changes.py for what becomes of the changes.

    :param current: NEW for a VM from scratch, ``current.as_clone()`` of its source for a clone.
    :param api: API version of the server.
    :param name_of: names the networks that adapters have, for diffs.
    """
    keys = NewKeys()
    hardware = hardware_number(wanted.settings.get("hardware.version")) or current.hardware
    controllers = Controllers({controller.at: controller for controller in wanted.controllers}, current, keys, hardware)
    exact = {name: f"{wanted.option}.exact" if name in wanted.exact else "" for name in DEVICE_LISTS}
    devices = [
        *controllers.changes(),
        *disk_changes(wanted.disks, exact["disks"], wanted.destroy_disks, current, controllers, keys),
        *cdrom_changes(wanted.cdroms, exact["cdroms"], current, controllers, keys),
        *network_changes(wanted.networks, exact["networks"], current, keys, name_of),
    ]
    found = [*_settings(wanted, current, api), *controllers.additions(), *devices]
    if wanted.boot_order is not None:
        found += boot_order_changes(wanted.option, wanted.boot_order, current, devices)
    found += extra_config_changes(wanted.option, wanted.extra_config, wanted.guest_data, current)
    found += property_changes(wanted.option, wanted.properties, current)
    return [change._replace(needs_off="") for change in found] if current.is_new else found


def _settings(wanted: Wanted, current: CurrentState, api: tuple[int, ...]) -> Iterator[Change]:
    scene = Scene(wanted.settings, current.settings, PATHS, is_known=True)
    for setting in SETTINGS:
        if setting.name not in wanted.settings:
            continue
        after = wanted.settings[setting.name]
        before = None if current.is_new else current.settings.get(setting.path)
        option = f"{wanted.option}.{setting.name}"
        if before == after:
            continue
        shown = None if before is None else setting.shown(before), setting.shown(after)
        refused = setting.refuses(scene, before, after)
        if setting.since > api:
            refused = f"this needs vSphere API {_version(setting.since)} (the server has {_version(api)}): leave it out"
        if refused:
            yield Change(setting.name, option, *shown, None, refused=refused)
            continue
        edit = UpgradeHardware(after) if setting.by_upgrade and not current.is_new else SetMember(setting.member, after)
        yield Change(setting.name, option, *shown, edit, setting.needs_off(scene, before, after))


def _version(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
