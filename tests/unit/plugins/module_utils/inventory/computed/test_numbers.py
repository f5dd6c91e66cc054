# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import numbers, places
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import MoRef
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.computed.small_source import GIB, LAN, LOOKUP, OLD


@pytest.mark.parametrize(
    ("function", "values", "expected"),
    [
        (numbers.gb, (1536 << 20,), 1.5),
        (numbers.gb, (0,), 0.0),
        (numbers.gb, (None,), None),
        (numbers.gb_of_mb, (1536,), 1.5),
        (numbers.sum_gb, (GIB, 2 * GIB), 3.0),
        (numbers.sum_gb, (GIB, None), None),
        (numbers.difference_gb, (3 * GIB, GIB), 2.0),
        (numbers.used_percent, (4 * GIB, GIB), 75.0),
        (numbers.used_percent, (0, 0), None),
        (numbers.provisioned_gb, (4 * GIB, 3 * GIB, None), 1.0),
        (numbers.provisioned_gb, (4 * GIB, 3 * GIB, 5 * GIB), 6.0),
        (numbers.free_memory_gb, (4 * GIB, 1024), 3.0),
        (numbers.memory_percent, (4 * GIB, 1024), 25.0),
        (numbers.cpu_percent, (1000, 2000, 2), 25.0),
        (numbers.cpu_percent, (1000, 2000, 0), None),
        (numbers.free_percent, (4 * GIB, GIB), 25.0),
        (numbers.free_percent, (0, 0), None),
        (numbers.if_limited, (-1,), None),
        (numbers.if_limited, (0,), 0),
        (numbers.first_set, (None, "", "x", "y"), "x"),
        (numbers.first_set, (None, ""), None),
        (numbers.first_set, (None, False), False),
        (numbers.first_set, (0, 1), 0),
        (numbers.set_time, ("1970-01-01T00:00:00Z",), None),
        (numbers.set_time, ("1969-12-31T16:00:00-08:00",), None),
        (numbers.set_time, ("2024-02-29T12:00:00Z",), "2024-02-29T12:00:00Z"),
        (numbers.set_time, (None,), None),
        (numbers.difference_gb, (GIB, 2 * GIB), 0.0),
        (numbers.used_percent, (GIB, 2 * GIB), 0.0),
        (numbers.provisioned_gb, (GIB, 2 * GIB, GIB), 1.0),
        (numbers.free_percent, (GIB, 2 * GIB), 100.0),
        (numbers.free_memory_gb, (GIB, 2048), 0.0),
        (numbers.memory_percent, (GIB, 2048), 100.0),
        (numbers.one_line, ("a   b ",), "a b"),
        (places.count, ([],), 0),
        (places.count, (None,), None),
        (places.names, ([OLD, LAN, MoRef("Network", "gone")],), ["VM Network", "lan"]),
    ],
)
def test_values(function, values, expected):
    assert function(LOOKUP, *values) == expected


def test_days_are_whole_ones_up_to_the_scan():
    topology = Topology()
    topology.scanned = datetime(2025, 3, 10, 12, tzinfo=timezone.utc)
    told = ["2025-03-09T13:00:00Z", "2025-03-09T11:00:00.25Z", "2025-03-12T00:00:00Z", None]
    assert [numbers.days_since(topology, text) for text in told] == [0, 1, 0, None]
