# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""Filters and redaction of a scan.

SQLite looks up temporary tables first. A temporary table with the name of a section, and only the rows and values to show, replaces it
for every query, and the file does not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import ADDRESS, MESSAGE, SOURCE, UUID, Pseudonyms, category_of
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import ScanHead

#: Parts of the certificate that redaction keeps.
_PUBLIC_CERTIFICATE = frozenset({"not_before", "not_after", "days_left"})
#: Parts of the product of a server that redaction keeps.
_PUBLIC_ABOUT = frozenset({"name", "full_name", "version", "build", "api_type", "api_version"})
#: Section of items to the section of their objects: filters on VMs apply to their disks, too.
_OWNERS = {
    section.key: next(other.key for other in SECTIONS.values() if not other.items and other.managed_types == section.managed_types)
    for section in SECTIONS.values()
    if section.items
}


def filter_scan(scan: Scan, filters: Mapping[str, RowFilter], pseudonyms: Pseudonyms | None) -> Scan:
    """Leave out rows of a scan, and replace values by pseudonyms, for all that read it from now on.

    :param filters: by section, see filters.py. Sections of items, such as disks, follow the filters of their objects.
    :param pseudonyms: for redaction; None for none.
    :returns: the scan itself.
    :raises ScanFileError: the scan is damaged, or there is no space for temporary files.
    :raises InvalidOption: a filter takes too long.
    """
    overlay = _Overlay(scan, filters, pseudonyms)
    with scan.reading():
        # Objects before their items.
        for section in sorted(scan.counts, key=_OWNERS.__contains__):
            overlay.cover(section)
        if pseudonyms:
            overlay.cover_issues(pseudonyms)
    if pseudonyms:
        scan.redact_head(_redacted(scan.head, pseudonyms))
    return scan


class _Overlay:
    """The temporary tables of a scan."""

    def __init__(self, scan: Scan, filters: Mapping[str, RowFilter], pseudonyms: Pseudonyms | None) -> None:
        self._scan = scan
        self._filters = filters
        self._pseudonyms = pseudonyms

    def cover(self, section: str) -> None:
        """Cover the table of a section, if its rows or values change."""
        scan, kinds = self._scan, self._scan.fields(section)
        condition = self._condition(section, kinds)
        if not condition and not self._pseudonyms:
            return
        table, columns = _quoted(section), ", ".join(map(_quoted, kinds))
        rows = f"SELECT {columns} FROM main.{table}{condition} ORDER BY rowid"
        if self._pseudonyms:
            # Not by a function in SQL, in which an exception, such as that of a signal, would be lost.
            scan.database.execute(f"CREATE TEMP TABLE {table} AS {rows} LIMIT 0")
            self._insert(table, len(kinds), self._redacted_rows(section, kinds, rows, self._pseudonyms))
        else:
            scan.database.execute(f"CREATE TEMP TABLE {table} AS {rows}")
        if condition:
            found = scan.database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            scan.left_out[section] = scan.counts[section] - found
            scan.counts[section] = found

    def cover_issues(self, pseudonyms: Pseudonyms) -> None:
        """Cover the table of issues by one with pseudonyms."""
        rows = "SELECT section, object, property, kind, message FROM main.issues ORDER BY rowid"
        self._scan.database.execute(f"CREATE TEMP TABLE issues AS {rows} LIMIT 0")
        shown = (
            (section, pseudonyms.of_object(section, name), path, kind, pseudonyms.of(MESSAGE, message))
            for section, name, path, kind, message in self._scan.database.execute(rows)
        )
        self._insert("issues", 5, shown)

    def _condition(self, section: str, kinds: Mapping[str, str]) -> str:
        """SQL condition for the rows to show; empty for all rows."""
        conditions = []
        owner = _OWNERS.get(section)
        if owner in self._filters:
            conditions.append(f"moid IN (SELECT moid FROM {_quoted(owner)})" if owner in self._scan.counts else "0")
        if section in self._filters:
            chosen = _quoted("chosen " + section)
            self._scan.database.execute(f"CREATE TEMP TABLE {chosen} (number INTEGER PRIMARY KEY)")
            self._insert(chosen, 1, self._kept_rows(section, kinds))
            conditions.append(f"rowid IN (SELECT number FROM temp.{chosen})")
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _kept_rows(self, section: str, kinds: Mapping[str, str]) -> Iterator[tuple[int]]:
        """The numbers of the rows that the filters keep."""
        wanted = self._filters[section]
        known = [key for key in dict.fromkeys((*wanted.fields, "moid", wanted.naming)) if key in kinds]
        decoders = [KINDS[kinds[key]].decode for key in known]
        for number, *stored in self._scan.database.execute(f"SELECT rowid, {', '.join(map(_quoted, known))} FROM main.{_quoted(section)}"):
            row = {key: None if value is None else decode(value) for key, decode, value in zip(known, decoders, stored)}
            if wanted.keeps(row, self._scan.head.source):
                yield (number,)

    def _redacted_rows(self, section: str, kinds: Mapping[str, str], rows: str, pseudonyms: Pseudonyms) -> Iterator[tuple[Any, ...]]:
        """The rows of a query with pseudonyms."""
        of_stored = pseudonyms.of_stored
        redacted = [(number, category, kind) for number, (key, kind) in enumerate(kinds.items()) if (category := category_of(section, key, kind))]
        for row in self._scan.database.execute(rows):
            shown = list(row)
            for number, category, kind in redacted:
                shown[number] = of_stored(category, kind, row[number])
            yield tuple(shown)

    def _insert(self, table: str, columns: int, rows: Iterable[tuple[Any, ...]]) -> None:
        self._scan.database.executemany(f"INSERT INTO temp.{table} VALUES ({', '.join('?' * columns)})", rows)
        self._scan.database.commit()


def _redacted(head: ScanHead, pseudonyms: Pseudonyms) -> ScanHead:
    return replace(
        head,
        source=pseudonyms.of(SOURCE, head.source),
        address=pseudonyms.of(ADDRESS, head.address),
        about={key: value if key in _PUBLIC_ABOUT else pseudonyms.of(UUID, value) for key, value in head.about.items()},
        certificate={key: value if key in _PUBLIC_CERTIFICATE else pseudonyms.of(ADDRESS, str(value)) for key, value in head.certificate.items()},
        # The kind of an error gives nothing away.
        error=": ".join(filter(None, (head.error_kind, pseudonyms.of(MESSAGE, head.error)))),
    )


def _quoted(name: str) -> str:
    """A name quoted for SQL; names come from files that anybody may have written."""
    return '"' + name.replace('"', '""') + '"'
