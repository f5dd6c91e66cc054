# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The setting of docs/contributing.md: one line is all that an option needs."""

from __future__ import annotations

import docs_blocks
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine import current_state, differences as comparison, wanted as options
from ansible_collections.estate.vmware.plugins.module_utils.machine.config_spec import config_spec
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings import settings
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import property_type


@pytest.fixture
def setting(monkeypatch):
    (block,) = [block for block in docs_blocks.blocks() if block.name.startswith("docs/contributing.md: # plugins/module_utils/machine/settings/")]
    found = {**vars(settings)}
    exec(compile(block.text + ")", "docs/contributing.md", "exec"), found)
    (setting,) = found["SETTINGS"]
    for module in (current_state, comparison, options):
        monkeypatch.setattr(module, "SETTINGS", (setting,))
    monkeypatch.setattr(options, "VALUE_OPTIONS", (setting,))
    return setting


def test_one_line_is_all_that_an_option_needs(setting):
    assert property_type("VirtualMachine", setting.path)
    spec = options.settings_argument_spec()["hardware"]["options"]["latency"]
    assert spec["choices"] == ["low", "normal", "high"]
    wanted = options.wanted_state("vms[0]", {"hardware": {"latency": "high"}}, [])
    (change,) = comparison.differences(wanted, current_state.current_state({setting.path: "normal"}), (8, 0))
    assert (change.path, change.before, change.after, change.needs_off) == ("hardware.latency", "normal", "high", "vSphere changes it on VMs that are off")
    assert config_spec([change]).latencySensitivity.level == "high"
    assert comparison.differences(wanted, current_state.current_state({setting.path: "high"}), (8, 0)) == []


def test_an_option_that_the_server_is_too_old_for(setting, monkeypatch):
    object.__setattr__(setting, "since", (8, 0, 1))
    wanted = options.wanted_state("vms[0]", {"hardware": {"latency": "high"}}, [])
    (change,) = comparison.differences(wanted, current_state.current_state({}), (7, 0, 3))
    assert change.refused == "this needs vSphere API 8.0.1 (the server has 7.0.3): leave it out" and change.edit is None
