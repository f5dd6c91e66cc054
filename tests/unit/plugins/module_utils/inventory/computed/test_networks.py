# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import networks
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.soap_replies import ManagedObject
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.computed.small_source import CONTEXT, DVS, HOST, LAN, NSX, OLD


@pytest.mark.parametrize(
    ("ref", "tags", "backing", "expected"),
    [
        (OLD, None, None, "Standard"),
        (LAN, [], None, "Distributed"),
        (LAN, [], "standard", "Distributed"),
        (LAN, [], "nsx", "NSX"),
        (LAN, [{"key": "SYSTEM/DVS.UPLINKPG"}], "nsx", "Uplink"),
        (NSX, None, None, "Opaque"),
    ],
)
def test_network_type(ref, tags, backing, expected):
    assert networks.network_type(ref, tags, backing) == expected


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
    assert networks.vlan(CONTEXT, ref, [HOST], config) == expected


@pytest.mark.parametrize(
    ("ref", "distributed", "expected"),
    [(OLD, None, "vSwitch0"), (LAN, DVS, "dvs"), (NSX, None, None)],
)
def test_switch(ref, distributed, expected):
    assert networks.switch(CONTEXT, ref, [HOST], distributed) == expected


def test_switch_of_an_opaque_network_by_hosts_with_one_switch():
    def host(number, *switches):
        return ManagedObject(MoRef("HostSystem", f"host-{number}"), {"config.network.opaqueSwitch": [{"name": name} for name in switches]}, {})

    hosts = [host(1, "nvds-b"), host(2, "nvds-a"), host(3, "nvds-b"), host(4, "nvds-c", "nvds-d"), host(5)]
    context, refs = ScanContext(Topology(hosts)), [each.ref for each in hosts]
    assert networks.switch(context, NSX, refs, None) == "nvds-a, nvds-b"
    assert networks.switch(context, NSX, refs[3:], None) is None
    assert networks.switch(context, NSX, [None], None) is None
