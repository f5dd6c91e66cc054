# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.vsphere.xsd_datetime import parse_xsd_datetime

NOON = datetime(2025, 2, 20, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("2025-02-20T12:00:00Z", 0),
        ("2025-02-20T12:00:00", 0),
        ("2025-02-20T13:00:00+01:00", 0),
        ("2025-02-20T12:00:00.5Z", 500_000),
        ("2025-02-20T12:00:00.123456789Z", 123_456),
    ],
)
def test_times_as_servers_write_them(text, fraction):
    assert parse_xsd_datetime(text) == NOON.replace(microsecond=fraction)


@pytest.mark.parametrize("text", ["", "yesterday", "2025-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00"])
def test_invalid_times(text):
    with pytest.raises(ValueError, match="."):
        parse_xsd_datetime(text)
