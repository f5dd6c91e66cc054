# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.
"""What VMs are now: the properties that changes need, of many VMs at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import snapshots
from ansible_collections.estate.vmware.plugins.module_utils.inventory.pages import MACHINE
from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import PROPERTIES
from ansible_collections.estate.vmware.plugins.module_utils.machine.paths import listed
from ansible_collections.estate.vmware.plugins.module_utils.machine.watched import QUESTION, WATCHED_SHAPES
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import property_shape
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.retrieve import retrieve_objects
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.session import Session
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import ANY, MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject

#: What changes of power depend on, and what makes every task wait or fail.
POWER = (
    "runtime.powerState",
    "runtime.connectionState",
    QUESTION,
    "config.template",
    "guest.toolsRunningStatus",
    "guest.guestState",
    "recentTask",
)
#: What changes of snapshots depend on.
SNAPSHOTS = (
    *snapshots.ALL,
    "runtime.powerState",
    "runtime.connectionState",
    QUESTION,
    "runtime.consolidationNeeded",
    "config.template",
    "guest.toolsRunningStatus",
    "datastore",
)
#: Property to shape where only a part of a structure is of use; others have the shape that pyVmomi declares.
_SHAPES: dict[str, Any] = {
    **PROPERTIES,
    **snapshots.SHAPES,
    QUESTION: WATCHED_SHAPES[MACHINE][QUESTION],
}


def read_current(session: Session, refs: Iterable[MoRef], paths: Iterable[str]) -> dict[MoRef, ManagedObject]:
    """Properties of VMs, hundreds with one request; VMs that do not exist any more are not in the result.

    A property that is not set, or that the server does not know, is absent; ``missing`` of a VM has what the account may not read.

    :param paths: properties of VirtualMachine, such as :data:`POWER`, or those of current_state.py.
    :raises VsphereError: they cannot be read.
    """
    wanted = list(dict.fromkeys(paths))
    return retrieve_objects(session, refs, {MACHINE: wanted}, {MACHINE: current_shapes(wanted)})


def current_shapes(paths: Iterable[str]) -> Mapping[str, Any]:
    """The shapes of such properties, see shapes.py."""
    return {path: _SHAPES.get(path) or property_shape(MACHINE, path) or ANY for path in paths}


def unread(item: ManagedObject | None) -> str:
    """Why a VM that was read cannot be compared with what is wanted, to be put after its name; empty where it can be."""
    if item is None:
        return "was removed while the module ran: look it up again"
    if not item.missing:
        return ""
    return f"cannot be read whole ({listed(sorted(item.missing))}): give the account the privileges System.View and System.Read on it"
