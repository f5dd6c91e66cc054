# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.estate.derive import guests
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.estate.derive.small_source import LOOKUP


def test_addresses_once_and_link_local_ones_last():
    nics = [{"ipAddress": ["fe80::1", "10.0.0.1"]}, {}, {"ipAddress": ["169.254.3.4", "2001:db8::1", "10.0.0.1"]}]
    assert guests.ip_addresses(LOOKUP, nics) == ["10.0.0.1", "2001:db8::1", "fe80::1", "169.254.3.4"]


@pytest.mark.parametrize(("host_name", "expected"), [("web1.example.com", "example.com"), ("web1", None), ("web1.", None), (None, None)])
def test_domain(host_name, expected):
    assert guests.domain(LOOKUP, host_name) == expected


@pytest.mark.parametrize(
    ("detailed", "expected"),
    [
        ("architecture='X86' bitness='64' prettyName='Debian GNU/Linux 12 (bookworm)' version='12'", "Debian GNU/Linux 12 (bookworm)"),
        ("architecture='X86' prettyName=''", "Debian 12"),
        (None, "Debian 12"),
    ],
)
def test_os_edition(detailed, expected):
    assert guests.os_edition(LOOKUP, "Debian 12", detailed) == expected
