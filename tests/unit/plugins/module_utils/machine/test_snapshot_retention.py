# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_retention import Retention
from ansible_collections.estate.vmware.plugins.module_utils.machine.snapshot_tree import snapshots_of
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.machine.snapshot_trees import node, properties, ref

NOW = datetime(2026, 2, 28, tzinfo=timezone.utc)
FOUND = snapshots_of(properties(*(node(day, name, f"2026-02-{day:02d}T00:00:00Z") for day, name in ((1, "a"), (20, "VEEAM x"), (25, "b"), (27, "keep-b")))))


def gone(given, made=0, found=FOUND):
    problems: list[str] = []
    retention = Retention.of("r", given, 0, problems)
    assert retention and not problems
    return [ref.moid for ref, (goes, _why) in retention.verdicts(found, NOW, made).items() if goes]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"keep": 2}, [20, 1]),
        ({"keep": 4}, []),
        ({"keep": 0}, [27, 25, 20, 1]),
        ({"max_age": "7d"}, [20, 1]),
        ({"max_age": "27d"}, []),
        ({"keep": 3, "max_age": "2d"}, [25, 20, 1]),
        ({"keep": 1, "never": ["*veeam*", "KEEP-*"]}, [1]),
        ({"keep": 1, "only": ["?"]}, [1]),
        ({"keep": 0, "only": []}, []),
        ({"keep": 0, "only": ["*b"], "never": ["keep-*"]}, [25]),
    ],
)
def test_what_goes(given, expected):
    assert gone(given) == [f"snapshot-{number}" for number in expected]


def test_the_one_that_is_about_to_be_taken_is_the_newest():
    assert gone({"keep": 2}, made=1) == ["snapshot-25", "snapshot-20", "snapshot-1"]


def test_one_of_unknown_time_stays_and_is_not_counted():
    found = snapshots_of(properties(node(1, "a", ""), node(2, "b")))
    assert gone({"keep": 1, "max_age": "300d"}, found=found) == [] and gone({"keep": 0}, found=found) == ["snapshot-2"]


def test_reasons():
    retention = Retention.of("r", {"keep": 1, "max_age": "5d", "only": ["a", "b", "keep-*"], "never": ["keep-*"]}, 0, [])
    assert {ref.moid: why for ref, (_goes, why) in retention.verdicts(FOUND, NOW).items()} == {
        "snapshot-27": "its name is in never",
        "snapshot-25": "new enough",
        "snapshot-20": "its name is not in only",
        "snapshot-1": "not one of the newest 1",
    }
    assert Retention.of("r", {"max_age": "5d"}, 0, []).verdicts(FOUND, NOW)[ref(1)] == (True, "older than 5d")


@pytest.mark.parametrize(
    ("given", "least", "lines"),
    [
        ({}, 0, ["r must have keep or max_age: what either says goes"]),
        ({"keep": 0}, 1, ["r.keep must be 1 or greater (got 0)"]),
        ({"keep": -1, "max_age": "x", "never": [""]}, 0, ["r.keep must be 0", "r.max_age must be seconds", "r.never[0] must be text"]),
    ],
)
def test_what_cannot_be_used(given, least, lines):
    problems: list[str] = []
    assert Retention.of("r", given, least, problems) is None
    assert len(problems) == len(lines) and all(problem.startswith(line) for problem, line in zip(problems, lines)), problems


def test_one_that_the_call_asks_for_stays_and_counts():
    retention = Retention.of("r", {"keep": 2}, 0, [])
    verdicts = {ref.moid: verdict for ref, verdict in retention.verdicts(FOUND, NOW, wanted="a").items()}
    assert verdicts["snapshot-1"] == (False, "it is the one that shall be present")
    assert verdicts["snapshot-20"][0] and not verdicts["snapshot-25"][0]


def test_which_names_count():
    retention = Retention.of("r", {"keep": 2, "only": ["nightly*"], "never": ["*keep*"]}, 0, [])
    assert [retention.counts(name) for name in ("nightly-1", "nightly-keep", "manual")] == [True, False, False]
