# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.flows.waiting import CUSTOMIZED, IP, TOOLS, is_reached


@pytest.mark.parametrize(
    ("address", "is_routable"),
    [("10.0.0.5", True), ("2001:db8::5", True), ("169.254.3.4", False), ("fe80::1", False), ("127.0.0.1", False), ("", False), ("nonsense", False)],
)
def test_address_counts_if_it_can_be_routed(address, is_routable):
    assert is_reached(IP, {"guest.net": [{"ipAddress": ["fe80::2", address]}]}) == is_routable
    assert is_reached(IP, {"guest.ipAddress": address}) == is_routable


def test_tools_and_customization_are_reached_when_the_guest_says_so():
    assert is_reached(TOOLS, {"guest.toolsRunningStatus": "guestToolsRunning"}) and not is_reached(TOOLS, {})
    for status, ended in (("SUCCEEDED", True), ("IDLE", True), ("FAILED", False), ("RUNNING", False)):
        assert is_reached(CUSTOMIZED, {"guest.customizationInfo": {"customizationStatus": f"TOOLSDEPLOYPKG_{status}"}}) == ended
    assert is_reached(CUSTOMIZED, {})
