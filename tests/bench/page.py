# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that keeps results, in a block between two marks."""

from __future__ import annotations

from pathlib import Path

_BEGIN, _END = "<!-- made by make bench -->", "<!-- end of what make bench made -->"


class NoPlace(Exception):
    """The page has no block of results."""


def around_block(path: Path) -> tuple[str, str]:
    """What stands before and after the block of results.

    :raises NoPlace: there is none.
    """
    try:
        before, begin, rest = path.read_text().partition(_BEGIN)
    except OSError as error:
        raise NoPlace(f"RESULTS: {path} cannot be read: {error.strerror}") from error
    _old, end, after = rest.partition(_END)
    if not begin or not end:
        raise NoPlace(f"RESULTS: {path} has no place for results: a line {_BEGIN} and a line {_END}")
    return before, after


def keep(text: str, path: Path) -> None:
    """Replace the block of results.

    :raises NoPlace: there is none.
    """
    before, after = around_block(path)
    path.write_text(f"{before}{_BEGIN}\n\n{text}\n\n{_END}{after}")
