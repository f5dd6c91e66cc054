# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a report is made of: the scans, a layout, and what of the estate is not among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, TypeVar

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import OK
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Layout
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE

_Result = TypeVar("_Result")


class ReportData:
    """The scans of a report.

    :ivar scans: each of another source, by its alias. :ivar layout: what the report shows of them.
    :ivar missing: sources that exist and have no scan here, sorted.
    """

    def __init__(self, scans: Iterable[Scan], layout: Layout, missing: Iterable[str] = ()) -> None:
        self.scans = tuple(sorted(scans, key=lambda scan: (scan.head.source.casefold(), scan.head.source)))
        self.layout = layout
        named = {scan.head.source for scan in self.scans}
        self.missing = tuple(sorted(set(missing) - named, key=lambda name: (name.casefold(), name)))
        self._results: dict[tuple[Any, ...], Any] = {}

    def once(self, function: Callable[..., _Result], *arguments: Any) -> _Result:
        """The result of a function that reads scans: it is called once for the same arguments, however many tables need it."""
        key = (function, *arguments)
        if key not in self._results:
            self._results[key] = function(*arguments)
        result: _Result = self._results[key]
        return result

    @cached_property
    def finished(self) -> str:
        """When the latest scan was finished, ISO 8601 in UTC; empty when none says."""
        return max((scan.head.finished for scan in self.scans), default="")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that show all sources together."""
        return tuple(block for sheet in self.layout.sheets if not sheet.each_source for block in sheet.blocks)

    @cached_property
    def sections(self) -> tuple[str, ...]:
        """The sections that the report shows, read or not."""
        return tuple(dict.fromkeys(block.shown_section for block in self.blocks if block.shown_section in SECTIONS))

    @cached_property
    def has_unread_sections(self) -> bool:
        """Whether a section that the report shows was not read of some source."""
        return any(section not in scan.counts for scan in self.scans if scan.head.status != DUPLICATE for section in self.sections)

    @cached_property
    def is_complete(self) -> bool:
        """Whether every source is here and was read to the end, with every section and without issues, and no filter left out rows."""
        whole = (scan.head.status == OK and not scan.left_out and not self.once(issue_count, scan) for scan in self.scans)
        return not self.missing and not self.has_unread_sections and all(whole)


def issue_count(scan: Scan) -> int:
    """How many things could not be read of a source."""
    return scan.issue_count()
