# Copyright: (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scan as filters and redaction show it.

SQLite looks for a table among the temporary ones first. So a temporary table that has the name of a section and only
the rows and values that may be seen takes its place, for every reader and every question that there is or will be.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any
from collections.abc import Mapping

from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.field import KINDS
from ansible_collections.estate.vmware.plugins.module_utils.estate.catalog.sections import SECTIONS
from ansible_collections.estate.vmware.plugins.module_utils.estate.filters import RowFilter
from ansible_collections.estate.vmware.plugins.module_utils.estate.redaction import ADDRESS, MESSAGE, SOURCE, UUID, Pseudonyms, private_sort
from ansible_collections.estate.vmware.plugins.module_utils.estate.scanfile import Scan, ScanFileError, ScanHead

#: What a server says of itself that tells nobody which one it is.
_PUBLIC_ABOUT = frozenset({"name", "full_name", "version", "build", "api_type", "api_version"})
#: Section whose rows are items of what another one has, to that other one: what is left out takes its items along.
_OWNERS = {
    section.key: next(other.key for other in SECTIONS.values() if not other.items and other.managed_types == section.managed_types)
    for section in SECTIONS.values()
    if section.items
}


class View(Scan):
    """A scan that shows some of its rows, and pseudonyms for what is private.

    :param scan: where it all comes from; from now on only the view may be read.
    :param filters: section to the rows that are wanted of it, see filters.py. A section whose rows belong to those of
        another one, as disks to VMs, shows those of the rows that are wanted there.
    :param pseudonyms: what stands for what is private; None for the truth.
    :raises ScanFileError: the scan is damaged, or there is no room.
    """

    def __init__(self, scan: Scan, filters: Mapping[str, RowFilter], pseudonyms: Pseudonyms | None) -> None:
        super().__init__(scan._db, scan.path)
        self._filters = filters
        self._pseudonyms = pseudonyms
        self.redacted = pseudonyms is not None
        # What a report has found out about it stands in no file.
        self.head, self.last_read, self.last_tried = scan.head, scan.last_read, scan.last_tried
        try:
            for section in sorted(self.counts, key=_OWNERS.__contains__):
                self._show(section)
            if pseudonyms:
                self._show_issues(pseudonyms)
        except sqlite3.Error as error:
            raise ScanFileError(
                f"{self.path} cannot be filtered or redacted: {error}; make room in the folder for temporary files, or scan its source again if it is damaged"
            ) from error
        if pseudonyms:
            self.head = _redacted(self.head, pseudonyms)

    def _show(self, section: str) -> None:
        kinds = self.fields(section)
        conditions = self._conditions(section, kinds)
        columns = [self._column(section, key, kind) for key, kind in kinds.items()]
        if not conditions and not self.redacted:
            return
        table = _quoted(section)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        self._db.execute(f"CREATE TEMP TABLE {table} AS SELECT {', '.join(columns)} FROM main.{table}{where} ORDER BY rowid")
        if conditions:
            found = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            self.left_out[section] = self.counts[section] - found
            self.counts[section] = found

    def _conditions(self, section: str, kinds: Mapping[str, str]) -> list[str]:
        """SQL that holds for the rows to show; none when all are."""
        conditions = []
        owner = _OWNERS.get(section)
        if owner in self._filters:
            conditions.append(f"moid IN (SELECT moid FROM {_quoted(owner)})" if owner in self.counts else "0")
        if section in self._filters:
            wanted = self._filters[section]
            known = [key for key in wanted.fields if key in kinds]
            readers = [KINDS[kinds[key]].read for key in known]

            def keeps(*kept: Any) -> bool:
                return wanted.keeps({key: None if value is None else read(value) for key, read, value in zip(known, readers, kept)})

            self._db.create_function(f"keeps_{section}", len(known), keeps)
            conditions.append(f"{_quoted('keeps_' + section)}({', '.join(map(_quoted, known))})")
        return conditions

    def _column(self, section: str, key: str, kind: str) -> str:
        """SQL of what is shown of a field."""
        column = _quoted(key)
        sort = private_sort(section, key, kind) if self._pseudonyms else ""
        if not sort:
            return column
        shown = f"{sort}_{kind}"
        self._db.create_function(shown, 1, lambda kept: self._pseudonyms.of_kept(sort, kind, kept), deterministic=True)
        return f"{_quoted(shown)}({column}) AS {column}"

    def _show_issues(self, pseudonyms: Pseudonyms) -> None:
        self._db.create_function("shown_object", 2, pseudonyms.of_object)
        self._db.create_function("shown_message", 1, lambda text: pseudonyms.of(MESSAGE, text))
        columns = "section, shown_object(section, object) AS object, property, kind, shown_message(message) AS message"
        self._db.execute(f"CREATE TEMP TABLE issues AS SELECT {columns} FROM main.issues ORDER BY rowid")


def _redacted(head: ScanHead, pseudonyms: Pseudonyms) -> ScanHead:
    return replace(
        head,
        source=pseudonyms.of(SOURCE, head.source),
        address=pseudonyms.of(ADDRESS, head.address),
        about={key: value if key in _PUBLIC_ABOUT else pseudonyms.of(UUID, value) for key, value in head.about.items()},
        # The kind of an error is one of our own words.
        error=": ".join(filter(None, (head.error_kind, pseudonyms.of(MESSAGE, head.error)))),
    )


def _quoted(name: str) -> str:
    """A name as SQL has it, whatever it is: names come from files that others may have written."""
    return '"' + name.replace('"', '""') + '"'
