# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A shell and its rows to the file on disk, the same bytes each time.

A saved workbook is a zip of XML parts. The shell's parts are copied as they are but for three things: rows go between
the ``sheetData`` tags of the sheets, the properties get the time of the scans in place of the clock's, and so do
the entries of the zip, where every one has the same fixed time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx._openpyxl import openpyxl

#: The earliest time that a zip entry can have.
FIRST_TIME = datetime(1980, 1, 1)
CORE = "docProps/core.xml"

_SHEET_DATA = re.compile(rb"<sheetData>.*</sheetData>|<sheetData\s*/>", re.DOTALL)
#: Rows beyond this may need more than the 2 GiB that a plain entry can hold.
_LARGE = 1 << 18
_LEVEL = 6


def save(book: Any, path: str, rows: Mapping[str, tuple[int, Iterable[str]]], moment: datetime) -> None:
    """Write a workbook.

    :param book: an openpyxl workbook in write-only mode, not yet saved.
    :param rows: sheet name to how many rows it has about, and their XML in pieces.
    :param moment: when it was made, as its properties say.
    :raises OSError: it cannot be written; what there is of it is left to the caller.
    """
    shell = BytesIO()
    book.properties.creator = "estate.vmware"
    book.save(shell)
    # Saving has set the time of change to the clock's.
    book.properties.created = book.properties.modified = moment
    replaced = {CORE: openpyxl.xml.functions.tostring(book.properties.to_tree())}
    filled = {sheet.path.lstrip("/"): rows[sheet.title] for sheet in book.worksheets}
    with ZipFile(shell) as source, ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as target:
        for name in source.namelist():
            part = replaced.get(name) or source.read(name)
            count, pieces = filled.get(name, (0, ()))
            entry = ZipInfo(name, FIRST_TIME.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            with target.open(entry, "w", force_zip64=count > _LARGE) as stream:
                if name not in filled:
                    stream.write(part)
                    continue
                before, after = _SHEET_DATA.split(part)
                stream.write(before + b"<sheetData>")
                for piece in pieces:
                    stream.write(piece.encode())
                stream.write(b"</sheetData>" + after)
