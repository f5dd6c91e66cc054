# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that vApp properties may have."""

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.ovf.qualifiers import limits_of


@pytest.mark.parametrize(
    ("kind", "qualifiers", "right", "wrong", "allows_empty"),
    [
        ("string", "", ["", "a"], [], True),
        ("string", "MinLen(2) MaxLen(3)", ["ab", "abc"], ["", "a", "abcd"], False),
        ("string(1..)", "", ["a"], [""], False),
        ("password(..4)", "", ["", "abcd"], ["abcde"], True),
        ("string", 'ValueMap{"a","b \\"c\\""}', ["a", 'b "c"'], ["", "c"], False),
        ("string", 'ValueMap{"","a"}', ["", "a"], ["b"], True),
        ("uint16", "", ["0", "65535"], ["", "-1", "65536", "1.5", "x", "9" * 30], False),
        ("int", "MinValue(1) MaxValue(9)", ["1", "9"], ["0", "10"], False),
        ("int(1..5)", "", ["5"], ["6"], False),
        ("real32", "", ["1.5", "-2"], ["", "x", "nan", "inf"], False),
        ("boolean", "", ["true", "False", "TRUE", ""], ["yes"], True),
        ("string", "Ip", ["", "10.0.0.1", "fe80::1"], ["10.0.0"], True),
        ("ip:lan", "", ["10.0.0.1"], ["10.0.0.1/24"], True),
        ("something", "", ["x"], [], True),
    ],
)
def test_values(kind, qualifiers, right, wrong, allows_empty):
    limits = limits_of(kind, qualifiers)
    assert [value for value in right if limits.refuses(value)] == []
    assert [value for value in wrong if not limits.refuses(value)] == []
    assert limits.allows_empty == allows_empty


def test_choices_are_named():
    assert limits_of("string", 'ValueMap{"small","large"}').refuses("smal") == "must be one of 'small', 'large'; did you mean small?"
