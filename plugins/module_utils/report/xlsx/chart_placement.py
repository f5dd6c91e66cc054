# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Places of charts beside a table: side by side in pairs, as high as their bars need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.estate.vmware.plugins.module_utils.report.model import Chart

#: Charts side by side.
ACROSS = 2
#: Pixels of a chart, and between it and what stands beside it.
WIDTH = 560
GAP = 20
#: Rows around the bars: title, axis, legend.
AROUND = 7

_FEWEST = 15


@dataclass(frozen=True)
class ChartPlace:
    """The place of a chart.

    :ivar top: rows between it and the top of the table beside it. :ivar left: pixels between it and the right of that table.
    :ivar rows: rows that it covers.
    """

    chart: Chart
    top: int
    left: int
    rows: int


def arrange(charts: Sequence[tuple[Chart, int]]) -> list[ChartPlace]:
    """A place for each chart.

    :param charts: each with the number of its bars; one without any gets no place.
    """
    shown = [(chart, bars) for chart, bars in charts if bars]
    places: list[ChartPlace] = []
    top = 0
    for start in range(0, len(shown), ACROSS):
        pair = shown[start : start + ACROSS]
        rows = max(_FEWEST, AROUND + max(bars for _chart, bars in pair))
        places += [ChartPlace(chart, top, GAP + number * (WIDTH + GAP), rows) for number, (chart, _bars) in enumerate(pair)]
        top += rows + 1
    return places


def chart_height(charts: Sequence[tuple[Chart, int]]) -> int:
    """Rows that charts cover, arranged as above."""
    return max((place.top + place.rows for place in arrange(charts)), default=0)
