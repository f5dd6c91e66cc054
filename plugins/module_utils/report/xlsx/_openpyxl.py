# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""openpyxl, if it is installed: the only place that imports it.

``openpyxl`` is the package, or None if it cannot be imported; ``IMPORT_ERROR`` says why.
"""

from __future__ import annotations

import traceback

__all__ = ["IMPORT_ERROR", "openpyxl"]

IMPORT_ERROR: str | None = None
try:
    import openpyxl
    import openpyxl.cell
    import openpyxl.chart
    import openpyxl.chart.data_source
    import openpyxl.chart.label
    import openpyxl.chart.legend
    import openpyxl.chart.marker
    import openpyxl.chart.series
    import openpyxl.chart.shapes
    import openpyxl.chart.text
    import openpyxl.chart.title
    import openpyxl.drawing.line
    import openpyxl.drawing.spreadsheet_drawing
    import openpyxl.drawing.text
    import openpyxl.formatting.rule
    import openpyxl.styles
    import openpyxl.styles.differential
    import openpyxl.worksheet.hyperlink
    import openpyxl.worksheet.page
    import openpyxl.worksheet.pagebreak
    import openpyxl.worksheet.properties
    import openpyxl.xml.functions
except ImportError:
    openpyxl = None
    IMPORT_ERROR = traceback.format_exc()
