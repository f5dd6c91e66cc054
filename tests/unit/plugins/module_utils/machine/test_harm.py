# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.harm import check_amount, destroys, stops_or_destroys


@pytest.mark.parametrize(
    ("actions", "at_most", "message"),
    [
        (["destroy"] * 11, None, "at_most is 10 unless it is set, and this call would remove 11 VMs and disks: check vms, then set at_most to 11"),
        (
            ["destroy"] * 8 + ["remove_disk"] * 3,
            None,
            "at_most is 10 unless it is set, and this call would remove 11 VMs and disks: check vms, then set at_most to 11",
        ),
        (["revert_snapshot"] * 11, None, "at_most is 10 unless it is set, and this call would revert 11 VMs to snapshots: check vms, then set at_most to 11"),
        (["remove_snapshot"] * 101, None, "at_most is 100 unless it is set, and this call would remove 101 snapshots: check vms, then set at_most to 101"),
        (["power_off"] * 3, 2, "at_most is 2, and this call would stop 3 VMs: check vms, then set at_most to 3"),
        (["destroy"], 0, "at_most is 0, and this call would remove 1 VM or disk: check vms, then set at_most to 1"),
    ],
)
def test_too_much(actions, at_most, message):
    with pytest.raises(InvalidOption) as caught:
        check_amount(actions, at_most)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("actions", "at_most"),
    [
        (["destroy"] * 10, None),
        (["destroy"] * 25, 25),
        (["power_off"] * 1000, None),
        (["power_on", "take_snapshot"] * 1000, 0),
        (["remove_snapshot"] * 100, None),
    ],
)
def test_not_too_much(actions, at_most):
    check_amount(actions, at_most)


def test_both_limits_are_told():
    with pytest.raises(InvalidOption) as caught:
        check_amount(["destroy"] * 2 + ["remove_snapshot"] * 2, 1)
    assert len(caught.value.lines) == 2


def test_what_is_harm():
    assert stops_or_destroys(["power_on", "shut_down"]) and not destroys(["shut_down"])
    assert stops_or_destroys(["revert_snapshot"]) and destroys(["revert_snapshot"])
    assert not stops_or_destroys(["power_on", "remove_snapshot", "reconfigure"])
