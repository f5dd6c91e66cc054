# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to this collection: may change without notice.

"""A scan as filters and redaction show it.

SQLite looks for a table among the temporary ones first. So a temporary table that has the name of a section and only
the rows and values that may be seen takes its place, for every reader and every question that there is or will be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.field import KINDS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.inventory.filters import RowFilter
from ansible_collections.estate.vmware.plugins.module_utils.inventory.redaction import ADDRESS, MESSAGE, SOURCE, UUID, Pseudonyms, category_of
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scan_reader import Scan
from ansible_collections.estate.vmware.plugins.module_utils.inventory.scanfile import ScanHead

#: What its certificate says that tells nobody either.
_PUBLIC_CERTIFICATE = frozenset({"not_before", "not_after", "days_left"})
#: What a server says of itself that tells nobody which one it is.
_PUBLIC_ABOUT = frozenset({"name", "full_name", "version", "build", "api_type", "api_version"})
#: Section whose rows are items of what another one has, to that other one: what is left out takes its items along.
_OWNERS = {
    section.key: next(other.key for other in SECTIONS.values() if not other.items and other.managed_types == section.managed_types)
    for section in SECTIONS.values()
    if section.items
}


class FilteredScan(Scan):
    """A scan that shows some of its rows, and pseudonyms for what is private.

    :param scan: where it all comes from; from now on only the view may be read.
    :param filters: section to the rows that are wanted of it, see filters.py. A section whose rows belong to those of
        another one, as disks to VMs, shows those of the rows that are wanted there.
    :param pseudonyms: what stands for what is private; None for the truth.
    :raises ScanFileError: the scan is damaged, or there is no room.
    :raises InvalidOption: a filter takes too long.
    """

    def __init__(self, scan: Scan, filters: Mapping[str, RowFilter], pseudonyms: Pseudonyms | None) -> None:
        vars(self).update(vars(scan))
        self.counts, self.left_out = dict(scan.counts), {}
        self._unredacted_head = scan.head
        self._filters = filters
        self._pseudonyms = pseudonyms
        self.redacted = pseudonyms is not None
        with self._reading():
            for section in sorted(self.counts, key=_OWNERS.__contains__):
                self._show(section)
            if pseudonyms:
                self._show_issues(pseudonyms)
        if pseudonyms:
            self.head = _redacted(self.head, pseudonyms)

    @property
    def unredacted_head(self) -> ScanHead:
        return self._unredacted_head

    def _show(self, section: str) -> None:
        kinds = self.fields(section)
        chosen = self._choose(section, kinds)
        if not chosen and not self.redacted:
            return
        table, columns = _quoted(section), ", ".join(map(_quoted, kinds))
        rows = f"SELECT {columns} FROM main.{table}{chosen} ORDER BY rowid"
        if self._pseudonyms:
            # Not by functions in SQL: there an exception, such as that of a signal, would be lost.
            self._db.execute(f"CREATE TEMP TABLE {table} AS {rows} LIMIT 0")
            self._insert(table, len(kinds), self._with_pseudonyms(section, kinds, rows))
        else:
            self._db.execute(f"CREATE TEMP TABLE {table} AS {rows}")
        if chosen:
            found = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            self.left_out[section] = self.counts[section] - found
            self.counts[section] = found

    def _choose(self, section: str, kinds: Mapping[str, str]) -> str:
        """SQL that holds for the rows to show; empty when all are."""
        conditions = []
        owner = _OWNERS.get(section)
        if owner in self._filters:
            conditions.append(f"moid IN (SELECT moid FROM {_quoted(owner)})" if owner in self.counts else "0")
        if section in self._filters:
            chosen = _quoted("chosen " + section)
            self._db.execute(f"CREATE TEMP TABLE {chosen} (number INTEGER PRIMARY KEY)")
            self._insert(chosen, 1, self._wanted(section, kinds))
            conditions.append(f"rowid IN (SELECT number FROM temp.{chosen})")
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""

    def _wanted(self, section: str, kinds: Mapping[str, str]) -> Iterator[tuple[int]]:
        """The numbers of the rows that meet the filters."""
        wanted = self._filters[section]
        known = [key for key in dict.fromkeys((*wanted.fields, "moid", wanted.naming)) if key in kinds]
        readers = [KINDS[kinds[key]].decode for key in known]
        for number, *kept in self._db.execute(f"SELECT rowid, {', '.join(map(_quoted, known))} FROM main.{_quoted(section)}"):
            row = {key: None if value is None else decode(value) for key, decode, value in zip(known, readers, kept)}
            if wanted.keeps(row, self.head.source):
                yield (number,)

    def _with_pseudonyms(self, section: str, kinds: Mapping[str, str], rows: str) -> Iterator[tuple]:
        """Rows in which pseudonyms stand for what is private."""
        of_kept = self._pseudonyms.of_kept
        private = [(place, category, kind) for place, (key, kind) in enumerate(kinds.items()) if (category := category_of(section, key, kind))]
        for row in self._db.execute(rows):
            shown = list(row)
            for place, category, kind in private:
                shown[place] = of_kept(category, kind, row[place])
            yield tuple(shown)

    def _show_issues(self, pseudonyms: Pseudonyms) -> None:
        rows = "SELECT section, object, property, kind, message FROM main.issues ORDER BY rowid"
        self._db.execute(f"CREATE TEMP TABLE issues AS {rows} LIMIT 0")
        shown = (
            (section, pseudonyms.of_object(section, name), path, kind, pseudonyms.of(MESSAGE, message))
            for section, name, path, kind, message in self._db.execute(rows)
        )
        self._insert("issues", 5, shown)

    def _insert(self, table: str, columns: int, rows: Iterator[tuple]) -> None:
        self._db.executemany(f"INSERT INTO temp.{table} VALUES ({', '.join('?' * columns)})", rows)
        self._db.commit()


def _redacted(head: ScanHead, pseudonyms: Pseudonyms) -> ScanHead:
    return replace(
        head,
        source=pseudonyms.of(SOURCE, head.source),
        address=pseudonyms.of(ADDRESS, head.address),
        about={key: value if key in _PUBLIC_ABOUT else pseudonyms.of(UUID, value) for key, value in head.about.items()},
        certificate={key: value if key in _PUBLIC_CERTIFICATE else pseudonyms.of(ADDRESS, str(value)) for key, value in head.certificate.items()},
        # The kind of an error is one of our own words.
        error=": ".join(filter(None, (head.error_kind, pseudonyms.of(MESSAGE, head.error)))),
    )


def _quoted(name: str) -> str:
    """A name as SQL has it, whatever it is: names come from files that others may have written."""
    return '"' + name.replace('"', '""') + '"'
