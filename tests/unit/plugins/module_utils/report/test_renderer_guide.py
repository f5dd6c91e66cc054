# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The renderer of docs/contributing.md: what a renderer gets is enough for a second output format."""

from __future__ import annotations

import csv
from typing import Any

import docs_blocks
import pytest

from ansible_collections.estate.vmware.plugins.module_utils.report.build_report import build_report
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


@pytest.fixture(scope="module")
def renderer() -> dict[str, Any]:
    (block,) = [block for block in docs_blocks.blocks() if block.name.startswith("docs/contributing.md: # plugins/module_utils/report/csv/")]
    found: dict[str, Any] = {}
    exec(compile(block.text, "docs/contributing.md", "exec"), found)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_written(renderer, tmp_path, language):
    report = build_report(estates.report_data(*estates.estate()))
    paths = renderer["write_tables"](report, LANGUAGES[language], str(tmp_path))
    tables = [table for sheet in report.sheets for table in sheet.tables]
    assert len(paths) == len(tables) > 10
    for path, table in zip(paths, tables):
        with open(path, encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert len(header) == len(table.columns) and len(rows) == table.row_count
        assert not [cell for row in rows for cell in row if "Message(" in cell or "StyledValue(" in cell]
