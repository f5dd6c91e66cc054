# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed import values
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import ScanContext
from ansible_collections.estate.vmware.plugins.module_utils.inventory.topology import Topology


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (values.limit, (-1,), None),
        (values.limit, (0,), 0),
        (values.first_set, (None, "", "x", "y"), "x"),
        (values.first_set, (None, ""), None),
        (values.first_set, (None, False), False),
        (values.first_set, (0, 1), 0),
        (values.time_if_set, ("1970-01-01T00:00:00Z",), None),
        (values.time_if_set, ("1969-12-31T16:00:00-08:00",), None),
        (values.time_if_set, ("2024-02-29T12:00:00Z",), "2024-02-29T12:00:00Z"),
        (values.time_if_set, (None,), None),
        (values.one_line, ("a   b ",), "a b"),
        (values.count, ([],), 0),
        (values.count, (None,), None),
    ],
)
def test_values(function, arguments, expected):
    assert function(*arguments) == expected


def test_days_are_whole_ones_up_to_the_scan():
    context = ScanContext(Topology(), scanned_at=datetime(2025, 3, 10, 12, tzinfo=timezone.utc))
    times = ["2025-03-09T13:00:00Z", "2025-03-09T11:00:00.25Z", "2025-03-12T00:00:00Z", None]
    assert [values.days_since(context, text) for text in times] == [0, 1, 0, None]
