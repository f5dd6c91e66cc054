# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.estate.derive import networks
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.estate.derive.small_source import LAN, OLD, NSX, DVS, HOST, LOOKUP


@pytest.mark.parametrize(
    ("ref", "tags", "expected"),
    [
        (OLD, None, "Standard"),
        (LAN, [], "Distributed"),
        (LAN, [{"key": "SYSTEM/DVS.UPLINKPG"}], "Uplink"),
        (NSX, None, "Opaque"),
    ],
)
def test_network_type(ref, tags, expected):
    assert networks.network_type(LOOKUP, ref, tags) == expected


@pytest.mark.parametrize(
    ("ref", "config", "expected"),
    [
        (OLD, None, "12"),
        (LAN, {"vlan": {"vlanId": ["100"]}}, "100"),
        (LAN, {"vlan": {"vlanId": ["0"]}}, None),
        (LAN, {"vlan": {"vlanId": [{"start": 1, "end": 10}, {"start": 20, "end": 20}]}}, "trunk 1-10,20"),
        (LAN, {"vlan": {"pvlanId": 100}}, "pvlan 100"),
        (LAN, None, None),
        (NSX, None, None),
    ],
)
def test_vlan(ref, config, expected):
    assert networks.vlan(LOOKUP, ref, [HOST], config) == expected


@pytest.mark.parametrize(
    ("ref", "distributed", "expected"),
    [(OLD, None, "vSwitch0"), (LAN, DVS, "dvs"), (NSX, None, None)],
)
def test_switch(ref, distributed, expected):
    assert networks.switch(LOOKUP, ref, [HOST], distributed) == expected
