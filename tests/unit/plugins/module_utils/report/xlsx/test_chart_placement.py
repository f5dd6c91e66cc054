# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.estate.vmware.plugins.module_utils.report.model import Chart
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.chart_placement import ACROSS, AROUND, WIDTH, arrange, chart_height

CHARTS = [Chart(name, ("vms",), "column.vms") for name in ("one", "two", "three", "four")]


def test_charts_stand_in_pairs_and_none_over_another():
    places = arrange([(chart, 3) for chart in CHARTS])
    assert [place.chart for place in places] == CHARTS and ACROSS == 2
    covered = [(place.left, place.top, place.left + WIDTH, place.top + place.rows) for place in places]
    for number, one in enumerate(covered):
        for other in covered[number + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_pair_is_as_high_as_its_bars_need():
    charts = [(CHARTS[0], 21), (CHARTS[1], 2), (CHARTS[2], 2), (CHARTS[3], 2)]
    places = arrange(charts)
    assert places[0].rows == places[1].rows == 21 + AROUND > places[2].rows
    assert chart_height(charts) == places[2].top + places[2].rows


def test_a_chart_without_bars_leaves_no_gap():
    places = arrange([(CHARTS[0], 0), (CHARTS[1], 1), (CHARTS[2], 0), (CHARTS[3], 1)])
    assert [place.chart for place in places] == [CHARTS[1], CHARTS[3]]
    assert {place.top for place in places} == {0}
    assert arrange([(chart, 0) for chart in CHARTS]) == [] and chart_height([]) == 0
