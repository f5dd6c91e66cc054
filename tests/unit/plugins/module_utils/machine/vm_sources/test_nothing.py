# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""VMs from scratch; tests/.../flows/test_new_vm.py has what is sent."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate, present

SCRATCH = {"name": "a", "placement": {"cluster": "gold", "datastore": "ds1"}, "hardware": {"guest_id": "ubuntu64Guest"}, "memory": {"size": "2GiB"}}


def test_power_on_is_a_step_of_its_own():
    (one,) = present(estate(), {**SCRATCH, "power": "on"})
    assert one.plan.actions == ["create", "power_on"]
    assert "source" not in one.plan.diff["after"]


def test_what_there_is_only_with_a_source():
    with pytest.raises(InvalidOption, match="vms\\[0\\].properties: a VM from scratch has no vApp properties"):
        present(estate(), {**SCRATCH, "properties": {"a": "b"}})
