# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The properties of tasks and VMs that are watched while work goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.machine.operations import POWER_STATE
from ansible_collections.estate.vmware.plugins.module_utils.machine.work import VmAsks
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, Shapes, short_text
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import LOCALIZED_FAULT

TASK = "Task"
VM = "VirtualMachine"
STATE, PROGRESS, ERROR, RESULT = "info.state", "info.progress", "info.error", "info.result"
QUESTION, CONSOLIDATION = "runtime.question", "runtime.consolidationNeeded"
TOOLS_STATE, HOST_NAME, ADDRESS, ADAPTERS = "guest.toolsRunningStatus", "guest.hostName", "guest.ipAddress", "guest.net"
CUSTOMIZATION = "guest.customizationInfo"
#: Property to the API version that brought it.
_SINCE = {CUSTOMIZATION: (7, 0, 2, 0)}
#: Managed object type to property paths.
_WATCHED: dict[str, tuple[str, ...]] = {
    TASK: (STATE, PROGRESS, ERROR, RESULT),
    VM: (POWER_STATE, QUESTION, CONSOLIDATION, TOOLS_STATE, HOST_NAME, ADDRESS, ADAPTERS, CUSTOMIZATION),
}
_MESSAGES = [{"id": short_text, "text": str}]
_QUESTION = {"id": short_text, "text": str, "message": _MESSAGES, "choice": {"choiceInfo": [{"key": short_text, "label": short_text}]}}
WATCHED_SHAPES: Shapes = {
    TASK: {STATE: short_text, PROGRESS: int, ERROR: LOCALIZED_FAULT, RESULT: ANY},
    VM: {
        **dict.fromkeys((POWER_STATE, TOOLS_STATE, HOST_NAME, ADDRESS), short_text),
        QUESTION: _QUESTION,
        CONSOLIDATION: bool,
        ADAPTERS: [{"macAddress": short_text, "deviceConfigId": int, "connected": bool, "ipAddress": [short_text]}],
        CUSTOMIZATION: {"customizationStatus": short_text, "errorMsg": str},
    },
}


def watched_properties(version: tuple[int, ...]) -> dict[str, tuple[str, ...]]:
    """Managed object type to the property paths that a server of an API version knows."""
    return {name: tuple(path for path in paths if _SINCE.get(path, ()) <= version) for name, paths in _WATCHED.items()}


def tools_run(properties: Mapping[str, Any]) -> bool:
    """Whether VMware Tools run in the guest of a VM."""
    return properties.get(TOOLS_STATE) == "guestToolsRunning"


def question(properties: Mapping[str, Any]) -> VmAsks | None:
    """The question for which a VM waits."""
    asked = properties.get(QUESTION)
    if not isinstance(asked, dict) or "id" not in asked:
        return None
    messages = [item["id"] for item in asked.get("message", ()) if "id" in item]
    choices = {item["key"]: item.get("label", item["key"]) for item in asked.get("choice", {}).get("choiceInfo", ()) if "key" in item}
    return VmAsks(asked["id"], asked.get("text", ""), messages, choices)
