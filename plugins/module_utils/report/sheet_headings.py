# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""The lines above the first block of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import FAILED, PARTIAL
from ansible_collections.estate.vmware.plugins.module_utils.report import counted_rows
from ansible_collections.estate.vmware.plugins.module_utils.report.coverage_tables import left_out
from ansible_collections.estate.vmware.plugins.module_utils.report.formats import state
from ansible_collections.estate.vmware.plugins.module_utils.report.report_data import Scope
from ansible_collections.estate.vmware.plugins.module_utils.report.source_errors import reason, shown_time
from ansible_collections.estate.vmware.plugins.module_utils.report.source_status import DUPLICATE, STALE
from ansible_collections.estate.vmware.plugins.module_utils.report.summary_tables import seen_often, totals
from ansible_collections.estate.vmware.plugins.module_utils.report.xlsx.sheet_names import few, latest

#: Text and look of a line.
Line = tuple[str, str]
Labels = Mapping[str, str]


def _state(scope: Scope, labels: Labels, *, refer: bool) -> Line:
    total = totals(scope)
    lacks = []
    if scope.missing:
        lacks.append(labels["text.sources_missing"].format(count=len(scope.missing)))
    partial = sum(scan.head.status == PARTIAL for scan in scope)
    if total["failed"] or partial:
        lacks.append(labels["text.incomplete"].format(failed=total["failed"], partial=partial))
    elif scope.unread:
        lacks.append(labels["text.sections_missing"])
    for status, label in ((STALE, "text.stale_sources"), (DUPLICATE, "text.duplicate_sources")):
        if names := [scan.head.source for scan in scope if scan.head.status == status]:
            lacks.append(labels[label].format(sources=few(names)))
    lacks += _filtered(scope, labels)
    if not lacks:
        return labels["text.complete"], "note"
    return " ".join(lacks + [labels["text.see_coverage"]] if refer else lacks), "heading_alert"


def _filtered(scans: Sequence[Scan], labels: Labels) -> list[str]:
    """That filters were at work, and how many rows of which section they took; nothing where there were none."""
    rows = _counted(left_out(scans), labels)
    return [labels["text.filtered"].format(rows=rows)] if rows else []


def _redacted(scans: Sequence[Scan], labels: Labels) -> list[Line]:
    return [(labels["text.redacted"], "note")] if any(scan.redacted for scan in scans) else []


def _seen_often(scope: Scope, labels: Labels) -> list[Line]:
    rows = _counted(seen_often(scope), labels)
    return [(labels["text.seen_often"].format(rows=rows), "note")] if rows else []


def _left_out_of_numbers(scope: Scope, labels: Labels) -> list[Line]:
    twins, appliances = counted_rows.left_out(scope)
    lines = [labels["text.stores_once"].format(count=twins)] if twins else []
    lines += [labels["text.appliances_left_out"].format(rows=_counted(appliances, labels))] if appliances else []
    return [(" ".join(lines), "note")] if lines else []


def _counted(counts: Mapping[str, int], labels: Labels) -> str:
    return ", ".join(f"{state(section, labels)} {count}" for section, count in counts.items())


def estate(scope: Scope, labels: Labels) -> list[Line]:
    """What this workbook is, of when, and whether it is whole."""
    as_of = labels["text.as_of"].format(sources=len(scope), finished=shown_time(latest(scope)))
    notes = (*_seen_often(scope, labels), *_left_out_of_numbers(scope, labels))
    return [(labels["text.heading"], "heading"), (as_of, "note"), *_redacted(scope, labels), _state(scope, labels, refer=True), *notes]


def source(scans: Sequence[Scan], labels: Labels) -> list[Line]:
    """Which source this sheet shows, of when, and whether it is whole."""
    head = scans[0].head
    product = head.about.get("full_name") or head.type or "–"
    about = labels["text.source"].format(address=head.address, product=product, finished=shown_time(head.finished))
    lines = [(head.source, "heading"), (about, "note")]
    if head.status in (FAILED, STALE, DUPLICATE):
        lines.append((f"{labels[f'state.{head.status}']}: {reason(scans[0], scans, labels)}", "heading_alert"))
    lacks = [f"{labels['state.partial']}."] if head.status == PARTIAL else []
    lacks += _filtered(scans, labels)
    if lacks:
        lines.append((" ".join([*lacks, labels["text.see_coverage"]]), "heading_alert"))
    return lines


def coverage(scope: Scope, labels: Labels) -> list[Line]:
    """Whether the workbook is whole."""
    return [(labels["sheet.coverage"], "heading"), _state(scope, labels, refer=False), (labels["text.seconds_shared"], "note")]


HEADINGS: dict[str, Callable[[Any, Labels], list[Line]]] = {"estate": estate, "source": source, "coverage": coverage}
