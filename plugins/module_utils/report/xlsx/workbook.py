# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Scans in, one workbook out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.estate.vmware.plugins.module_utils.common.part_files import PartFile
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.report.counted_rows import count_stores_once
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Layout
from ansible_collections.estate.vmware.plugins.module_utils.report.pagination import MAX_ROWS, Page, plan
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import Scope
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx import archive, structure
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.rows import Filler
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import latest
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.styles import StyleBook


@dataclass(frozen=True)
class Written:
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


def write(scans: Sequence[Scan], layout: Layout, labels: Mapping[str, str], folder: str, missing: Sequence[str] = (), max_rows: int = MAX_ROWS) -> Written:
    """Write a workbook of scans to a temporary file. The same scans, in any order, give the same bytes.

    :param scans: each of another source.
    :param labels: one of languages.LANGUAGES.
    :param folder: where the temporary file goes; it must exist.
    :param missing: sources that exist and have no scan here, which the workbook says.
    :param max_rows: rows that fit on a sheet.
    :raises ReportError: the layout cannot show these scans, or the file cannot be written; nothing is left behind.
    :raises ScanFileError: a scan file is damaged; nothing is left behind.
    """
    scope = Scope(sorted(scans, key=lambda scan: (scan.head.source.casefold(), scan.head.source)), layout, missing)
    count_stores_once(scope)
    pages = plan(scope, labels, max_rows)
    try:
        part = PartFile(folder, ".xlsx")
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        _fill(part.path, pages, labels, _moment(scope))
    except BaseException as error:
        part.discard()
        if isinstance(error, OSError):
            raise _unwritable(error.filename or folder, error) from error
        raise
    return Written(part, [(page.name, page.row_count) for page in pages])


def _fill(path: str, pages: Sequence[Page], labels: Mapping[str, str], moment: datetime) -> None:
    book = structure.build(pages, labels)
    filler = Filler(StyleBook(book.worksheets[0]), labels)
    filler.prepare(pages)
    archive.save(book, path, {page.name: (page.row_count, filler.pieces(page)) for page in pages}, moment)


def _moment(scans: Sequence[Scan]) -> datetime:
    """The time of the latest scan, for the properties of the file; a fixed one when none has any."""
    try:
        return datetime.fromisoformat(latest(scans)[:19])
    except ValueError:
        return archive.FIRST_TIME


def _unwritable(place: str, error: OSError) -> ReportError:
    return ReportError(f"no workbook can be written in {place}: {error.strerror or error}; give a folder that exists, is writable and has room")
