# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read: sections, fields, tags, and what tells the environment of a VM."""

from __future__ import annotations

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.tests.integration.running import run_module, source


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("simulator"), vms=40) as started:
        yield started


def scan(folder, simulator, **options):
    simulator.reset_calls()
    connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
    result = run_module(folder, "vmware_inventory_facts", **connection, **options)
    return result["ansible_facts"]["vmware_inventory"], result


def test_sections_and_fields_that_were_asked_for(tmp_path, simulator):
    found, _result = scan(tmp_path, simulator, sections=["vm_disks", "vms"], fields={"vms": ["host"]})
    assert {section: set(rows[0]) for section, rows in found["sections"].items()}["vms"] == {"moid", "name", "host"}
    assert set(found["sections"]) == {"vms", "vm_disks"}
    assert simulator.rest_calls() == {}, "nobody asked for tags"


def test_tags_are_not_requested_when_switched_off(tmp_path, simulator):
    found, _result = scan(tmp_path, simulator, with_tags=False)
    assert (found["status"], {row["tags"] for row in found["sections"]["vms"]}) == ("ok", {None})
    assert simulator.rest_calls() == {}


@pytest.mark.parametrize(
    ("named", "field", "part"),
    [
        ({"tag_category": "Environment"}, "tags", "Environment"),
        ({"custom_attribute": "Environment"}, "custom_attributes", "Environment"),
        ({"folder_level": 1}, "folder", None),
    ],
)
def test_environment_comes_from_the_configured_place(tmp_path, simulator, named, field, part):
    found, _result = scan(tmp_path, simulator, sections=["vms"], environment_from=named)
    rows = found["sections"]["vms"]

    def reported(value):
        if part is None:
            return (value or "/").split("/")[1] or None
        value = (value or {}).get(part)
        return ", ".join(value) if isinstance(value, list) else value

    assert [row["environment"] for row in rows] == [reported(row[field]) for row in rows]
    assert len({row["environment"] for row in rows}) > 2


def test_environment_is_empty_unless_configured(tmp_path, simulator):
    found, _result = scan(tmp_path, simulator, sections=["vms"])
    assert {row["environment"] for row in found["sections"]["vms"]} == {None}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sections": ["vms"], "fields": {"vms": ["colour"]}}, ["fields of vms", "colour", "cluster"]),
        ({"sections": ["vms"], "fields": {"hosts": ["name"]}}, ["fields", "hosts", "vms"]),
        ({"environment_from": {"tag_category": "Environment"}, "with_tags": False}, ["environment_from", "tag_category", "with_tags"]),
        ({"environment_from": {"folder_level": 0}}, ["folder_level", "0", "1"]),
    ],
)
def test_what_cannot_be_read_is_reported_before_anything_is(tmp_path, simulator, options, words):
    found, result = scan(tmp_path, simulator, **options)
    assert result["failed"] and (found["status"], found["error_kind"]) == ("failed", "option")
    assert all(word in result["msg"] for word in words), result["msg"]
    assert simulator.calls() == {}


@pytest.mark.parametrize(
    ("outcome", "kind"), [({"status": 503}, "fault"), ({"status": 403}, "permission"), ({"status": 401}, "authentication"), ({"reset": True}, "unreachable")]
)
def test_unreadable_tags_make_a_scan_partial(tmp_path, outcome, kind):
    faults = [{"method": "POST /rest/com/vmware/cis/session", "times": 0, **outcome}]
    with start_simulator(tmp_path / "simulator", vms=10, faults=faults) as simulator:
        found, result = scan(tmp_path, simulator, retries=1)
        calls = simulator.calls()
    assert not result["failed"]
    assert (found["status"], found["counts"]["vms"]) == ("partial", 10)
    assert [(issue["section"], issue["kind"]) for issue in found["issues"]] == [("tags", kind)], found["issues"]
    assert {row["tags"] for row in found["sections"]["vms"]} == {None}
    assert simulator.password not in str(result)
    assert calls["Logout"] == calls["Login"] == 1
