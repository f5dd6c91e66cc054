# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether all rows of the scans are in a workbook: read from end to end by openpyxl, which knows nothing of how it was written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import openpyxl

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.computed_tables import COMPUTED_TABLES
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Layout
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations

#: Whether all sources are there together, section and source, to a number of rows.
Rows = Counter[tuple[bool, str, str]]
#: Labels that tell the header of a table from those of the others.
_TELLING = 4
#: What the name of a sheet ends with that goes on from another one.
_NUMBER = re.compile(r" \(\d+\)$")


def differences(workbook: str, scans: Sequence[Scan], layout: Layout, translations: Translations) -> list[str]:
    """What the workbook has more or fewer rows of than its scans say, a line each; empty when all rows are where they belong.

    :param scans: with aliases that are names of sheets as they are.
    """
    found, wanted = _found(workbook, layout, translations), _wanted(scans, layout)
    return [
        f"{section} of {source} {'among all sources' if together else 'on its own sheet'}: {found[together, section, source]:,} rows, "
        f"the scan has {wanted[together, section, source]:,}"
        for together, section, source in sorted(found | wanted)
        if found[together, section, source] != wanted[together, section, source]
    ]


def _tables(layout: Layout) -> Iterator[tuple[bool, Block]]:
    """The tables that show a section, and whether they show all sources together."""
    return ((not sheet.each_source, block) for sheet in layout.sheets for block in sheet.blocks if block.table not in COMPUTED_TABLES)


def _wanted(scans: Sequence[Scan], layout: Layout) -> Rows:
    tables = [(together, block.table) for together, block in _tables(layout)]
    return Counter({(together, table, scan.head.source): scan.counts.get(table, 0) for together, table in tables for scan in scans})


def _found(workbook: str, layout: Layout, translations: Translations) -> Rows:
    """The rows below each header, up to an empty one or the end of the sheet."""
    tables = {
        tuple(translations[f"column.{column.key}"] for column in block.columns[:_TELLING]): (together, block.table) for together, block in _tables(layout)
    }
    found: Rows = Counter()
    book = openpyxl.load_workbook(workbook, read_only=True)
    for sheet in book:
        table = None
        for row in sheet.iter_rows(values_only=True):
            beginning = tuple(row[:_TELLING])
            if beginning in tables:
                table = tables[beginning]
            elif not any(row):
                table = None
            elif table:
                found[(*table, row[0] if table[0] else _NUMBER.sub("", sheet.title))] += 1
    book.close()
    return found
