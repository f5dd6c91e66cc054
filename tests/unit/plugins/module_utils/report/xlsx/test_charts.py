# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Charts as other programs find them in the file."""

from __future__ import annotations

import os
import zipfile
from functools import cache

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.layouts import LAYOUTS
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.languages import LANGUAGES
from ansible_collections.estate.vmware.tests.unit.plugins.module_utils.report import estates


@pytest.fixture
def written(tmp_path):
    """Write a workbook; its path."""

    def write(scans, language="en", **how):
        path = tmp_path / "read.xlsx"
        os.replace(estates.write_workbook(scans, tmp_path, language, **how), path)
        return path

    return write


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A function that gives the workbook of so many sources in a language, as it is read back. Each is made once."""

    @cache
    def read(count, language="en"):
        with open(estates.write_workbook(_sources(count), tmp_path_factory.mktemp("book"), language), "rb") as file:
            return openpyxl.load_workbook(file)

    return read


def _sources(count):
    return [estates.make_scan(f"vc{number:03}", estates.sections(2 + number % 5, 2, 1, 1)) for number in range(count)]


def _cells(book, reference):
    sheet, _mark, where = reference.rpartition("!")
    left, top, right, bottom = range_boundaries(where)
    name = sheet[1:-1].replace("''", "'")
    return [cell.value for row in book[name].iter_rows(top, bottom, left, right) for cell in row]


def _title(chart):
    return chart.title.tx.rich.p[0].r[0].t


def _charts(book, sheet="Summary"):
    return {_title(chart): chart for chart in book[sheet]._charts}


TITLES = {
    "en": ["VMs by state", "Fullest datastores", "Hosts by ESXi version", "VMs by operating system"],
    "es": ["VMs por estado", "Datastores más llenos", "Hosts por versión de ESXi", "VMs por sistema operativo"],
}


@pytest.mark.parametrize("language", TITLES)
@pytest.mark.parametrize("count", [1, 3, 40])
def test_charts_refer_to_cells_that_hold_their_numbers(book, count, language):
    book = book(count, language)
    charts = _charts(book, book.sheetnames[0])
    assert list(charts) == TITLES[language]
    for chart in charts.values():
        names = chart.series[0].cat.strRef
        assert _cells(book, names.f) == [point.v for point in names.strCache.pt]
        for series in chart.series:
            cells = _cells(book, series.val.numRef.f)
            assert cells == [point.v for point in series.val.numRef.numCache.pt] and len(cells) == len(_cells(book, names.f))
            assert _cells(book, series.tx.strRef.f) == [series.tx.strRef.strCache.pt[0].v]
    states = charts[TITLES[language][0]]
    vms = sum(2 + number % 5 for number in range(count))
    assert sum(value for series in states.series for value in _cells(book, series.val.numRef.f)) == vms
    assert len(_cells(book, states.series[0].cat.strRef.f)) == min(count, 21)
    assert [series.tx.strRef.strCache.pt[0].v for series in states.series] == [LANGUAGES[language][f"column.{key}"] for key in ("on", "off", "suspended")]
    assert states.grouping == "stacked" and states.legend is not None


@pytest.mark.parametrize("count", [1, 3, 40, pytest.param(200, marks=pytest.mark.all_only)])
def test_charts_cover_no_cell_and_no_other_chart(book, count):
    sheet = book(count)["Summary"]
    filled = {(cell.row - 1, cell.column - 1) for row in sheet.iter_rows() for cell in row if cell.value is not None or cell.has_style}
    taken = set()
    for chart in sheet._charts:
        first, last = chart.anchor._from, chart.anchor.to
        assert (first.row, first.col) < (last.row, last.col)
        covered = {(row, column) for row in range(first.row, last.row) for column in range(first.col, last.col + 1)}
        assert not covered & filled
        inner = {(row, column) for row, column in covered if column not in (first.col, last.col)}
        assert not inner & taken
        taken |= inner


@pytest.mark.parametrize("sections", [None, {}, estates.sections(0, 0, 0, 0)], ids=["failed", "unread", "empty"])
def test_an_estate_without_anything_has_no_chart(written, sections):
    status = "failed" if sections is None else "ok"
    path = written([estates.make_scan("a", sections, status=status)])
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "chart" in name or "drawing" in name]
    assert openpyxl.load_workbook(path)["Summary"]["A1"].value


def test_a_chart_with_nothing_to_show_leaves_its_place_to_the_next(written):
    charts = _charts(openpyxl.load_workbook(written([estates.make_scan("a", {"hosts": [estates.host(1)]})])))
    assert list(charts) == ["Hosts by ESXi version"]


def test_bars_take_the_colours_of_rules(written):
    stores = [estates.datastore(number, used_percent=used) for number, used in enumerate((90.0, 75.0, 10.0))]
    charts = _charts(openpyxl.load_workbook(written([estates.make_scan("a", {"datastores": stores})])))
    points = charts["Fullest datastores"].series[0].dPt
    assert [(point.idx, point.spPr.solidFill.srgbClr) for point in points] == [(0, "C00000"), (1, "FFC000")]


def test_percents_go_to_100_and_few_things_are_counted_one_by_one(book):
    charts = _charts(book(1))
    assert charts["Fullest datastores"].y_axis.scaling.max == 1
    assert charts["VMs by state"].y_axis.majorUnit == 1
    assert all(chart.y_axis.scaling.min == 0 and not chart.y_axis.delete and not chart.x_axis.delete for chart in charts.values())


def test_the_others_together_do_not_dwarf_the_rest(book):
    chart = _charts(book(40))["VMs by state"]
    bars = [sum(values) for values in zip(*(_cells(book(40), series.val.numRef.f) for series in chart.series))]
    assert bars[-1] > chart.y_axis.scaling.max >= max(bars[:-1])
    assert _charts(book(21))["VMs by state"].y_axis.scaling.max is None


def test_names_that_xml_and_references_do_not_take_as_they_are(written):
    name = 'it\'s \x00 "a" & <b> 😀'
    scans = [estates.make_scan(name, {"vms": [estates.vm(1, os_name="=1+1 & <b>\x01")], "datastores": [estates.datastore(1, name="'")]})]
    book = openpyxl.load_workbook(written(scans))
    charts = _charts(book)
    assert [point.v for point in charts["VMs by state"].series[0].cat.strRef.strCache.pt] == ['it\'s \ufffd "a" & <b> 😀']
    assert _cells(book, charts["VMs by operating system"].series[0].cat.strRef.f) == ["=1+1 & <b>\ufffd"]


def test_the_same_bytes_twice(written):
    once = written(_sources(3)).read_bytes()
    assert written(_sources(3)[::-1]).read_bytes() == once


def test_charts_stay_away_where_a_sheet_has_no_room(written):
    book = openpyxl.load_workbook(written(_sources(3), max_rows=12))
    assert not [chart for sheet in book for chart in sheet._charts]


def test_a_layout_without_charts_has_all_tables(written, tmp_path):
    path = estates.written_workbook(_sources(3), LAYOUTS["consolidated"].without_charts(), tmp_path).path
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "chart" in name]
    os.replace(path, tmp_path / "plain.xlsx")
    texts = [cell.value for cell in openpyxl.load_workbook(tmp_path / "plain.xlsx")["Summary"]["A"]]
    assert set(TITLES["en"]) <= set(texts)
