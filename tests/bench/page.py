# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that keeps results, each kind in a block between two marks."""

from __future__ import annotations

from pathlib import Path

#: What stands in the marks of a kind of results.
SCANS, WORKBOOKS, INVENTORIES, JOBS = "make bench", "make bench of workbooks", "make bench of the inventory", "make bench of the job"
CHANGES = "make bench of changes"


def _marks(kind: str) -> tuple[str, str]:
    return f"<!-- made by {kind} -->", f"<!-- end of what {kind} made -->"


class NoPlace(Exception):
    """The page has no block of results."""


def around_block(path: Path, kind: str) -> tuple[str, str]:
    """What stands before and after the block of results.

    :raises NoPlace: there is none.
    """
    first, last = _marks(kind)
    try:
        before, begin, rest = path.read_text().partition(first)
    except OSError as error:
        raise NoPlace(f"RESULTS: {path} cannot be read: {error.strerror}") from error
    _old, end, after = rest.partition(last)
    if not begin or not end:
        raise NoPlace(f"RESULTS: {path} has no place for results: a line {first} and a line {last}")
    return before, after


def keep(text: str, path: Path, kind: str) -> None:
    """Replace the block of results.

    :raises NoPlace: there is none.
    """
    before, after = around_block(path, kind)
    first, last = _marks(kind)
    path.write_text(f"{before}{first}\n\n{text}\n\n{last}{after}")
