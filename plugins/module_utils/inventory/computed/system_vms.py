# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""System VMs: VMs that vSphere or a product runs for itself."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.values import Structure

MANAGED_BY = "config.managedBy"
#: 1 for the primary VM of Fault Tolerance, more for a secondary one.
FT_ROLE = "config.ftInfo.role"
SHAPES: dict[str, Any] = {MANAGED_BY: {"extensionKey": str, "type": str}, FT_ROLE: int}

#: Role of a VM, and the extension/type that it is managed by; the first match counts. Extensions that run workloads, such as VMware
#: Cloud Director and vSphere with Tanzu, are not here.
_MANAGED = [
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("vcls", r"com\.vmware\.vim\.eam/cluster-agent|VirtualCenter/vcls-entity"),
        ("agent", r"com\.vmware\.vim\.eam/.*"),
        # Site Recovery: the extension may end with the name of the site.
        ("placeholder", r"com\.vmware\.(vcDr(-[^/]*)?|liverecover)/.*"),
        ("appliance", r"com\.vmware\.(nsx\.management\.nsxt|vShieldManager|vcHms)/.*|.*/.*appliance.*"),
    )
]
#: Names of vCLS VMs, which older releases do not mark otherwise.
_VCLS_NAME = re.compile(r"vCLS-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|vCLS ?\([0-9]+\)")


def managed_by(manager: Structure | None) -> str | None:
    """``extension/type``, or the one of them that is set."""
    manager = manager or {}
    return "/".join((manager.get("extensionKey", ""), manager.get("type", ""))).strip("/") or None


def role(manager: Structure | None, ft_role: int | None, name: str | None) -> str | None:
    if ft_role is not None and ft_role > 1:
        return "secondary"
    if manager:
        managed = f"{manager.get('extensionKey', '')}/{manager.get('type', '')}"
        return next((kind for kind, pattern in _MANAGED if pattern.fullmatch(managed)), None)
    return "vcls" if _VCLS_NAME.fullmatch(name or "") else None
