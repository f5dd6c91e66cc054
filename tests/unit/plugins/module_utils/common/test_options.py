# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.options import absolute_path, collect_problems, in_range


@pytest.mark.parametrize(("value", "bounds"), [(0, (0,)), (10**9, (0,)), (1, (1, 10)), (10, (1, 10))])
def test_value_within_its_bounds(value, bounds):
    assert in_range("keep", value, *bounds) == value


@pytest.mark.parametrize(
    ("value", "bounds", "message"),
    [
        (-1, (0,), "keep must be 0 or greater (got -1)"),
        (11, (1, 10), "keep must be 1 to 10 (got 11)"),
        (0, (1, 10), "keep must be 1 to 10 (got 0)"),
    ],
)
def test_value_beyond_its_bounds(value, bounds, message):
    with pytest.raises(InvalidOption) as caught:
        in_range("keep", value, *bounds)
    assert str(caught.value) == message


def test_problems_of_several_checks_are_collected():
    def wrong():
        raise InvalidOption("a is wrong", "b is wrong")

    problems = ["first"]
    assert collect_problems(problems, in_range, "keep", 3, 0) == 3
    assert collect_problems(problems, in_range, "keep", -1, 0) is None
    assert collect_problems(problems, wrong) is None
    assert problems == ["first", "keep must be 0 or greater (got -1)", "a is wrong", "b is wrong"]


def test_absolute_path():
    assert absolute_path("journal", "/var/log/changes") == "/var/log/changes"
    for path in ("changes", "./changes", "", "/a\0b"):
        with pytest.raises(InvalidOption, match="journal must be an absolute path .got "):
            absolute_path("journal", path)
