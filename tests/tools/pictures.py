# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make pictures: what the workbook of make demo looks like, as pictures for the README. Needs LibreOffice and poppler.

usage: pictures.py WORKING_FOLDER PICTURES
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import demo
from openpyxl import load_workbook
from openpyxl.worksheet.page import PageMargins


@dataclass(frozen=True)
class Picture:
    """A part of a sheet.

    :ivar right: the last of its columns, by header; of all when empty. :ivar rows: the last of its rows.
    """

    name: str
    sheet: str
    right: str
    rows: int


PICTURES = (
    Picture("summary", "Summary", "", 42),
    Picture("vms", "All VMs", "Datastore", 28),
)
_PROGRAMS = ("soffice", "pdftoppm")
#: Pixels that a picture is wide, and bytes that it may have.
_WIDTH, _MOST = 1600, 300_000
_A3 = 8
#: Pixels of white that stay around.
_MARGIN = 8


def main(folder: Path, pictures: Path) -> int:
    if missing := [program for program in _PROGRAMS if not shutil.which(program)]:
        sys.exit(f"No pictures without {' and '.join(missing)}: install LibreOffice and poppler")
    if status := demo.main(folder):
        return status
    (workbook,) = (folder / "vmware-inventory").glob("*.xlsx")
    pictures.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        path = pictures / f"{picture.name}.png"
        _draw(_alone(workbook, picture, folder), path)
        if path.stat().st_size > _MOST:
            sys.exit(f"{path} has {path.stat().st_size} bytes, more than {_MOST}")
        print(f"{path}: {path.stat().st_size} bytes")
    return 0


def _alone(workbook: Path, picture: Picture, folder: Path) -> Path:
    """A workbook with nothing but what the picture shows, on one page."""
    book = load_workbook(workbook)
    for name in book.sheetnames:
        if name != picture.sheet:
            del book[name]
    sheet = book[picture.sheet]
    last = next((cell.column_letter for row in sheet.iter_rows(max_row=1) for cell in row if cell.value == picture.right), None)
    sheet.print_area = f"A1:{last or sheet.cell(1, sheet.max_column).column_letter}{picture.rows}"
    sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = _A3, 1, 1
    sheet.page_margins = PageMargins(0.3, 0.3, 0.3, 0.3, 0, 0)
    sheet.oddFooter.left.text = sheet.oddFooter.right.text = None
    path = folder / f"{picture.name}.xlsx"
    book.save(path)
    return path


def _draw(workbook: Path, path: Path) -> None:
    """What there is on the page of a workbook, as wide as a picture is."""
    folder = workbook.parent
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, workbook], check=True, capture_output=True)
    page = ["pdftoppm", "-singlefile", workbook.with_suffix(".pdf")]
    width = _box(_pixels(page, 2 * _WIDTH))[2]
    # The page is drawn so large that its part with something on it gets the width that is wanted.
    scale = 2 * _WIDTH * _WIDTH // width
    left, top, width, height = _box(_pixels(page, scale))
    cut = ["-x", left, "-y", top, "-W", width, "-H", height]
    subprocess.run([*page, path.with_suffix(""), "-png", *_scaled(scale), *map(str, cut)], check=True)


def _scaled(width: int) -> list[str]:
    return ["-scale-to-x", str(width), "-scale-to-y", "-1"]


def _pixels(page: list[str | Path], width: int) -> tuple[int, int, bytes]:
    """Width, height and pixels of a page, three bytes each."""
    drawn = subprocess.run([*page, *_scaled(width)], check=True, capture_output=True).stdout
    _kind, size, _depth, pixels = drawn.split(b"\n", 3)
    columns, rows = map(int, size.split())
    return columns, rows, pixels


def _box(drawn: tuple[int, int, bytes]) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is not white, with a margin."""
    columns, rows, pixels = drawn
    white = b"\xff" * 3 * columns
    used = {row: line for row in range(rows) if (line := pixels[row * len(white) : (row + 1) * len(white)]) != white}
    left = max(min(len(white) - len(line.lstrip(b"\xff")) for line in used.values()) // 3 - _MARGIN, 0)
    right = min(max(len(line.rstrip(b"\xff")) for line in used.values()) // 3 + _MARGIN, columns)
    top, bottom = max(min(used) - _MARGIN, 0), min(max(used) + _MARGIN, rows)
    return left, top, right - left, bottom - top


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
