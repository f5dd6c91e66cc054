# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Changes as pyVmomi's specs: for ReconfigVM_Task, CreateVM_Task and the ``config`` of CloneVM_Task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.changes import (
    Change,
    SetBootOrder,
    SetExtraConfig,
    SetMember,
    SetProperty,
    UpgradeHardware,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.device_specs import device_specs
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import managed_type as vim_type


def config_spec(changes: Iterable[Change], change_version: str = "") -> Any:
    """The ``vim.vm.ConfigSpec`` of all changes that one call makes.

    Not in it: a rise of the hardware version, see :func:`upgrade`, and a boot order of devices that are new, see :func:`later`.

    :param change_version: the call fails if the VM has been changed since it was read with this version; empty not to check.
    """
    made = list(changes)
    spec = vim_type("VirtualMachineConfigSpec")()
    if change_version:
        spec.changeVersion = change_version
    for edit in (change.edit for change in made):
        if isinstance(edit, SetMember):
            _set(spec, edit.member, edit.value)
        elif isinstance(edit, SetExtraConfig):
            spec.extraConfig.append(vim_type("OptionValue")(key=edit.key, value=edit.value))
        elif isinstance(edit, SetProperty):
            _set(spec, "vAppConfig", {})
            info = vim_type("VAppPropertyInfo")(value=edit.value, **edit.info)
            spec.vAppConfig.property.append(vim_type("VAppPropertySpec")(operation="edit", info=info))
        elif isinstance(edit, SetBootOrder) and not _names_new_devices(edit):
            _set(spec, "bootOptions.bootOrder", [vim_type(kind)(**({} if key is None else {"deviceKey": key})) for kind, key in edit.devices])
    spec.deviceChange = device_specs(change.edit for change in made)
    return spec


def upgrade(changes: Iterable[Change]) -> str:
    """The hardware version to raise the VM to, while it is off; empty for none."""
    return next((change.edit.version for change in changes if isinstance(change.edit, UpgradeHardware)), "")


def later(changes: Iterable[Change]) -> list[Change]:
    """The changes that no ConfigSpec of these makes: they need a second step, after the VM was read again."""
    return [
        change for change in changes if isinstance(change.edit, UpgradeHardware) or (isinstance(change.edit, SetBootOrder) and _names_new_devices(change.edit))
    ]


def _names_new_devices(edit: SetBootOrder) -> bool:
    # The server gives new devices their keys.
    return any((key or 0) < 0 for _kind, key in edit.devices)


def _set(spec: Any, member: str, value: Any) -> None:
    """Set a part such as ``cpuAllocation.shares``; structures on the way, and the value itself if it is a mapping, are made."""
    *outer, last = member.split(".")
    for name in outer:
        _set(spec, name, {})
        spec = getattr(spec, name)
    if not isinstance(value, Mapping):
        setattr(spec, last, value)
    elif value or getattr(spec, last) is None:
        setattr(spec, last, spec._GetPropertyInfo(last).type(**value))
