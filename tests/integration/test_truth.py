# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every field of every row against what the generator of the estate says it put in."""

from __future__ import annotations

import json
import re
from collections import defaultdict

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.tests.integration.running import run_module, source
from estates import start_simulator

#: Texts for people, made of what the record has apart, and what depends on the day or on options.
NOT_RECORDED = {
    "vms": {"disks", "environment"},
    "hosts": {"vcpu_per_core"},
    "vm_disks": {"vm"},
    "vm_nics": {"vm"},
    "vm_partitions": {"vm", "free_percent"},
    "vm_snapshots": {"vm", "age_days"},
}
#: What tells the rows of a VM apart.
KEYS = {"vm_disks": "key", "vm_nics": "key", "vm_partitions": "path", "vm_snapshots": "id"}


@pytest.fixture(scope="module", params=["vcenter", "esxi"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def estate(kind, tmp_path_factory):
    """What was put in and what was read: section to identity to row."""
    folder = tmp_path_factory.mktemp(kind)
    with start_simulator(folder / "simulator", vms=250, kind=kind, record=folder / "record.jsonl") as simulator:
        connection = {key.removeprefix("vmware_"): value for key, value in source(simulator).items()}
        facts = run_module(folder, "vmware_inventory_facts", **connection)["ansible_facts"]["vmware_inventory"]
    assert facts["status"] == "ok", facts["issues"]
    put_in = defaultdict(dict)
    # Not splitlines(): names hold other characters that it takes for the end of a line.
    for line in (folder / "record.jsonl").read_bytes().strip().split(b"\n"):
        row = json.loads(line)
        if any(row.get("host_vlans", ())):
            row["vlan"] = ", ".join(map(str, row["host_vlans"]))
        if row["section"] in SECTIONS:
            put_in[row["section"]][row["moid"]] = row
        for section in KEYS.keys() & row.keys():
            for part in row[section]:
                put_in[section][row["moid"], part[KEYS[section]]] = {**part, "moid": row["moid"], "snapshot": part.get("moid")}
    return put_in, {section: {identity(section, row): row for row in rows} for section, rows in facts["sections"].items()}


def identity(section, row):
    return (row["moid"], row[KEYS[section]]) if section in KEYS else row["moid"]


def agrees(read, put_in):
    """The record has no key for what has no value, parts of a second that we leave out, and numbers that we round."""
    if isinstance(read, float) and put_in is not None:
        return read == pytest.approx(put_in, abs=0.06)
    if isinstance(read, dict):
        return read == put_in
    if isinstance(read, list):
        return sorted(read) == sorted(put_in or [])
    if isinstance(put_in, str) and re.fullmatch(r"[-0-9]+T[:0-9]+\.\d+Z", put_in):
        put_in = put_in.partition(".")[0] + "Z"
    return (None if read == "" else read) == put_in


@pytest.mark.parametrize("section", SECTIONS)
def test_every_object_is_one_row(kind, estate, section):
    put_in, read = estate
    assert set(read[section]) == set(put_in[section])
    assert read[section] or (section, kind) == ("clusters", "esxi"), "an empty section proves nothing"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_is_what_was_put_in(estate, section):
    put_in, read = estate
    wrong = defaultdict(list)
    compared = [field.key for field in SECTIONS[section].fields if field.key not in NOT_RECORDED.get(section, ())]
    for moid, row in read[section].items():
        for key in compared:
            if not agrees(row[key], put_in[section][moid].get(key)):
                wrong[key].append((moid, row[key], put_in[section][moid].get(key)))
    assert not wrong, {key: found[:3] for key, found in wrong.items()}
