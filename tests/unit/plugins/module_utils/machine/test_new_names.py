# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.new_names import problem_of_name


@pytest.mark.parametrize("name", ["a", "n" * 80, "a/b", "a%2fb", "数据库-01", "😀", "=cmd()", "{x}", ".", "two words"])
def test_names(name):
    assert problem_of_name("vms[0].name", name) == ""


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "vms[0].name must have 1 to 80 characters (got 0)"),
        ("n" * 300, "vms[0].name must have 1 to 80 characters (got 300)"),
        ("x\ny", "vms[0].name must have no line breaks, control characters, or blanks at its ends (got 'x\\ny')"),
        (" a", "vms[0].name must have no line breaks, control characters, or blanks at its ends (got ' a')"),
        ("a\u202e", "vms[0].name must have no line breaks, control characters, or blanks at its ends (got 'a\\u202e')"),
    ],
)
def test_names_that_are_not_given(name, problem):
    assert problem_of_name("vms[0].name", name) == problem
