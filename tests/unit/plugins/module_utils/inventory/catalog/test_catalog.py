# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalog as a whole: what every field and section must hold to."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import catalog_docs
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.common.errors import InvalidOption
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog import field
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import (
    BOOLEAN,
    INTEGER,
    ITEM,
    KINDS,
    LIST,
    MAP,
    REAL,
    SELF,
    TAGS,
    TEXT,
    TIME,
    merged,
)
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS, USUAL_SECTIONS, select, usual_sections
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.context import takes_context
from ansible_collections.estate.vmware.plugins.module_utils.inventory.computed.devices import DEVICES, IDLE
from ansible_collections.estate.vmware.plugins.module_utils.vsphere.shapes import SKIPPED_TYPES


def problems(section, field):
    """What is wrong with a field of the catalog."""
    if not field.key.isidentifier() or field.key != field.key.lower():
        yield "its key is no lower-case identifier"
    if field.kind not in KINDS:
        yield f"unknown kind {field.kind}"
    if not field.description or field.description.endswith("."):
        yield f"description must be there and have no full stop: {field.description!r}"
    if not all(field.paths):
        yield f"empty path: {field.paths}"
    if not field.paths and field.key not in section.aggregates.columns:
        yield "neither a path nor an aggregate"
    if (field.unit != "") != (field.kind in (INTEGER, REAL)):
        yield "numbers have a unit, and nothing else has one"
    if field.compute:
        parameters = list(inspect.signature(field.compute).parameters.values())
        if takes_context(field.compute) != (parameters[0].name == "context"):
            yield "functions marked in_context take a context first, and no others"
        values = parameters[takes_context(field.compute) :]
        if not any(parameter.kind is parameter.VAR_POSITIONAL for parameter in values) and len(values) != len(field.paths):
            yield "compute takes one value a path"
    elif len(field.paths) > 1:
        yield "several paths need a function that computes the field"


def test_every_field_is_complete():
    found = [f"{section.key}.{field.key}: {problem}" for section in SECTIONS.values() for field in section.fields for problem in problems(section, field)]
    assert found == []


