# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.option_types import convert, join_choices


@pytest.mark.parametrize(
    ("spec", "value", "message"),
    [
        ({"type": "int"}, "many", "x must be a whole number (got 'many')"),
        ({"type": "bool"}, "perhaps", "x must be true or false (got 'perhaps')"),
        ({"type": "list"}, 7.5j, "x must be a list (got 7.5j)"),
        ({"type": "dict"}, "text", "x must be a mapping (got 'text')"),
        ({"type": "list", "elements": "dict"}, [{}, "smtp://u:s3cret@mail"], "x[1] must be a mapping"),
        ({"type": "list", "elements": "dict"}, {"password": "s3cret"}, "x must be a list (got a mapping)"),
        ({"choices": ["en", "es"]}, [{"password": "s3cret"}], "x must be en or es (got a list)"),
        ({"type": "list", "choices": ["vms"]}, [{"password": "s3cret"}], "x: a mapping is unknown; there are vms"),
        ({"type": "int"}, "inf", "x must be a whole number (got 'inf')"),
        ({"type": "int"}, "9" * 5000 + "x", f"x must be a whole number (got '{'9' * 48}…{'9' * 48}x')"),
        ({"type": "dict", "no_log": True}, "s3cret", "x must be a mapping"),
        ({"choices": ["en", "es", "fr"]}, "xx", "x must be en, es or fr (got 'xx')"),
        ({"type": "list", "choices": ["clusters", "disks"]}, ["disk"], "x: 'disk' is unknown; did you mean disks?"),
    ],
)
def test_invalid_value(spec, value, message):
    with pytest.raises(InvalidOption) as caught:
        convert("x", spec, value)
    assert str(caught.value) == message


def test_join_choices():
    assert [join_choices(["a"]), join_choices(["a", "b"]), join_choices(["a", "b", "c"])] == ["a", "a or b", "a, b or c"]
