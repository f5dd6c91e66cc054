# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""What a workbook is about: its scans, and what of the estate is not among them."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import OK
from ansible_collections.estate.vmware.plugins.module_utils.report.layouts.schema import Block, Layout
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE


class Scope(tuple[Scan, ...]):
    """The scans of a workbook.

    :ivar layout: what the workbook shows of them. :ivar missing: sources that exist and have no scan here.
    """

    layout: Layout
    missing: tuple[str, ...]

    def __new__(cls, scans: Iterable[Scan], layout: Layout, missing: Iterable[str] = ()) -> Scope:
        scope = super().__new__(cls, scans)
        scope.layout = layout
        named = {scan.head.source for scan in scope}
        scope.missing = tuple(sorted((name for name in set(missing) if name not in named), key=lambda name: (name.casefold(), name)))
        return scope

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that show all sources together."""
        return tuple(block for sheet in self.layout.sheets if not sheet.each_source for block in sheet.blocks)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that the workbook shows, read or not."""
        shown = (block.section or block.table for block in self.blocks)
        return tuple(dict.fromkeys(section for section in shown if section in SECTIONS))

    @property
    def unread(self) -> bool:
        """Whether a section that the workbook shows was not read of some source."""
        return any(section not in scan.counts for scan in self if scan.head.status != DUPLICATE for section in self.sections)

    @property
    def whole(self) -> bool:
        """Whether every source is here and was read to the end, with every section and nothing to note, and no filter was at work."""
        return not self.missing and not self.unread and all(scan.head.status == OK and not scan.left_out and not scan.issue_count() for scan in self)
