# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.devices.devices import NetworkBacking
from ansible_collections.estate.vmware.plugins.module_utils.machine.network_backings import backing_of, network_name, read_backings
from ansible_collections.estate.vmware.plugins.module_utils.machine.places import Places
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.fake_estate import FakeEstate, ref

PORT_GROUP = {"name": "dmz", "config.distributedVirtualSwitch": "@VmwareDistributedVirtualSwitch:dvs-1"}
ESTATE = {
    "Network:network-1": {"name": "lan%2f1"},
    "DistributedVirtualPortgroup:dvportgroup-1": {**PORT_GROUP, "key": "dvportgroup-1"},
    "DistributedVirtualPortgroup:dvportgroup-2": PORT_GROUP,
    "OpaqueNetwork:network-o1": {"name": "nsx", "summary": {"opaqueNetworkId": "ls-1", "opaqueNetworkType": "nsx.LogicalSwitch"}},
    "OpaqueNetwork:network-o2": {"name": "nsx2"},
    "VmwareDistributedVirtualSwitch:dvs-1": {"name": "dvs", "uuid": "50 2d"},
}
NETWORKS = [ref(name) for name in ESTATE if "Switch" not in name]
BACKINGS = {
    NETWORKS[0]: NetworkBacking("standard", "lan/1", NETWORKS[0]),
    NETWORKS[1]: NetworkBacking("distributed", "dmz", NETWORKS[1], "dvportgroup-1", "50 2d"),
    NETWORKS[3]: NetworkBacking("opaque", "nsx", NETWORKS[3], "ls-1", "nsx.LogicalSwitch"),
}


def test_all_networks_with_two_requests():
    server = FakeEstate(ESTATE)
    assert read_backings(server, [*NETWORKS, ref("Network:gone")]) == BACKINGS
    assert server.asked == {"objects": 2}
    assert read_backings(server, NETWORKS[:1]) == {NETWORKS[0]: BACKINGS[NETWORKS[0]]}
    assert server.asked == {"objects": 3}


def test_a_network_that_cannot_be_read():
    assert backing_of("vms[0].networks[0].network", NETWORKS[0], BACKINGS) == BACKINGS[NETWORKS[0]]
    with pytest.raises(InvalidOption) as caught:
        backing_of("vms[0].networks[0].network", NETWORKS[2], BACKINGS)
    assert str(caught.value) == (
        "vms[0].networks[0].network: the network cannot be read (dvportgroup-2): give the account Read-only on it and on its distributed switch"
    )


def test_names_for_diffs():
    places = Places(FakeEstate(ESTATE))
    names = [network_name(places, NetworkBacking("distributed", key, None, key, "50 2d")) for key in ("dvportgroup-1", "dvportgroup-9")]
    assert names == ["dmz", None] and network_name(places, BACKINGS[NETWORKS[0]]) is None
