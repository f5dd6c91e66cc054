# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import EstateError, InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.outcome import (
    MOST_RETURNED,
    NotStarted,
    VmOutcome,
    check_dest,
    counts,
    failure_message,
    returned,
    write_results,
)


def failed(name, error="no space"):
    outcome = VmOutcome(name=name)
    outcome.fail(EstateError(error))
    return outcome


def not_started(name):
    outcome = VmOutcome(name=name)
    outcome.fail(NotStarted("not started: web-1 failed"))
    return outcome


def test_counts():
    outcomes = [VmOutcome("a", changed=True), VmOutcome("b"), failed("c"), not_started("d"), not_started("e")]
    assert counts(outcomes) == {"changed": 1, "unchanged": 1, "failed": 1, "not_started": 2}


def test_vm_that_fails_after_a_change_counts_as_failed():
    outcome = VmOutcome("a", changed=True, actions=["power_off"])
    outcome.fail(EstateError("no"))
    assert (outcome.status, outcome.changed) == ("failed", True)


def test_all_are_returned_in_their_order():
    assert [one["name"] for one in returned([VmOutcome("a"), failed("b"), VmOutcome("c")])] == ["a", "b", "c"]


def test_of_too_many_the_failed_ones_come_first():
    outcomes = [VmOutcome(str(number)) for number in range(MOST_RETURNED)] + [failed("last")]
    found = returned(outcomes)
    assert len(found) == MOST_RETURNED
    assert [one["name"] for one in found[:3]] == ["last", "0", "1"]


def test_message_names_the_first_failures():
    assert failure_message([VmOutcome("a")], "east") == ""
    assert failure_message([failed("a")], "east") == "east: 1 of 1 VM failed: a: no space"
    many = [failed(f"web-{number}") for number in range(7)] + [VmOutcome("ok"), not_started("x")]
    message = failure_message(many, "east")
    assert message.startswith("east: 7 of 9 VMs failed: web-0: no space; web-1: ")
    assert message.endswith("web-4: no space; and 2 more, see vms in the result; 1 not started: x")


def test_file_of_results(tmp_path):
    path = tmp_path / "results.json"
    path.write_text("old")
    write_results(str(path), {"counts": {"failed": 1}}, [failed("web-ü")])
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["counts"] == {"failed": 1}
    assert found["vms"][0]["name"] == "web-ü" and found["vms"][0]["error_kind"] == "error"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_earlier_file_stays_when_a_new_one_cannot_be_written(tmp_path):
    path = tmp_path / "results.json"
    path.write_text("old")
    with pytest.raises(TypeError):
        write_results(str(path), {"odd": object()}, [])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["", "none/results.json"])
def test_dest_that_cannot_be_written(tmp_path, name):
    with pytest.raises(InvalidOption, match="dest must be a file"):
        check_dest(str(tmp_path / name))
    check_dest(str(tmp_path / "results.json"))


def test_dest_is_no_device():
    """It would be replaced by a file."""
    with pytest.raises(InvalidOption, match="dest must be a file"):
        check_dest(os.devnull)
