# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalog as a whole: what every field and section must hold to."""

from __future__ import annotations

import inspect

import pytest
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import BOOLEAN, INTEGER, KINDS, LIST, REAL, TEXT, TIME
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.estate.lookup import PLACES

FIELDS = [pytest.param(section, field, id=f"{section.key}.{field.key}") for section in SECTIONS.values() for field in section.fields]


@pytest.mark.parametrize(("section", "field"), FIELDS)
def test_field_is_whole(section, field):
    assert field.key.isidentifier() and field.key == field.key.lower()
    assert field.kind in KINDS
    assert field.text and not field.text.endswith(".")
    assert field.paths and all(field.paths)
    assert (field.unit != "") == (field.kind in (INTEGER, REAL)), "numbers have a unit, and nothing else has one"
    parameters = inspect.signature(field.how).parameters.values()
    if not any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        assert len(parameters) == 1 + len(field.paths), "how takes the lookup and one value a path"


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_section_is_whole(section):
    keys = [field.key for field in section.fields]
    assert keys[:2] == ["moid", "name"]
    assert len(keys) == len(set(keys))
    asked = {path.rpartition(":")[2] for field in section.fields for path in field.paths}
    places = {path for name in section.managed_types for path in PLACES.get(name, ())}
    assert set(section.shapes) <= asked | places, "shapes belong to properties that are asked for"


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_heavy_properties_are_never_asked_for_whole(section):
    asked = {path.rpartition(":")[2] for field in section.fields for path in field.paths}
    assert not asked & {"config", "summary", "runtime", "guest", "hardware", "config.network", "config.storageDevice", "config.extraConfig"}


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
    ],
)
def test_kinds(kind, value, kept, read):
    assert KINDS[kind].keep(value) == kept
    assert KINDS[kind].read(kept) == read
    assert type(KINDS[kind].read(kept)) is type(read)
