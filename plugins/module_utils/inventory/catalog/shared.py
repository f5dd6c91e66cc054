# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Fields that many sections have."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import MAP, SELF, TAGS, TEXT, Field
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import places, tags

MOID = Field("moid", SELF, TEXT, "Managed object id, unique within one source", places.moid, redact_as=None)
VM_MOID = Field("moid", SELF, TEXT, "Managed object id of its VM, unique within one source", places.moid, redact_as=None)
VM_NAME = Field("vm", ("name", SELF), TEXT, "VM that it belongs to", places.own_name, redact_as="vm")
DATACENTER = Field("datacenter", "parent", TEXT, "Datacenter", places.datacenter, redact_as="datacenter")
FOLDER = Field("folder", "parent", TEXT, "Path of its folder within the datacenter, / at the top", places.folder, redact_as="folder")
CUSTOM_ATTRIBUTES = Field("custom_attributes", tags.CUSTOM_VALUES, MAP, "Custom attributes that have a value", tags.custom_attributes, redact_as="value")
TAGGED = Field("tags", TAGS, MAP, "Tags by category", tags.tags, redact_as="tag")


def name(redact_as: str) -> Field:
    """The name of a managed object, redacted as this category."""
    return Field("name", ("name", SELF), TEXT, "Name in the inventory, the managed object id where it has none", places.own_name, redact_as=redact_as)
