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
    """The scans, filtered and redacted in place, see inventory/filtered_scan.py.

    :param warn: called with warnings.
    :raises ScanFileError: a file is damaged, or the disk is full.
    """
    for scan in scans:
        for section, wanted in filters.items():
            missing = [key for key in wanted.fields if section in scan.counts and key not in scan.fields(section)]
            if missing:
                warn(f"filters: the scan of {scan.head.source} lacks {', '.join(missing)} of {section}: treated as unknown")
    return [filter_scan(scan, filters, pseudonyms) for scan in scans] if filters or pseudonyms else list(scans)


def _opened(one: Any, name: str, warn: Callable[[str], None], known_bad: Mapping[str, BadScanFile]) -> list[Scan]:
    if isinstance(one, Mapping):
        return _of_facts(one, name, warn, known_bad)
    if not isinstance(one, str) or not one:
        raise ReportError(f"{name} is {quoted(one)}: give the path of a scan file or folder, or facts of vmware_inventory_facts")
    try:
        return [_of_file(path, known_bad) for path in find_scans([os.path.expanduser(os.path.expandvars(one))])]
    except OSError as error:
        raise ReportError(f"{name}: {one} cannot be read: {error.strerror}; check its permissions") from error


def _of_file(path: str, known_bad: Mapping[str, BadScanFile], source: str = "") -> Scan:
    """The scan of a file; one that failed, with the reason, where it cannot be used.

    :param source: its alias; empty to take the one in the file, or the file's name.
    """
    scan, bad = None, known_bad.get(path)
    try:
        scan = Scan.open(path)
        if not bad:
            scan.check()
            return scan
    except BadScanFile as error:
        bad = error
    head = scan.head if scan else ScanHead(source or source_of(path), "")
    if scan:
        scan.close()
    return _load({"source": head.source, "address": head.address, "type": head.type, "about": head.about, "status": FAILED, "error": str(bad)}, {})


def _of_facts(facts: Mapping[str, Any], name: str, warn: Callable[[str], None], known_bad: Mapping[str, BadScanFile]) -> list[Scan]:
    """The scan of facts; of a failed one also the last good one."""
    missing = [key for key in _NEEDED if not isinstance(facts.get(key), str)]
    if missing:
        raise ReportError(f"{name} lacks {', '.join(missing)}: give the facts of a source as vmware_inventory_facts returns them")
    if facts["status"] not in (OK, PARTIAL, FAILED):
        raise ReportError(f"{name} has the status {quoted(facts['status'])}: it must be {OK}, {PARTIAL} or {FAILED}")
    path, good = _existing_file(facts.get("scan_file")), _existing_file(facts.get("good_scan_file"))
    earlier = [_of_file(good, known_bad, facts["source"])] if facts["status"] == FAILED and good and good != path else []
    if path:
        return [_of_file(path, known_bad, facts["source"]), *earlier]
    sections = facts.get("sections")
    facts = {"error": _UNREAD, **facts} if facts["status"] == FAILED else dict(facts)
    if sections is None and facts["status"] != FAILED:
        # Without its rows a source would look empty.
        facts.update(status=FAILED, error=f"no rows: {facts.get('scan_file') or 'its scan file'} does not exist and the facts have no sections")
        warn(f"{name}: the source {facts['source']} counts as failed: {facts['error']}")
    try:
        return [_load(facts, sections or {}), *earlier]
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError, BadScanFile) as error:
        # The cause alone: the scan is in memory, its path says nothing.
        why = error.__cause__ if isinstance(error, BadScanFile) else error
        raise ReportError(f"{name}: the facts of {facts['source']} cannot be used: {why}; give them as vmware_inventory_facts returns them") from error


def _existing_file(path: Any) -> str:
    """The path of a file that exists, empty for anything else."""
    return path if isinstance(path, str) and os.path.isfile(path) else ""


def _load(facts: Mapping[str, Any], sections: Mapping[str, Any]) -> Scan:
    with ScanWriter(IN_MEMORY) as writer:
        for key, rows in sections.items():
            if key not in SECTIONS:
                raise ValueError(f"the section {key} is unknown")
            fields = SECTIONS[key].fields
            writer.add_section(SECTIONS[key], fields)
            writer.add_rows(key, [tuple(_kept(field, row.get(field.key)) for field in fields) for row in rows])
        for key, seconds in (facts.get("section_seconds") or {}).items():
            writer.add_seconds(_text(key), float(seconds))
        issues = facts.get("issues") or []
        for issue in issues:
            writer.add_issue(Issue(**{key: _text(issue.get(key)) for key in Issue.__dataclass_fields__}))
        more = int(facts.get("issue_count") or 0) - len(issues)
        if more > 0:
            writer.add_issue(Issue("", "", "", "", f"{more} more: see the scan file, facts hold only the first"))
        writer.finish(_head(facts))
        return writer.reader()


def _kept(field: Field, value: Any) -> Any:
    if value is None:
        return None
    try:
        if field.kind in _WHOLE and not isinstance(value, _WHOLE[field.kind]):
            raise TypeError(f"a {field.kind} is needed")
        kept = KINDS[field.kind].encode(value)
        # What can be encoded may still not be a value of this kind.
        KINDS[field.kind].decode(kept)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"{field.key} is {quoted(value)}: {error}") from error
    return cleaned(kept) if isinstance(kept, str) else kept


def _head(facts: Mapping[str, Any]) -> ScanHead:
    about = {_text(key): _text(value) for key, value in (facts.get("about") or {}).items()}
    values: dict[str, Any] = {key: _text(facts.get(key)) for key in ("source", "address", "type", "status", "error_kind", "error", "started", "finished")}
    shown = facts.get("certificate") or {}
    days = shown.get("days_left")
    certificate = {key: _text(value) for key, value in shown.items()} | ({"days_left": int(days) if days is not None else None} if shown else {})
    return ScanHead(**values, about=about, certificate=certificate, seconds=float(facts.get("seconds") or 0))


def _text(value: Any) -> str:
    return "" if value is None else cleaned(str(value))
