# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Native charts of what stands in the cells of a sheet, drawn by openpyxl.

Each names its cells and holds what is in them besides, for programs that show a workbook without opening it whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import PERCENT
from ansible_collections.estate.vmware.plugins.module_utils.report.headers import column_headers
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Table, TableColumn
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import Slice, Worksheet
from ansible_collections.estate.vmware.plugins.module_utils.report.theme import BAR_COLOURS, DARK_GREY, LIGHT_GREY, WHITE
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx._openpyxl import openpyxl
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cell_formats import CELL_FORMATS, cell_converter
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.cells import column_letter
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.chart_placement import WIDTH, ChartPlace, arrange
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.rows import ROW_HEIGHT
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import quoted

_PIXEL = 9525
_PIXELS_A_ROW = ROW_HEIGHT * 4 // 3
_PIXELS_A_CHARACTER = 7
#: Pixels between the edge of a row and a chart, or its frame would be printed on the page above as well.
_OFF = 2
#: A column that no table uses.
_PLAIN_COLUMN = 64
#: Pixels of a chart's height that its title, axis and legend take, and of a bar where there is space for it.
_AROUND = 120
_BAR = 24
#: Space between bars in percent of a bar: the least that looks well, and the most that there is.
_TIGHT, _LOOSE = 40, 500
#: Below this an axis that finds its own steps would show fractions of what can only be counted.
_COUNTABLE = 10
#: A bar for all others that is so many times as long as the longest of the rest is cut off.
_DWARFS = 3


class ChartDrawer:
    """Draws the charts of worksheets."""

    def __init__(self, names: Mapping[Worksheet, str], translations: Translations) -> None:
        self._names = names
        self._translations = translations

    def add_charts(self, sheet: Any, worksheet: Worksheet, widths: Sequence[float]) -> None:
        """Draw the charts of a worksheet.

        :param sheet: of openpyxl. :param widths: width of each of its columns in characters.
        """
        for part in worksheet.slices:
            for place in arrange(part.charts):
                found = self._whole(place.chart.table, worksheet)
                if found:
                    drawn = self._bars(place, *found)
                    drawn.anchor = _anchor(place, part, widths)
                    sheet.add_chart(drawn)

    def _whole(self, table: str, worksheet: Worksheet) -> tuple[str, Slice] | None:
        """The worksheet, by name, and the slice with a table; None where it goes on from one worksheet to another, for a chart shows only one."""
        parts = [(self._names[other], part) for other in self._names if other.sheet is worksheet.sheet for part in other.slices if part.table.key == table]
        return parts[0] if len(parts) == 1 else None

    def _bars(self, place: ChartPlace, sheet: str, part: Slice) -> Any:
        chart, table = place.chart, part.table
        rows = list(table.rows())
        indexes = [index for key in chart.series for index, column in enumerate(table.columns) if column.key == key]
        names = [cleaned(self._translations.resolve(row[0])) for row in rows]
        values = [[self._number(table.columns[index], row[index]) for row in rows] for index in indexes]
        several = len(indexes) > 1
        bars = openpyxl.chart.BarChart(barDir="bar", grouping="stacked" if several else "clustered", overlap=100, gapWidth=_gap(place.rows, len(rows)))
        bars.series = [self._series(number, index, sheet, part, names, values[number]) for number, index in enumerate(indexes)]
        if not several:
            self._add_values(bars.series[0], table, values[0])
        lengths = [sum(column) for column in zip(*values)]
        _set_axes(bars, table.columns[indexes[0]].format, self._translations[chart.axis], lengths, chart.fits)
        bars.title = _text(self._translations.resolve(table.title or ""), 12, bold=True)
        bars.legend = openpyxl.chart.legend.Legend(legendPos="b") if several else None
        bars.roundedCorners = False
        bars.graphical_properties = _shape(WHITE, LIGHT_GREY)
        return bars

    def _number(self, column: TableColumn, value: Any) -> Any:
        convert = cell_converter(column.format, self._translations)
        return convert(value or 0) if convert else value or 0

    def _series(self, number: int, index: int, sheet: str, part: Slice, names: Sequence[str], values: Sequence[float]) -> Any:
        source = openpyxl.chart.data_source
        column = part.table.columns[index]
        number_format = CELL_FORMATS[column.format].number_format
        header = column_headers(part.table.columns, self._translations)[index]
        title = _texts(_cells(sheet, index, part.header_row, part.header_row), [header])
        points = [source.NumVal(idx=place, v=value) for place, value in enumerate(values)]
        cells = _cells(sheet, index, part.first_row, part.last_row)
        series = openpyxl.chart.series.Series(idx=number, order=number, tx=openpyxl.chart.series.SeriesLabel(strRef=title))
        series.cat = source.AxDataSource(strRef=_texts(_cells(sheet, 0, part.first_row, part.last_row), names))
        series.val = source.NumDataSource(numRef=source.NumRef(f=cells, numCache=source.NumData(number_format, len(points), points)))
        series.spPr = _shape(*BAR_COLOURS[column.key])
        series.invertIfNegative = False
        return series

    def _add_values(self, series: Any, table: Table, values: Sequence[float]) -> None:
        """Write each value beside its bar, and give the bar the colour of the first rule that holds for it."""
        series.dLbls = openpyxl.chart.label.DataLabelList(
            dLblPos="outEnd", showVal=True, showLegendKey=False, showCatName=False, showSerName=False, showPercent=False, showBubbleSize=False
        )
        columns = {column.key: column for column in table.columns}
        limits = [(self._number(columns[rule.column], rule.at_least), rule.style) for rule in table.rules if rule.at_least is not None]
        styles = [next((style for limit, style in limits if value >= limit), "") for value in values]
        point = openpyxl.chart.marker.DataPoint
        series.dPt = [point(idx=place, invertIfNegative=False, spPr=_shape(*BAR_COLOURS[style])) for place, style in enumerate(styles) if style]


