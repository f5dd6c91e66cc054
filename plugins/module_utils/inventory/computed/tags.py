# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Custom attributes and tags of managed objects, and the environment that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext, in_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef

CUSTOM_VALUES = "customValue"
SHAPES = {CUSTOM_VALUES: [{"key": int, "value": str}]}


@in_context
def custom_attributes(context: ScanContext, values: list[Structure] | None) -> dict[str, str] | None:
    """Name to value of the custom attributes that have one."""
    # Two attributes may have the same name, so blank values are left out first.
    given = [(item.get("key", 0), item.get("value", "")) for item in values or ()]
    return {context.custom_attributes.get(key, str(key)): value for key, value in given if value.strip()} or None


def tags(found: Mapping[str, Sequence[str]] | None) -> Mapping[str, Sequence[str]] | None:
    return found or None


@in_context
def environment(
    context: ScanContext, found: Mapping[str, Sequence[str]] | None, values: list[Structure] | None, parent: MoRef | None, vapp: MoRef | None
) -> str | None:
    """The environment of a VM, by the rule of the option ``environment_from``."""
    if not context.environment:
        return None
    by, name = context.environment
    if by == "tag_category":
        return ", ".join((found or {}).get(name, ())) or None
    if by == "custom_attribute":
        return (custom_attributes(context, values) or {}).get(name)
    levels = context.topology.folders(parent or context.topology.vapp_folder(vapp)) or []
    return levels[name - 1] if name <= len(levels) else None
