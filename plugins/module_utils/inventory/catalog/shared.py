# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Fields that many sections have."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import MAP, SELF, TAGS, TEXT, Field
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import references, tags

MOID = Field("moid", SELF, TEXT, "MoRef (managed object ID), unique within one source", compute=references.moid, redact_as=None)
VM_MOID = Field("moid", SELF, TEXT, "MoRef (managed object ID) of its VM, unique within one source", compute=references.moid, redact_as=None)
VM_NAME = Field("vm", ("name", SELF), TEXT, "Name of its VM", compute=references.own_name, redact_as="vm")
DATACENTER = Field("datacenter", "parent", TEXT, "Datacenter", compute=references.datacenter, redact_as="datacenter")
FOLDER = Field("folder", "parent", TEXT, "Path of its folder in the datacenter; / at the top", references.folder, redact_as="folder", is_path=True)
CUSTOM_ATTRIBUTES = Field("custom_attributes", tags.CUSTOM_VALUES, MAP, "Custom attributes with a value", compute=tags.custom_attributes, redact_as="value")
TAGGED = Field("tags", TAGS, MAP, "Tags by category", compute=tags.tags, redact_as="tag")


def name(redact_as: str) -> Field:
    """The name of a managed object, redacted as this category."""
    return Field("name", ("name", SELF), TEXT, "Name in the inventory, or the MoRef if it has none", compute=references.own_name, redact_as=redact_as)