def _set_axes(bars: Any, format: str, title: str, lengths: Sequence[float], fits: int) -> None:
    names, measure = bars.x_axis, bars.y_axis
    # The first row stands on top, and what is measured still at the bottom.
    names.scaling.orientation = "maxMin"
    measure.crosses = "max"
    measure.axPos = "b"
    names.tickLblSkip = 1
    measure.title = _text(title, 9)
    measure.majorGridlines.spPr = openpyxl.chart.shapes.GraphicalProperties(ln=_line(LIGHT_GREY))
    measure.scaling.min = 0
    if format == PERCENT:
        measure.scaling.max, measure.majorUnit, measure.number_format = 1, 0.2, "0%"
    else:
        measure.number_format = "#,##0"
        longest = max(lengths)
        if fits and longest > _DWARFS * max(lengths[:fits]) > 0:
            longest = measure.scaling.max = _round(max(lengths[:fits]))
        if longest < _COUNTABLE:
            measure.majorUnit = 1
    for axis in (names, measure):
        axis.delete = False
        axis.majorTickMark = "none"
        axis.spPr = openpyxl.chart.shapes.GraphicalProperties(ln=_line(LIGHT_GREY))
        # Text that lies flat for sure is not left out where it stands close.
        axis.txPr = openpyxl.chart.text.RichText(openpyxl.drawing.text.RichTextProperties(rot=0, vert="horz"), p=[_paragraph(9)])


def _round(length: float) -> int:
    """A little more, with at most two digits that are not 0."""
    step = int(10 ** max(len(str(int(length))) - 2, 0))
    return (int(length * 1.1) // step + 1) * step


def _gap(rows: int, bars: int) -> int:
    """Space between bars in percent of a bar, so that bars are about as thick in every chart."""
    room = (rows * _PIXELS_A_ROW - _AROUND) / bars
    return min(max(round((room / _BAR - 1) * 100), _TIGHT), _LOOSE)


def _anchor(place: ChartPlace, part: Slice, widths: Sequence[float]) -> Any:
    """Fast to the cells at its corners: it moves when rows above are filtered away, and never reaches over cells that another program shows wider."""
    top = part.top_row + place.top - 1
    beside = len(part.table.columns)
    return openpyxl.drawing.spreadsheet_drawing.TwoCellAnchor(
        editAs="oneCell",
        _from=_marker(top, beside, place.left, widths),
        to=_marker(top + place.rows, beside, place.left + WIDTH, widths),
    )


def _marker(row: int, column: int, pixels: int, widths: Sequence[float]) -> Any:
    """A point so far right of the left of a column."""
    while pixels >= (width := round(widths[column] * _PIXELS_A_CHARACTER) if column < len(widths) else _PLAIN_COLUMN):
        pixels -= width
        column += 1
    return openpyxl.drawing.spreadsheet_drawing.AnchorMarker(col=column, colOff=pixels * _PIXEL, row=row, rowOff=_OFF * _PIXEL)


def _cells(sheet: str, index: int, first: int, last: int) -> str:
    letter = column_letter(index + 1)
    return f"{quoted(sheet)}!${letter}${first}" + (f":${letter}${last}" if last > first else "")


def _texts(cells: str, texts: Sequence[str]) -> Any:
    source = openpyxl.chart.data_source
    return source.StrRef(f=cells, strCache=source.StrData(len(texts), [source.StrVal(index, text) for index, text in enumerate(texts)]))


def _shape(fill: str, line: str) -> Any:
    return openpyxl.chart.shapes.GraphicalProperties(solidFill=fill, ln=_line(line))


def _line(colour: str) -> Any:
    return openpyxl.drawing.line.LineProperties(solidFill=colour, w=_PIXEL)


def _font(size: int, bold: bool = False) -> Any:
    return openpyxl.drawing.text.CharacterProperties(sz=size * 100, b=bold, solidFill=DARK_GREY)


def _paragraph(size: int) -> Any:
    text = openpyxl.drawing.text
    return text.Paragraph(pPr=text.ParagraphProperties(defRPr=_font(size)), r=[], endParaRPr=text.CharacterProperties())


def _text(text: str, size: int, bold: bool = False) -> Any:
    """A title that leaves space for everything else."""
    drawing = openpyxl.drawing.text
    font = _font(size, bold)
    paragraph = drawing.Paragraph(pPr=drawing.ParagraphProperties(defRPr=font), r=[drawing.RegularTextRun(rPr=font, t=text)])
    rich = openpyxl.chart.text.RichText(p=[paragraph])
    return openpyxl.chart.title.Title(tx=openpyxl.chart.text.Text(rich=rich), overlay=False)
