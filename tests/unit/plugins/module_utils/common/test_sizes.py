# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.common.sizes import format_size, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("8GiB", 8 << 30), ("512MB", 512 << 20), ("1.5 TiB", 3 << 39), (" 10 gb ", 10 << 30), ("0MiB", 0), ("1024B", 1024), ("4KiB", 4096), ("1PB", 1 << 50)],
)
def test_size(text, size):
    assert parse_size("size", text) == size


@pytest.mark.parametrize("text", ["8", 8, "", "GiB", "-1GiB", "8 Gi", "8GiBs", "0.3B", "1e3GB", "8,5GB", "８GiB", None, True, "9" * 60 + "GB"])
def test_what_is_no_size(text):
    with pytest.raises(InvalidOption, match="vms\\[0\\].memory.size must be a size with its unit, such as 8GiB or 512MB \\(got "):
        parse_size("vms[0].memory.size", text)


@pytest.mark.parametrize(("size", "text"), [(0, "0B"), (1536 << 20, "1536MiB"), (8 << 30, "8GiB"), (1000, "1000B"), (1 << 50, "1PiB")])
def test_size_as_people_write_it(size, text):
    assert format_size(size) == text


@given(st.integers(min_value=0, max_value=1 << 60))
def test_what_is_shown_can_be_given(size):
    assert parse_size("size", format_size(size)) == size
