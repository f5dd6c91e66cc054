# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import sizes
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.inventory.computed.small_source import GIB


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (sizes.gb, (1536 << 20,), 1.5),
        (sizes.gb, (0,), 0.0),
        (sizes.gb, (None,), None),
        (sizes.gb_of_mb, (1536,), 1.5),
        (sizes.sum_gb, (GIB, 2 * GIB), 3.0),
        (sizes.sum_gb, (GIB, None), None),
        (sizes.difference_gb, (3 * GIB, GIB), 2.0),
        (sizes.used_percent, (4 * GIB, GIB), 75.0),
        (sizes.used_percent, (0, 0), None),
        (sizes.provisioned_gb, (4 * GIB, 3 * GIB, None), 1.0),
        (sizes.provisioned_gb, (4 * GIB, 3 * GIB, 5 * GIB), 6.0),
        (sizes.free_memory_gb, (4 * GIB, 1024), 3.0),
        (sizes.memory_percent, (4 * GIB, 1024), 25.0),
        (sizes.cpu_percent, (1000, 2000, 2), 25.0),
        (sizes.cpu_percent, (1000, 2000, 0), None),
        (sizes.free_percent, (4 * GIB, GIB), 25.0),
        (sizes.free_percent, (0, 0), None),
        (sizes.difference_gb, (GIB, 2 * GIB), 0.0),
        (sizes.used_percent, (GIB, 2 * GIB), 0.0),
        (sizes.provisioned_gb, (GIB, 2 * GIB, GIB), 1.0),
        (sizes.free_percent, (GIB, 2 * GIB), 100.0),
        (sizes.free_memory_gb, (GIB, 2048), 0.0),
        (sizes.memory_percent, (GIB, 2048), 100.0),
        (sizes.sum_mb, (GIB, GIB + 1), 2048),
        (sizes.sum_mb, (GIB, None), None),
        (sizes.mb, (1,), 0.0),
        (sizes.mb, (GIB + 1024,), 1024.001),
    ],
)
def test_sizes(function, arguments, expected):
    assert function(*arguments) == expected


def test_megabytes_are_whole():
    assert [sizes.whole_mb(size) for size in (None, 0, (1 << 20) - 1, 3 << 20)] == [None, 0, 0, 3]