def test_every_field_is_one_line():
    folded = []
    for path in Path(field.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Field" and node.lineno != node.end_lineno:
                folded.append(f"{path.name}:{node.lineno}")
    assert folded == [], "a field is added in one line: shorten the description, or name its paths above"


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_section_is_whole(section):
    keys = [field.key for field in section.fields]
    assert keys[:2] == ["moid", "vm" if section.items else "name"]
    assert len(keys) == len(set(keys))
    assert set(section.shapes) <= set(section.properties), "shapes belong to properties that are asked for"
    assert set(section.since) <= set(section.properties)
    assert not section.aggregates or section.aggregates.columns.keys() <= set(keys)


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_items_use_the_properties_of_their_section(section):
    owners = {path.partition(ITEM)[0] for field in section.fields for path in field.paths if ITEM in path}
    assert owners == ({path for path in section.items.paths if path in owners} if section.items else set())


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_large_properties_are_never_requested_whole(section):
    heavy = {"config", "summary", "runtime", "guest", "hardware", "layoutEx", "configurationEx"}
    assert not set(section.properties) & (heavy | {"config.network", "config.storageDevice", "config.extraConfig"})


def test_pseudo_properties_are_never_requested():
    assert not {path for section in SECTIONS.values() for path in section.properties} & {SELF, TAGS}


def test_sections_of_vms_agree_on_what_their_properties_look_like():
    together = {}
    for section in SECTIONS.values():
        if section.managed_types == ("VirtualMachine",):
            together = merged(together, section.wanted_parts())
    (device,) = together["config.hardware.device"]
    assert device["backing"]["fileName"] is str and device["connectable"]["connected"] is bool and device["controllerKey"] is int


def test_selection():
    vms, disks = select(["vms", "vm_disks", "vms"], {"vms": ["host", "vcpu"]})
    assert [field.key for field in vms.fields] == ["moid", "name", "host", "vcpu"]
    assert set(vms.properties) == {"name", "runtime.host", "config.hardware.numCPU"}
    assert disks == SECTIONS["vm_disks"].usual()


def test_fields_on_request_are_read_where_they_are_named():
    (usual,) = select(["vms"])
    (named,) = select(["vms"], {"vms": ["name", "displays"]})
    (whole,) = select(["vms"], {"vms": "all"})
    assert "displays" not in [field.key for field in usual.fields]
    assert [field.key for field in named.fields] == ["moid", "name", "displays"]
    assert whole == SECTIONS["vms"]
    assert usual_sections() == select(USUAL_SECTIONS)


def test_a_field_on_request_costs_a_usual_scan_nothing():
    """Neither a property more, nor a part of a device more to decode."""
    usual, detailed = SECTIONS["vms"].usual(), SECTIONS["vms"]
    assert not {"configStatus", "runtime.maxCpuUsage", "config.bootOptions.bootDelay"} & set(usual.properties)
    (device,), (more,) = usual.wanted_parts()[DEVICES], detailed.wanted_parts()[DEVICES]
    assert device[SKIPPED_TYPES] == IDLE and "numDisplays" not in device
    assert more[SKIPPED_TYPES] == IDLE - {"VirtualMachineVideoCard"} and more["numDisplays"] is int


@pytest.mark.parametrize(
    ("sections", "fields", "words"),
    [
        ([], {}, ["sections", "empty"]),
        (["vmss"], {}, ["sections: vmss cannot be read; did you mean vms?"]),
        (["vms"], {"hosts": ["name"]}, ["fields", "hosts", "there are vms"]),
        (["vms"], {"vms": ["host", "colour"]}, ["fields of vms: colour cannot be read"]),
        (["vms"], {"vms": "host"}, ["fields: 'host' of vms is no list; give a list of fields, or all"]),
    ],
)
def test_invalid_selections(sections, fields, words):
    with pytest.raises(InvalidOption) as error:
        select(sections, fields)
    assert all(word in str(error.value) for word in words)


def test_documents_match_the_catalog():
    stale = [path.name for path, text in catalog_docs.documents() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run: make docs"


@pytest.mark.parametrize(
    ("kind", "value", "kept", "read"),
    [
        (TEXT, 12, "12", "12"),
        (INTEGER, 0, 0, 0),
        (REAL, 1, 1.0, 1.0),
        (BOOLEAN, False, 0, False),
        (TIME, "2025-02-20T14:30:00.1234567Z", "2025-02-20T14:30:00Z", "2025-02-20T14:30:00Z"),
        (TIME, "2025-02-20T15:30:00+01:00", "2025-02-20T14:30:00Z", "2025-02-20T14:30:00Z"),
        (TIME, "2025-02-20T14:30:00", "2025-02-20T14:30:00Z", "2025-02-20T14:30:00Z"),
        (LIST, ["é", "b"], '["é", "b"]', ["é", "b"]),
        (MAP, {"é": ["b"], "a": "1"}, '{"a": "1", "é": ["b"]}', {"a": "1", "é": ["b"]}),
    ],
)
def test_kinds(kind, value, kept, read):
    assert KINDS[kind].encode(value) == kept
    assert KINDS[kind].decode(kept) == read
    assert type(KINDS[kind].decode(kept)) is type(read)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (None, str, str),
        (str, None, str),
        ({"a": int}, {"b": str}, {"a": int, "b": str}),
        ({"a": {"b": int}}, {"a": {"c": int}}, {"a": {"b": int, "c": int}}),
        ([{"a": int}], [{"b": int}], [{"a": int, "b": int}]),
        ({"a": int, SKIPPED_TYPES: {"x", "y"}}, {"b": int, SKIPPED_TYPES: {"y", "z"}}, {"a": int, "b": int, SKIPPED_TYPES: {"y"}}),
        ({"a": int, SKIPPED_TYPES: {"x"}}, {"b": int}, {"a": int, "b": int, SKIPPED_TYPES: set()}),
        ({"a": int}, {"b": int, SKIPPED_TYPES: {"x"}}, {"a": int, "b": int}),
    ],
)
def test_merged_shapes(one, other, both):
    assert merged(one, other) == both


def test_idle_devices_are_not_decoded():
    """They are more than half of what a VM has."""
    together = None
    for section in usual_sections():
        if DEVICES in section.properties:
            together = merged(together, section.wanted_parts())
    assert together[DEVICES][0][SKIPPED_TYPES] == IDLE
