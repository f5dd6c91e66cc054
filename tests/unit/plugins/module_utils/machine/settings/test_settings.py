# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from pyVmomi import vim
from pyVmomi.Version import IsChildVersion

from ansible_collections.estate.vmware.plugins.module_utils.machine.current_state import PROPERTIES
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.rules import RULE_PROPERTIES
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.settings import SETTINGS
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.property_types import property_type
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_requests import newest_version

OLDEST = (6, 5)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_vsphere_has_what_is_written(setting):
    declared = vim.vm.ConfigSpec
    _version, name = newest_version(setting.since or OLDEST)
    for part in setting.member.split("."):
        info = declared._GetPropertyInfo(part)
        assert IsChildVersion(name, info.version), f"{part} is younger than {name}"
        declared = info.type


@pytest.mark.parametrize("path", PROPERTIES)
def test_vsphere_has_what_is_read(path):
    assert property_type("VirtualMachine", path)


def test_each_option_and_property_once():
    for part in ("name", "path", "member"):
        assert len({getattr(setting, part) for setting in SETTINGS}) == len(SETTINGS)
    assert RULE_PROPERTIES.keys() <= PROPERTIES.keys()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_descriptions_are_short_and_without_a_full_stop(setting):
    assert 0 < len(setting.description) < 120 and not setting.description.endswith(".")
