# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expected rows: the record that the generator of an estate writes."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS

Row = Mapping[str, Any]
#: Section to identity to row.
Rows = dict[str, dict[Hashable, dict[str, Any]]]

#: Texts for people, made of what the record has apart, and what depends on the day or on options.
NOT_RECORDED = {
    "vms": {"disks", "environment"},
    "hosts": {"vcpu_per_core"},
    "vm_disks": {"vm"},
    "vm_nics": {"vm"},
    "vm_partitions": {"vm", "free_percent"},
    "vm_snapshots": {"vm", "age_days"},
    "vm_cdroms": {"vm"},
    "vm_usb_devices": {"vm"},
}
#: What tells the rows of a VM apart.
KEYS = {"vm_disks": "key", "vm_nics": "key", "vm_partitions": "path", "vm_snapshots": "id", "vm_cdroms": "key", "vm_usb_devices": "key"}


def read_record(path: Path) -> Rows:
    """The recorded contents of an estate. Besides the sections of a scan the record has others, see the simulator's README."""
    expected: Rows = defaultdict(dict)
    # Not splitlines(): names hold other characters that it takes for the end of a line.
    for line in path.read_bytes().strip().split(b"\n"):
        row = json.loads(line)
        if any(row.get("host_vlans", ())):
            row["vlan"] = ", ".join(map(str, row["host_vlans"]))
        if "moid" in row:
            expected[row["section"]][row["moid"]] = row
        for section in KEYS.keys() & row.keys():
            for part in row[section]:
                expected[section][row["moid"], part[KEYS[section]]] = {**part, "moid": row["moid"], "snapshot": part.get("moid")}
    return expected


def by_identity(section: str, rows: Iterable[dict[str, Any]]) -> dict[Hashable, dict[str, Any]]:
    """Rows by what tells them apart: the managed object id, and for what a VM has several of, a key of it."""
    return {(row["moid"], row[KEYS[section]]) if section in KEYS else row["moid"]: row for row in rows}


def differences(section: str, read: Mapping[Hashable, Row], expected: Mapping[Hashable, Row]) -> dict[str, list[tuple]]:
    """Field to (identity, what was read, what was put in), for each field of a row that is not as it should be; the first three.

    Fields that were not read are not compared.
    """
    wrong: dict[str, list[tuple]] = defaultdict(list)
    compared = [field.key for field in SECTIONS[section].fields if field.key not in NOT_RECORDED.get(section, ())]
    for identity, row in read.items():
        for key in compared:
            if key in row and not _agrees(row[key], expected[identity].get(key)):
                wrong[key].append((identity, row[key], expected[identity].get(key)))
    return {key: found[:3] for key, found in wrong.items()}


def _agrees(read: Any, expected: Any) -> bool:
    """The record has no key for what has no value, parts of a second that we leave out, and numbers that we round."""
    if read == expected:
        return True
    if isinstance(read, float) and expected is not None:
        return read == pytest.approx(expected, abs=0.06)
    if isinstance(read, list):
        return sorted(read) == sorted(expected or [])
    if isinstance(expected, str) and re.fullmatch(r"[-0-9]+T[:0-9]+\.\d+Z", expected):
        expected = expected.partition(".")[0] + "Z"
    return (None if read == "" else read) == expected
