# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The lines above the first table of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, PARTIAL
from ansible_collections.estate.vmware.plugins.module_utils.report.counted_rows import uncounted_rows
from ansible_collections.estate.vmware.plugins.module_utils.report.coverage_tables import rows_left_out
from ansible_collections.estate.vmware.plugins.module_utils.report.messages import Joined, Text, message, state_name
from ansible_collections.estate.vmware.plugins.module_utils.report.model import HeadingLine
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import ReportData
from ansible_collections.estate.vmware.plugins.module_utils.report.source_errors import shown_time, source_error
from ansible_collections.estate.vmware.plugins.module_utils.report.source_numbers import objects_of_several_sources, totals
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE, STALE

#: Names that a text lists before it says that there are more.
_LISTED = 5
_Lines = list[HeadingLine]


def estate_heading(data: ReportData, scans: Sequence[Scan]) -> _Lines:
    """What this report is, of when, and whether it is complete."""
    as_of = message("text.as_of", sources=len(data.scans), finished=shown_time(data.finished))
    redacted = [HeadingLine(message("text.redacted"))] if any(scan.redacted for scan in data.scans) else []
    return [
        HeadingLine(message("text.heading"), "heading"),
        HeadingLine(as_of),
        *redacted,
        _completeness(data, refer=True),
        *_seen_often(data),
        *_not_counted(data),
    ]


def source_heading(data: ReportData, scans: Sequence[Scan]) -> _Lines:
    """Which source a sheet shows, of when, and whether it is complete."""
    scan = scans[0]
    head = scan.head
    product = head.about.get("full_name") or head.type or "–"
    about = message("text.source", address=head.address, product=product, finished=shown_time(head.finished))
    lines = [HeadingLine(head.source, "heading"), HeadingLine(about)]
    if head.status in (FAILED, STALE, DUPLICATE):
        error = source_error(scan, data.finished)
        lines.append(HeadingLine(Joined((message(f"state.{head.status}"), error), ": "), "heading_alert"))
    lacks: list[Text] = [Joined((message("state.partial"), "."))] if head.status == PARTIAL else []
    lacks += _filtered(scans)
    if lacks:
        lines.append(HeadingLine(Joined((*lacks, message("text.see_coverage")), " "), "heading_alert"))
    return lines


def coverage_heading(data: ReportData, scans: Sequence[Scan]) -> _Lines:
    """Whether the report is complete."""
    return [
        HeadingLine(message("sheet.coverage"), "heading"),
        _completeness(data, refer=False),
        HeadingLine(message("text.seconds_shared")),
    ]


HEADINGS: dict[str, Callable[[ReportData, Sequence[Scan]], _Lines]] = {
    "estate": estate_heading,
    "source": source_heading,
    "coverage": coverage_heading,
}


def some(names: Sequence[str]) -> str:
    """The first of several names, and that there are more."""
    return ", ".join(names[:_LISTED]) + ("" if len(names) <= _LISTED else ", …")


def _completeness(data: ReportData, *, refer: bool) -> HeadingLine:
    failed = data.once(totals, data)[FAILED]
    partial = sum(scan.head.status == PARTIAL for scan in data.scans)
    lacks: list[Text] = []
    if data.missing:
        lacks.append(message("text.sources_missing", count=len(data.missing)))
    if failed or partial:
        lacks.append(message("text.incomplete", failed=failed, partial=partial))
    elif data.has_unread_sections:
        lacks.append(message("text.sections_missing"))
    for status, key in ((STALE, "text.stale_sources"), (DUPLICATE, "text.duplicate_sources")):
        if names := [scan.head.source for scan in data.scans if scan.head.status == status]:
            lacks.append(message(key, sources=some(names)))
    lacks += _filtered(data.scans)
    if not lacks:
        return HeadingLine(message("text.complete"))
    if refer:
        lacks.append(message("text.see_coverage"))
    return HeadingLine(Joined(tuple(lacks), " "), "heading_alert")


def _filtered(scans: Sequence[Scan]) -> list[Text]:
    """That there are filters, and how many rows of which section they leave out; nothing where there are none."""
    left_out = rows_left_out(scans)
    return [message("text.filtered", rows=_by_section(left_out))] if left_out else []


def _seen_often(data: ReportData) -> _Lines:
    often = objects_of_several_sources(data)
    return [HeadingLine(message("text.seen_often", rows=_by_section(often)))] if often else []


def _not_counted(data: ReportData) -> _Lines:
    shared, appliances = uncounted_rows(data.scans)
    lines: list[Text] = [message("text.stores_once", count=shared)] if shared else []
    lines += [message("text.appliances_left_out", rows=_by_section(appliances))] if appliances else []
    return [HeadingLine(Joined(tuple(lines), " "))] if lines else []


def _by_section(counts: Mapping[str, int]) -> Text:
    return Joined(tuple(Joined((state_name(section), str(count)), " ") for section, count in counts.items()), ", ")
