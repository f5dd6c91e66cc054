# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.options import environment_rule, page_size


@pytest.mark.parametrize(
    ("named", "with_tags", "way"),
    [
        (None, True, None),
        ({}, True, None),
        ({"tag_category": "Environment"}, True, ("tag_category", "Environment")),
        ({"custom_attribute": "Env", "tag_category": None}, False, ("custom_attribute", "Env")),
        ({"folder_level": "2"}, False, ("folder_level", 2)),
    ],
)
def test_environment_rule(named, with_tags, way):
    assert environment_rule(named, with_tags) == way


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("Environment", ["environment_from", "Environment", "tag_category, custom_attribute, folder_level"]),
        ({"tag_category": "a", "folder_level": 1}, ["environment_from", "one of"]),
        ({"colour": "red"}, ["environment_from", "colour"]),
        ({"tag_category": None}, ["environment_from"]),
        ({"folder_level": "top"}, ["environment_from.folder_level", "top", "number"]),
        ({"folder_level": 0}, ["folder_level", "0", "1"]),
        ({"tag_category": "Environment"}, ["environment_from", "tag_category", "with_tags"]),
    ],
)
def test_invalid_environment_rules(named, words):
    with pytest.raises(InvalidOption) as error:
        environment_rule(named, False)
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize("given", [1, 500, 100_000])
def test_page_size(given):
    assert page_size(given) == given


@pytest.mark.parametrize("given", [0, -1, 100_001])
def test_invalid_page_sizes(given):
    with pytest.raises(InvalidOption, match=f"page_size must be 1 to 100000 .got {given}."):
        page_size(given)
