# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A report in, one workbook out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.model import Report
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import paginate
from ansible_collections.estate.vmware.plugins.module_utils.report.translations.translator import Translations
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx import archive
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.chart_placement import chart_height
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.rows import RowWriter
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import worksheet_names
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.structure import build_structure
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.styles import StyleBook

#: Rows of a worksheet in Excel.
MAX_ROWS = 1_048_576


@dataclass(frozen=True)
class WrittenWorkbook:
    """A workbook on disk.

    :ivar part: a temporary file in the folder that was given, mode 0600, to be moved to its place.
    :ivar sheets: name and number of data rows of each sheet, in order.
    """

    part: PartFile
    sheets: list[tuple[str, int]]

    @property
    def path(self) -> str:
        """Where the temporary file is."""
        return self.part.path


def write_workbook(report: Report, translations: Translations, folder: str, max_rows: int = MAX_ROWS) -> WrittenWorkbook:
    """Write a workbook to a temporary file. The same report gives the same bytes.

    :param folder: where the temporary file goes; it must exist.
    :param max_rows: rows that fit on a worksheet.
    :raises ReportError: the file cannot be written; nothing is left behind.
    :raises ScanFileError: a scan file is damaged; nothing is left behind.
    """
    names = worksheet_names(paginate(report, max_rows, chart_height), translations)
    try:
        part = PartFile(folder, ".xlsx")
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        book = build_structure(names, translations)
        writer = RowWriter(StyleBook(book.worksheets[0]), translations)
        writer.prepare(list(names))
        rows = {name: (worksheet.row_count, writer.pieces(worksheet)) for worksheet, name in names.items()}
        archive.save(book, part.path, rows, _created(report.finished))
    except BaseException as error:
        part.discard()
        if isinstance(error, OSError):
            raise _unwritable(error.filename or folder, error) from error
        raise
    return WrittenWorkbook(part, [(name, worksheet.row_count) for worksheet, name in names.items()])


def _created(finished: str) -> datetime:
    """The time of the latest scan, for the properties of the file; a fixed one when none has any."""
    try:
        return datetime.fromisoformat(finished[:19])
    except ValueError:
        return archive.FIRST_TIME


def _unwritable(place: str, error: OSError) -> ReportError:
    return ReportError(f"no workbook can be written in {place}: {error.strerror or error}; choose a folder that exists, is writable and has space")
