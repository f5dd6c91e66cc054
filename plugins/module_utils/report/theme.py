# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Colours and fonts of the workbook, as tables."""

from __future__ import annotations

from dataclasses import dataclass

BORDER = "BFBFBF"

GREEN = "E2EFDA"
RED = "FCE4D6"
YELLOW = "FFF2CC"
BLUE = "DEEAF1"
GREY = "F2F2F2"
INK_RED = "C00000"
WHITE = "FFFFFF"
#: Text and lines of charts.
INK = "404040"
AXIS = "D9D9D9"


@dataclass(frozen=True)
class Look:
    """How a cell looks: RRGGBB colours, empty for none."""

    fill: str = ""
    ink: str = ""
    bold: bool = False
    underlined: bool = False
    italic: bool = False
    size: int = 11
    bordered: bool = True


LOOKS: dict[str, Look] = {
    "body": Look(),
    "link": Look(ink="0563C1", underlined=True),
    "alert": Look(ink=INK_RED, bold=True),
    "total": Look(fill="D9E1F2", bold=True),
    "header_summary": Look(fill="375623", ink=WHITE, bold=True),
    "header_source": Look(fill="BDD7EE", bold=True),
    "header_all": Look(fill="833C00", ink=WHITE, bold=True),
    "title_summary": Look(fill="375623", ink=WHITE, bold=True, size=12, bordered=False),
    "title_source": Look(fill="1F4E79", ink=WHITE, bold=True, size=12, bordered=False),
    "title_all": Look(fill="833C00", ink=WHITE, bold=True, size=12, bordered=False),
    "heading": Look(bold=True, size=16, bordered=False),
    "note": Look(ink="595959", bordered=False),
    "heading_alert": Look(ink=INK_RED, bold=True, bordered=False),
}

#: What a rule of a block changes.
DIFFERENCES: dict[str, Look] = {
    "good": Look(fill=GREEN),
    "bad": Look(fill=RED),
    "waiting": Look(fill=YELLOW),
    "calm": Look(fill=BLUE),
    "other": Look(fill=GREY),
    "full": Look(ink=INK_RED, bold=True),
    "filling": Look(fill="FFEB9C"),
    "urgent": Look(fill=RED, ink=INK_RED, bold=True),
    "over": Look(ink=INK_RED, bold=True),
    "stale": Look(ink="6B6B6B", italic=True),
}

#: Colours of bars, fill and outline, by the column that they show, or by the rule that holds for it.
BARS: dict[str, tuple[str, str]] = {
    "on": ("548235", "375623"),
    "off": (RED, "833C00"),
    "suspended": ("FFEB9C", "BF8F00"),
    "used_percent": ("1F4E79", "1F4E79"),
    "filling": ("FFC000", "BF8F00"),
    "full": (INK_RED, INK_RED),
    "hosts": ("1F4E79", "1F4E79"),
    "vms": ("375623", "375623"),
}

#: Rows keep this height in points, also where a cell has several lines.
HEIGHT = 15
#: Row heights in points of the looks that are taller than a plain row.
HEIGHTS = {"heading": 24, "title_summary": 18, "title_source": 18, "title_all": 18}
