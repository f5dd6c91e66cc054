# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What a VM will be that a server makes of an OVF descriptor: read out of the ConfigSpec that it made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.devices import DEVICES
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import (
    EXTRA_CONFIG,
    NEW,
    PROPERTIES,
    VAPP_PROPERTIES,
    CurrentState,
    current_state,
)
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import SETTINGS

#: vSphere property to what a VM has where its ConfigSpec says nothing.
_DEFAULTS: dict[str, Any] = {"config.firmware": "bios", "config.hardware.numCoresPerSocket": 1}
_SHARES = {"level": "normal", "shares": 0}


def _config_shape() -> dict[str, Any]:
    shape: dict[str, Any] = {
        "deviceChange": [{"device": PROPERTIES[DEVICES][0]}],
        "extraConfig": PROPERTIES[EXTRA_CONFIG],
        "vAppConfig": {"property": [{"info": PROPERTIES[VAPP_PROPERTIES][0]}]},
    }
    for setting in SETTINGS:
        *outer, last = setting.member.split(".")
        inner = shape
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = setting.kind.shape
    return shape


#: The parts of a ConfigSpec that :func:`state_of_import` reads.
CONFIG_SHAPE: dict[str, Any] = _config_shape()


def state_of_import(config: Mapping[str, Any]) -> CurrentState:
    """What the VM will be. The keys of its devices are those of the ConfigSpec: the server gives them others.

    :param config: of the shape :data:`CONFIG_SHAPE`.
    """
    properties: dict[str, Any] = {**_DEFAULTS, **{setting.path: _SHARES for setting in SETTINGS if setting.path.endswith("Allocation.shares")}}
    for setting in SETTINGS:
        value: Any = config
        for name in setting.member.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is not None:
            properties[setting.path] = value
    properties[DEVICES] = [change["device"] for change in config.get("deviceChange") or () if "device" in change]
    properties[EXTRA_CONFIG] = config.get("extraConfig") or ()
    properties[VAPP_PROPERTIES] = [one["info"] for one in (config.get("vAppConfig") or {}).get("property") or () if "info" in one]
    state = current_state(properties)
    return replace(state, controllers={**NEW.controllers, **state.controllers})
