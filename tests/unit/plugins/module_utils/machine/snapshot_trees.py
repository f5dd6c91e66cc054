# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots as a VM has them."""

from __future__ import annotations

from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef


def ref(number: int) -> MoRef:
    return MoRef("VirtualMachineSnapshot", f"snapshot-{number}")


def node(number: int, name: str, created: str = "2026-02-20T14:30:00Z", below: Any = (), **more: Any) -> dict[str, Any]:
    """A node of the tree. :param below: nodes."""
    found = {"snapshot": ref(number), "id": number, "name": name, "createTime": created, "description": "", "state": "poweredOff", "quiesced": False, **more}
    return {**found, "childSnapshotList": list(below)} if below else found


def properties(*trees: dict[str, Any], current: int | None = None, **more: Any) -> dict[str, Any]:
    """Properties of a VM with these trees."""
    return {"snapshot.rootSnapshotList": list(trees), **({"snapshot.currentSnapshot": ref(current)} if current else {}), **more}
