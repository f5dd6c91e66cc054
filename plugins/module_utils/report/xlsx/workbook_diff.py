# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A workbook in a few lines of text, for Ansible's diff mode."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from zipfile import ZipFile

_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHEETS = ".//{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_TARGET_OF = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
#: Characters of the longest beginning of a row's tag that says that it is one.
_TAG = 64
_PIECE = 1 << 20


def workbook_text(path: str, digest: str) -> str:
    """Its sheets, each with the number of its rows, titles and headers included, and its checksum.

    :param digest: SHA-256 of the file; empty for no file, whose text is empty.
    """
    if not digest:
        return ""
    try:
        lines = [f"{' '.join(name.split())}: {rows} rows" for name, rows in _sheets(path)]
    except Exception:  # damaged archives and XML raise errors of many kinds
        lines = ["Not a workbook."]
    return "\n".join([*lines, f"SHA-256: {digest}", ""])


def _sheets(path: str) -> Iterator[tuple[str, int]]:
    with ZipFile(path) as archive:
        relations = {relation.get("Id"): relation.get("Target", "") for relation in ElementTree.fromstring(archive.read(_RELATIONS))}
        for sheet in ElementTree.fromstring(archive.read(_BOOK)).iterfind(_SHEETS):
            part = posixpath.join("/xl", relations[sheet.get(_TARGET_OF)]).lstrip("/")
            yield sheet.get("name", ""), _rows(archive, part)


def _rows(archive: ZipFile, part: str) -> int:
    """How many rows a sheet has, counted in pieces: it may be of any size."""
    count = 0
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            text = rest + piece
            # A tag that is cut at the end of a piece is seen whole in the next one, and then once.
            safe = text.rfind(b"<", max(0, len(text) - _TAG))
            safe = len(text) if safe < 0 else safe
            count += len(_ROW.findall(text[:safe]))
            rest = text[safe:]
    return count + len(_ROW.findall(rest))
