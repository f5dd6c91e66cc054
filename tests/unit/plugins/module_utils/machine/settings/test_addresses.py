# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings.addresses import ADDRESSES, INTERFACES


@pytest.mark.parametrize("text", ["10.0.0.5/24", "dhcp", "fd00::5/64", "10.0.0.1{n:02d}/24", "10.0.0.0/31", "fd00::{n}/64"])
def test_addresses_with_prefix(text):
    assert INTERFACES.parse("option", text, None) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("10.0.0.5", "option must be an address with its prefix, such as 10.0.0.5/24, or dhcp (got '10.0.0.5')"),
        ("10.0.0.5/255", "option must be an address with its prefix, such as 10.0.0.5/24, or dhcp (got '10.0.0.5/255')"),
        ("fe80::1%eth0/64", "option must be an address with its prefix, such as 10.0.0.5/24, or dhcp (got 'fe80::1%eth0/64')"),
        ("10.0.0.{m}/24", "option must have no other braces than {n} or, with leading zeros, {n:02d} (got '10.0.0.{m}/24')"),
        ("10.0.0.0/24", "option must be the address of a machine, not that of the network or broadcast (got '10.0.0.0/24')"),
        ("10.0.0.255/24", "option must be the address of a machine, not that of the network or broadcast (got '10.0.0.255/24')"),
        ("ff02::1/64", "option must be the address of one machine (got 'ff02::1/64')"),
    ],
)
def test_what_is_no_address_of_a_machine(text, message):
    with pytest.raises(InvalidOption) as caught:
        INTERFACES.parse("option", text, None)
    assert str(caught.value) == message


def test_addresses_alone():
    assert ADDRESSES.parse("option", "fd00:0::1", None) == "fd00::1"
    for text in ("10.0.0.1/24", "gateway", "fe80::1%eth0", None):
        with pytest.raises(InvalidOption, match="option must be an IP address"):
            ADDRESSES.parse("option", text, None)
