# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Open the scans that an option names, as files, folders or facts: one a source."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.common.text import quoted
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS, LIST, MAP, Field
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filtered_scan import filter_scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import Pseudonyms
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import BadScanFile, Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_writer import ScanWriter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, IN_MEMORY, OK, PARTIAL, Issue, ScanHead
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfolder import find_scans, source_of
from ansible_collections.estate.vmware.plugins.module_utils.report.display_text import cleaned
from ansible_collections.estate.vmware.plugins.module_utils.report.errors import ReportError
from ansible_collections.estate.vmware.plugins.module_utils.report.scan_per_source import HIDE, one_scan_each

_NEEDED = ("source", "status")
#: Kinds whose ``encode`` would also take other types.
_WHOLE: dict[str, Any] = {LIST: (list, tuple), MAP: Mapping}
_UNREAD = "not read: see the job output"


def open_scans(
    named: Iterable[Any], warn: Callable[[str], None], stale_rows: str = HIDE, known_bad: Mapping[str, BadScanFile] = MappingProxyType({})
) -> list[Scan]:
    """The scan of each source that counts, see scan_per_source.py. A file that is no scan, or a damaged one, is a source that could not be read.

    :param named: paths of scan files or of folders with such, and scans as ``vmware_inventory_facts`` returns them.
    :param warn: called with warnings.
    :param stale_rows: what is shown of a source that could not be read and could be earlier.
    :param known_bad: files that turned out to be damaged while they were read, by path.
    :raises ReportError: an element is neither, or there is no scan at all.
    :raises ScanFileError: a file is not there.
    """
    scans = [scan for number, one in enumerate(named) for scan in _opened(one, f"scans[{number}]", warn, known_bad)]
    if not scans:
        raise ReportError("scans names no scan: give scan files, folders with scan files, or facts of vmware_inventory_facts")
    return one_scan_each(scans, stale_rows, warn)


def filtered_scans(scans: Sequence[Scan], filters: Mapping[str, RowFilter], pseudonyms: Pseudonyms | None, warn: Callable[[str], None]) -> list[Scan]:
                warn(f"filters: the scan of {scan.head.source} lacks {', '.join(missing)} of {section}: treated as unknown")
    return [filter_scan(scan, filters, pseudonyms) for scan in scans] if filters or pseudonyms else list(scans)
