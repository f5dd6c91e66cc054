# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Colours and fonts of a report, by the words that the model has for them."""

from __future__ import annotations

from dataclasses import dataclass

BORDER = "BFBFBF"

GREEN = "E2EFDA"
RED = "FCE4D6"
YELLOW = "FFF2CC"
BLUE = "DEEAF1"
GREY = "F2F2F2"
DARK_RED = "C00000"
WHITE = "FFFFFF"
#: Text and lines of charts.
DARK_GREY = "404040"
LIGHT_GREY = "D9D9D9"


@dataclass(frozen=True)
class Style:
    """Style of a cell. Colours are RRGGBB, empty for none.

    :ivar colour: of its text. :ivar size: of its text in points.
    """

    fill: str = ""
    colour: str = ""
    bold: bool = False
    underlined: bool = False
    italic: bool = False
    size: int = 11
    bordered: bool = True


STYLES: dict[str, Style] = {
    "body": Style(),
    "link": Style(colour="0563C1", underlined=True),
    "alert": Style(colour=DARK_RED, bold=True),
    "total": Style(fill="D9E1F2", bold=True),
    "header_summary": Style(fill="375623", colour=WHITE, bold=True),
    "header_source": Style(fill="BDD7EE", bold=True),
    "header_all": Style(fill="833C00", colour=WHITE, bold=True),
    "title_summary": Style(fill="375623", colour=WHITE, bold=True, size=12, bordered=False),
    "title_source": Style(fill="1F4E79", colour=WHITE, bold=True, size=12, bordered=False),
    "title_all": Style(fill="833C00", colour=WHITE, bold=True, size=12, bordered=False),
    "heading": Style(bold=True, size=16, bordered=False),
    "note": Style(colour="595959", bordered=False),
    "heading_alert": Style(colour=DARK_RED, bold=True, bordered=False),
}

#: What a rule changes of the cells for which it holds.
RULE_STYLES: dict[str, Style] = {
    "good": Style(fill=GREEN),
    "bad": Style(fill=RED),
    "warning": Style(fill=YELLOW),
    "normal": Style(fill=BLUE),
    "banded": Style(fill=GREY),
    "full": Style(colour=DARK_RED, bold=True),
    "nearly_full": Style(fill="FFEB9C"),
    "urgent": Style(fill=RED, colour=DARK_RED, bold=True),
    "overcommitted": Style(colour=DARK_RED, bold=True),
    "stale": Style(colour="6B6B6B", italic=True),
}

#: Colours of bars, fill and outline, by the key of the column that they show, or by the style of the rule that holds for it.
BAR_COLOURS: dict[str, tuple[str, str]] = {
    "on": ("548235", "375623"),
    "off": (RED, "833C00"),
    "suspended": ("FFEB9C", "BF8F00"),
    "used_percent": ("1F4E79", "1F4E79"),
    "nearly_full": ("FFC000", "BF8F00"),
    "full": (DARK_RED, DARK_RED),
    "hosts": ("1F4E79", "1F4E79"),
    "vms": ("375623", "375623"),
}
