# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.duplicates import without_duplicates
from ansible_collections.estate.vmware.plugins.plugin_utils.inventory.fetch import SourceResult

BOARD = "4c4c4544-0042-3510-8054-b7c04f4d5331"


def result(source, identity, kind="vCenter", hosts=()):
    sections = {"vms": {"fields": ["moid"], "rows": [["vm-1"]]}}
    if hosts:
        sections["hosts"] = {"fields": ["moid", "uuid"], "rows": [["host-1", uuid] for uuid in hosts]}
    return SourceResult(source, source, kind, "2026-01-01T00:00:00Z", sections, identity=identity)


@pytest.mark.parametrize(
    ("results", "left", "warned"),
    [
        ([result("b", "1"), result("a", "1"), result("c", "2")], ["b", "c"], ["a is the same vCenter as b: skipped"]),
        ([result("e", BOARD, "ESXi"), result("v", "1", hosts=[BOARD.upper(), None])], ["v"], ["e is an ESXi host of v: skipped"]),
        ([result("e", BOARD, "ESXi"), result("v", "1")], ["e", "v"], []),
        ([result("a", ""), result("b", "")], ["a", "b"], []),
    ],
    ids=["two names", "through its vCenter", "nobody knows the hosts", "nobody knows who they are"],
)
def test_sources_that_are_the_same_give_their_hosts_once(results, left, warned):
    warnings = []
    assert [found.source for found in without_duplicates(results, warnings.append)] == left
    assert warnings == warned
