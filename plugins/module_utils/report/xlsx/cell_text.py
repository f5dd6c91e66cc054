# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Text that fits into a cell."""

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cut, units

#: Characters that a cell takes, counted as Excel does: in UTF-16 units.
CELL_LIMIT = 32767
CUT_MARK = " […]"


def fitting(text: str) -> str:
    """A text that a cell can hold; one that is too long ends with a mark that says so."""
    return text if units(text) <= CELL_LIMIT else cut(text, CELL_LIMIT - len(CUT_MARK)) + CUT_MARK
