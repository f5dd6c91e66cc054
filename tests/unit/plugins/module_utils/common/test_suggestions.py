# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.suggestions import closest_name, suggestion

SECTIONS = ["vms", "hosts", "datastores", "networks"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("host", "; did you mean hosts?"), ("datastore", "; did you mean datastores?"), (7, "; there are vms, hosts, datastores, networks")],
)
def test_similar_name_or_all_names(name, expected):
    assert suggestion(name, SECTIONS) == expected


def test_long_list_is_cut():
    assert suggestion("?", [f"field_{number}" for number in range(20)]).endswith("field_11 and 8 more")


def test_no_similar_name():
    assert closest_name("host", SECTIONS) == "hosts"
    assert closest_name("?", SECTIONS) == ""
