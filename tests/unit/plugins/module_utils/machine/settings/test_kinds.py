# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from pyVmomi import vim

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.settings import kinds


@pytest.mark.parametrize(
    ("kind", "given", "value", "shown"),
    [
        (kinds.NUMBER, 4, 4, 4),
        (kinds.LIMIT, "3000", 3000, 3000),
        (kinds.LIMIT, "unlimited", -1, "unlimited"),
        (kinds.MEMORY, "8 GB", 8192, "8GiB"),
        (kinds.MEMORY_LIMIT, "unlimited", -1, "unlimited"),
        (kinds.MEMORY_RESERVATION, "0B", 0, "0B"),
        (kinds.BYTES, "40GiB", 40 << 30, "40GiB"),
        (kinds.SHARES, "high", {"level": "high", "shares": 0}, "high"),
        (kinds.SHARES, "1500", {"level": "custom", "shares": 1500}, "1500"),
        (kinds.GUEST_ID, "windows2019srv_64Guest", "windows2019srv_64Guest", "windows2019srv_64Guest"),
        (kinds.HARDWARE_VERSION, "9", "vmx-09", "vmx-09"),
        (kinds.HARDWARE_VERSION, "vmx-21", "vmx-21", "vmx-21"),
        (kinds.MAC, "00-50-56-AB-cd-01", "00:50:56:ab:cd:01", "00:50:56:ab:cd:01"),
        (kinds.ISO, "[ds 1]/a b/c.ISO", "[ds 1] a b/c.ISO", "[ds 1] a b/c.ISO"),
        (kinds.ISO, "[ds1] c.iso", "[ds1] c.iso", "[ds1] c.iso"),
        (kinds.ISO, "[ds1]c.iso", "[ds1] c.iso", "[ds1] c.iso"),
        (kinds.VMDK, "[ds[1]] web/web.vmdk", "[ds[1]] web/web.vmdk", "[ds[1]] web/web.vmdk"),
    ],
)
def test_values(kind, given, value, shown):
    assert kind.parse("option", given, None) == value
    assert kind.show(value) == shown


@pytest.mark.parametrize(
    ("kind", "given", "bounds", "message"),
    [
        (kinds.NUMBER, 0, (1, 8), "option must be 1 to 8 (got 0)"),
        (kinds.NUMBER, True, None, "option must be a number (got True)"),
        (kinds.LIMIT, "3 GHz", None, "option must be a number or unlimited (got '3 GHz')"),
        (kinds.LIMIT, "0", (1, None), "option must be 1 or greater (got 0)"),
        (kinds.FLAG, "yes", None, "option must be true or false (got 'yes')"),
        (kinds.TEXT, 5, None, "option must be a text (got 5)"),
        (kinds.TEXT, "", (1, 9), "option must have 1 to 9 characters (got 0)"),
        (kinds.MEMORY, "6MiB", None, "option must be a multiple of 4MiB (got '6MiB')"),
        (kinds.MEMORY, "1025KiB", None, "option must be whole MiB (got '1025KiB')"),
        (kinds.MEMORY, "2MiB", (4 << 20, 8 << 30), "option must be 4MiB to 8GiB, in whole KiB (got '2MiB')"),
        (kinds.BYTES, "1000B", None, "option must be 0B or greater, in whole KiB (got '1000B')"),
        (kinds.SHARES, "much", None, "option must be low, normal, high or a number (got 'much')"),
        (kinds.SHARES, "0", None, "option must be 1 to 1000000 (got 0)"),
        (
            kinds.GUEST_ID,
            "Ubuntu 22.04",
            None,
            "option must be an identifier of vSphere such as ubuntu64Guest or windows2022srvNext_64Guest (got 'Ubuntu 22.04')",
        ),
        (kinds.HARDWARE_VERSION, "latest", (7, 99), "option must be a hardware version such as vmx-19 (got 'latest')"),
        (kinds.HARDWARE_VERSION, "3", (7, 99), "option must be a hardware version such as vmx-19 (got '3')"),
        (kinds.MAC, "00:50:56:00:00", None, "option must be a MAC address such as 00:50:56:12:34:56 (got '00:50:56:00:00')"),
        (kinds.MAC, "01:00:5e:00:00:01", None, "option must be the address of one adapter, not of a group or of none (got '01:00:5e:00:00:01')"),
        (kinds.ISO, "/vmfs/a.iso", None, "option must be a file on a datastore, such as [datastore] folder/file.iso (got '/vmfs/a.iso')"),
        (kinds.ISO, "[ds1] a.vmdk", None, "option must be a file on a datastore, such as [datastore] folder/file.iso (got '[ds1] a.vmdk')"),
        (kinds.ISO, "[ds1] ../a.iso", None, "option must be a file on a datastore, such as [datastore] folder/file.iso (got '[ds1] ../a.iso')"),
        (kinds.VMDK, "[] a.vmdk", None, "option must be a file on a datastore, such as [datastore] folder/file.vmdk (got '[] a.vmdk')"),
    ],
)
def test_what_cannot_be_used(kind, given, bounds, message):
    with pytest.raises(InvalidOption) as caught:
        kind.parse("option", given, bounds)
    assert str(caught.value) == message


def test_every_guest_id_of_vsphere():
    for known in vim.vm.GuestOsDescriptor.GuestOsIdentifier.values:
        assert kinds.GUEST_ID.parse("option", known, None) == known


def test_shares_compare_without_the_number_of_a_level():
    assert kinds.plain_shares({"level": "normal", "shares": 4000}) == kinds.SHARES.parse("option", "normal", None)
    assert kinds.plain_shares({"level": "custom", "shares": 7}) == {"level": "custom", "shares": 7}
    assert kinds.plain_shares(None) is kinds.plain_shares({}) is None


@pytest.mark.parametrize(("version", "number"), [("vmx-19", 19), ("vmx-09", 9), (None, 0), ("", 0), ("unknown", 0)])
def test_number_of_a_hardware_version(version, number):
    assert kinds.hardware_number(version) == number
