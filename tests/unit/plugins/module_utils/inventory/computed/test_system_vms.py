# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import system_vms


@pytest.mark.parametrize(
    ("extension", "as_what", "expected"),
    [
        ("com.vmware.vim.eam", "cluster-agent", "vcls"),
        ("VirtualCenter", "vcls-entity", "vcls"),
        ("com.vmware.vim.eam", "esx-agent", "agent"),
        ("com.vmware.vcDr", "placeholderVm", "placeholder"),
        ("com.vmware.vcDr-Lyon", "placeholderVm", "placeholder"),
        ("com.vmware.vShieldManager", "edge", "appliance"),
        ("com.example.backup", "Backup Appliance", "appliance"),
        # VMs of tenants and of users have managers, too.
        ("com.vmware.vcenter.wcp", "VirtualMachine", None),
        ("com.vmware.vcDrill", "x", None),
        ("com.example", "", None),
    ],
)
def test_role_by_the_extension_that_manages_it(extension, as_what, expected):
    assert system_vms.role({"extensionKey": extension, "type": as_what}, None, "any") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vCLS-4a2f1c0e-1b2c-4d5e-8f90-a1b2c3d4e5f6", "vcls"),
        ("vCLS (2)", "vcls"),
        ("vCLS-monitoring", None),
        ("old vCLS (2)", None),
        ("", None),
        (None, None),
    ],
)
def test_vcls_by_name_without_an_extension(name, expected):
    assert system_vms.role(None, None, name) == expected
    assert system_vms.role({"extensionKey": "com.example", "type": "x"}, None, name) is None


@pytest.mark.parametrize(("role", "expected"), [(None, None), (1, None), (2, "secondary")])
def test_secondary_vm_of_fault_tolerance(role, expected):
    assert system_vms.role(None, role, "any") == expected


def test_manager():
    assert system_vms.managed_by({"extensionKey": "com.vmware.vim.eam", "type": "cluster-agent"}) == "com.vmware.vim.eam/cluster-agent"
    assert system_vms.managed_by({"extensionKey": "com.example"}) == "com.example"
    assert system_vms.managed_by({}) is None and system_vms.managed_by(None) is None
