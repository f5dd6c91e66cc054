# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The structure of a workbook and its rows to the file on disk, the same bytes each time.

A workbook is a zip of XML parts. Those of the structure are copied, with three changes: rows go between the ``sheetData`` tags of the sheets,
the properties get the time of the scans, and the entries of the zip a fixed time.
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


def save(book: Any, path: str, rows: Mapping[str, tuple[int, Iterable[str]]], created: datetime) -> None:
    """Write a workbook.

    :param book: an openpyxl workbook in write-only mode, not yet saved.
    :param rows: sheet name to how many rows it has about, and their XML in pieces.
    :param created: when it was made, for its properties.
    :raises OSError: it cannot be written; the caller removes what is there.
    """
    structure = BytesIO()
    book.properties.creator = "estate.vmware"
    book.save(structure)
    # Saving has set the time of modification to now.
    book.properties.created = book.properties.modified = created
    replaced = {CORE: openpyxl.xml.functions.tostring(book.properties.to_tree())}
    filled = {sheet.path.lstrip("/"): rows[sheet.title] for sheet in book.worksheets}
    with ZipFile(structure) as source, ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as target:
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
