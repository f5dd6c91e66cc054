# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every field of every row against what the generator of the estate says it put in."""

from __future__ import annotations

import pytest
from estates import start_simulator

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import ALL_FIELDS, SECTIONS
from ansible_collections.estate.vmware.tests.integration.expected import by_identity, differences, read_record
from ansible_collections.estate.vmware.tests.integration.running import run_module, source


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def estate(kind, tmp_path_factory):
    """What was put in and what was read: section to identity to row."""
    folder = tmp_path_factory.mktemp(kind)
    # A vCenter of now with one vApp within another, and an ESXi host of before.
    options = {"apps": 4} if kind == "vcenter" else {"api_version": "7.0.3.0"}
    with start_simulator(folder / "simulator", vms=250, kind=kind, oddities=True, record=folder / "record.jsonl", **options) as simulator:
        connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
        wanted = {"sections": list(SECTIONS), "fields": dict.fromkeys(SECTIONS, ALL_FIELDS)}
        facts = run_module(folder, "vmware_inventory_facts", **connection, **wanted)["ansible_facts"]["vmware_inventory"]
    assert facts["status"] == "ok", facts["issues"]
    return read_record(folder / "record.jsonl"), {section: by_identity(section, rows) for section, rows in facts["sections"].items()}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_object_is_one_row(kind, estate, section):
    expected, read = estate
    assert set(read[section]) == set(expected[section])
    assert read[section] or (section, kind) == ("clusters", "esxi"), "an empty section proves nothing"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_is_what_was_put_in(estate, section):
    expected, read = estate
    assert all(row.keys() == {field.key for field in SECTIONS[section].fields} for row in read[section].values())
    assert not differences(section, read[section], expected[section])
