# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Customization specifications of vCenter."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.read_specifications import read_specifications
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.errors import MethodFault
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.driving import refusal
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.flow_estate import estate


def test_no_names_ask_for_nothing():
    vcenter = estate()
    assert read_specifications(vcenter, {}) == {}
    assert not vcenter.sent


def test_names_that_are_not_there_are_named_with_their_option():
    vcenter = estate()
    vcenter.answers["Get"] = refusal("NotFound")
    with pytest.raises(InvalidOption, match="vms.3..customization.spec: vCenter has no customization specification 'lnx'"):
        read_specifications(vcenter, {"lnx": "vms[3].customization.spec"})


def test_other_refusals_stay_as_they_are():
    vcenter = estate()
    vcenter.answers["Get"] = refusal("InvalidState")
    with pytest.raises(MethodFault):
        read_specifications(vcenter, {"lnx": "vms[3].customization.spec"})
