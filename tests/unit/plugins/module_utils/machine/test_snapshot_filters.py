# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_filters import snapshot_filters
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import matching, snapshots_of
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties

NOW = datetime(2026, 2, 27, 14, 30, tzinfo=timezone.utc)
FOUND = [
    one._replace(size=size)
    for one, size in zip(
        snapshots_of(
            properties(node(1, "old", "2026-02-20T14:30:00Z"), node(2, "new", "2026-02-27T02:30:01Z", description="Nightly"), node(3, "unknown", ""), current=2)
        ),
        (10 << 30, 1 << 30, None),
    )
]


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ([{"age": {"at_least": "7d"}}], [1]),
        ([{"age": {"greater": "7d"}}], []),
        ([{"age": {"less": "12h"}}], [2]),
        ([{"age": {"at_least": "1h", "at_most": "6d"}}], [2]),
        ([{"size": {"at_least": "10GiB"}}], [1]),
        ([{"size": {"less": "10GB", "greater": "512MB"}}], [2]),
        ([{"name": ["OLD", "unk*"]}], [1, 3]),
        ([{"description": "night*"}], [2]),
        ([{"current": True}], [2]),
        ([{"created": {"set": False}}], [3]),
        ([{"name": "*", "age": {"at_least": "1s"}, "size": {"at_most": "5GiB"}}], [2]),
        ([{"name": "*"}, {"age": {"at_least": "1d"}}], [1]),
        ({"id": 3}, [3]),
    ],
)
def test_what_filters_keep(given, ids):
    assert [one.id for one in matching(FOUND, snapshot_filters("f", given, NOW))] == ids


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "f must be a list of filters"),
        ("old", "f must be a list of filters"),
        ([{}], "f[0] must be a mapping of fields to conditions"),
        ([{"name": "x"}, "y"], "f[1] must be a mapping of fields to conditions"),
        ([{"age": "7d"}], "f[0].age must be a mapping of at_least, greater, at_most, less to a value (got '7d')"),
        ([{"age": {"equals": "7d"}}], "f[0].age must be a mapping of"),
        ([{"age": {"at_least": "week"}}], "f[0].age.at_least must be seconds, or a number with s, m, h or d"),
        ([{"age": {"at_least": "999999999d"}}], "f[0].age.at_least is too long"),
        ([{"size": {"at_least": "10"}}], "f[0].size.at_least must be a size with its unit"),
        ([{"nmae": "x"}], "f[0]: snapshots have no field 'nmae'; did you mean name?"),
        ([{"id": "x"}], "f[0].id must be a number"),
    ],
)
def test_what_cannot_be_used(given, message):
    with pytest.raises(InvalidOption) as caught:
        snapshot_filters("f", given)
    assert message in str(caught.value)


def test_all_that_is_wrong_is_told():
    with pytest.raises(InvalidOption) as caught:
        snapshot_filters("f", [{"age": {"at_least": "x"}}, {"size": 1}])
    assert len(caught.value.lines) == 2
