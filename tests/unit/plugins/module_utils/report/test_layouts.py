# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.report.computed_tables import COMPUTED_TABLES
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import FORMATS
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Column
from ansible_collections.estate.vmware.plugins.module_utils.report.section_rows import SCAN_FIELDS
from ansible_collections.estate.vmware.plugins.module_utils.report.theme import RULE_STYLES, STYLES
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES

BLOCKS = [(name, sheet, block) for name, layout in LAYOUTS.items() for sheet in layout.sheets for block in sheet.blocks]


@pytest.mark.parametrize("name, sheet, block", BLOCKS, ids=lambda value: getattr(value, "key", getattr(value, "table", value)))
def test_a_block_names_only_what_exists(name, sheet, block):
    assert block.table in COMPUTED_TABLES or block.table in SECTIONS
    assert block.header_style in STYLES and block.header_style.replace("header", "title") in STYLES
    keys = [column.key for column in block.columns]
    assert len(keys) == len(set(keys))
    assert {column.format for column in block.columns} <= set(FORMATS)
    assert {rule.style for rule in block.rules} <= set(RULE_STYLES)
    assert {rule.column for rule in block.rules} <= {"", *keys}
    if block.table in SECTIONS:
        fields = {field.key for field in SECTIONS[block.table].fields}
        assert {field for column in block.columns for field in column.fields} <= fields | set(SCAN_FIELDS)


@pytest.mark.parametrize("name, sheet, block", BLOCKS, ids=lambda value: getattr(value, "key", getattr(value, "table", value)))
def test_columns_of_the_scan_stand_first(name, sheet, block):
    if block.table in SECTIONS:
        of_scan = [column.key in SCAN_FIELDS for column in block.columns]
        assert of_scan == sorted(of_scan, reverse=True)


def test_links_and_totals_belong_to_blocks_that_have_them():
    for _name, _sheet, block in BLOCKS:
        assert not block.linked or block.linked in [column.key for column in block.columns]
        assert not block.total or COMPUTED_TABLES[block.table].total


def test_a_column_of_several_fields_needs_compute():
    with pytest.raises(ValueError, match="joins"):
        Column("state", ("one", "two"))


def test_vm_columns_are_those_that_people_know_in_their_order():
    texts = LANGUAGES["es"]
    block = next(sheet for sheet in LAYOUTS["consolidated"].sheets if sheet.key == "vms").blocks[0]
    known = [
        "Fuente", "vCenter", "Host Físico", "Ambiente", "Hostname", "Descripción", "Estado", "Procesador", "vCPU", "Datastore", "Red", "Dominio",
        "Sistema Operativo", "Edición SO", "VMware Tools", "Versión Tools", "Versión HW", "IP", "MAC", "RAM (GB)", "Discos", "Storage Total (GB)",
    ]  # fmt: skip
    assert [texts[f"column.{column.key}"] for column in block.columns][: len(known)] == known
